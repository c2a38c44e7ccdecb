-- Identities that a person types are compared by a key, so that two that nobody can tell apart are one; and nothing is two
-- things at once because NULL equals nothing.

-- ── by what identities are compared ────────────────────────────────────────────────────────────────────────────────

-- In normal form (NFC), without what nobody sees, trimmed, with single spaces between words. src/versioning/identity.ts has
-- the same. Everything is named in full, so that it means the same on every search path.
create function log.identity_key(p_text text) returns text language sql immutable strict parallel safe as $$
  select pg_catalog.btrim(pg_catalog.regexp_replace(normalize(pg_catalog.regexp_replace(p_text,
    '[\u0001-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f-\u1160\u17b4-\u17b5\u180b-\u180f'
    '\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3'
    '\U0001d173-\U0001d17a\U000e0000-\U000e0fff]', '', 'g'), NFC),
    '[\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028-\u2029\u202f\u205f\u2800\u3000]+', ' ', 'g'))
$$;

-- Names and numbers of the register: upper and lower case are the same as well.
create function log.name_key(p_text text) returns text language sql immutable strict parallel safe as $$
  select pg_catalog.lower(log.identity_key(p_text) collate pg_catalog."und-x-icu")
$$;

-- ── the register ───────────────────────────────────────────────────────────────────────────────────────────────────

-- What was accepted before is told apart, in a commit that says so: a blank name becomes the key of its row, and of those
-- that look alike all but the first get it behind their names.
do $$
declare
  t record;
  is_stated boolean := false;
begin
  for t in select * from (values
    ('users', 'name', 'user_id', false), ('lobs', 'name', 'lob_id', true), ('cycles', 'name', 'cycle_id', true),
    ('reports', 'name', 'report_id', false), ('reports', 'number', 'report_id', true)) x(tab, col, id, is_unique)
  loop
    execute format($q$create temp table unclear on commit drop as
      select id, name from (
        select %1$I as id, btrim(log.identity_key(%2$I) || ' (' || %1$I || ')') as name, log.identity_key(%2$I) = '' as is_blank,
          row_number() over (partition by log.name_key(%2$I) order by %1$I) as n from %3$I) r
      where is_blank or %4$L and n > 1$q$, t.id, t.col, t.tab, t.is_unique);
    if exists (select from unclear) and not is_stated then
      perform log.state('migrate', 'Names that were blank, or that nobody could tell from another, are told apart.');
      is_stated := true;
    end if;
    execute format('update %1$I r set %2$I = u.name from unclear u where r.%3$I = u.id', t.tab, t.col, t.id);
    drop table unclear;
  end loop;
end $$;

-- DropIndex
DROP INDEX "lobs_name_key";

-- DropIndex
DROP INDEX "reports_number_key";

create unique index lobs_name_key on lobs (log.name_key(name));
create unique index cycles_name_key on cycles (log.name_key(name));
create unique index reports_number_key on reports (log.name_key(number));
alter table users add constraint users_name_said check (log.identity_key(name) <> '');
alter table lobs add constraint lobs_name_said check (log.identity_key(name) <> '');
alter table cycles add constraint cycles_name_said check (log.identity_key(name) <> '');
alter table reports add constraint reports_name_said check (log.identity_key(name) <> ''),
  add constraint reports_number_said check (log.identity_key(number) <> '');

-- An import brings cycles as they were, and marks them.
create function log.guard_period() returns trigger
language plpgsql security definer set search_path = pg_catalog, log, pg_temp as $$
begin
  if new.end_date < new.start_date and not log.is_import(new.stream_id) then
    raise exception using errcode = 'check_violation', constraint = 'cycles_period',
      message = format('a cycle that starts on %s cannot end on %s', new.start_date, new.end_date);
  end if;
  return new;
end $$;
create trigger c_guard_period before insert on cycles for each row execute function log.guard_period();
create trigger c_guard_period_update before update on cycles for each row
  when (new.start_date is distinct from old.start_date or new.end_date is distinct from old.end_date)
  execute function log.guard_period();
alter table cycles enable always trigger c_guard_period, enable always trigger c_guard_period_update;

-- ── samples ────────────────────────────────────────────────────────────────────────────────────────────────────────

-- A version has each sample once. What its record had as two things before, an import say, stays two.
create function log.guard_sample_identity() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare taken record;
begin
  select n.sample_identifier as given, s.sample_identifier as present into taken
  from new_rows n join sample_decisions s on s.version_id = n.version_id and s.item_key <> n.item_key
    and log.identity_key(s.sample_identifier) = log.identity_key(n.sample_identifier)
  where not log.is_import(n.stream_id) and not exists (
    select from phase_version v join phase_version w on w.master_record_id = v.master_record_id
    join sample_decisions o on o.version_id = w.version_id and o.item_key = n.item_key
    where v.version_id = n.version_id and w.version_id <> n.version_id)
  limit 1;
  if found then
    perform log.refuse('PL008', format('Sample %s is in this version already, as %s', taken.given, taken.present));
  end if;
  return null;
end $$;
create index sample_decisions_identity on sample_decisions (version_id, log.identity_key(sample_identifier));
create trigger c_one_sample after insert on sample_decisions referencing new table as new_rows
  for each statement execute function log.guard_sample_identity();
create trigger c_one_sample_update after update on sample_decisions referencing new table as new_rows
  for each statement execute function log.guard_sample_identity();
alter table sample_decisions enable always trigger c_one_sample, enable always trigger c_one_sample_update;

-- ── owners of data ─────────────────────────────────────────────────────────────────────────────────────────────────

create or replace function log.is_primary(p_type text) returns boolean language sql immutable as $$
  select log.name_key(p_type) = 'primary'
$$;

-- As before, but the whole report, which is no line of business at all, has one primary owner as well.
create or replace function log.guard_primary_owner() returns trigger
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
  if found then
    perform log.refuse('PL008', format('%s is the primary owner of %s from %s%s. Transfer or deactivate that assignment, or choose another time',
      taken.owner, taken.lob, log.instant(taken.valid_from), coalesce(' until ' || log.instant(taken.valid_to), '')));
  end if;
  return null;
end $$;

revoke all on function log.identity_key(text), log.name_key(text), log.guard_period(), log.guard_sample_identity() from public;
grant execute on function log.identity_key(text), log.name_key(text) to phaseledger_service;
