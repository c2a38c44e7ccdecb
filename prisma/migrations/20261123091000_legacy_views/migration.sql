-- The old tables' names as views over the new tables, for what still reads the old system.
--
-- A row that was taken over shows as it was there, but for what has been changed here since. What that is follows from two
-- texts: what the new tables say now for the columns they answer for, and what they said right after the import.

-- ── rows as they were there ────────────────────────────────────────────────────────────────────────────────────────

-- The old tables' rows, column by column, as src/legacy/tables.ts declares them.
create type legacy.row_of_users as (
  user_id integer, first_name text, last_name text, role text, lob_id integer, is_active boolean,
  created_at timestamptz, updated_at timestamptz, is_cdo boolean);
create type legacy.row_of_lobs as (
  lob_id integer, lob_name text, created_at timestamptz, updated_at timestamptz, created_by_id integer,
  updated_by_id integer);
create type legacy.row_of_reports as (
  id integer, report_number text, report_name text, description text, frequency text, business_unit text,
  regulatory_requirement boolean, status text, created_at timestamptz, updated_at timestamptz,
  created_by integer, updated_by integer, report_owner_id integer, lob_id integer, is_active boolean,
  regulation text, created_by_id integer, updated_by_id integer);
create type legacy.row_of_test_cycles as (
  cycle_id integer, cycle_name text, description text, test_executive_id integer, created_at timestamptz,
  updated_at timestamptz, start_date date, end_date date, status text, workflow_id text, created_by_id integer,
  updated_by_id integer);
create type legacy.row_of_cycle_reports as (
  cycle_id integer, report_id integer, tester_id integer, status text, started_at timestamptz,
  completed_at timestamptz, created_at timestamptz, updated_at timestamptz, workflow_id text,
  created_by_id integer, updated_by_id integer);
create type legacy.row_of_workflow_phases as (
  phase_id integer, cycle_id integer, report_id integer, phase_name text, status text, planned_start_date date,
  planned_end_date date, actual_start_date timestamptz, actual_end_date timestamptz, created_at timestamptz,
  updated_at timestamptz, state text, schedule_status text, state_override text, status_override text,
  override_reason text, override_by integer, override_at timestamptz, started_by integer, completed_by integer,
  notes text, metadata text, phase_data text, created_by_id integer, updated_by_id integer, phase_order integer,
  data_requested_at timestamptz, data_requested_by integer, data_received_at timestamptz,
  rules_generated_at timestamptz, profiling_executed_at timestamptz, risk_level text,
  progress_percentage integer, estimated_completion_date text, sla_deadline timestamptz, is_sla_breached boolean);
create type legacy.row_of_cycle_report_planning_attributes as (
  id integer, attribute_name text, description text, data_type text, is_cde boolean, has_issues boolean,
  is_primary_key boolean, information_security_classification text, data_source_id text, source_table text,
  source_column text, version integer, status text, created_at timestamptz, updated_at timestamptz,
  created_by integer, updated_by integer, approved_by integer, approved_at timestamptz, created_by_id integer,
  updated_by_id integer, is_active boolean, is_latest_version boolean, is_scoped boolean, llm_generated boolean,
  llm_rationale text, tester_notes text, line_item_number text, technical_line_item_name text, mdrm text,
  validation_rules text, typical_source_documents text, keywords_to_look_for text, testing_approach text,
  risk_score text, llm_risk_rationale text, primary_key_order integer, master_attribute_id integer,
  version_notes text, change_reason text, replaced_attribute_id integer, version_created_at timestamp,
  version_created_by integer, archived_at timestamptz, archived_by integer, is_mandatory text, phase_id integer);
create type legacy.row_of_cycle_report_data_profiling_rule_versions as (
  version_id uuid, phase_id integer, workflow_activity_id text, version_number integer, version_status text,
  parent_version_id uuid, workflow_execution_id text, workflow_run_id text, total_rules integer,
  approved_rules integer, rejected_rules integer, planning_data_source_id text, source_table_name text,
  source_file_path text, total_records_processed integer, overall_quality_score double precision,
  execution_job_id text, generation_job_id text, generation_status text, submitted_by_id integer,
  submitted_at timestamptz, approved_by_id integer, approved_at timestamptz, rejection_reason text,
  created_at timestamptz, updated_at timestamptz, created_by_id integer, updated_by_id integer,
  data_source_type text);
create type legacy.row_of_cycle_report_scoping_versions as (
  version_id uuid, phase_id integer, workflow_activity_id text, version_number integer, version_status text,
  parent_version_id uuid, workflow_execution_id text, workflow_run_id text, activity_name text,
  total_attributes integer, scoped_attributes integer, declined_attributes integer, override_count integer,
  cde_count integer, recommendation_accuracy text, submission_notes text, submitted_by_id integer,
  submitted_at timestamptz, approval_notes text, approved_by_id integer, approved_at timestamptz,
  rejection_reason text, requested_changes text, resource_impact_assessment text, risk_coverage_assessment text,
  created_at timestamptz, updated_at timestamptz, created_by_id integer, updated_by_id integer);
create type legacy.row_of_cycle_report_sample_selection_versions as (
  version_id uuid, phase_id integer, workflow_activity_id text, version_number integer, version_status text,
  parent_version_id uuid, workflow_execution_id text, workflow_run_id text, activity_name text,
  selection_criteria text, target_sample_size integer, actual_sample_size integer,
  intelligent_sampling_config text, distribution_metrics text, data_source_config text, submission_notes text,
  submitted_by_id integer, submitted_at timestamptz, approval_notes text, approved_by_id integer,
  approved_at timestamptz, metadata text, created_at timestamptz, updated_at timestamptz, created_by_id integer,
  updated_by_id integer, report_owner_decision text, report_owner_feedback text,
  report_owner_reviewed_at timestamptz, report_owner_reviewed_by_id integer);
create type legacy.row_of_cycle_report_sample_selection_samples as (
  sample_id uuid, version_id uuid, phase_id integer, lob_id integer, sample_identifier text, sample_data text,
  sample_category text, sample_source text, tester_decision text, tester_decision_notes text,
  tester_decision_at timestamptz, tester_decision_by_id integer, report_owner_decision text,
  report_owner_decision_notes text, report_owner_decision_at timestamptz, report_owner_decision_by_id integer,
  risk_score double precision, confidence_score double precision, generation_metadata text,
  validation_results text, carried_from_version_id uuid, carried_from_sample_id uuid, carry_forward_reason text,
  created_at timestamptz, updated_at timestamptz, created_by_id integer, updated_by_id integer);
create type legacy.row_of_cycle_report_data_owner_lob_mapping as (
  mapping_id uuid, version_id uuid, phase_id integer, sample_id uuid, attribute_id integer, lob_id integer,
  data_owner_id integer, data_executive_id integer, assigned_by_data_executive_at timestamptz,
  assignment_rationale text, previous_data_owner_id integer, change_reason text, assignment_status text,
  data_owner_acknowledged boolean, data_owner_acknowledged_at timestamptz, data_owner_response_notes text,
  created_at timestamptz, created_by_id integer, updated_at timestamptz, updated_by_id integer);
create type legacy.row_of_cycle_report_test_cases as (
  id integer, test_case_number text, test_case_name text, description text, expected_outcome text,
  test_type text, query_text text, version integer, status text, created_at timestamptz, updated_at timestamptz,
  created_by integer, updated_by integer, phase_id integer, sample_id uuid, attribute_id integer,
  attribute_name text, lob_id integer, data_owner_id integer, assigned_by integer, assigned_at timestamptz,
  submission_deadline timestamptz, submitted_at timestamptz, acknowledged_at timestamptz,
  special_instructions text);
create type legacy.row_of_cycle_report_test_cases_document_submissions as (
  id integer, data_owner_id integer, file_path text, created_at timestamptz, updated_at timestamptz,
  created_by integer, updated_by integer, phase_id integer, submission_id uuid, test_case_id integer,
  original_filename text, stored_filename text, file_size_bytes integer, mime_type text, submission_notes text,
  submitted_at timestamptz, parent_submission_id uuid, is_current boolean, is_valid boolean,
  validation_notes text, validated_by integer, validated_at timestamptz, submission_number integer,
  is_revision boolean, revision_requested_by integer, revision_requested_at timestamptz, revision_reason text,
  revision_deadline timestamptz, file_hash text, validation_status text, document_type text);
create type legacy.row_of_cycle_report_test_cases_evidence as (
  id integer, test_case_id integer, phase_id integer, cycle_id integer, report_id integer, sample_id uuid,
  evidence_type text, version_number integer, is_current boolean, parent_evidence_id integer,
  data_owner_id integer, submitted_at timestamptz, submission_notes text, validation_status text,
  validation_notes text, validated_by integer, validated_at timestamptz, tester_decision text, tester_notes text,
  decided_by integer, decided_at timestamptz, requires_resubmission boolean, resubmission_deadline timestamptz,
  original_filename text, stored_filename text, file_path text, file_size_bytes integer, file_hash text,
  mime_type text, rfi_data_source_id text, planning_data_source_id text, query_text text, query_parameters text,
  query_validation_id text, created_at timestamptz, updated_at timestamptz, created_by integer,
  updated_by integer, created_by_id integer, updated_by_id integer, submission_number integer,
  is_revision boolean, revision_requested_by integer, revision_requested_at timestamptz, revision_reason text,
  revision_deadline timestamptz, document_type text);
create type legacy.row_of_cycle_report_request_info_audit_logs as (
  log_id integer, phase_id integer, action text, entity_type text, entity_id text, performed_by integer,
  performed_at timestamptz, old_values text, new_values text, notes text, created_at timestamptz,
  updated_at timestamptz, audit_id uuid, cycle_id integer, report_id integer, created_by_id integer,
  updated_by_id integer);
create type legacy.row_of_cycle_report_test_execution_results as (
  id integer, phase_id integer, test_case_id text, evidence_id integer, execution_number integer,
  is_latest_execution boolean, execution_reason text, test_type text, analysis_method text, sample_value text,
  extracted_value text, expected_value text, test_result text, comparison_result text, variance_details text,
  llm_confidence_score double precision, llm_analysis_rationale text, llm_model_used text,
  llm_tokens_used integer, llm_response_raw text, llm_processing_time_ms integer, database_query_executed text,
  database_result_count integer, database_execution_time_ms integer, database_result_sample text,
  execution_status text, started_at timestamptz, completed_at timestamptz, processing_time_ms integer,
  error_message text, error_details text, retry_count integer, analysis_results text,
  evidence_validation_status text, evidence_version_number integer, execution_summary text,
  processing_notes text, executed_by integer, execution_method text, created_at timestamptz,
  updated_at timestamptz, created_by integer, updated_by integer);
create type legacy.row_of_cycle_report_test_execution_reviews as (
  id integer, execution_id integer, phase_id integer, review_status text, review_notes text,
  reviewer_comments text, recommended_action text, accuracy_score double precision,
  completeness_score double precision, consistency_score double precision, overall_score double precision,
  review_criteria_used text, supporting_evidence text, requires_retest boolean, escalation_required boolean,
  escalation_reason text, escalation_level text, reviewed_by integer, reviewed_at timestamptz,
  review_duration_ms integer, created_at timestamptz, updated_at timestamptz, created_by integer,
  updated_by integer, retest_reason text);
create type legacy.row_of_cycle_report_test_execution_audit as (
  id integer, execution_id integer, action text, previous_status text, new_status text, change_reason text,
  action_details text, system_info text, performed_by integer, performed_at timestamptz, created_at timestamptz);
create type legacy.row_of_cycle_report_observation_mgmt_observation_records as (
  observation_id integer, phase_id integer, observation_title text, observation_description text,
  observation_type text, severity text, status text, source_test_execution_id integer,
  source_sample_record_id text, source_attribute_id integer, detection_method text, detection_confidence text,
  impact_description text, impact_categories text, financial_impact_estimate text, regulatory_risk_level text,
  affected_processes text, affected_systems text, evidence_documents text, supporting_data text,
  screenshots text, related_observations text, detected_by integer, assigned_to integer, detected_at timestamp,
  assigned_at timestamptz, auto_detection_rules text, auto_detection_score text,
  manual_validation_required boolean, created_at timestamptz, updated_at timestamptz, created_by_id integer,
  updated_by_id integer, tester_decision text, tester_comments text, tester_decision_by_id integer,
  tester_decision_at timestamptz, report_owner_decision text, report_owner_comments text,
  report_owner_decision_by_id integer, report_owner_decision_at timestamptz, approval_status text);
create type legacy.row_of_cycle_report_test_report_sections as (
  created_at timestamptz, updated_at timestamp, section_id integer, phase_id integer, section_name text,
  section_order integer, section_type text, content_text text, content_data text, artifacts text,
  metrics_summary text, created_by_id integer, updated_by_id integer, id integer, cycle_id integer,
  report_id integer, section_title text, section_content text, data_sources text, last_generated_at timestamptz,
  requires_refresh boolean, status text, tester_approved boolean, tester_approved_by integer,
  tester_approved_at timestamptz, tester_notes text, report_owner_approved boolean,
  report_owner_approved_by integer, report_owner_approved_at timestamptz, report_owner_notes text,
  executive_approved boolean, executive_approved_by integer, executive_approved_at timestamptz,
  executive_notes text, markdown_content text, html_content text, pdf_path text);

-- A key's text as what it is; null where it is something else. A condition on the key is held against the source rows before
-- anything else is looked up.
create function legacy.as_integer(p_text text) returns int language sql immutable parallel safe
  return case when p_text ~ '^-?[0-9]{1,10}$' then case when p_text::bigint between -2147483648 and 2147483647 then p_text::int end end;
create function legacy.as_uuid(p_text text) returns uuid language sql immutable parallel safe
  return case when p_text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then p_text::uuid end;

-- A source row in its table's columns: with what the new tables say now (p_now), where that is not what they said right after
-- the import (p_mapped). A value that does not fit its column is null: no reader may fail because of one cell.
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
  for cell in select a.attname from pg_type t join pg_attribute a on a.attrelid = t.typrelid where t.oid = pg_typeof(p_like) loop
    begin
      perform jsonb_populate_record(p_like, jsonb_build_object(cell, p_row -> cell));
    exception when data_exception then
      p_row := p_row - cell;
    end;
  end loop;
  return jsonb_populate_record(p_like, p_row);
end $$;

-- ── values in old form ─────────────────────────────────────────────────────────────────────────────────────────────

-- A person's number there, as a row to join (so that each person is looked up once); one who is only known here has the
-- negative of the number they have here.
create function legacy.person(p_user int) returns table (old_id int) language sql stable parallel safe
begin atomic
  select coalesce(min(m.legacy_id::int), -p_user) from legacy.id_map m where m.kind = 'user' and m.new_id = p_user::text;
end;
create function legacy.old_user(p_user int) returns int language sql stable parallel safe return (select old_id from legacy.person(p_user));
-- A line of business' number there; null for one that is only known here.
create function legacy.old_lob(p_lob uuid) returns int language sql stable parallel safe
  return (select min(m.legacy_id::int) from legacy.id_map m where m.kind = 'lob' and m.new_id = p_lob::text);
create function legacy.instant(p_at timestamptz) returns text language sql immutable parallel safe
  return to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"');
create function legacy.role_words(p_user int) returns text language sql stable parallel safe
  return (select string_agg(initcap(replace(r.role::text, '_', ' ')), ', ' order by r.role) from public.user_roles r where r.user_id = p_user);

-- ── what the new tables say now ────────────────────────────────────────────────────────────────────────────────────
-- A view for each old table that the new ones answer for: by the id of what its rows became, the columns in old form.

-- A name is one text here; as long as it begins with the first name that the old system has, that is the first name.
create view legacy.now_users as
select m.legacy_id, jsonb_build_object(
  'first_name', n.first_name, 'last_name', substr(u.name, length(n.first_name) + 2), 'is_active', u.is_active, 'role', legacy.role_words(u.user_id)) as now
from legacy.id_map m join public.users u on u.user_id::text = m.new_id
left join legacy.source_row s on s.table_name = 'users' and s.source_key = m.legacy_id
cross join lateral (select case when starts_with(u.name, s.row ->> 'first_name' || ' ') then s.row ->> 'first_name' else split_part(u.name, ' ', 1) end) n(first_name)
where m.kind = 'user';

create view legacy.now_lobs as
select l.lob_id as target_id, jsonb_build_object('lob_name', l.name) as now from public.lobs l;

create view legacy.now_reports as
select r.report_id as target_id, jsonb_build_object(
  'report_number', r.number, 'report_name', r.name, 'report_owner_id', legacy.old_user(r.owner_id), 'lob_id', legacy.old_lob(r.lob_id)) as now
from public.reports r;

create view legacy.now_test_cycles as
select c.cycle_id as target_id, jsonb_build_object(
  'cycle_name', c.name, 'start_date', c.start_date, 'end_date', c.end_date, 'status', c.cycle_status) as now
from public.cycles c;

-- The old table has one tester; while the one it had is a tester here, they are the one.
create view legacy.now_cycle_reports as
select w.workflow_id as target_id, jsonb_build_object('tester_id', coalesce(
  (select s.row -> 'tester_id' from legacy.source_row s
   join legacy.id_map m on m.kind = 'user' and m.legacy_id = s.row ->> 'tester_id'
   join public.workflow_testers t on t.workflow_id = w.workflow_id and t.user_id::text = m.new_id
   where s.target_id = w.workflow_id and s.table_name = 'cycle_reports' limit 1),
  (select to_jsonb(legacy.old_user(min(t.user_id))) from public.workflow_testers t where t.workflow_id = w.workflow_id))) as now
from public.workflows w;

-- The columns of a version.
create view legacy.now_version as
select v.version_id, v.status, jsonb_build_object(
  'version_number', v.version_number,
  'version_status', case when v.is_deleted then 'deleted' else lower(v.status::text) end,
  'parent_version_id', v.parent_version_id,
  'submitted_by_id', submitter.old_id, 'submitted_at', legacy.instant(v.submitted_at),
  'approved_by_id', case when v.status in ('APPROVED', 'SUPERSEDED') then reviewer.old_id end,
  'approved_at', case when v.status in ('APPROVED', 'SUPERSEDED') then legacy.instant(v.reviewed_at) end,
  'created_by_id', creator.old_id, 'created_at', legacy.instant(v.created_at)) as now,
  case when v.status = 'REJECTED' then v.approval_notes end as rejection_reason,
  case when v.status <> 'REJECTED' then v.approval_notes end as approval_notes
from public.phase_version v cross join legacy.person(v.created_by) creator cross join legacy.person(v.submitted_by) submitter
cross join legacy.person(v.reviewed_by) reviewer;

create view legacy.now_cycle_report_data_profiling_rule_versions as
select v.version_id as target_id, v.now || jsonb_build_object('rejection_reason', v.rejection_reason) as now
from legacy.now_version v join public.data_profiling_versions d using (version_id);

create view legacy.now_cycle_report_scoping_versions as
select v.version_id as target_id, v.now || jsonb_build_object('rejection_reason', v.rejection_reason, 'approval_notes', v.approval_notes) as now
from legacy.now_version v join public.scoping_versions d using (version_id);

create view legacy.now_cycle_report_sample_selection_versions as
select v.version_id as target_id, v.now || jsonb_build_object(
  'approval_notes', coalesce(v.approval_notes, v.rejection_reason), 'target_sample_size', d.target_sample_size,
  -- An import puts several old columns into this one.
  'selection_criteria', case when d.selection_criteria ?| '{selection_criteria,intelligent_sampling_config,distribution_metrics,data_source_config,metadata,submission_notes}'
    then d.selection_criteria ->> 'selection_criteria' else d.selection_criteria::text end) as now
from legacy.now_version v join public.sample_selection_versions d using (version_id);

-- The latest decision on an item, as far as it was given to what the item says.
create function legacy.verdict(p_version uuid, p_item uuid, p_hash text) returns table (status text, notes text, at text, by_id int)
language sql stable parallel safe
begin atomic
  select lower(d.status::text), d.notes, legacy.instant(d.decided_at), p.old_id
  from public.item_decision d cross join legacy.person(d.decided_by) p
  where d.version_id = p_version and d.item_key = p_item and d.item_hash = p_hash order by d.decided_at desc limit 1;
end;

create view legacy.now_cycle_report_sample_selection_samples as
select i.item_id as target_id, jsonb_build_object(
  'version_id', i.version_id, 'sample_identifier', i.sample_identifier, 'sample_data', i.sample_data::text, 'sample_category', i.sample_type,
  'sample_source', lower(i.recommendation_source::text), 'carry_forward_reason', i.modification_reason,
  'tester_decision', t.said -> 'decision', 'tester_decision_notes', t.said -> 'notes', 'tester_decision_at', t.said -> 'at',
  'tester_decision_by_id', tester.old_id, 'report_owner_decision', owner.status, 'report_owner_decision_notes', owner.notes,
  'report_owner_decision_at', owner.at, 'report_owner_decision_by_id', owner.by_id) as now
from public.sample_decisions i
cross join lateral (select i.recommendation_metadata -> 'testerDecision') t(said)
cross join legacy.person(legacy.as_integer(t.said ->> 'by')) tester
left join legacy.verdict(i.version_id, i.item_key, i.item_hash) owner on true;

-- The old system kept no versions of attributes, observations and report sections: what holds now is the item of the version
-- in force, or the one that was taken over while that has none of its kind.
create view legacy.now_cycle_report_planning_attributes as
select i.item_id as target_id, coalesce(
    (select jsonb_object_agg(d.key, d.value) from jsonb_each(n.attribute_data) d where d.key = any ('{attribute_name,description,data_type,is_cde,has_issues,
       is_primary_key,information_security_classification,data_source_id,source_table,source_column,is_scoped,llm_generated,llm_rationale,tester_notes,
       line_item_number,technical_line_item_name,mdrm,validation_rules,typical_source_documents,keywords_to_look_for,testing_approach,risk_score,
       llm_risk_rationale,primary_key_order,is_mandatory}')), '{}')
  || jsonb_build_object('status', case n.decision_type when 'INCLUDE' then 'approved' when 'EXCLUDE' then 'rejected' else 'pending' end) as now
from public.attribute_decisions i join public.phase_version v using (version_id)
join public.attribute_decisions n on n.item_id = coalesce((
  select c.item_id from public.phase_version f join public.attribute_decisions c on c.version_id = f.version_id and c.item_key = i.item_key
  where f.master_record_id = v.master_record_id and f.status = 'APPROVED'
    -- Of several rows of one attribute, the last one that was taken over goes on here.
    and not exists (
      select from public.phase_version lv join public.attribute_decisions l on l.version_id = lv.version_id and l.item_key = i.item_key
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
  select c.item_id from public.phase_version f join public.observation_decisions c on c.version_id = f.version_id and c.item_key = i.item_key
  where f.master_record_id = v.master_record_id and f.status = 'APPROVED'), i.item_id)
left join legacy.verdict(n.version_id, n.item_key, n.item_hash) owner on true;

create view legacy.now_cycle_report_test_report_sections as
select i.item_id as target_id, jsonb_build_object(
  'section_title', n.section_title, 'section_order', n.section_order, 'markdown_content', n.section_content,
  'report_owner_approved', coalesce(owner.status = 'approved', false),
  'report_owner_approved_by', case when owner.status = 'approved' then owner.by_id end,
  'report_owner_approved_at', case when owner.status = 'approved' then owner.at end, 'report_owner_notes', owner.notes) as now
from public.test_report_sections i join public.phase_version v using (version_id)
join public.test_report_sections n on n.item_id = coalesce((
  select c.item_id from public.phase_version f join public.test_report_sections c on c.version_id = f.version_id and c.item_key = i.item_key
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

-- A request is as good as the latest document that was handed in for it.
create view legacy.now_cycle_report_test_cases as
select v.version_id as target_id, jsonb_build_object('status', case d.submission_status
    when 'ACCEPTED' then 'Complete' when 'REJECTED' then 'Rejected' when 'REVISION_REQUESTED' then 'Revision Required'
    else case d.version_number when 1 then 'Pending' else 'Submitted' end end) as now
from public.phase_version v cross join lateral (
  select d.*, l.version_number from public.phase_version l join public.document_submissions d using (version_id)
  where l.master_record_id = v.master_record_id order by l.version_number desc limit 1) d
where v.phase = 'REQUEST_INFO' and v.version_number = 1;

-- A document as it was handed in, and the review of it, which is the next version of its record. The one after that, or the
-- next where there is no review, is another form of it.
create view legacy.submission as
select v.version_id, d.document_version, submitter.old_id as submitted_by, legacy.instant(v.submitted_at) as submitted_at,
  reviewer.old_id as reviewed_by, legacy.instant(r.reviewed_at) as reviewed_at, rd.submission_status as verdict, rd.review_notes,
  (n.version_id is null or n.reviewed_by is not null) and (r.version_id is null or l.version_id is null or l.reviewed_by is not null)
    and not exists (select from public.document_submissions o where o.replaces_submission_id = v.version_id)
    and not exists (select from public.document_submissions o where o.replaces_submission_id = r.version_id) as is_current
from public.phase_version v join public.document_submissions d using (version_id) cross join legacy.person(v.submitted_by) submitter
left join public.phase_version n on n.master_record_id = v.master_record_id and n.version_number = v.version_number + 1
left join public.phase_version r on r.version_id = n.version_id and r.reviewed_by is not null
left join public.document_submissions rd on rd.version_id = r.version_id
left join public.phase_version l on l.master_record_id = v.master_record_id and l.version_number = v.version_number + 2
cross join legacy.person(r.reviewed_by) reviewer
where v.reviewed_by is null;

create view legacy.now_cycle_report_test_cases_evidence as
select s.version_id as target_id, jsonb_build_object(
  'version_number', s.document_version, 'is_current', s.is_current, 'data_owner_id', s.submitted_by, 'submitted_at', s.submitted_at,
  'tester_decision', case s.verdict when 'ACCEPTED' then 'approved' when 'REJECTED' then 'rejected' when 'REVISION_REQUESTED' then 'requires_revision' end,
  'tester_notes', s.review_notes, 'decided_by', s.reviewed_by, 'decided_at', s.reviewed_at) as now
from legacy.submission s;

create view legacy.now_cycle_report_test_cases_document_submissions as
select s.version_id as target_id, jsonb_build_object(
  'is_current', s.is_current,
  'validation_status', case s.verdict when 'ACCEPTED' then 'valid' when 'REJECTED' then 'invalid' when 'REVISION_REQUESTED' then 'requires_revision' else 'pending' end,
  'validation_notes', s.review_notes, 'validated_by', s.reviewed_by, 'validated_at', s.reviewed_at) as now
from legacy.submission s;

create view legacy.now_cycle_report_test_execution_results as
select v.version_id as target_id,
  case when d.response_status is null then '{}'
    when lower(d.response_status) in ('completed', 'failed', 'cancelled', 'timeout') then jsonb_build_object('execution_status', lower(d.response_status))
    else jsonb_build_object('execution_status', 'completed', 'test_result', lower(d.response_status)) end
  || jsonb_build_object('completed_at', legacy.instant(d.responded_at), 'executed_by', p.old_id) as now
from public.phase_version v cross join lateral (
  select d.* from public.phase_version l join public.test_execution_audit d using (version_id)
  where l.master_record_id = v.master_record_id order by l.version_number desc limit 1) d
cross join legacy.person(d.requested_by_id) p where v.phase = 'TEST_EXECUTION' and v.version_number = 1;

create view legacy.now_cycle_report_test_execution_reviews as
select v.version_id as target_id, jsonb_build_object(
  'review_status', lower(d.response_status), 'review_notes', d.response_notes, 'reviewed_by', p.old_id,
  'reviewed_at', legacy.instant(d.responded_at)) as now
from public.phase_version v join public.test_execution_audit d using (version_id) cross join legacy.person(d.responded_by_id) p;

-- What the new tables say now about what a source row became, in old form. An import keeps the answer with the row (mapped).
create function legacy.values_now(p_table text, p_target uuid, p_key text) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  -- A statement for each table, so that each is planned once in a session.
  case p_table
    when 'users' then return (select n.now from legacy.now_users n where n.legacy_id = split_part(p_key, '#', 1));
    when 'lobs' then return (select n.now from legacy.now_lobs n where n.target_id = p_target);
    when 'reports' then return (select n.now from legacy.now_reports n where n.target_id = p_target);
    when 'test_cycles' then return (select n.now from legacy.now_test_cycles n where n.target_id = p_target);
    when 'cycle_reports' then return (select n.now from legacy.now_cycle_reports n where n.target_id = p_target);
    when 'cycle_report_planning_attributes' then return (select n.now from legacy.now_cycle_report_planning_attributes n where n.target_id = p_target);
    when 'cycle_report_data_profiling_rule_versions' then return (select n.now from legacy.now_cycle_report_data_profiling_rule_versions n where n.target_id = p_target);
    when 'cycle_report_scoping_versions' then return (select n.now from legacy.now_cycle_report_scoping_versions n where n.target_id = p_target);
    when 'cycle_report_sample_selection_versions' then return (select n.now from legacy.now_cycle_report_sample_selection_versions n where n.target_id = p_target);
    when 'cycle_report_sample_selection_samples' then return (select n.now from legacy.now_cycle_report_sample_selection_samples n where n.target_id = p_target);
    when 'cycle_report_data_owner_lob_mapping' then return (select n.now from legacy.now_cycle_report_data_owner_lob_mapping n where n.target_id = p_target);
    when 'cycle_report_test_cases' then return (select n.now from legacy.now_cycle_report_test_cases n where n.target_id = p_target);
    when 'cycle_report_test_cases_document_submissions' then return (select n.now from legacy.now_cycle_report_test_cases_document_submissions n where n.target_id = p_target);
    when 'cycle_report_test_cases_evidence' then return (select n.now from legacy.now_cycle_report_test_cases_evidence n where n.target_id = p_target);
    when 'cycle_report_test_execution_results' then return (select n.now from legacy.now_cycle_report_test_execution_results n where n.target_id = p_target);
    when 'cycle_report_test_execution_reviews' then return (select n.now from legacy.now_cycle_report_test_execution_reviews n where n.target_id = p_target);
    when 'cycle_report_observation_mgmt_observation_records' then return (select n.now from legacy.now_cycle_report_observation_mgmt_observation_records n where n.target_id = p_target);
    when 'cycle_report_test_report_sections' then return (select n.now from legacy.now_cycle_report_test_report_sections n where n.target_id = p_target);
    else return null;
  end case;
end $$;

-- What is made of a row in later commits of an import is no change either: at the end of each phase, an import says what the new
-- tables say then. Where somebody has worked on the phase here, it stays as it is. Returns how many rows say something else.
create function legacy.settle(p_stream uuid, p_phase "Phase") returns int language plpgsql set search_path = pg_catalog, public, log, pg_temp as $$
declare changed int;
begin
  if legacy.is_live(p_stream, p_phase) then
    return 0;
  end if;
  update legacy.source_row s set mapped = n.now
  from (select table_name, source_key, legacy.values_now(table_name, target_id, source_key) as now from legacy.source_row
        where stream_id = p_stream and phase = p_phase and fate <> 'QUARANTINED' and target_id is not null offset 0) n
  where (s.table_name, s.source_key) = (n.table_name, n.source_key) and s.mapped <> n.now;
  get diagnostics changed = row_count;
  return changed;
end $$;

-- ── what was made here since ───────────────────────────────────────────────────────────────────────────────────────

create view legacy.workflow_row as
select distinct on (target_id) target_id as workflow_id, row -> 'cycle_id' as cycle_id, row -> 'report_id' as report_id
from legacy.source_row where table_name = 'cycle_reports' and target_id is not null and fate <> 'QUARANTINED' order by target_id, source_key;
create view legacy.phase_row as
select distinct on (stream_id, phase) stream_id, phase, row -> 'phase_id' as phase_id
from legacy.source_row where table_name = 'workflow_phases' and phase is not null and fate <> 'QUARANTINED' order by stream_id, phase, source_key;

-- Rows that were made in workflows that were taken over, by others than an import: looked up commit by commit, because an
-- import's own are as many as everything there is.
create view legacy.made_here as
select r.table_name, r.row_id, r.version_id
from legacy.workflow_row w join log.change_set c on c.stream_id = w.workflow_id and c.origin <> 'import'
cross join lateral (
  select * from log.row_change r where r.stream_id = c.stream_id and r.sequence = c.sequence and r.operation = 'INSERT' offset 0) r;

-- Where a version belongs, in the old system's ids.
create view legacy.place as
select v.version_id, v.master_record_id, v.version_number, v.phase, v.reviewed_by,
  v.version_id in (select m.version_id from legacy.made_here m where m.table_name = 'phase_version') as is_made_here,
  jsonb_build_object('phase_id', p.phase_id, 'cycle_id', w.cycle_id, 'report_id', w.report_id) as place
from public.phase_version v join legacy.workflow_row w on w.workflow_id = v.stream_id
left join legacy.phase_row p on p.stream_id = v.stream_id and p.phase = v.phase;

create view legacy.made_users as
select jsonb_build_object('user_id', -u.user_id, 'first_name', split_part(u.name, ' ', 1), 'last_name', substr(u.name, length(split_part(u.name, ' ', 1)) + 2),
  'is_active', u.is_active, 'role', legacy.role_words(u.user_id)) as row
from public.users u where not exists (select from legacy.id_map m where m.kind = 'user' and m.new_id = u.user_id::text);
create view legacy.made_cycle_report_data_profiling_rule_versions as
select p.place || n.now || jsonb_build_object('version_id', p.version_id) as row
from legacy.place p join legacy.now_cycle_report_data_profiling_rule_versions n on n.target_id = p.version_id where p.is_made_here;
create view legacy.made_cycle_report_scoping_versions as
select p.place || n.now || jsonb_build_object('version_id', p.version_id) as row
from legacy.place p join legacy.now_cycle_report_scoping_versions n on n.target_id = p.version_id where p.is_made_here;
create view legacy.made_cycle_report_sample_selection_versions as
select p.place || n.now || jsonb_build_object('version_id', p.version_id) as row
from legacy.place p join legacy.now_cycle_report_sample_selection_versions n on n.target_id = p.version_id where p.is_made_here;
create view legacy.made_cycle_report_sample_selection_samples as
select p.place || n.now || jsonb_build_object('sample_id', i.item_id) as row
from legacy.place p join public.sample_decisions i using (version_id) join legacy.now_cycle_report_sample_selection_samples n on n.target_id = i.item_id
where i.item_id::text in (select m.row_id from legacy.made_here m where m.table_name = 'sample_decisions');
create view legacy.made_cycle_report_data_owner_lob_mapping as
select p.place || n.now || jsonb_build_object('mapping_id', p.version_id) as row
from legacy.place p join legacy.now_cycle_report_data_owner_lob_mapping n on n.target_id = p.version_id where p.is_made_here;
create view legacy.made_cycle_report_test_cases_evidence as
select p.place || n.now || jsonb_build_object('test_case_id', t.row -> 'id', 'sample_id', t.row -> 'sample_id') as row
from legacy.place p join legacy.now_cycle_report_test_cases_evidence n on n.target_id = p.version_id
left join public.phase_version f on f.master_record_id = p.master_record_id and f.version_number = 1
left join legacy.source_row t on t.target_id = f.version_id and t.table_name = 'cycle_report_test_cases'
where p.is_made_here;
create view legacy.made_cycle_report_test_execution_results as
select p.place || n.now as row
from legacy.place p join legacy.now_cycle_report_test_execution_results n on n.target_id = p.version_id where p.is_made_here;

-- What had no versions there appears when it is in force.
create view legacy.made_cycle_report_planning_attributes as
select p.place || n.now as row
from legacy.place p join public.phase_version v using (version_id) join public.attribute_decisions i using (version_id) join legacy.now_cycle_report_planning_attributes n on n.target_id = i.item_id
where p.is_made_here and v.status = 'APPROVED' and not exists (
  select from legacy.source_row s join public.attribute_decisions o on o.item_id = s.target_id where s.table_name = 'cycle_report_planning_attributes' and o.item_key = i.item_key);
create view legacy.made_cycle_report_observation_mgmt_observation_records as
select p.place || n.now as row
from legacy.place p join public.phase_version v using (version_id) join public.observation_decisions i using (version_id) join legacy.now_cycle_report_observation_mgmt_observation_records n on n.target_id = i.item_id
where p.is_made_here and v.status = 'APPROVED' and not exists (
  select from legacy.source_row s join public.observation_decisions o on o.item_id = s.target_id where s.table_name = 'cycle_report_observation_mgmt_observation_records' and o.item_key = i.item_key);
create view legacy.made_cycle_report_test_report_sections as
select p.place || n.now as row
from legacy.place p join public.phase_version v using (version_id) join public.test_report_sections i using (version_id) join legacy.now_cycle_report_test_report_sections n on n.target_id = i.item_id
where p.is_made_here and v.status = 'APPROVED' and not exists (
  select from legacy.source_row s join public.test_report_sections o on o.item_id = s.target_id where s.table_name = 'cycle_report_test_report_sections' and o.item_key = i.item_key);

-- ── the old tables ─────────────────────────────────────────────────────────────────────────────────────────────────

-- Makes the view of an old table from its row type, what is said of its rows now, and what was made here; its own part, the rows
-- that were taken over, by their keys as well.
create function legacy.expose(p_table text, p_key text) returns void language plpgsql as $outer$
declare
  row_type regclass := format('legacy.row_of_%s', p_table)::regclass;
  now_view regclass := to_regclass(format('legacy.now_%s', p_table));
  made_view regclass := to_regclass(format('legacy.made_%s', p_table));
  columns text := (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute where attrelid = row_type and attnum > 0);
begin
  execute format($v$
    create view legacy.%I as
    select s.source_key, %s from legacy.source_row s %s
    cross join lateral legacy.shown(null::%s, s.row, s.mapped, %s) x
    where s.table_name = %L and s.fate in ('IMPORTED', 'MERGED')$v$,
    'kept_' || p_table,
    (select string_agg(case when attname = p_key then format('legacy.as_%s(s.row ->> %L) as %I', format_type(atttypid, null), attname, attname)
       else format('x.%I', attname) end, ', ' order by attnum) from pg_attribute where attrelid = row_type and attnum > 0),
    case when now_view is not null then format('left join %s n on %s', now_view,
      case p_table when 'users' then $c$n.legacy_id = s.row ->> 'user_id'$c$ else 'n.target_id = s.target_id' end) end,
    row_type, case when now_view is null then 'null' else 'n.now' end, p_table);
  execute format('create view legacy.%I as select %s from legacy.%I', p_table, columns, 'kept_' || p_table)
    || case when made_view is null then '' else format(' union all select x.* from %s m cross join lateral legacy.shown(null::%s, m.row, %L, null) x', made_view, row_type, '{}') end;
end $outer$;

select legacy.expose(name, key) from (values
  ('users', 'user_id'), ('lobs', 'lob_id'), ('reports', 'id'), ('test_cycles', 'cycle_id'), ('cycle_reports', 'cycle_id'), ('workflow_phases', 'phase_id'),
  ('cycle_report_planning_attributes', 'id'), ('cycle_report_data_profiling_rule_versions', 'version_id'), ('cycle_report_scoping_versions', 'version_id'),
  ('cycle_report_sample_selection_versions', 'version_id'), ('cycle_report_sample_selection_samples', 'sample_id'),
  ('cycle_report_data_owner_lob_mapping', 'mapping_id'), ('cycle_report_test_cases', 'id'), ('cycle_report_test_cases_document_submissions', 'id'),
  ('cycle_report_test_cases_evidence', 'id'), ('cycle_report_request_info_audit_logs', 'log_id'), ('cycle_report_test_execution_results', 'id'),
  ('cycle_report_test_execution_reviews', 'id'), ('cycle_report_test_execution_audit', 'id'),
  ('cycle_report_observation_mgmt_observation_records', 'observation_id'), ('cycle_report_test_report_sections', 'id')) t(name, key);
drop function legacy.expose(text, text);

-- The commits that wrote to what a source row became: to the row itself, to its version, and to what followed it in its record.
create function legacy.changes_behind(p_table text, p_target uuid, p_row jsonb) returns table (stream_id uuid, sequence int)
language plpgsql stable set search_path = pg_catalog, public, log, pg_temp as $$
declare record_id uuid; of_item uuid;
begin
  if p_table in ('users', 'lobs', 'reports', 'cycles', 'workflows') then
    return query select r.stream_id, r.sequence from row_change r
      cross join lateral (select case p_table when 'users' then (select m.new_id from legacy.id_map m where m.kind = 'user' and m.legacy_id = p_row ->> 'user_id')
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
      and r.stream_id in (select s.stream_id from legacy.source_row s where s.target_id = p_target) order by r.sequence limit 1;
  end if;
  select v.master_record_id into record_id from phase_version v where v.version_id = coalesce(record_id, p_target);
  return query select r.stream_id, r.sequence from phase_version v join row_change r on r.version_id = v.version_id
    where v.master_record_id = record_id and (v.versioning_type = 'AUDIT_ONLY' or of_item is not null or v.version_id = p_target)
      and (of_item is null or r.table_name = 'phase_version' or coalesce(r.after, r.before) ->> 'item_key' = of_item::text);
end $$;

revoke all on all functions in schema legacy from public;
grant execute on function legacy.shown(anyelement, jsonb, jsonb, jsonb), legacy.as_integer(text), legacy.as_uuid(text), legacy.old_user(int), legacy.old_lob(uuid),
  legacy.instant(timestamptz), legacy.role_words(int), legacy.verdict(uuid, uuid, text), legacy.person(int), legacy.as_json(text), legacy.changes_behind(text, uuid, jsonb), legacy.hash_of(jsonb) to phaseledger_service;
grant select on all tables in schema legacy to phaseledger_service;
