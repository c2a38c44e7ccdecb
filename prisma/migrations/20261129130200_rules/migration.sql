-- Rules that the database itself enforces, whatever role writes and by whatever path. The same rules are in src/versioning, where they are
-- explained to people; here they cannot be bypassed. They apply to work done here. An import brings what was done elsewhere unchanged and
-- marks what breaks a rule of today, so row triggers do not fire for what it may bring; statement triggers filter the rows instead.
-- Constraints hold for everybody.

-- ── comparing identities ─────────────────────────────────────────────────────────────────────────────────────────────
-- Identities typed by people are compared by a key, so that two that nobody can tell apart are the same; and nulls are compared as equal,
-- so that nothing can exist twice through them.

-- NFC, without invisible characters, trimmed, with single spaces between words; the same as src/versioning/identity.ts. All names are
-- schema-qualified, so that the search path has no influence.
-- The function is expensive and declares its cost, so that the planner uses an index of keys even if the table was almost empty when the
-- plan was made. (An SQL function would be inlined, and its cost lost.)
create function log.identity_key(p_text text) returns text language plpgsql immutable strict parallel safe cost 5000 as $$
begin
  -- Nearly everything is ASCII, with nothing to trim or to leave out: that is its own key, known at a fifth of the price.
  if p_text operator(pg_catalog.!~) '[^ -~]|  |^ | $' then
    return p_text;
  end if;
  return pg_catalog.btrim(pg_catalog.regexp_replace(normalize(pg_catalog.regexp_replace(p_text,
    '[\u0001-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f-\u1160\u17b4-\u17b5\u180b-\u180f'
    '\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3'
    '\U0001d173-\U0001d17a\U000e0000-\U000e0fff]', '', 'g'), NFC),
    '[\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028-\u2029\u202f\u205f\u2800\u3000]+', ' ', 'g'));
end $$;

-- Names and numbers in the register, which also ignore case.
create function log.name_key(p_text text) returns text language sql immutable strict parallel safe as $$
  select pg_catalog.lower(log.identity_key(p_text) collate pg_catalog."und-x-icu")
$$;

-- The words of a text for searching, ignoring case. Names stand at the beginning, so only that is indexed.
create function log.search_words(p_text text) returns tsvector language sql immutable strict parallel safe as $$
  select pg_catalog.to_tsvector('pg_catalog.simple'::pg_catalog.regconfig, log.name_key(pg_catalog.left(p_text, 500)))
$$;

-- ── the register ─────────────────────────────────────────────────────────────────────────────────────────────────────

create unique index lobs_name_key on lobs (log.name_key(name));
create unique index cycles_name_key on cycles (log.name_key(name));
create unique index reports_number_key on reports (log.name_key(number));
alter table users add constraint users_name_said check (log.identity_key(name) <> '');
alter table lobs add constraint lobs_name_said check (log.identity_key(name) <> '');
alter table cycles add constraint cycles_name_said check (log.identity_key(name) <> '');
alter table reports add constraint reports_name_said check (log.identity_key(name) <> ''),
  add constraint reports_number_said check (log.identity_key(number) <> '');

create function log.guard_period() returns trigger
language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
begin
  if new.end_date < new.start_date and (new.start_date, new.end_date) is distinct from (old.start_date, old.end_date)
  then
    raise exception using errcode = 'check_violation', constraint = 'cycles_period',
      message = format('a cycle that starts on %s cannot end on %s', new.start_date, new.end_date);
  end if;
  return new;
end $$;
create trigger c_guard_period before insert or update on cycles for each row
  when (not log.is_import(new.stream_id)) execute function log.guard_period();

-- A cycle is closed if its status is exactly this word, which the service writes; other spellings are refused.
alter table cycles add constraint cycles_closed_said check (
  cycle_status = 'CLOSED' or log.name_key(cycle_status) <> 'closed');

-- Nothing begins in a closed cycle: no workflow, no draft, no record. This runs after the capture of the same statement, which holds the
-- lock on the stream's head; opening a commit takes the locks in the same order. Closing a cycle takes the lock exclusively, so it happens
-- before or after, never in between.
create function log.guard_open_cycle() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare closed text;
begin
  if not log.is_service() then
    if not exists (select from new_rows where not log.is_import(stream_id)) then
      return null;
    end if;
  end if;
  perform pg_advisory_xact_lock_shared(log.people_lock());
  select c.name into closed from new_rows n join cycles c using (cycle_id)
  where c.cycle_status = 'CLOSED' and not log.is_import(n.stream_id)
    and (tg_table_name = 'workflows' or to_jsonb(n) ->> 'versioning_type' = 'FULL'
      or to_jsonb(n) ->> 'parent_version_id' is null) limit 1;
  if found then
    perform log.refuse('PL013', format('the cycle %s is closed: nothing new begins in it', closed));
  end if;
  return null;
end $$;
create trigger c_cycle_open after insert on workflows referencing new table as new_rows
  for each statement execute function log.guard_open_cycle();

-- People who are named for a position can hold it: they are active and have one of its roles. src/versioning/fitness.ts has the same rule
-- with better messages. A person who loses a role later stays named until somebody else is.
create function log.is_fit(p_user int, p_roles text[]) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from users where user_id = p_user and is_active)
    and exists (select from user_roles where user_id = p_user and role::text = any (p_roles))
    and not exists (select from user_roles where user_id = p_user and role::text in ('ADMIN', 'AUDITOR'))
$$;

create function log.demand_fit(p_user int, p_roles text[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
begin
  perform log.refuse_if(case when not log.is_fit(p_user, p_roles)
    then format('PL011 user %s cannot be named there: it takes somebody active who is %s and acts in workflows',
      p_user, array_to_string(p_roles, ' or ')) end);
end $$;

-- Arguments: the column that names a person, and the roles of which one is needed.
create function log.guard_fitness() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare named int := (to_jsonb(new) ->> tg_argv[0])::int;
begin
  if named is distinct from (to_jsonb(old) ->> tg_argv[0])::int and named is not null then
    perform log.demand_fit(named, tg_argv[1:]);
  end if;
  return new;
end $$;

create trigger c_fit_tester before insert on workflow_testers for each row
  when (not log.is_import(new.stream_id)) execute function log.guard_fitness('user_id', 'TESTER');

do $$
declare n record;
begin
  for n in select * from (values
    ('workflows', 'test_lead', 'test_lead_id', 'TESTER'),
    ('workflows', 'report_owner', 'report_owner_id', 'REPORT_OWNER'),
    ('workflows', 'test_executive', 'test_executive_id', 'TEST_EXECUTIVE'),
    ('reports', 'owner', 'owner_id', 'REPORT_OWNER')) x(tab, named, col, role)
  loop
    execute format($t$
      create trigger %I before insert or update on %I for each row
        when (not log.is_import(new.stream_id)) execute function log.guard_fitness(%L, %L)$t$,
      'c_fit_' || n.named, n.tab, n.col, n.role);
  end loop;
end $$;

-- ── who maintains the register ───────────────────────────────────────────────────────────────────────────────────────

-- The service changes people, roles, reports, cycles, workflows and assignments only on behalf of an active administrator, who cannot
-- change their own roles or right to sign in. Anybody else who writes there has that right from PostgreSQL.
create function log.guard_register() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare
  acting int := log.actor('00000000-0000-0000-0000-000000000000');
  about jsonb := coalesce(to_jsonb(new), to_jsonb(old));
begin
  if log.is_service() then
    perform log.refuse_if(case
      when not exists (select from users u join user_roles r using (user_id)
        where u.user_id = acting and u.is_active and r.role = 'ADMIN')
        then 'PL009 the register is changed in the name of an active administrator'
      when about ->> 'user_id' = acting::text and (tg_table_name = 'user_roles'
        or to_jsonb(old) ->> 'is_active' <> to_jsonb(new) ->> 'is_active')
        then 'PL006 nobody changes their own roles, or whether they may sign in' end);
  end if;
  return coalesce(new, old);
end $$;

do $$
declare
  t text;
  rights text;
begin
  for t, rights in values ('users', 'insert, update'), ('lobs', 'insert, update'), ('cycles', 'insert, update'),
    ('reports', 'insert, update'), ('workflows', 'insert, update'), ('user_roles', 'insert, delete'),
    ('workflow_testers', 'insert, delete'), ('webhooks', 'insert, update')
  loop
    execute format('create trigger b_guard_register before insert or update or delete on %I for each row
      execute function log.guard_register()', t);
    execute format('grant %s on %I to phaseledger_service', rights, t);
  end loop;
end $$;

alter table webhooks add constraint webhooks_format check (format in ('STANDARD', 'OCSF'));

-- ── notification rules ───────────────────────────────────────────────────────────────────────────────────────────────────

alter table notification_rules
  add constraint notification_rules_channel check (channel in ('EMAIL', 'CHAT')),
  add constraint notification_rules_hours check (hour between 0 and 23 and weekday between 1 and 7
    and quiet_from between 0 and 23 and quiet_until between 0 and 23 and (quiet_from is null) = (quiet_until is null)),
  add constraint notification_rules_days check (waiting_days between 1 and 365 and due_days between 0 and 365);

-- People create, change and delete only their own rules.
create function log.guard_notification_rule() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
begin
  if log.is_service() and coalesce(new.user_id, old.user_id) is distinct from log.actor('00000000-0000-0000-0000-000000000000') then
    perform log.refuse('PL009', 'people have only themselves told');
  end if;
  return coalesce(new, old);
end $$;
create trigger b_guard_rule before insert or update or delete on notification_rules for each row
  execute function log.guard_notification_rule();
grant insert, update, delete on notification_rules to phaseledger_service;

-- ── who may request a pack ───────────────────────────────────────────────────────────────────────────────────────────────

-- A pack contains everything of a workflow, so it is requested in one's own name, by people from whom nothing in it is hidden.
create function log.guard_pack_request() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
begin
  if log.is_service() then
    perform log.refuse_if(case
      when new.requested_by is distinct from log.actor(new.stream_id)
        then 'PL009 a pack is asked for in one''s own name'
      when not exists (select from users u join user_roles r using (user_id)
        where u.user_id = new.requested_by and u.is_active and r.role in ('AUDITOR', 'ADMIN'))
        then 'PL009 a pack is asked for by an active auditor or administrator' end);
  end if;
  return new;
end $$;
create trigger b_guard_request before insert on pack_requests for each row execute function log.guard_pack_request();

-- ── one version in force ─────────────────────────────────────────────────────────────────────────────────────────────

alter table phase_version
  -- No two versions of a record are in force at the same instant.
  add constraint one_version_in_force exclude using gist (
    master_record_id with =, tstzrange(effective_from, effective_to) with &&) where (effective_from is not null),
  -- A workflow has one record of each fully versioned phase.
  add constraint one_record_per_phase exclude using gist (
    stream_id with =, phase with =, master_record_id with <>) where (versioning_type = 'FULL'),
  -- A record is of one workflow and one phase.
  add constraint one_workflow_per_record exclude using gist (master_record_id with =, stream_id with <>),
  add constraint one_phase_per_record exclude using gist (master_record_id with =, phase with <>),
  add constraint status_of_type check (
    case versioning_type when 'FULL' then status <> 'RECORDED' else status in ('RECORDED', 'SUPERSEDED') end),
  add constraint effective_period check (
    case when status in ('APPROVED', 'RECORDED') then effective_from is not null and effective_to is null
      when status = 'SUPERSEDED' then effective_from is not null and effective_to is not null
      else effective_from is null and effective_to is null end),
  add constraint deletion check (
    is_deleted = (deleted_at is not null) and is_deleted = (deleted_by is not null)
    and (not is_deleted or status in ('DRAFT', 'REJECTED'))),
  add constraint positive_numbers check (version_number > 0 and revision > 0);

-- ── lifecycle ────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Whether this person may decide on the version, or review the record as this version leaves it: not if they submitted it or wrote to it. A
-- record's versions count as one piece of work, in which reviewing is not writing. In a phase that preparers attest themselves, everybody
-- may.
create function log.may_decide(v phase_version, p_user int) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select (select self_attested from phase_policy where phase = v.phase)
    or (p_user is distinct from v.submitted_by and not exists (
      select from phase_version w join version_editor e using (version_id)
      where w.master_record_id = v.master_record_id and e.user_id = p_user
        and case v.versioning_type when 'FULL' then w.version_id = v.version_id
          else w.reviewed_by is distinct from p_user end))
$$;

-- The service starts every version in its initial state.
create function log.guard_start() returns trigger
language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
begin
  if new.status not in ('DRAFT', 'RECORDED') and log.is_service() then
    perform log.refuse('PL004', format('a version starts as DRAFT or RECORDED, not as %s', new.status));
  end if;
  return new;
end $$;

create function log.guard_version() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare
  broken text;
  may_change text[] := case
    when old.status in ('APPROVED', 'RECORDED') then '{status,effective_to,revision}'::text[]
    when old.status in ('REJECTED', 'SUPERSEDED') then '{is_deleted,deleted_at,deleted_by,revision}' end;
begin
  if tg_op = 'DELETE' then
    perform log.refuse_if(case when old.status <> 'DRAFT'
      then format('PL005 version %s is %s: only drafts can be removed', old.version_id, old.status) end);
    return old;
  end if;

  broken := case
    when (new.cycle_id, new.report_id, new.phase, new.versioning_type, new.master_record_id, new.version_number,
          new.created_at, new.created_by, new.approval_required, new.parent_version_id)
        is distinct from (old.cycle_id, old.report_id, old.phase, old.versioning_type, old.master_record_id,
          old.version_number, old.created_at, old.created_by, old.approval_required, old.parent_version_id)
      then 'PL003 what a version is, where it came from and who started it cannot be changed'
    when old.status <> 'DRAFT'
        and (new.base_version_id, new.content_hash) is distinct from (old.base_version_id, old.content_hash)
      then format('PL005 version %s is %s: its content is frozen', old.version_id, old.status)
    when old.status <> 'DRAFT' and new.status <> 'DRAFT'
        and (new.submitted_at, new.submitted_by) is distinct from (old.submitted_at, old.submitted_by)
      then format('PL005 version %s is %s: who submitted it stays as it is', old.version_id, old.status)
    when new.revision < old.revision then 'PL005 a revision never goes back'
    when (old.is_deleted or new.is_deleted) and new.status <> old.status
      then 'PL004 a deleted version cannot change its status'
    when may_change is not null and to_jsonb(new) - may_change <> to_jsonb(old) - may_change
      then format('PL005 version %s is %s and stays as it is', old.version_id, old.status)
    when old.status = 'APPROVED' and new.status = 'APPROVED' and new is distinct from old
      then format('PL005 version %s is APPROVED and stays as it is until it is superseded', old.version_id)
  end;
  if broken is not null then
    perform log.refuse_if(broken);
  elsif new.status = old.status then
    return new;
  elsif not exists (
      select from version_transition t where t.from_status = old.status and t.to_status = new.status) then
    perform log.refuse('PL004', format('a version cannot go from %s to %s', old.status, new.status));
  end if;

  broken := case
    when new.status = 'PENDING_APPROVAL' and (new.submitted_at is null or new.submitted_by is null)
      then 'PL004 a submitted version says who submitted it and when'
    when new.status = 'PENDING_APPROVAL' and log.is_service()
        and new.submitted_by is distinct from log.actor(new.stream_id)
      then 'PL006 a version is submitted by the one who acts, in their own name'
    when new.status in ('APPROVED', 'REJECTED') and (new.reviewed_at is null or new.reviewed_by is null)
      then 'PL004 a decided version says who decided and when'
    when new.status in ('APPROVED', 'REJECTED') and log.is_service()
        and new.reviewed_by is distinct from log.actor(new.stream_id)
      then 'PL006 a version is decided by the one who acts, in their own name'
    when new.status in ('APPROVED', 'REJECTED') and not log.may_decide(old, new.reviewed_by)
      then 'PL006 who edited or submitted a version may not decide on it'
    when new.status = 'REJECTED' and coalesce(new.approval_notes, '') !~ '\S' then 'PL004 a rejection needs a reason'
  end;
  -- What ended when it began was never in force, or came without a successor: nothing is in force after it.
  if broken is null and new.status = 'APPROVED' then
    broken := case when new.base_version_id is distinct from (
        select case when effective_to is distinct from effective_from then version_id end from phase_version
        where master_record_id = new.master_record_id and effective_from is not null
        order by effective_from desc limit 1)
      then 'PL007 the version in force is no longer the one this draft was based on' end;
  end if;
  if broken is not null then
    perform log.refuse_if(broken);
  end if;
  return new;
end $$;

create function log.refuse_truncating_decided() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
begin
  perform log.refuse_if(case when exists (select from phase_version where status <> 'DRAFT')
    then 'PL005 TRUNCATE is refused: there are versions that are not drafts' end);
  return null;
end $$;

-- Content that was never approved keeps its editors: whoever wrote a rejected version may not approve a version made from it.
create function log.inherit_editors() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
begin
  if exists (
      select from new_rows n join phase_version p on p.version_id = n.parent_version_id
      where p.status in ('DRAFT', 'PENDING_APPROVAL', 'REJECTED')) then
    insert into version_editor (version_id, user_id, stream_id)
    select n.version_id, e.user_id, n.stream_id
    from new_rows n
    join phase_version p on p.version_id = n.parent_version_id and p.status in ('DRAFT', 'PENDING_APPROVAL', 'REJECTED')
    join version_editor e on e.version_id = p.version_id
    on conflict do nothing;
  end if;
  return null;
end $$;

-- A version in force ends when a later version of its record comes into force.
create function log.guard_succession() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
begin
  perform log.refuse_if(case when not exists (
      select from phase_version where master_record_id = new.master_record_id and effective_from >= new.effective_to)
    then format('PL004 version %s is superseded, and no version follows it', new.version_id) end);
  return null;
end $$;

-- A recorded version is closed once and otherwise never changes; a superseded one never changes at all.
create function log.guard_settled() returns trigger
language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
begin
  perform log.refuse_if(case
    when old.status = 'SUPERSEDED' or new.status = old.status or new.revision <> old.revision
    then format('PL005 version %s is %s and stays as it is', old.version_id, old.status) end);
  return new;
end $$;

select log.capture_table('phase_version');
create trigger b_guard before update or delete on phase_version for each row
  when (not log.may_import(old.version_id, old.stream_id)) execute function log.guard_version();
create trigger b_guard_settled before update on phase_version for each row
  when (old.* is distinct from new.* and old.status in ('RECORDED', 'SUPERSEDED')
    and not log.may_import(old.version_id, old.stream_id))
  execute function log.guard_settled();
create trigger c_cycle_open after insert on phase_version referencing new table as new_rows
  for each statement execute function log.guard_open_cycle();
create trigger b_guard_start before insert on phase_version for each row execute function log.guard_start();
create trigger b_guard_truncate before truncate on phase_version for each statement
  execute function log.refuse_truncating_decided();
create trigger c_inherit_editors after insert on phase_version referencing new table as new_rows
  for each statement execute function log.inherit_editors();
-- The successor may come in a later commit of an import.
create constraint trigger d_succession after update on phase_version deferrable initially deferred for each row
  when (old.status <> 'SUPERSEDED' and new.status = 'SUPERSEDED'
    and not log.may_import(new.version_id, new.stream_id))
  execute function log.guard_succession();

-- ── content is frozen outside DRAFT, and writing it makes an editor ──────────────────────────────────────────────────

-- Editors for an import that brings many commits at once: each version's editor is the actor of its commit, plus the editors of the version
-- it came from if that was not approved.
create function log.note_editors(p_versions uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare
  head log.stream := (
    select s from log.stream s join phase_version v on v.version_id = any (p_versions) and v.stream_id = s.stream_id
    where s.is_open and s.xid = pg_current_xact_id()::text::bigint limit 1);
  of_commit jsonb := head.parts -> 'rows';
  commits jsonb := head.parts -> 'commits';
begin
  if commits is null then
    return;
  end if;
  insert into version_editor (version_id, user_id, stream_id)
  select e.id, e.actor, head.stream_id
  from (
    select id, (commits -> (of_commit ->> id::text)::int ->> 'actor')::int as actor from unnest(p_versions) id offset 0) e
  where e.actor is not null on conflict do nothing;
  loop
    insert into version_editor (version_id, user_id, stream_id)
    select v.version_id, e.user_id, v.stream_id
    from phase_version v
    join phase_version p on p.version_id = v.parent_version_id and p.status in ('DRAFT', 'PENDING_APPROVAL', 'REJECTED')
    join version_editor e on e.version_id = p.version_id
    where v.version_id = any (p_versions) and not exists (
      select from version_editor x where x.version_id = v.version_id and x.user_id = e.user_id) on conflict do nothing;
    exit when not found;
  end loop;
end $$;

-- Runs after the capture of the same statement, which holds the lock on the stream's head, so nobody else can change what it reads of the
-- version. Rows may also be inserted by the commit that inserts their version. Waiving a signature is not authorship: whoever changes
-- nothing else does not become an editor, and may still approve.
create function log.guard_content() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare
  frozen phase_version;
  waivers text[];
begin
  if tg_op = 'TRUNCATE' then
    execute format(
      'select v.* from %I.%I c join phase_version v using (version_id)
       where v.status <> ''DRAFT'' or v.is_deleted limit 1',
      tg_table_schema, tg_table_name) into frozen;
  elsif tg_op = 'UPDATE' then
    select v.* into frozen
    from (select distinct n.version_id from touched n where not exists (select from old_rows o where o *= n)) c
    join phase_version v using (version_id)
    where (v.status <> 'DRAFT' or v.is_deleted) and not log.may_import(v.version_id, v.stream_id) limit 1;
  else
    select v.* into frozen from (select distinct version_id from touched) c join phase_version v using (version_id)
    where (v.status <> 'DRAFT' or v.is_deleted) and not log.may_import(v.version_id, v.stream_id)
      and not (tg_op = 'INSERT' and log.is_being_inserted(v.version_id)) limit 1;
  end if;
  if frozen.version_id is not null then
    perform log.refuse('PL005', format('version %s is %s: its content is frozen',
      frozen.version_id, case when frozen.is_deleted then 'deleted' else frozen.status::text end));
  end if;
  if tg_op = 'TRUNCATE' then
    return null;
  elsif tg_op = 'UPDATE' then
    waivers := array(
      select s.only_if from phase_signature s join phase_policy p using (phase)
      where p.version_table = tg_table_name and s.only_if is not null);
  end if;
  if waivers <> '{}' then
    insert into version_editor (version_id, user_id, stream_id)
    select distinct n.version_id, log.actor(n.stream_id), n.stream_id
    from touched n join old_rows o using (version_id)
    where log.actor(n.stream_id) is not null
      and to_jsonb(n) - waivers <> to_jsonb(o) - waivers on conflict do nothing;
  -- To insert nothing has its price as well: the editors are captured.
  elsif exists (
      select from (select distinct version_id, stream_id from touched) n
      join log.stream s on s.stream_id = n.stream_id and s.is_open and s.xid = pg_current_xact_id()::text::bigint
      where s.actor_id is not null and not exists (
        select from version_editor e where e.version_id = n.version_id and e.user_id = s.actor_id)) then
    insert into version_editor (version_id, user_id, stream_id)
    select n.version_id, log.actor(n.stream_id), n.stream_id
    from (select distinct version_id, stream_id from touched offset 0) n -- who acts is asked once a version
    where log.actor(n.stream_id) is not null on conflict do nothing;
  elsif tg_op = 'INSERT' and not log.is_service() then
    perform log.note_editors(array(select distinct version_id from touched));
  end if;
  return null;
end $$;

-- Whoever saves a draft becomes its editor, even if nothing changed and no row was captured: the service calls this on behalf of the actor.
create function log.note_editor(p_version uuid) returns void
language sql security definer set search_path = pg_catalog, public, log, pg_temp as $$
  insert into version_editor (version_id, user_id, stream_id)
  select v.version_id, log.actor(v.stream_id), v.stream_id from phase_version v
  where v.version_id = p_version and v.status = 'DRAFT' and log.actor(v.stream_id) is not null on conflict do nothing
$$;

-- Clears the hash of an item edited past the service, so that no decision matches it; the service sets it again. What a rebase merged into
-- an item is remembered with it; the log's images show in which commit, and therefore which fields.
create function log.forget_hash() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  about_the_row text[] := '{item_id,stream_id,version_id,item_key,label,item_hash,
    carried_from_item_id,merged_from_item_id,carried_decision_id}';
begin
  if to_jsonb(new) - about_the_row is distinct from to_jsonb(old) - about_the_row then
    new.item_hash := '';
    new.carried_decision_id := null;
  end if;
  return new;
end $$;

-- The step that a record may take next, for writes of the service. The phase declares its steps: the state in which each may be taken, and
-- which of them are reviews. Only a review takes a record out of the state in which it waits for one, and columns that name the actor can
-- name nobody else.
create function log.guard_step() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare
  p phase_policy := (select p from phase_policy p where p.version_table = tg_table_name);
  review phase_step;
  v phase_version;
  now jsonb;
  before jsonb;
begin
  if not log.is_service() or p.versioning_type = 'FULL' then
    return null;
  end if;
  select * into review from phase_step s where s.phase = p.phase and s.is_review and s.field is not null;
  for now in select to_jsonb(n) from new_rows n loop
    select * into v from phase_version where version_id = (now ->> 'version_id')::uuid;
    execute format('select to_jsonb(t) from %I.%I t where version_id = $1', tg_table_schema, tg_table_name)
      into before using v.parent_version_id;
    perform log.refuse_if(case
      when now - '{version_id}'::text[] <> before - '{version_id}'::text[] and not exists (
          select from phase_step s where s.phase = p.phase and s.is_review = (v.reviewed_by is not null)
            and (s.field is null or before ->> s.field is not distinct from s.value))
        then format('PL004 the record cannot take this step as it stands: %s', coalesce((
          select string_agg(distinct s.otherwise, ', or ') from phase_step s
          where s.phase = p.phase and s.is_review = (v.reviewed_by is not null)), 'its phase has none such'))
      when review.phase is not null and now ->> review.field is distinct from before ->> review.field
          and (now ->> review.field is not distinct from review.value) = (v.reviewed_by is not null)
        then format('PL004 %s is no longer %s when somebody has reviewed the record, and only then',
          review.field, review.value)
      when exists (
          select from unnest(p.actor_columns) c where now ->> c is distinct from before ->> c
            and now ->> c is not null and (now ->> c)::int <> v.created_by)
        then format('PL006 %s: who is named there is the one who acts', array_to_string(p.actor_columns, ', '))
    end);
  end loop;
  return null;
end $$;

-- Only the declared roles may waive a signature, and they must give a reason.
create function log.guard_waiver() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare
  its_phase public."Phase";
  before jsonb;
  waived phase_signature;
begin
  if not log.is_service() then
    return new;
  end if;
  its_phase := (
    select p.phase from phase_policy p join phase_signature s using (phase)
    where p.version_table = tg_table_name and s.only_if is not null limit 1);
  if its_phase is null then
    return new;
  end if;
  if tg_op = 'UPDATE' then
    before := to_jsonb(old);
  end if;
  for waived in
    select s.* from phase_signature s
    where s.phase = its_phase and not (to_jsonb(new) ->> s.only_if)::boolean
      and (before ->> s.only_if)::boolean is not false
  loop
    perform log.refuse_if(case when not exists (
        select from user_roles r where r.user_id = log.actor(new.stream_id) and r.role = any (waived.waived_by))
      then format('PL009 only who is %s may do without the signature of the %s',
        array_to_string(waived.waived_by, ' or '), replace(waived.sign_off_role, '_', ' ')) end);
    if before is not null then
      perform log.demand_reason(new.stream_id, 'a waiver');
    end if;
  end loop;
  return new;
end $$;

-- Attaches everything that a phase's own table needs: capture, freeze and rights; for an item table, the search index; for a detail table,
-- the guards of signatures and steps. A phase's migration calls it for its detail table and its item table, and needs nothing else from
-- this file.
create function log.phase_table(p_table regclass) returns void language plpgsql as $outer$
begin
  perform log.capture_table(p_table);
  execute format($t$
    create trigger b_guard_insert after insert on %1$s referencing new table as touched
      for each statement execute function log.guard_content();
    create trigger b_guard_update after update on %1$s referencing old table as old_rows new table as touched
      for each statement execute function log.guard_content();
    create trigger b_guard_delete after delete on %1$s referencing old table as touched
      for each statement execute function log.guard_content();
    create trigger b_guard_truncate before truncate on %1$s for each statement execute function log.guard_content();
    grant select, insert, update, delete on %1$s to phaseledger_service$t$, p_table);
  if exists (select from pg_attribute where attrelid = p_table and attname = 'item_hash') then
    execute format($t$
      create trigger c_forget_hash before update on %1$s for each row
        when (old.item_hash = new.item_hash and old.* is distinct from new.*)
        execute function log.forget_hash()$t$, p_table);
    -- Search finds items by the words of their labels; without an index it would read all items of the phase.
    execute format('create index %I on %s using gin (log.search_words(label))',
      (select relname from pg_class where oid = p_table) || '_words', p_table);
  else
    execute format($t$
      create trigger c_guard_waiver before insert or update on %1$s
        for each row execute function log.guard_waiver();
      create trigger c_guard_step after insert on %1$s referencing new table as new_rows
        for each statement execute function log.guard_step()$t$, p_table);
  end if;
  perform log.fire_always(p_table);
end $outer$;

-- ── decisions and editors are insert-only ────────────────────────────────────────────────────────────────────────────

create function log.guard_decision() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
begin
  perform log.refuse_if((
    select min(case
      when v.status <> 'PENDING_APPROVAL' and not log.is_being_inserted(v.version_id)
        then format('PL004 items are decided while their version is PENDING_APPROVAL, and it is %s', v.status)
      when log.is_service() and n.decided_by is distinct from log.actor(v.stream_id)
        then 'PL006 a decision is made in the name of the one who acts'
      when not log.may_decide(v, n.decided_by)
        then 'PL006 who edited or submitted a version may not decide on its items'
      end)
    from (select distinct version_id, decided_by from new_rows) n join phase_version v using (version_id)
    where not log.may_import(v.version_id, v.stream_id)));
  return null;
end $$;

select log.capture_table(t), log.insert_only(t) from unnest(array['item_decision', 'version_editor']::regclass[]) t;
create trigger b_guard after insert on item_decision referencing new table as new_rows
  for each statement execute function log.guard_decision();

-- ── the phases ───────────────────────────────────────────────────────────────────────────────────────────────────────

select log.phase_table(t) from unnest(array[
  'planning_phase_versions', 'attribute_decisions', 'data_profiling_versions', 'profiling_rule_decisions',
  'scoping_versions', 'scoping_decisions', 'sample_selection_versions', 'sample_decisions', 'data_owner_assignments',
  'document_submissions', 'test_execution_audit', 'observation_versions', 'observation_decisions',
  'test_report_versions', 'test_report_sections']::regclass[]) t;

-- A version contains each sample once. Two items that the record already had as separate, from an import for instance, stay separate.
create function log.guard_sample_identity() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare taken record;
begin
  -- First what is there twice, which is hardly ever anything: only then the other versions are looked at.
  with doubled as materialized (
    select n.stream_id, n.version_id, n.item_key, n.sample_identifier as given, s.sample_identifier as present
    from new_rows n join sample_decisions s on s.version_id = n.version_id and s.item_key <> n.item_key
      and log.identity_key(s.sample_identifier) = log.identity_key(n.sample_identifier))
  select given, present into taken from doubled d
  where not log.is_import(d.stream_id) and not exists (
    select from phase_version v join phase_version w on w.master_record_id = v.master_record_id
    join sample_decisions o on o.version_id = w.version_id and o.item_key = d.item_key
    where v.version_id = d.version_id and w.version_id <> d.version_id)
  limit 1;
  perform log.refuse_if(case when found
    then format('PL008 Sample %s is in this version already, as %s', taken.given, taken.present) end);
  return null;
end $$;
create index sample_decisions_identity on sample_decisions (version_id, log.identity_key(sample_identifier));
create trigger c_one_sample after insert on sample_decisions referencing new table as new_rows
  for each statement execute function log.guard_sample_identity();
create trigger c_one_sample_update after update on sample_decisions referencing new table as new_rows
  for each statement execute function log.guard_sample_identity();

-- ── audit-only records ───────────────────────────────────────────────────────────────────────────────────────────────

-- The service records in the name of the actor, as the successor of the record's latest version; and nobody reviews what they submitted. An
-- import (by the owner) brings records unchanged.
create function log.guard_recorded() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare
  actor int := log.actor(new.stream_id);
  before phase_version := (select v from phase_version v where v.version_id = new.parent_version_id);
begin
  if not log.is_service() then
    return new;
  end if;
  perform log.refuse_if(case
    when new.created_by is distinct from actor
        or before.version_id is null and coalesce(new.submitted_by, actor) is distinct from actor
        or new.reviewed_by is not null and new.reviewed_by is distinct from actor
      then 'PL006 a version is recorded, submitted and reviewed by the one who acts, in their own name'
    when before.version_id is not null
        and (new.submitted_by, new.submitted_at) is distinct from (before.submitted_by, before.submitted_at)
      then 'PL005 who submitted a record stays as it is'
    when before.version_id is null and new.reviewed_by is not null
      then 'PL004 a record does not begin with its review'
    when new.version_number <> coalesce(before.version_number, 0) + 1
      then 'PL004 the next version of a record follows its latest'
    when new.reviewed_by is not null and not log.may_decide(before, new.reviewed_by)
      then 'PL006 who submitted or changed a record may not review it'
  end);
  return new;
end $$;

-- At commit, the latest version of a record is in force: nothing is closed without a successor.
create function log.guard_latest_in_force() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
begin
  perform log.refuse_if(case when 'RECORDED' <> (
      select status from phase_version where master_record_id = new.master_record_id
      order by version_number desc limit 1)
    then format('PL004 the latest version of record %s must be in force', new.master_record_id) end);
  return null;
end $$;

create trigger b_guard_recorded before insert on phase_version for each row
  when (new.versioning_type = 'AUDIT_ONLY') execute function log.guard_recorded();
-- The successor may come in a later commit of an import.
create constraint trigger d_latest_in_force after insert or update on phase_version deferrable initially deferred
  for each row when (new.versioning_type = 'AUDIT_ONLY' and not log.may_import(new.version_id, new.stream_id))
  execute function log.guard_latest_in_force();

alter table data_owner_assignments add constraint valid_period check (valid_to >= valid_from);
alter table document_submissions add constraint positive_version check (document_version > 0);
alter table test_execution_audit
  add constraint response_after_request check (responded_at >= requested_at),
  add constraint addressed_to_another check (addressee_id <> requested_by_id),
  add constraint response_is_whole check (
    (responded_at is null) = (responded_by_id is null) and (responded_at is null) = (response_status is null));

-- ── owners of data ───────────────────────────────────────────────────────────────────────────────────────────────────

create function log.is_primary(p_type text) returns boolean language sql immutable as $$
  select log.name_key(p_type) = 'primary'
$$;

-- A line of business has one primary owner at a valid instant in each workflow; so has the report as a whole, which is not a line of
-- business. The capture of the same statement holds the lock on the stream's head, so nobody else can change what is read here.
create function log.guard_primary_owner() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare taken record;
begin
  select coalesce(l.name, 'the whole report') as lob, u.name as owner, d.valid_from, d.valid_to into taken
  from new_rows n join phase_version v on v.version_id = n.version_id and v.status = 'RECORDED'
  join data_owner_assignments d on d.stream_id = n.stream_id and d.lob_id is not distinct from n.lob_id
    and d.version_id <> n.version_id and log.is_primary(d.assignment_type)
    and tstzrange(d.valid_from, d.valid_to) && tstzrange(n.valid_from, n.valid_to)
  join phase_version w on w.version_id = d.version_id and w.status = 'RECORDED'
  left join lobs l on l.lob_id = d.lob_id join users u on u.user_id = d.data_owner_id
  where log.is_primary(n.assignment_type) limit 1;
  perform log.refuse_if(case when found then format(
    'PL008 %s is the primary owner of %s from %s%s. Transfer or deactivate that assignment, or choose another time',
    taken.owner, taken.lob, log.instant(taken.valid_from), coalesce(' until ' || log.instant(taken.valid_to), '')) end);
  return null;
end $$;
create trigger c_one_primary_owner after insert on data_owner_assignments referencing new table as new_rows
  for each statement execute function log.guard_primary_owner();
-- Ending the assignment of somebody who has left names them too, so only active assignments are checked.
create trigger c_fit_data_owner before insert on data_owner_assignments for each row
  when (new.assignment_status = 'ACTIVE' and not log.is_import(new.stream_id))
  execute function log.guard_fitness('data_owner_id', 'DATA_OWNER', 'DATA_EXECUTIVE');
-- Answering a request addressed to somebody who has left names them too, so only open requests are checked.
create trigger c_fit_addressee before insert on test_execution_audit for each row
  when (new.responded_at is null and not log.is_import(new.stream_id))
  execute function log.guard_fitness('addressee_id', 'TESTER', 'DATA_OWNER');

-- ── signatures ───────────────────────────────────────────────────────────────────────────────────────────────────────
-- Signatures are given and delegated through the service; the rules for them are enforced here as well.

alter table test_report_signoffs
  add constraint signature_is_whole check (
    sign_off_status = 'PENDING'
    or meaning is not null and signer_name is not null and signed_content_hash is not null),
  add constraint delegation_is_whole check (
    delegated_from_id is null
    or delegated_from_id <> sign_off_user_id and delegation_reason is not null and delegated_from_name is not null);
select log.capture_table('test_report_signoffs'), log.insert_only('test_report_signoffs');

-- The latest row for each role of a version.
create function log.sign_offs(p_version uuid) returns setof test_report_signoffs
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select distinct on (sign_off_role) * from test_report_signoffs
  where version_id = p_version order by sign_off_role, sign_off_date desc
$$;

-- Whether a role has signed: the signature is on this content, and its giver has neither edited nor submitted the version since.
create function log.is_signed(v phase_version, p_role text) returns boolean
language sql stable security definer set search_path = pg_catalog, public, log, pg_temp as $$
  select exists (
    select from log.sign_offs(v.version_id) s where s.sign_off_role = p_role and s.sign_off_status = 'SIGNED'
      and s.signed_content_hash = v.content_hash and log.may_decide(v, s.sign_off_user_id))
$$;

-- The service holds the lock on the stream's head (log.open), so what is read here cannot change before the write.
create function log.guard_sign_off() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare
  v phase_version := (select v from phase_version v where v.version_id = new.version_id);
  is_delegation boolean := new.sign_off_status = 'PENDING';
begin
  if log.is_being_inserted(new.version_id) then
    return new; -- a version is brought with its signatures
  end if;
  perform log.refuse_if(case
    when not exists (select from phase_signature s where s.phase = v.phase and s.sign_off_role = new.sign_off_role)
      then format('PL004 %s takes no signature of the kind %s', v.phase, new.sign_off_role)
    when v.is_deleted or v.status <> 'PENDING_APPROVAL' and not (is_delegation and v.status = 'DRAFT')
      then format('PL004 version %s is %s: it is signed while it is PENDING_APPROVAL',
        v.version_id, case when v.is_deleted then 'deleted' else v.status::text end)
    when not is_delegation and new.signed_content_hash <> v.content_hash
      then 'PL005 a signature is given to the content that is there'
    when log.is_signed(v, new.sign_off_role) then 'PL004 this content has been signed already'
    when log.is_service() and (
        log.actor(new.stream_id) is distinct from (case when is_delegation and new.delegated_from_id is not null
          then new.delegated_from_id else new.sign_off_user_id end)
        or not is_delegation and new.signer_name <> (select name from users where user_id = new.sign_off_user_id))
      then 'PL006 a signature is given, and delegated, in the name of the one who acts'
    when log.is_service()
        and new.sign_off_date is distinct from (select opened_at from log.stream where stream_id = new.stream_id)
      then 'PL006 a signature is given at the instant of its commit'
    -- Whoever worked on a version may take a delegation back, to find somebody else.
    when (not is_delegation or new.delegated_from_id is not null) and not log.may_decide(v, new.sign_off_user_id)
      then 'PL006 who edited or submitted a version does not sign it'
    when not is_delegation and exists (
        select from log.sign_offs(new.version_id) s where s.sign_off_role <> new.sign_off_role
          and s.sign_off_user_id = new.sign_off_user_id and s.sign_off_status = 'SIGNED'
          and s.signed_content_hash = v.content_hash)
      then 'PL006 one person gives one signature'
  end);
  return new;
end $$;

-- The delegate of a signature must be able to hold the position themself.
create function log.guard_delegate() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
begin
  perform log.demand_fit(new.sign_off_user_id, array(
    select s.given_by::text from phase_signature s join phase_version v using (phase)
    where v.version_id = new.version_id and s.sign_off_role = new.sign_off_role));
  return new;
end $$;

create trigger c_guard_sign_off before insert on test_report_signoffs for each row
  when (not log.may_import(new.version_id, new.stream_id)) execute function log.guard_sign_off();
create trigger c_fit_delegate before insert on test_report_signoffs for each row
  when (new.sign_off_status = 'PENDING' and new.delegated_from_id is not null and not log.is_import(new.stream_id))
  execute function log.guard_delegate();

-- A version that requires signatures comes into force only with them.
create function log.guard_signed() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare
  content jsonb;
  missing text;
begin
  if not exists (select from phase_signature s where s.phase = new.phase) then
    return new;
  end if;
  execute format('select to_jsonb(t) from public.%I t where version_id = $1',
    (select version_table from phase_policy where phase = new.phase)) into content using new.version_id;
  select string_agg(s.sign_off_role, ', ' order by s.sign_off_role) into missing from phase_signature s
  where s.phase = new.phase and (content ->> s.only_if)::boolean is not false
    and not log.is_signed(new, s.sign_off_role);
  perform log.refuse_if(case when missing is not null then format(
    'PL010 version %s is not signed by %s, or not by somebody independent', new.version_id, missing) end);
  return new;
end $$;
create trigger c_guard_signed before update on phase_version for each row
  when (new.status = 'APPROVED' and old.status <> 'APPROVED' and not log.may_import(new.version_id, new.stream_id))
  execute function log.guard_signed();

-- ── what needs a reason ──────────────────────────────────────────────────────────────────────────────────────────────

-- The commit's reason suffices if the row has none.
create function log.demand_reason(p_stream uuid, p_deed text) returns void
language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
begin
  perform log.refuse_if(case when log.is_service()
      and coalesce(log.identity_key((select reason from log.stream where stream_id = p_stream)), '') = ''
    then format('PL004 %s needs a reason', p_deed) end);
end $$;

-- The trigger's condition decides when. Guards that come earlier in the alphabet first check whether the action is allowed at all.
create function log.guard_reason() returns trigger
language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
begin
  perform log.demand_reason(new.stream_id, tg_argv[0]);
  return new;
end $$;

create trigger d_demand_reason before update on phase_version for each row
  when (new.is_deleted and not old.is_deleted) execute function log.guard_reason('a deletion');
create trigger d_demand_reason before update on cycles for each row
  when (old.cycle_status = 'CLOSED' and new.cycle_status <> 'CLOSED')
  execute function log.guard_reason('to open a cycle again');
create trigger d_demand_reason before insert on item_decision for each row
  when (new.status in ('REJECTED', 'MODIFIED') and coalesce(log.identity_key(new.notes), '') = '')
  execute function log.guard_reason('to reject an item, or to send it back,');
create trigger d_demand_reason before insert on document_submissions for each row
  when (new.submission_status in ('REJECTED', 'REVISION_REQUESTED')
    and coalesce(log.identity_key(new.review_notes), '') = '')
  execute function log.guard_reason('to refuse a document');

select log.fire_always(oid) from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r';

-- ── rights ───────────────────────────────────────────────────────────────────────────────────────────────────────────

revoke all on all functions in schema log from public;
-- Trigger conditions are evaluated as the writing role.
grant execute on function log.is_import(uuid), log.may_import(uuid, uuid) to public;
grant execute on function log.identity_key(text), log.name_key(text), log.search_words(text), log.note_editor(uuid), log.instant(timestamptz)
  to phaseledger_service;
grant insert, update on phase_version to phaseledger_service;
grant insert on item_decision, test_report_signoffs to phaseledger_service;
