-- The takeover from an old system: its rows unchanged, the fate of each, and views with the old tables' names over the new tables, for
-- programs that still read the old system. The product is complete without this file.

create schema legacy;
create type legacy.fate as enum ('IMPORTED', 'MERGED', 'KEPT', 'QUARANTINED');
create type legacy.phase_state as enum ('IMPORTED', 'VERIFIED', 'ROLLED_BACK');

create table legacy.import (
  import_id serial primary key,
  source text not null,
  started_at timestamptz(3) not null default clock_timestamp(),
  zone text not null default 'UTC'
);
create unique index import_source_key on legacy.import (source);

create table legacy.run (
  run_id serial primary key,
  import_id int references legacy.import on delete restrict on update cascade,
  command text not null,
  started_at timestamptz(3) not null default clock_timestamp(),
  finished_at timestamptz(3),
  result jsonb
);

create table legacy.source_table (
  import_id int not null references legacy.import on delete restrict on update cascade,
  name text not null,
  expected int,
  read int not null,
  problem text,
  primary key (import_id, name)
);

create table legacy.imported_phase (
  workflow_id uuid not null,
  phase "Phase" not null,
  import_id int not null references legacy.import on delete restrict on update cascade,
  state legacy.phase_state not null,
  changed_at timestamptz(3) not null default clock_timestamp(),
  primary key (workflow_id, phase)
);

create table legacy.source_row (
  table_name text not null,
  source_key text not null,
  stream_id uuid not null,
  import_id int not null,
  phase "Phase",
  "row" jsonb not null,
  row_hash text not null,
  fate legacy.fate not null,
  target_table text,
  target_id uuid,
  mapped jsonb not null default '{}',
  findings jsonb not null default '[]',
  primary key (table_name, source_key)
);
create index source_row_stream_id_phase_idx on legacy.source_row (stream_id, phase);
create index source_row_target_id_idx on legacy.source_row (target_id);

create table legacy.quarantine (
  table_name text not null,
  source_key text not null,
  stream_id uuid not null,
  import_id int not null,
  phase "Phase",
  code text not null,
  reason text not null,
  "row" text not null,
  primary key (table_name, source_key)
);
create index quarantine_stream_id_phase_idx on legacy.quarantine (stream_id, phase);

create table legacy.id_map (
  kind text not null,
  legacy_id text not null,
  new_id text not null,
  workflow_id uuid not null,
  primary key (kind, legacy_id)
);
create index id_map_kind_new_id_idx on legacy.id_map (kind, new_id);

create table legacy.placed (
  unit text primary key,
  workflow_id uuid not null,
  phase "Phase",
  import_id int not null,
  fingerprint text not null
);
create index placed_workflow_id_phase_idx on legacy.placed (workflow_id, phase);

-- A target belongs to one source row; others may only be merged into it.
alter table legacy.source_row add constraint one_source_row_per_target
  exclude using btree (target_table with =, target_id with =) where (fate = 'IMPORTED' and target_id is not null);

select log.capture_table('legacy.source_row'), log.capture_table('legacy.quarantine');
-- The views below use these.
select past.make_views();

-- ── the rows of the old system ───────────────────────────────────────────────────────────────────────────────────────

-- The original text of a row as jsonb; as a JSON string if jsonb cannot hold it.
create function legacy.as_json(p_row text) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return p_row::jsonb;
exception when others then
  return to_jsonb(p_row);
end $$;

create function legacy.hash_of(p_row jsonb) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select encode(sha256(convert_to(p_row::text, 'UTF8')), 'hex')
$$;

-- Whether somebody has worked on a phase here: its versions were written by anything but an import.
create function legacy.is_live(p_stream uuid, p_phase "Phase") returns boolean
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from log.change_set c join phase_version v on v.version_id = any (c.version_ids)
    where c.stream_id = p_stream and c.origin <> 'import' and v.phase = p_phase)
$$;

-- Discards a commit that brings nothing new; the stream stays as it was.
create function legacy.discard_empty_commit(p_stream uuid) returns void
language plpgsql set search_path = pg_catalog, log, pg_temp as $$
begin
  update log.stream s set is_open = false, xid = null, opened_at = null, actor_id = null, origin = null,
    operation = null, reason = null, request_id = null, occurred_at = null, operator = null, parts = null
  where stream_id = p_stream and is_open and not exists (
    select from log.row_change r where r.stream_id = s.stream_id and r.sequence > s.sequence);
end $$;

-- ── rows in their old form ───────────────────────────────────────────────────────────────────────────────────────────
-- A row that was taken over shows its original values, except for what has been changed here since. That follows from two texts: the values
-- the new tables provide now, and those they provided right after the import.

-- Casts the text of a key; null if it is not valid. This lets a condition on the key be applied to the source rows before anything else is
-- looked up.
create function legacy.as_integer(p_text text) returns int language sql immutable parallel safe
  return case when p_text ~ '^-?[0-9]{1,10}$'
    then case when p_text::bigint between -2147483648 and 2147483647 then p_text::int end end;
create function legacy.as_uuid(p_text text) returns uuid language sql immutable parallel safe
  return case when p_text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then p_text::uuid end;

-- A source row in its table's columns, with the new tables' current value (p_now) wherever that differs from the value right after the
-- import (p_mapped). A value that does not fit its column becomes null, so that one cell cannot fail a whole query.
create function legacy.shown(p_like anyelement, p_row jsonb, p_mapped jsonb, p_now jsonb) returns anyelement
language plpgsql stable parallel safe set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare cell text;
begin
  if p_now <> p_mapped then
    p_row := p_row || coalesce((
      select jsonb_object_agg(k, coalesce(p_now -> k, 'null')) from jsonb_object_keys(p_mapped || p_now) k
      where coalesce(p_now -> k, 'null') <> coalesce(p_mapped -> k, 'null')), '{}');
  end if;
  return jsonb_populate_record(p_like, p_row);
exception when data_exception then
  if jsonb_typeof(p_row) <> 'object' then
    return p_like;
  end if;
  for cell in
    select a.attname from pg_type t join pg_attribute a on a.attrelid = t.typrelid where t.oid = pg_typeof(p_like)
  loop
    begin
      perform jsonb_populate_record(p_like, jsonb_build_object(cell, p_row -> cell));
    exception when data_exception then
      p_row := p_row - cell;
    end;
  end loop;
  return jsonb_populate_record(p_like, p_row);
end $$;

-- ── values in their old form ─────────────────────────────────────────────────────────────────────────────────────────

-- The old id of a person, as a row to join (so that each person is looked up once); for people known only here, the negative userId.
create function legacy.person(p_user int) returns table (old_id int) language sql stable parallel safe
begin atomic
  select coalesce(min(m.legacy_id::int), -p_user)
  from legacy.id_map m where m.kind = 'user' and m.new_id = p_user::text;
end;
create function legacy.old_user(p_user int) returns int language sql stable parallel safe
  return (select old_id from legacy.person(p_user));
-- The old id of a line of business; null if it is known only here.
create function legacy.old_lob(p_lob uuid) returns int language sql stable parallel safe
  return (select min(m.legacy_id::int) from legacy.id_map m where m.kind = 'lob' and m.new_id = p_lob::text);
create function legacy.role_words(p_user int) returns text language sql stable parallel safe
  return (
    select string_agg(initcap(replace(r.role::text, '_', ' ')), ', ' order by r.role)
    from public.user_roles r where r.user_id = p_user);

-- ── current values of the new tables ─────────────────────────────────────────────────────────────────────────────────
-- For each old table that the new ones cover, a view from target id to the columns in their old form.

-- A person's name is a single text here; as long as it begins with the old first name, that is the first name.
create view legacy.now_users as
select m.legacy_id, jsonb_build_object(
  'first_name', n.first_name, 'last_name', substr(u.name, length(n.first_name) + 2), 'is_active', u.is_active,
  'role', legacy.role_words(u.user_id)) as now
from legacy.id_map m join public.users u on u.user_id::text = m.new_id
left join legacy.source_row s on s.table_name = 'users' and s.source_key = m.legacy_id
cross join lateral (
  select case when starts_with(u.name, s.row ->> 'first_name' || ' ') then s.row ->> 'first_name'
    else split_part(u.name, ' ', 1) end) n(first_name)
where m.kind = 'user';

create view legacy.now_lobs as
select l.lob_id as target_id, jsonb_build_object('lob_name', l.name) as now from public.lobs l;

create view legacy.now_reports as
select r.report_id as target_id, jsonb_build_object(
  'report_number', r.number, 'report_name', r.name,
  'report_owner_id', legacy.old_user(r.owner_id), 'lob_id', legacy.old_lob(r.lob_id)) as now
from public.reports r;

create view legacy.now_test_cycles as
select c.cycle_id as target_id, jsonb_build_object(
  'cycle_name', c.name, 'start_date', c.start_date, 'end_date', c.end_date, 'status', c.cycle_status) as now
from public.cycles c;

-- The old table has a single tester; as long as that person is a tester here, it is them.
create view legacy.now_cycle_reports as
select w.workflow_id as target_id, jsonb_build_object('tester_id', coalesce(
  (select s.row -> 'tester_id' from legacy.source_row s
   join legacy.id_map m on m.kind = 'user' and m.legacy_id = s.row ->> 'tester_id'
   join public.workflow_testers t on t.workflow_id = w.workflow_id and t.user_id::text = m.new_id
   where s.target_id = w.workflow_id and s.table_name = 'cycle_reports' limit 1),
  (select to_jsonb(legacy.old_user(min(t.user_id)))
   from public.workflow_testers t where t.workflow_id = w.workflow_id))) as now
from public.workflows w;

-- The columns of a version.
create view legacy.now_version as
select v.version_id, v.status, jsonb_build_object(
  'version_number', v.version_number,
  'version_status', case when v.is_deleted then 'deleted' else lower(v.status::text) end,
  'parent_version_id', v.parent_version_id,
  'submitted_by_id', submitter.old_id, 'submitted_at', log.instant(v.submitted_at),
  'approved_by_id', case when v.status in ('APPROVED', 'SUPERSEDED') then reviewer.old_id end,
  'approved_at', case when v.status in ('APPROVED', 'SUPERSEDED') then log.instant(v.reviewed_at) end,
  'created_by_id', creator.old_id, 'created_at', log.instant(v.created_at)) as now,
  case when v.status = 'REJECTED' then v.approval_notes end as rejection_reason,
  case when v.status <> 'REJECTED' then v.approval_notes end as approval_notes
from public.phase_version v cross join legacy.person(v.created_by) creator
cross join legacy.person(v.submitted_by) submitter cross join legacy.person(v.reviewed_by) reviewer;

create view legacy.now_cycle_report_data_profiling_rule_versions as
select v.version_id as target_id, v.now || jsonb_build_object('rejection_reason', v.rejection_reason) as now
from legacy.now_version v join public.data_profiling_versions d using (version_id);

create view legacy.now_cycle_report_scoping_versions as
select v.version_id as target_id, v.now || jsonb_build_object(
  'rejection_reason', v.rejection_reason, 'approval_notes', v.approval_notes) as now
from legacy.now_version v join public.scoping_versions d using (version_id);

create view legacy.now_cycle_report_sample_selection_versions as
select v.version_id as target_id, v.now || jsonb_build_object(
  'approval_notes', coalesce(v.approval_notes, v.rejection_reason), 'target_sample_size', d.target_sample_size,
  -- An import combines several old columns into this one.
  'selection_criteria', case when d.selection_criteria ?| array['selection_criteria', 'intelligent_sampling_config',
      'distribution_metrics', 'data_source_config', 'metadata', 'submission_notes']
    then d.selection_criteria ->> 'selection_criteria' else d.selection_criteria::text end) as now
from legacy.now_version v join public.sample_selection_versions d using (version_id);

-- The latest decision on an item, if it was made on the item's current content.
create function legacy.verdict(p_version uuid, p_item uuid, p_hash text)
returns table (status text, notes text, at text, by_id int) language sql stable parallel safe
begin atomic
  select lower(d.status::text), d.notes, log.instant(d.decided_at), p.old_id
  from public.item_decision d cross join legacy.person(d.decided_by) p
  where d.version_id = p_version and d.item_key = p_item and d.item_hash = p_hash order by d.decided_at desc limit 1;
end;

create view legacy.now_cycle_report_sample_selection_samples as
select i.item_id as target_id, jsonb_build_object(
  'version_id', i.version_id, 'sample_identifier', i.sample_identifier, 'sample_data', i.sample_data::text,
  'sample_category', i.sample_type, 'sample_source', lower(i.recommendation_source::text),
  'carry_forward_reason', i.modification_reason, 'tester_decision', t.said -> 'decision',
  'tester_decision_notes', t.said -> 'notes', 'tester_decision_at', t.said -> 'at',
  'tester_decision_by_id', tester.old_id, 'report_owner_decision', owner.status,
  'report_owner_decision_notes', owner.notes, 'report_owner_decision_at', owner.at,
  'report_owner_decision_by_id', owner.by_id) as now
from public.sample_decisions i
cross join lateral (select i.recommendation_metadata -> 'testerDecision') t(said)
cross join legacy.person(legacy.as_integer(t.said ->> 'by')) tester
left join legacy.verdict(i.version_id, i.item_key, i.item_hash) owner on true;

-- The old system had no versions of attributes, observations and report sections: the current value is the item of the version in force, or
-- the imported item while no version in force has one of its kind.
create view legacy.now_cycle_report_planning_attributes as
select i.item_id as target_id, coalesce(
    (select jsonb_object_agg(d.key, d.value) from jsonb_each(n.attribute_data) d where d.key = any (
      '{attribute_name,description,data_type,is_cde,has_issues,is_primary_key,information_security_classification,
        data_source_id,source_table,source_column,is_scoped,llm_generated,llm_rationale,tester_notes,line_item_number,
        technical_line_item_name,mdrm,validation_rules,typical_source_documents,keywords_to_look_for,testing_approach,
        risk_score,llm_risk_rationale,primary_key_order,is_mandatory}')), '{}')
  || jsonb_build_object('status',
    case n.decision_type when 'INCLUDE' then 'approved' when 'EXCLUDE' then 'rejected' else 'pending' end) as now
from public.attribute_decisions i join public.phase_version v using (version_id)
join public.attribute_decisions n on n.item_id = coalesce((
  select c.item_id from public.phase_version f
  join public.attribute_decisions c on c.version_id = f.version_id and c.item_key = i.item_key
  where f.master_record_id = v.master_record_id and f.status = 'APPROVED'
    -- Of several rows of an attribute, the last one that was taken over continues here.
    and not exists (
      select from public.phase_version lv
      join public.attribute_decisions l on l.version_id = lv.version_id and l.item_key = i.item_key
      join legacy.source_row s on s.target_id = l.item_id and s.table_name = 'cycle_report_planning_attributes'
      where lv.master_record_id = v.master_record_id and lv.version_number > v.version_number)), i.item_id);

create view legacy.now_cycle_report_observation_mgmt_observation_records as
select i.item_id as target_id, jsonb_build_object(
  'observation_title', n.observation_data -> 'title', 'observation_description', n.observation_data -> 'description',
  'observation_type', n.observation_type, 'severity', n.severity,
  'report_owner_decision', owner.status, 'report_owner_comments', owner.notes, 'report_owner_decision_at', owner.at,
  'report_owner_decision_by_id', owner.by_id) as now
from public.observation_decisions i join public.phase_version v using (version_id)
join public.observation_decisions n on n.item_id = coalesce((
  select c.item_id from public.phase_version f
  join public.observation_decisions c on c.version_id = f.version_id and c.item_key = i.item_key
  where f.master_record_id = v.master_record_id and f.status = 'APPROVED'), i.item_id)
left join legacy.verdict(n.version_id, n.item_key, n.item_hash) owner on true;

create view legacy.now_cycle_report_test_report_sections as
select i.item_id as target_id, jsonb_build_object(
  'section_title', n.section_title, 'section_order', n.section_order, 'markdown_content', n.section_content,
  'report_owner_approved', coalesce(owner.status = 'approved', false),
  'report_owner_approved_by', case when owner.status = 'approved' then owner.by_id end,
  'report_owner_approved_at', case when owner.status = 'approved' then owner.at end,
  'report_owner_notes', owner.notes) as now
from public.test_report_sections i join public.phase_version v using (version_id)
join public.test_report_sections n on n.item_id = coalesce((
  select c.item_id from public.phase_version f
  join public.test_report_sections c on c.version_id = f.version_id and c.item_key = i.item_key
  where f.master_record_id = v.master_record_id and f.status = 'APPROVED'), i.item_id)
left join legacy.verdict(n.version_id, n.item_key, n.item_hash) owner on true;

create view legacy.now_cycle_report_data_owner_lob_mapping as
select v.version_id as target_id, jsonb_build_object(
  'data_owner_id', legacy.old_user(d.data_owner_id), 'lob_id', legacy.old_lob(d.lob_id),
  'assignment_status', case d.assignment_status when 'ACTIVE' then 'assigned' else 'unassigned' end) as now
from public.phase_version v cross join lateral (
  select d.* from public.phase_version l join public.data_owner_assignments d using (version_id)
  where l.master_record_id = v.master_record_id order by l.version_number desc limit 1) d
where v.phase = 'DATA_OWNER_ID' and v.version_number = 1;

-- The status of a request is that of the latest document submitted for it.
create view legacy.now_cycle_report_test_cases as
select v.version_id as target_id, jsonb_build_object('status', case d.submission_status
    when 'ACCEPTED' then 'Complete' when 'REJECTED' then 'Rejected' when 'REVISION_REQUESTED' then 'Revision Required'
    else case d.version_number when 1 then 'Pending' else 'Submitted' end end) as now
from public.phase_version v cross join lateral (
  select d.*, l.version_number from public.phase_version l join public.document_submissions d using (version_id)
  where l.master_record_id = v.master_record_id order by l.version_number desc limit 1) d
where v.phase = 'REQUEST_INFO' and v.version_number = 1;

-- A submitted document and its review, which is the next version of its record. The version after that, or the next one if there is no
-- review, is another submission.
create view legacy.submission as
select v.version_id, d.document_version,
  submitter.old_id as submitted_by, log.instant(v.submitted_at) as submitted_at,
  reviewer.old_id as reviewed_by, log.instant(r.reviewed_at) as reviewed_at, rd.submission_status as verdict,
  case rd.submission_status when 'ACCEPTED' then 'valid' when 'REJECTED' then 'invalid'
    when 'REVISION_REQUESTED' then 'requires_revision' else 'pending' end as validation_status,
  rd.review_notes, (n.version_id is null or n.reviewed_by is not null)
    and (r.version_id is null or l.version_id is null or l.reviewed_by is not null)
    and not exists (select from public.document_submissions o where o.replaces_submission_id = v.version_id)
    and not exists (select from public.document_submissions o where o.replaces_submission_id = r.version_id)
    as is_current
from public.phase_version v join public.document_submissions d using (version_id)
cross join legacy.person(v.submitted_by) submitter
left join public.phase_version n on n.master_record_id = v.master_record_id and n.version_number = v.version_number + 1
left join public.phase_version r on r.version_id = n.version_id and r.reviewed_by is not null
left join public.document_submissions rd on rd.version_id = r.version_id
left join public.phase_version l on l.master_record_id = v.master_record_id and l.version_number = v.version_number + 2
cross join legacy.person(r.reviewed_by) reviewer
where v.reviewed_by is null;

create view legacy.now_cycle_report_test_cases_evidence as
select s.version_id as target_id, jsonb_build_object(
  'version_number', s.document_version, 'is_current', s.is_current, 'data_owner_id', s.submitted_by,
  'submitted_at', s.submitted_at,
  'tester_decision', case s.verdict when 'ACCEPTED' then 'approved' when 'REJECTED' then 'rejected'
    when 'REVISION_REQUESTED' then 'requires_revision' end,
  'tester_notes', s.review_notes, 'decided_by', s.reviewed_by, 'decided_at', s.reviewed_at) as now
from legacy.submission s;

create view legacy.now_cycle_report_test_cases_document_submissions as
select s.version_id as target_id, jsonb_build_object(
  'is_current', s.is_current,
  'validation_status', s.validation_status,
  'validation_notes', s.review_notes, 'validated_by', s.reviewed_by, 'validated_at', s.reviewed_at) as now
from legacy.submission s;

create view legacy.now_cycle_report_test_execution_results as
select v.version_id as target_id,
  case when d.response_status is null then '{}'
    when lower(d.response_status) in ('completed', 'failed', 'cancelled', 'timeout')
      then jsonb_build_object('execution_status', lower(d.response_status))
    else jsonb_build_object('execution_status', 'completed', 'test_result', lower(d.response_status)) end
  || jsonb_build_object('completed_at', log.instant(d.responded_at), 'executed_by', p.old_id) as now
from public.phase_version v cross join lateral (
  select d.* from public.phase_version l join public.test_execution_audit d using (version_id)
  where l.master_record_id = v.master_record_id order by l.version_number desc limit 1) d
cross join legacy.person(d.requested_by_id) p where v.phase = 'TEST_EXECUTION' and v.version_number = 1;

create view legacy.now_cycle_report_test_execution_reviews as
select v.version_id as target_id, jsonb_build_object(
  'review_status', lower(d.response_status), 'review_notes', d.response_notes, 'reviewed_by', p.old_id,
  'reviewed_at', log.instant(d.responded_at)) as now
from public.phase_version v join public.test_execution_audit d using (version_id)
cross join legacy.person(d.responded_by_id) p;

-- Source evidence is submitted and reviewed like evidence.
create view legacy.now_cycle_report_request_info_testcase_source_evidence as
select s.version_id as target_id, jsonb_build_object(
  'version_number', s.document_version, 'is_current', s.is_current, 'submitted_by', s.submitted_by,
  'submitted_at', s.submitted_at,
  'validation_status', s.validation_status,
  'validation_notes', s.review_notes, 'validated_by', s.reviewed_by, 'validated_at', s.reviewed_at) as now
from legacy.submission s;

-- The new tables' current values for what a source row became, in old form. An import stores the result with the row (mapped). There is one
-- statement per table, so that each is planned once per session.
do $$ begin
  execute format('create function legacy.values_now(p_table text, p_target uuid, p_key text)
    returns jsonb language plpgsql stable
    set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as %L', format('
begin
  case p_table
%s
    else return null;
  end case;
end ', (
    select string_agg(format('    when %L then return (select n.now from legacy.%I n where %s);',
      substr(relname, 5), relname, case relname
        when 'now_users' then 'n.legacy_id = split_part(p_key, ''#'', 1)' else 'n.target_id = p_target' end),
      e'\n' order by relname)
    from pg_class where relnamespace = 'legacy'::regnamespace and relname like 'now\_%' and relname <> 'now_version')));
end $$;

-- What later commits of an import make of a row is not a change made here either: at the end of each phase, the import stores the current
-- values again, unless somebody has worked on the phase here. Returns the number of rows whose values differ.
create function legacy.settle(p_stream uuid, p_phase "Phase") returns int
language plpgsql set search_path = pg_catalog, public, log, pg_temp as $$
declare changed int;
begin
  if legacy.is_live(p_stream, p_phase) then
    return 0;
  end if;
  update legacy.source_row s set mapped = n.now
  from (
    select table_name, source_key, legacy.values_now(table_name, target_id, source_key) as now from legacy.source_row
    where stream_id = p_stream and phase = p_phase and fate <> 'QUARANTINED' and target_id is not null offset 0) n
  where (s.table_name, s.source_key) = (n.table_name, n.source_key) and s.mapped <> n.now;
  get diagnostics changed = row_count;
  return changed;
end $$;

-- ── what was made here since the import ──────────────────────────────────────────────────────────────────────────────

create view legacy.workflow_row as
select distinct on (target_id) target_id as workflow_id, row -> 'cycle_id' as cycle_id, row -> 'report_id' as report_id
from legacy.source_row where table_name = 'cycle_reports' and target_id is not null and fate <> 'QUARANTINED'
order by target_id, source_key;
create view legacy.phase_row as
select distinct on (stream_id, phase) stream_id, phase, row -> 'phase_id' as phase_id
from legacy.source_row where table_name = 'workflow_phases' and phase is not null and fate <> 'QUARANTINED'
order by stream_id, phase, source_key;

-- Rows made in imported workflows other than by an import: looked up by commit, because an import's own rows are as many as everything
-- there is.
create view legacy.made_here as
select r.table_name, r.row_id, r.version_id
from legacy.workflow_row w join log.change_set c on c.stream_id = w.workflow_id and c.origin <> 'import'
cross join lateral (
  select * from log.row_change r
  where r.stream_id = c.stream_id and r.sequence = c.sequence and r.operation = 'INSERT' offset 0) r;

-- The place of a version, in the old system's ids.
create view legacy.place as
select v.version_id, v.master_record_id, v.version_number, v.phase, v.reviewed_by,
  v.version_id in (select m.version_id from legacy.made_here m where m.table_name = 'phase_version') as is_made_here,
  jsonb_build_object('phase_id', p.phase_id, 'cycle_id', w.cycle_id, 'report_id', w.report_id) as place
from public.phase_version v join legacy.workflow_row w on w.workflow_id = v.stream_id
left join legacy.phase_row p on p.stream_id = v.stream_id and p.phase = v.phase;

create view legacy.made_users as
select jsonb_build_object('user_id', -u.user_id, 'first_name', split_part(u.name, ' ', 1),
  'last_name', substr(u.name, length(split_part(u.name, ' ', 1)) + 2), 'is_active', u.is_active,
  'role', legacy.role_words(u.user_id)) as row
from public.users u
where not exists (select from legacy.id_map m where m.kind = 'user' and m.new_id = u.user_id::text);

do $$
declare t record;
begin
  -- Versions and assignments have their own ids.
  for t in select * from (values
    ('cycle_report_data_profiling_rule_versions', 'version_id'), ('cycle_report_scoping_versions', 'version_id'),
    ('cycle_report_sample_selection_versions', 'version_id'),
    ('cycle_report_data_owner_lob_mapping', 'mapping_id')) x(name, key)
  loop
    execute format($v$
      create view legacy.%I as
      select p.place || n.now || jsonb_build_object(%L, p.version_id) as row
      from legacy.place p join legacy.%I n on n.target_id = p.version_id where p.is_made_here$v$,
      'made_' || t.name, t.key, 'now_' || t.name);
  end loop;
  -- What had no versions in the old system appears once it is in force.
  for t in select * from (values
    ('cycle_report_planning_attributes', 'attribute_decisions'),
    ('cycle_report_observation_mgmt_observation_records', 'observation_decisions'),
    ('cycle_report_test_report_sections', 'test_report_sections')) x(name, items)
  loop
    execute format($v$
      create view legacy.%I as
      select p.place || n.now as row
      from legacy.place p join public.phase_version v using (version_id) join public.%I i using (version_id)
      join legacy.%I n on n.target_id = i.item_id
      where p.is_made_here and v.status = 'APPROVED' and not exists (
        select from legacy.source_row s join public.%2$I o on o.item_id = s.target_id
        where s.table_name = %4$L and o.item_key = i.item_key)$v$,
      'made_' || t.name, t.items, 'now_' || t.name, t.name);
  end loop;
end $$;
create view legacy.made_cycle_report_sample_selection_samples as
select p.place || n.now || jsonb_build_object('sample_id', i.item_id) as row
from legacy.place p join public.sample_decisions i using (version_id)
join legacy.now_cycle_report_sample_selection_samples n on n.target_id = i.item_id
where i.item_id::text in (select m.row_id from legacy.made_here m where m.table_name = 'sample_decisions');
create view legacy.made_cycle_report_test_cases_evidence as
select p.place || n.now || jsonb_build_object('test_case_id', t.row -> 'id', 'sample_id', t.row -> 'sample_id') as row
from legacy.place p join legacy.now_cycle_report_test_cases_evidence n on n.target_id = p.version_id
left join public.phase_version f on f.master_record_id = p.master_record_id and f.version_number = 1
left join legacy.source_row t on t.target_id = f.version_id and t.table_name = 'cycle_report_test_cases'
where p.is_made_here;
create view legacy.made_cycle_report_test_execution_results as
select p.place || n.now as row
from legacy.place p join legacy.now_cycle_report_test_execution_results n on n.target_id = p.version_id
where p.is_made_here;

-- ── the old tables ───────────────────────────────────────────────────────────────────────────────────────────────────

-- Creates the views of the old tables, whose names, keys and columns are declared in src/legacy/tables.ts; called by the deployment. A view
-- shows the imported rows with their current values, and what was made here; its part kept_T has the imported rows with their keys. Rows
-- that were only kept are shown too.
create function legacy.make_views(p_tables jsonb) returns void language plpgsql as $outer$
declare
  t record;
  row_type text;
  made_of text;
  now_view text;
begin
  for t in
    select name, key ->> 0 as key, string_agg(format('%I %s', c ->> 0, c ->> 1), ', ' order by ord) as typed,
      string_agg(quote_ident(c ->> 0), ', ' order by ord) as columns,
      string_agg(case when c ->> 0 = key ->> 0 and c ->> 1 in ('integer', 'uuid')
          then format('legacy.as_%s(s.row ->> %L) as %I', c ->> 1, c ->> 0, c ->> 0)
          else format('x.%I', c ->> 0) end, ', ' order by ord) as shown
    from jsonb_to_recordset(p_tables) x(name text, key jsonb, columns jsonb)
    cross join jsonb_array_elements(columns) with ordinality y(c, ord) group by name, key
  loop
    row_type := format('legacy.row_of_%s', t.name);
    made_of := 'made of ' || md5(t.typed);
    if not exists (select from pg_description where objoid = to_regtype(row_type) and description = made_of) then
      execute format('drop type if exists %s cascade', row_type);
      execute format('create type %s as (%s)', row_type, t.typed);
      execute format('comment on type %s is %L', row_type, made_of);
    end if;
    now_view := 'legacy.now_' || t.name;
    now_view := case when to_regclass(now_view) is not null then now_view end;
    perform past.make_view('legacy', 'kept_' || t.name, format($v$
      select s.source_key, %s from legacy.source_row s %s
      cross join lateral legacy.shown(null::%s, s.row, s.mapped, %s) x
      where s.table_name = %L and s.fate <> 'QUARANTINED'$v$,
      t.shown,
      'left join ' || now_view || ' n on ' || case t.name when 'users' then $c$n.legacy_id = s.row ->> 'user_id'$c$
        else 'n.target_id = s.target_id' end,
      row_type, case when now_view is null then 'null' else 'n.now' end, t.name));
    perform past.make_view('legacy', t.name, format('select %s from legacy.%I', t.columns, 'kept_' || t.name)
      || case when to_regclass('legacy.made_' || t.name) is null then '' else format(
        ' union all select x.* from legacy.made_%s m cross join lateral legacy.shown(null::%s, m.row, %L, null) x',
        t.name, row_type, '{}') end);
  end loop;
end $outer$;

-- The commits that wrote to what a source row became: to the row itself, to its version, and to later versions of its record.
create function legacy.changes_behind(p_table text, p_target uuid, p_row jsonb)
returns table (stream_id uuid, sequence int)
language plpgsql stable set search_path = pg_catalog, public, log, pg_temp as $$
declare record_id uuid; of_item uuid;
begin
  if p_table in ('users', 'lobs', 'reports', 'cycles', 'workflows') then
    return query select r.stream_id, r.sequence from row_change r
      cross join lateral (select case p_table when 'users' then (
          select m.new_id from legacy.id_map m where m.kind = 'user' and m.legacy_id = p_row ->> 'user_id')
        else p_target::text end) t(id)
      where r.stream_id = '00000000-0000-0000-0000-000000000000' and (r.table_name = p_table and r.row_id = t.id
        or p_table = 'users' and r.table_name = 'user_roles' and r.row_id like t.id || ',%'
        or p_table = 'workflows' and r.table_name = 'workflow_testers' and r.row_id like t.id || ',%');
    return;
  end if;
  -- The log knows where a row belonged that is not there any more.
  if not exists (select from phase_version v where v.version_id = p_target) then
    select r.version_id, (coalesce(r.after, r.before) ->> 'item_key')::uuid into record_id, of_item
    from row_change r where r.table_name = p_table and r.row_id = p_target::text
      and r.stream_id in (select s.stream_id from legacy.source_row s where s.target_id = p_target)
    order by r.sequence limit 1;
  end if;
  select v.master_record_id into record_id from phase_version v where v.version_id = coalesce(record_id, p_target);
  return query select r.stream_id, r.sequence from phase_version v join row_change r on r.version_id = v.version_id
    where v.master_record_id = record_id
      and (v.versioning_type = 'AUDIT_ONLY' or of_item is not null or v.version_id = p_target)
      and (of_item is null or r.table_name = 'phase_version'
        or coalesce(r.after, r.before) ->> 'item_key' = of_item::text);
end $$;

-- ── the past before an import ────────────────────────────────────────────────────────────────────────────────────────
-- What an import brought was not captured when it happened, but the old system recorded the times. The views of schema `recorded` show what
-- those of schema `past` do, plus what an import brought after the horizon, as far as the recorded times place it before the instant.
-- Captured data takes precedence: a record within the horizon is answered from the log alone.

create schema recorded;

-- The streams to complete from recorded times, their positions, and the instant. The setting names the instant and the streams; without it
-- there are none.
create function recorded.horizon() returns table (stream_id uuid, sequence int, at timestamptz)
language sql stable rows 1 set search_path = pg_catalog, pg_temp as $$
  select h.stream_id, h.sequence, (asked.what ->> 'at')::timestamptz
  from (select nullif(current_setting('phaseledger.recorded', true), '')::jsonb) asked(what)
  cross join jsonb_array_elements_text(asked.what -> 'streams') s(id)
  join past.horizon() h on h.stream_id = s.id::uuid
$$;

-- Versions that an import brought and that exist today (not those rolled back), as the import left them; what was done with them here does
-- not count.
create view recorded.imported_version as
select t.version_id, t.stream_id, t.master_record_id, t.created_at, image.after
from public.phase_version t cross join lateral (
  select r.after from log.row_change r join log.change_set c using (stream_id, sequence)
  where r.version_id = t.version_id and r.table_name = 'phase_version' and r.stream_id = t.stream_id
    and c.origin = 'import'
  order by r.sequence desc, r.ordinal desc limit 1) image;

-- Those of them outside the horizon, in their state at the instant by their own times. A decision without a recorded time counts from the
-- last recorded time before it.
create view recorded.brought_version as
select i.version_id, t.stream_id, i.master_record_id, i.cycle_id, i.report_id, i.phase, i.versioning_type,
  i.version_number,
  (case when not then_.is_submitted then 'DRAFT' when not then_.is_decided then 'PENDING_APPROVAL'
    when i.status = 'REJECTED' then 'REJECTED' when i.effective_to <= h.at then 'SUPERSEDED'
    when i.versioning_type = 'FULL' then 'APPROVED' else 'RECORDED' end)::public."VersionStatus" as status,
  i.parent_version_id, i.base_version_id, i.created_at, i.created_by,
  case when then_.is_submitted and i.submitted_at <= h.at then i.submitted_at end as submitted_at,
  case when then_.is_submitted and (i.submitted_at > h.at) is not true then i.submitted_by end as submitted_by,
  case when then_.is_decided and i.reviewed_at <= h.at then i.reviewed_at end as reviewed_at,
  case when then_.is_decided and (i.reviewed_at > h.at) is not true then i.reviewed_by end as reviewed_by,
  i.approval_required, case when then_.is_decided then i.approval_notes end as approval_notes,
  case when then_.is_decided and i.effective_from <= h.at then i.effective_from end as effective_from,
  case when then_.is_decided and i.effective_to <= h.at then i.effective_to end as effective_to,
  i.revision, i.content_hash, then_.is_deleted, case when then_.is_deleted then i.deleted_at end as deleted_at,
  case when then_.is_deleted then i.deleted_by end as deleted_by,
  h.at
from recorded.horizon() h
join recorded.imported_version t on t.stream_id = h.stream_id and t.created_at <= h.at
cross join lateral jsonb_populate_record(null::public.phase_version, t.after) i
cross join lateral (
  select i.versioning_type = 'AUDIT_ONLY' or i.status in ('APPROVED', 'REJECTED', 'SUPERSEDED')
    and coalesce(i.reviewed_at, i.effective_from, i.submitted_at, i.created_at) <= h.at) decided(yes)
cross join lateral (
  select decided.yes as is_decided, coalesce(i.is_deleted and i.deleted_at <= h.at, false) as is_deleted,
    decided.yes or i.status <> 'DRAFT' and coalesce(
      coalesce(i.submitted_at, case when i.status = 'PENDING_APPROVAL' then i.created_at end) <= h.at, false)
    as is_submitted) then_
where t.master_record_id not in (select p.master_record_id from past.phase_version p);

create function recorded.columns_of(p_table regclass) returns text[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array_agg(quote_ident(attname) order by attnum) from pg_attribute
  where attrelid = p_table and attnum > 0 and not attisdropped
$$;

-- What belongs to a version came with it, and is shown as the import left it, since the old system did not keep earlier forms. Rows with a
-- time of their own are shown from then on. For insert-only tables the live rows are used, with their indexes.
create function recorded.query_of(p_table regclass) returns text language plpgsql stable as $outer$
declare
  name text := (select relname from pg_class where oid = p_table);
  its_time text := case name when 'item_decision' then 'decided_at' when 'test_report_signoffs' then 'sign_off_date' end;
  columns text[] := recorded.columns_of(p_table);
  key text[] := log.key_columns(p_table);
  only_grows boolean := exists (select from pg_trigger where tgrelid = p_table and tgname = 'b_insert_only');
  by_import text := format($q$log.row_change r join log.change_set c using (stream_id, sequence)
      where r.version_id = v.version_id and r.table_name = %L and r.stream_id = v.stream_id and c.origin = 'import'$q$,
    name);
  shown text := case when its_time is not null then format('p.%I <= v.at', its_time)
    when only_grows then format('exists (select from %s and r.row_id = %s)', by_import, log.row_id_of(p_table, 'p'))
    else 'true' end;
begin
  return format('select %2$s from past.%1$I union all select ', name, array_to_string(columns, ', '))
  || case when only_grows then format(
      '%1$s from recorded.brought_version v join %2$s p on p.version_id = v.version_id where %3$s',
      (select string_agg('p.' || c, ', ' order by ord) from unnest(columns) with ordinality x(c, ord)),
      'public.' || name, shown)
    -- Looked up by its key, a row is found without reading the images of all others.
    else format($v$%1$s from recorded.brought_version v
      cross join lateral (
        select distinct on (r.row_id) r.row_id, r.after from %2$s
        order by r.row_id, r.sequence desc, r.ordinal desc) brought
      cross join lateral jsonb_populate_record(null::%3$s, brought.after) p
      where brought.after is not null and %4$s$v$,
      (select string_agg(case when c = 'version_id' then 'v.version_id'
          when array[c] = key then format('brought.row_id::%s as %s', format_type(a.atttypid, null), c)
          else 'p.' || c end, ', ' order by ord)
       from unnest(columns) with ordinality x(c, ord)
       join pg_attribute a on a.attrelid = p_table and quote_ident(a.attname) = c),
      by_import, 'public.' || name, shown) end;
end $outer$;

-- People and places have no times. Those outside the horizon are shown as they were first known here, if an import brought them or found
-- them here.
create function recorded.query_of_reference(name text, p_condition text) returns text language plpgsql stable as $outer$
declare columns text[] := recorded.columns_of(('public.' || name)::regclass);
begin
  return format($v$
    select %2$s from past.%1$I
    union all
    select %3$s from recorded.horizon() h
    cross join lateral (
      select distinct on (r.row_id) r.row_id, r.before, r.after, c.origin
      from log.row_change r join log.change_set c using (stream_id, sequence)
      where r.stream_id = h.stream_id and r.table_name = %4$L and r.sequence > h.sequence
      order by r.row_id, r.sequence, r.ordinal) first
    cross join lateral jsonb_populate_record(null::public.%1$I, first.after) p
    where first.before is null and (%5$s) and exists (select from public.%1$I t where %6$s)$v$,
    name, array_to_string(columns, ', '),
    (select string_agg('p.' || c, ', ' order by ord) from unnest(columns) with ordinality x(c, ord)),
    name, p_condition,
    (select string_agg(format('t.%1$I = p.%1$I', k), ' and ') from unnest(log.key_columns(('public.' || name)::regclass)) k));
end $outer$;

create view recorded.phase_version as
select * from past.phase_version
union all
select version_id, stream_id, master_record_id, cycle_id, report_id, phase, versioning_type, version_number, status,
  parent_version_id, base_version_id, created_at, created_by, submitted_at, submitted_by, reviewed_at, reviewed_by,
  approval_required, approval_notes, effective_from, effective_to, revision, content_hash, is_deleted, deleted_at,
  deleted_by
from recorded.brought_version;

-- Called by the deployment after the migrations, like past.make_views.
create function recorded.make_views() returns void language sql as $outer$
  select past.make_view('recorded', c.relname, recorded.query_of(c.oid))
  from pg_class c join pg_trigger g on g.tgrelid = c.oid and g.tgname = 'a_capture_insert'
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'version_id' and not a.attisdropped
  where c.relnamespace = 'public'::regnamespace and c.relname <> 'phase_version' order by c.relname;
  select past.make_view('recorded', name, recorded.query_of_reference(name, condition)) from (
    select name, format($c$first.origin = 'import' or exists (
      select from legacy.id_map m where m.kind = %L and m.new_id = first.row_id)$c$, kind)
    from (values ('users', 'user'), ('lobs', 'lob'), ('cycles', 'cycle'), ('reports', 'report')) k(name, kind)
    union all values
      ('user_roles', $c$first.origin = 'import'$c$), ('workflow_testers', $c$first.origin = 'import'$c$),
      -- A workflow is there from the first of its versions on.
      ('workflows', 'exists (
        select from recorded.imported_version i where i.stream_id = p.workflow_id and i.created_at <= h.at)')
    ) r(name, condition) order by name
$outer$;

-- What an import brought after the horizon has a single form, from the time at which its version was started.
create view recorded.row_form as
select * from past.row_form
union all
select v.stream_id, brought.* from recorded.brought_version v
cross join lateral (
  select distinct on (r.table_name, r.row_id)
    r.sequence, r.ordinal, r.table_name, r.row_id, v.version_id, r.after, c.actor_id, v.created_at as committed_at
  from log.row_change r join log.change_set c using (stream_id, sequence)
  where r.version_id = v.version_id and r.stream_id = v.stream_id and c.origin = 'import'
  order by r.table_name, r.row_id, r.sequence desc, r.ordinal desc) brought
where brought.after is not null;

-- Which commit of an import brought a version, and which row of the old system it was.
do $$
declare t record;
begin
  for t in select * from (values
    ('log', 'legacy.source_row'), ('past', 'past.source_row')) x(seen, sources)
  loop
    execute format($v$
      create view %1$s.version_import as
      select r.version_id, c.stream_id, c.committed_at as imported_at, c.occurred_at, s.table_name as source_table,
        s.source_key, s.import_id, coalesce(f.findings, '[]') as findings
      from %1$s.row_change r join %1$s.change_set c on c.stream_id = r.stream_id and c.sequence = r.sequence
      left join lateral (
        select * from %2$s s where s.target_id = r.version_id and s.stream_id = r.stream_id
        order by s.fate, s.table_name, s.source_key limit 1) s on true
      left join lateral (
        select jsonb_agg(each.finding order by s.fate, s.table_name, s.source_key, each.ord) as findings
        from %2$s s cross join jsonb_array_elements(s.findings) with ordinality each(finding, ord)
        where s.target_id = r.version_id and s.stream_id = r.stream_id) f on true
      where r.table_name = 'phase_version' and r.operation = 'INSERT' and c.origin = 'import'$v$, t.seen, t.sources);
  end loop;
end $$;
create view recorded.version_import as
select * from past.version_import
union all
select i.* from recorded.brought_version v join log.version_import i using (version_id);

-- ── rights ───────────────────────────────────────────────────────────────────────────────────────────────────────────

revoke all on all functions in schema legacy, recorded from public;
grant usage on schema legacy, recorded to phaseledger_service;
grant select on all tables in schema legacy, recorded to phaseledger_service;
grant select on log.version_import, past.version_import to phaseledger_service;
grant execute on function recorded.horizon(), legacy.shown(anyelement, jsonb, jsonb, jsonb), legacy.as_integer(text),
  legacy.as_uuid(text), legacy.old_user(int), legacy.old_lob(uuid), legacy.role_words(int),
  legacy.verdict(uuid, uuid, text), legacy.person(int), legacy.as_json(text),
  legacy.changes_behind(text, uuid, jsonb), legacy.hash_of(jsonb) to phaseledger_service;
