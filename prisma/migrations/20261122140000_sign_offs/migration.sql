-- Signatures are given and delegated through the service, and what they must keep to is kept here as well.

-- AlterTable
ALTER TABLE "test_report_signoffs" ADD COLUMN "delegated_from_name" TEXT;

-- CreateIndex
CREATE INDEX "test_report_signoffs_sign_off_user_id_stream_id_idx" ON "test_report_signoffs"("sign_off_user_id", "stream_id");

alter table test_report_signoffs
  add constraint signature_is_whole check (sign_off_status = 'PENDING' or meaning is not null and signer_name is not null and signed_content_hash is not null),
  add constraint delegation_is_whole check (delegated_from_id is null or delegated_from_id <> sign_off_user_id and delegation_reason is not null and delegated_from_name is not null);

-- The latest row of a version and role counts.
create function log.sign_offs(p_version uuid) returns setof test_report_signoffs language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select distinct on (sign_off_role) * from test_report_signoffs where version_id = p_version order by sign_off_role, sign_off_date desc
$$;

create function log.guard_sign_off() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare
  v phase_version := (select v from phase_version v where v.version_id = new.version_id);
  is_delegation boolean := new.sign_off_status = 'PENDING';
  was test_report_signoffs := (select s from log.sign_offs(new.version_id) s where s.sign_off_role = new.sign_off_role);
begin
  if log.is_being_inserted(new.version_id) then
    return new; -- an import brings signatures as they were
  end if;
  if v.is_deleted or v.status <> 'PENDING_APPROVAL' and not (is_delegation and v.status = 'DRAFT') then
    perform log.refuse('PL004', format('version %s is %s: it is signed while it is PENDING_APPROVAL', v.version_id, case when v.is_deleted then 'deleted' else v.status::text end));
  end if;
  if not is_delegation and new.signed_content_hash <> v.content_hash then
    perform log.refuse('PL005', 'a signature is given to the content that is there');
  end if;
  if was.sign_off_status = 'SIGNED' and was.signed_content_hash = v.content_hash then
    perform log.refuse('PL004', 'this content has been signed already');
  end if;
  if log.is_service() and (
    log.actor(new.stream_id) is distinct from (case when is_delegation then coalesce(new.delegated_from_id, new.sign_off_user_id) else new.sign_off_user_id end)
    or not is_delegation and new.signer_name <> (select name from users where user_id = new.sign_off_user_id)) then
    perform log.refuse('PL006', 'a signature is given, and delegated, in the name of the one who acts');
  end if;
  if log.is_service() and new.sign_off_date is distinct from (select opened_at from log.stream where stream_id = new.stream_id) then
    perform log.refuse('PL006', 'a signature is given at the instant of its commit');
  end if;
  -- Whoever worked on a version may take a delegation back, to find somebody else.
  if (not is_delegation or new.delegated_from_id is not null) and not log.may_decide(v, new.sign_off_user_id) then
    perform log.refuse('PL006', 'who edited or submitted a version does not sign it');
  end if;
  if not is_delegation and exists (select from log.sign_offs(new.version_id) s where s.sign_off_role <> new.sign_off_role
      and s.sign_off_user_id = new.sign_off_user_id and s.sign_off_status = 'SIGNED' and s.signed_content_hash = v.content_hash) then
    perform log.refuse('PL006', 'one person gives one signature');
  end if;
  return new;
end $$;
-- The service holds the stream's head (log.open), so what is read here does not change before it is written.
create trigger c_guard_sign_off before insert on test_report_signoffs for each row execute function log.guard_sign_off();

-- A test report comes into force signed.
create function log.guard_signed() returns trigger language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare missing text;
begin
  select string_agg(role, ', ' order by role) into missing
  from unnest(array['test_lead', 'report_owner'] || case when (select requires_executive_approval from test_report_versions where version_id = new.version_id)
    then array['test_executive'] end) role
  where not exists (select from log.sign_offs(new.version_id) s where s.sign_off_role = role and s.sign_off_status = 'SIGNED' and s.signed_content_hash = new.content_hash);
  if missing is not null then
    perform log.refuse('PL010', format('version %s is not signed by %s', new.version_id, missing));
  end if;
  return new;
end $$;
create trigger c_guard_signed before update on phase_version for each row
  when (new.phase = 'FINALIZE_TEST_REPORT' and new.status = 'APPROVED' and old.status <> 'APPROVED') execute function log.guard_signed();

alter table test_report_signoffs enable always trigger c_guard_sign_off;
alter table phase_version enable always trigger c_guard_signed;

select past.expose('test_report_signoffs');
revoke all on function log.sign_offs(uuid), log.guard_sign_off(), log.guard_signed() from public;
grant insert on test_report_signoffs to phaseledger_service;
