-- Rules that hold when they are relied on, and not only when a deed is done; and lineage that forbids nobody's work.

-- ── nobody's roles change while they act ───────────────────────────────────────────────────────────────────────────

-- A mutation holds this lock together with others, a commit to the reference data alone: so what a mutation reads of people,
-- roles and assignments is what holds when it commits, and the two have one order, which is that of their stamps.
create function log.people_lock() returns bigint language sql immutable as $$ select 1887007846 $$;

create or replace function log.enter(
  p_stream uuid, p_actor int default null, p_origin text default null, p_operation text default null,
  p_reason text default null, p_request_id text default null)
returns log.stream language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
declare
  head log.stream;
  this_xid bigint := pg_current_xact_id()::text::bigint;
begin
  select * into head from log.stream where stream_id = p_stream for update;
  if not found then
    insert into log.stream (stream_id) values (p_stream) on conflict do nothing;
    select * into head from log.stream where stream_id = p_stream for update;
  end if;
  if head.xid = this_xid and head.is_open then
    return head;
  end if;
  if head.xid = this_xid then
    raise exception using errcode = 'PL001',
      message = 'this transaction has already committed to stream ' || p_stream,
      hint = 'Start another transaction; SET CONSTRAINTS … IMMEDIATE must come after the last write.';
  end if;
  if p_stream = '00000000-0000-0000-0000-000000000000' then
    perform pg_advisory_xact_lock(log.people_lock());
  end if;
  update log.stream set
    xid = this_xid, is_open = true,
    opened_at = greatest(date_trunc('milliseconds', clock_timestamp()),
      committed_at + interval '1 ms', closed_at + interval '1 ms'),
    actor_id = p_actor, origin = coalesce(p_origin, 'db:' || session_user), operation = coalesce(p_operation, 'SQL'),
    reason = p_reason, request_id = p_request_id, occurred_at = null,
    operator = case when p_origin is null then nullif(current_setting('phaseledger.operator', true), '') end
  where stream_id = p_stream returning * into head;
  return head;
end $$;

create or replace function log.open(
  p_stream uuid, p_actor int, p_operation text, p_reason text, p_request_id text)
returns timestamptz language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
declare head log.stream;
begin
  if log.is_service() then
    -- The stream first: whoever waits for it keeps nobody from changing the reference data. The stamp comes last.
    perform from log.stream where stream_id = p_stream for update;
    if p_stream <> '00000000-0000-0000-0000-000000000000' then
      perform pg_advisory_xact_lock_shared(log.people_lock());
    end if;
    head := log.enter(p_stream, p_actor, 'api', p_operation, p_reason, p_request_id);
    if head.actor_id is distinct from p_actor or head.operation is distinct from p_operation then
      raise exception using errcode = 'PL001',
        message = 'the commit to stream ' || p_stream || ' is already open for another actor or operation';
    end if;
  else
    head := log.enter(p_stream);
  end if;
  return head.opened_at;
end $$;

-- ── signatures count while their givers are independent ────────────────────────────────────────────────────────────

-- The latest row of a version and role counts, if it is a signature to this content by somebody who has neither edited nor
-- submitted the version since.
create function log.is_signed(v phase_version, p_role text) returns boolean
language sql stable security definer set search_path = pg_catalog, public, log, pg_temp as $$
  select exists (select from log.sign_offs(v.version_id) s where s.sign_off_role = p_role and s.sign_off_status = 'SIGNED'
    and s.signed_content_hash = v.content_hash and log.may_decide(v, s.sign_off_user_id))
$$;

create or replace function log.guard_sign_off() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare
  v phase_version := (select v from phase_version v where v.version_id = new.version_id);
  is_delegation boolean := new.sign_off_status = 'PENDING';
begin
  if log.is_being_inserted(new.version_id) or log.may_import(new.version_id, new.stream_id) then
    return new; -- an import brings signatures as they were
  end if;
  if v.is_deleted or v.status <> 'PENDING_APPROVAL' and not (is_delegation and v.status = 'DRAFT') then
    perform log.refuse('PL004', format('version %s is %s: it is signed while it is PENDING_APPROVAL',
      v.version_id, case when v.is_deleted then 'deleted' else v.status::text end));
  end if;
  if not is_delegation and new.signed_content_hash <> v.content_hash then
    perform log.refuse('PL005', 'a signature is given to the content that is there');
  end if;
  if log.is_signed(v, new.sign_off_role) then
    perform log.refuse('PL004', 'this content has been signed already');
  end if;
  if log.is_service() and (
    log.actor(new.stream_id) is distinct from (
      case when is_delegation then coalesce(new.delegated_from_id, new.sign_off_user_id) else new.sign_off_user_id end)
    or not is_delegation and new.signer_name <> (select name from users where user_id = new.sign_off_user_id)) then
    perform log.refuse('PL006', 'a signature is given, and delegated, in the name of the one who acts');
  end if;
  if log.is_service()
     and new.sign_off_date is distinct from (select opened_at from log.stream where stream_id = new.stream_id) then
    perform log.refuse('PL006', 'a signature is given at the instant of its commit');
  end if;
  -- Whoever worked on a version may take a delegation back, to find somebody else.
  if (not is_delegation or new.delegated_from_id is not null) and not log.may_decide(v, new.sign_off_user_id) then
    perform log.refuse('PL006', 'who edited or submitted a version does not sign it');
  end if;
  if not is_delegation and exists (
    select from log.sign_offs(new.version_id) s where s.sign_off_role <> new.sign_off_role
      and s.sign_off_user_id = new.sign_off_user_id and s.sign_off_status = 'SIGNED'
      and s.signed_content_hash = v.content_hash) then
    perform log.refuse('PL006', 'one person gives one signature');
  end if;
  return new;
end $$;

create or replace function log.guard_signed() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare missing text;
begin
  if log.may_import(new.version_id, new.stream_id) then
    return new; -- an import brings approvals as they were
  end if;
  select string_agg(role, ', ' order by role) into missing
  from unnest(array['test_lead', 'report_owner'] || case when (
      select requires_executive_approval from test_report_versions where version_id = new.version_id)
    then array['test_executive'] end) role
  where not log.is_signed(new, role);
  if missing is not null then
    perform log.refuse('PL010', format('version %s is not signed by %s, or not by somebody independent',
      new.version_id, missing));
  end if;
  return new;
end $$;

-- ── whoever saves a draft is its editor ────────────────────────────────────────────────────────────────────────────

-- Also when what they saved changed nothing, so that no row was captured: the service says so, in the name of who acts.
create function log.note_editor(p_version uuid) returns void
language sql security definer set search_path = pg_catalog, public, log, pg_temp as $$
  insert into version_editor (version_id, user_id, stream_id)
  select v.version_id, log.actor(v.stream_id), v.stream_id from phase_version v
  where v.version_id = p_version and v.status = 'DRAFT' and log.actor(v.stream_id) is not null on conflict do nothing
$$;

-- ── what takes a reason ────────────────────────────────────────────────────────────────────────────────────────────

-- The trigger's condition says when; the commit's reason will do where the row has none of its own. Whether somebody may do it
-- at all is asked first, by the guards that come before it in the alphabet.
create function log.demand_reason() returns trigger
language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
begin
  if log.is_service()
     and coalesce(log.identity_key((select reason from log.stream where stream_id = new.stream_id)), '') = '' then
    perform log.refuse('PL004', tg_argv[0] || ' needs a reason');
  end if;
  return new;
end $$;

create trigger d_demand_reason before update on phase_version for each row
  when (new.is_deleted and not old.is_deleted) execute function log.demand_reason('a deletion');
create trigger d_demand_reason before insert on item_decision for each row
  when (new.status in ('REJECTED', 'MODIFIED') and coalesce(log.identity_key(new.notes), '') = '')
  execute function log.demand_reason('to reject an item, or to send it back,');
create trigger d_demand_reason before update on test_report_versions for each row
  when (old.requires_executive_approval and not new.requires_executive_approval)
  execute function log.demand_reason('a waiver');
create trigger d_demand_reason before insert on document_submissions for each row
  when (new.submission_status in ('REJECTED', 'REVISION_REQUESTED') and coalesce(log.identity_key(new.review_notes), '') = '')
  execute function log.demand_reason('to refuse a document');
alter table phase_version enable always trigger d_demand_reason;
alter table item_decision enable always trigger d_demand_reason;
alter table test_report_versions enable always trigger d_demand_reason;
alter table document_submissions enable always trigger d_demand_reason;

-- ── lineage ────────────────────────────────────────────────────────────────────────────────────────────────────────

-- What an item was carried from is a fact about the past, which the log keeps: it must not keep that item where it is.
alter table attribute_decisions drop constraint attribute_decisions_carried_from_item_id_fkey;
alter table observation_decisions drop constraint observation_decisions_carried_from_item_id_fkey;
alter table profiling_rule_decisions drop constraint profiling_rule_decisions_carried_from_item_id_fkey;
alter table sample_decisions drop constraint sample_decisions_carried_from_item_id_fkey;
alter table scoping_decisions drop constraint scoping_decisions_carried_from_item_id_fkey;
alter table test_report_sections drop constraint test_report_sections_carried_from_item_id_fkey;
-- The indexes served the foreign keys only.
drop index attribute_decisions_carried_from_item_id_idx;
drop index observation_decisions_carried_from_item_id_idx;
drop index profiling_rule_decisions_carried_from_item_id_idx;
drop index sample_decisions_carried_from_item_id_idx;
drop index scoping_decisions_carried_from_item_id_idx;
drop index test_report_sections_carried_from_item_id_idx;

-- What a rebase merged into an item is remembered with it; the log's images say in which commit, and so which fields.
create or replace function log.forget_hash() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare about_the_row text[] := '{item_id,stream_id,version_id,item_key,label,item_hash,carried_from_item_id,merged_from_item_id,carried_decision_id}';
begin
  if to_jsonb(new) - about_the_row is distinct from to_jsonb(old) - about_the_row then
    new.item_hash := '';
    new.carried_decision_id := null;
  end if;
  return new;
end $$;
do $$
declare t regclass;
begin
  foreach t in array '{attribute_decisions,observation_decisions,profiling_rule_decisions,sample_decisions,scoping_decisions,test_report_sections}'::regclass[] loop
    execute format('alter table %s add column merged_from_item_id uuid', t);
    perform past.expose(t), recorded.expose(t);
  end loop;
end $$;

revoke all on function log.people_lock(), log.is_signed(phase_version, text), log.note_editor(uuid), log.demand_reason() from public;
grant execute on function log.note_editor(uuid) to phaseledger_service;
