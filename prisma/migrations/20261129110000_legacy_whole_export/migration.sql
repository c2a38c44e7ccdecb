-- The whole of an old system: what a source has is counted, and held against what was taken over.

-- AlterEnum
ALTER TYPE "legacy"."fate" ADD VALUE 'KEPT' BEFORE 'QUARANTINED';

-- AlterTable
ALTER TABLE "legacy"."import" ADD COLUMN "zone" TEXT NOT NULL DEFAULT 'UTC';

-- CreateTable
CREATE TABLE "legacy"."source_table" (
    "import_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "expected" INTEGER,
    "read" INTEGER NOT NULL,
    "problem" TEXT,

    CONSTRAINT "source_table_pkey" PRIMARY KEY ("import_id","name")
);

-- AddForeignKey
ALTER TABLE "legacy"."source_table" ADD CONSTRAINT "source_table_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "legacy"."import"("import_id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- ── one target, one source row ─────────────────────────────────────────────────────────────────────────────────────

-- What something became is one row's; others may be part of it. Where two rows were made one thing before, all but the first are
-- named so, and verification tells of them, because no import says it.
update legacy.source_row s set fate = 'MERGED' from (
  select table_name, source_key, row_number() over (partition by target_table, target_id order by table_name, source_key) as n
  from legacy.source_row where fate = 'IMPORTED' and target_id is not null) o
where o.n > 1 and (o.table_name, o.source_key) = (s.table_name, s.source_key);
alter table legacy.source_row add constraint one_source_row_per_target
  exclude using btree (target_table with =, target_id with =) where (fate = 'IMPORTED' and target_id is not null);

-- ── the other tables of the old system ─────────────────────────────────────────────────────────────────────────────
-- Their rows, column by column, as src/legacy/tables.ts declares them.

create type legacy.row_of_cycle_report_planning_data_sources as (
  id integer, name text, description text, source_type text, is_active boolean, auth_type text,
  refresh_schedule text, last_sync_at timestamptz, last_sync_status text, last_sync_message text,
  validation_rules text, created_at timestamptz, updated_at timestamptz, created_by_id integer,
  updated_by_id integer, phase_id integer, schema_summary text);
create type legacy.row_of_cycle_report_planning_pde_mappings as (
  id integer, attribute_id integer, data_source_id integer, pde_name text, pde_code text,
  pde_description text, source_field text, transformation_rule text, mapping_type text,
  llm_suggested_mapping text, llm_confidence_score integer, llm_mapping_rationale text,
  llm_alternative_mappings text, mapping_confirmed_by_user boolean, business_process text,
  business_owner text, data_steward text, criticality text, risk_level text, regulatory_flag boolean,
  pii_flag boolean, llm_suggested_criticality text, llm_suggested_risk_level text,
  llm_classification_rationale text, llm_regulatory_references text, is_validated boolean,
  validation_message text, created_at timestamptz, updated_at timestamptz, created_by_id integer,
  updated_by_id integer, latest_review_status text, latest_review_id integer,
  information_security_classification text, profiling_criteria text, phase_id integer);
create type legacy.row_of_cycle_report_data_profiling_results as (
  result_id integer, phase_id integer, rule_id text, attribute_id integer, execution_status text,
  execution_time_ms integer, executed_at timestamptz, passed_count integer, failed_count integer,
  total_count integer, pass_rate double precision, result_summary text, failed_records text,
  result_details text, quality_impact double precision, severity text, has_anomaly boolean,
  anomaly_description text, anomaly_marked_by integer, anomaly_marked_at timestamptz, created_at timestamptz,
  created_by_id integer, updated_at timestamptz, updated_by_id integer);
create type legacy.row_of_cycle_report_request_info_testcase_source_evidence as (
  id integer, phase_id integer, test_case_id integer, sample_id text, attribute_id integer,
  evidence_type text, document_name text, document_path text, document_size integer, mime_type text,
  document_hash text, data_source_id integer, query_text text, query_parameters text,
  query_result_sample text, submitted_by integer, submitted_at timestamptz, submission_notes text,
  validation_status text, validation_notes text, validated_by integer, validated_at timestamptz,
  version_number integer, is_current boolean, replaced_by integer, created_at timestamptz,
  updated_at timestamptz, created_by integer, updated_by integer, query_validation_id text);
create type legacy.row_of_cycle_report_request_info_tester_decisions as (
  id integer, phase_id integer, evidence_id integer, test_case_id integer, decision text,
  decision_notes text, decision_date timestamptz, decided_by integer, requires_resubmission boolean,
  resubmission_deadline timestamptz, follow_up_instructions text, created_at timestamptz,
  updated_at timestamptz);
create type legacy.row_of_cycle_report_rfi_data_sources as (
  data_source_id text, phase_id integer, data_owner_id integer, source_name text, connection_type text,
  connection_details text, is_active boolean, test_query text, last_validated_at timestamptz,
  validation_status text, validation_error text, usage_count integer, created_by integer,
  created_at timestamptz, updated_by integer, updated_at timestamptz);
create type legacy.row_of_cycle_report_rfi_query_validations as (
  validation_id text, test_case_id integer, data_source_id text, query_text text, query_parameters text,
  validation_status text, validation_timestamp timestamptz, execution_time_ms integer, row_count integer,
  column_names text, sample_rows text, error_message text, has_primary_keys boolean,
  has_target_attribute boolean, missing_columns text, validated_by integer, validation_warnings text,
  created_at timestamptz, updated_at timestamptz);
create type legacy.row_of_cycle_report_test_report_generation as (
  id integer, phase_id integer, cycle_id integer, report_id integer, generation_started_at timestamptz,
  generation_completed_at timestamptz, generation_duration_ms integer, phase_data_collected text,
  status text, error_message text, total_sections integer, sections_completed integer,
  output_formats_generated text, all_approvals_received boolean, phase_completion_ready boolean,
  phase_completed_at timestamptz, phase_completed_by integer, generated_by integer, created_at timestamptz,
  updated_at timestamptz, created_by_id integer, updated_by_id integer);
create type legacy.row_of_universal_assignments as (
  assignment_id text, assignment_type text, from_role text, to_role text, from_user_id integer,
  to_user_id integer, title text, description text, task_instructions text, context_type text,
  context_data text, status text, priority text, assigned_at timestamptz, due_date text,
  acknowledged_at timestamptz, started_at timestamptz, completed_at timestamptz,
  completed_by_user_id integer, completion_notes text, completion_data text, completion_attachments text,
  requires_approval boolean, approval_role text, approved_by_user_id integer, approved_at timestamptz,
  approval_notes text, escalated boolean, escalated_at timestamptz, escalated_to_user_id integer,
  escalation_reason text, delegated_to_user_id integer, delegated_at timestamptz, delegation_reason text,
  created_at timestamptz, updated_at timestamptz, assignment_metadata text, workflow_step text,
  parent_assignment_id text, created_by_id integer, updated_by_id integer);
create type legacy.row_of_universal_assignment_history as (
  history_id integer, assignment_id text, changed_by_user_id integer, changed_at timestamptz, action text,
  field_changed text, old_value text, new_value text, change_reason text, change_metadata text,
  created_at timestamptz, updated_at timestamptz, created_by_id integer, updated_by_id integer);
create type legacy.row_of_universal_assignment_histories as (
  history_id integer, assignment_id text, changed_by_user_id integer, changed_at timestamptz, action text,
  field_changed text, old_value text, new_value text, change_reason text, change_metadata text,
  created_at timestamptz, updated_at timestamptz);
create type legacy.row_of_audit_logs as (
  audit_id integer, user_id integer, action text, table_name text, record_id integer, old_values text,
  new_values text, timestamp timestamptz, created_at timestamptz, updated_at timestamptz);
create type legacy.row_of_rbac_permission_audit_logs as (
  audit_id integer, action_type text, target_type text, target_id integer, permission_id integer,
  role_id integer, performed_by integer, performed_at timestamptz, reason text, created_at timestamptz,
  updated_at timestamptz);
create type legacy.row_of_activity_definitions as (
  id integer, phase_name text, activity_name text, activity_code text, description text, activity_type text,
  requires_backend_action boolean, backend_endpoint text, sequence_order integer,
  depends_on_activity_codes text, button_text text, success_message text, instructions text,
  can_skip boolean, can_reset boolean, auto_complete_on_condition text, is_active boolean,
  created_at timestamptz, updated_at timestamptz, created_by_id integer, updated_by_id integer,
  auto_complete boolean, conditional_skip_rules text);
create type legacy.row_of_activity_states as (
  id integer, cycle_id integer, report_id integer, phase_name text, activity_definition_id integer,
  status text, started_at timestamptz, started_by integer, completed_at timestamptz, completed_by integer,
  is_blocked boolean, blocking_reason text, blocked_by_activities text, completion_data text,
  completion_notes text, reset_count integer, last_reset_at timestamptz, last_reset_by integer,
  created_at timestamptz, updated_at timestamptz, created_by_id integer, updated_by_id integer,
  completion_percentage integer, metadata text, phase_id integer);
create type legacy.row_of_workflow_activity_templates as (
  template_id integer, phase_name text, activity_name text, activity_type text, activity_order integer,
  description text, is_manual boolean, is_optional boolean, required_role text, auto_complete_on_event text,
  is_active boolean, created_at timestamptz, updated_at timestamptz, handler_name text,
  timeout_seconds integer, retry_policy text, conditional_expression text, execution_mode text,
  created_by_id integer, updated_by_id integer);
create type legacy.row_of_workflow_activity_dependencies as (
  dependency_id integer, phase_name text, activity_name text, depends_on_activity text, dependency_type text,
  is_active boolean, created_at timestamptz, created_by_id integer, updated_by_id integer);
create type legacy.row_of_regulatory_data_dictionaries as (
  dict_id integer, report_name text, schedule_name text, line_item_number text, line_item_name text,
  technical_line_item_name text, mdrm text, description text, static_or_dynamic text,
  mandatory_or_optional text, format_specification text, num_reports_schedules_used text,
  other_schedule_reference text, is_active boolean, created_at timestamptz, updated_at timestamptz,
  created_by_id integer, updated_by_id integer);
create type legacy.row_of_rbac_roles as (
  role_id integer, role_name text, description text, is_system boolean, is_active boolean,
  created_at timestamptz, updated_at timestamptz, created_by_id integer, updated_by_id integer,
  can_classify_pdes boolean);
create type legacy.row_of_rbac_permissions as (
  permission_id integer, resource text, action text, description text, created_at timestamptz,
  updated_at timestamptz, created_by_id integer, updated_by_id integer);
create type legacy.row_of_rbac_role_permissions as (
  role_id integer, permission_id integer, granted_by integer, granted_at timestamptz, created_at timestamptz,
  updated_at timestamptz, created_by_id integer, updated_by_id integer);
create type legacy.row_of_rbac_user_roles as (
  user_id integer, role_id integer, assigned_by integer, assigned_at timestamptz, expires_at timestamptz,
  created_at timestamptz, updated_at timestamptz, created_by_id integer, updated_by_id integer);
create type legacy.row_of_rbac_user_permissions as (
  user_id integer, permission_id integer, granted boolean, granted_by integer, granted_at timestamptz,
  expires_at timestamptz, created_at timestamptz, updated_at timestamptz, created_by_id integer,
  updated_by_id integer);
create type legacy.row_of_alembic_version as (
  version_num text);

-- Source evidence is handed in and reviewed as evidence is.
create view legacy.now_cycle_report_request_info_testcase_source_evidence as
select s.version_id as target_id, jsonb_build_object(
  'version_number', s.document_version, 'is_current', s.is_current, 'submitted_by', s.submitted_by, 'submitted_at', s.submitted_at,
  'validation_status', case s.verdict when 'ACCEPTED' then 'valid' when 'REJECTED' then 'invalid' when 'REVISION_REQUESTED' then 'requires_revision' else 'pending' end,
  'validation_notes', s.review_notes, 'validated_by', s.reviewed_by, 'validated_at', s.reviewed_at) as now
from legacy.submission s;

create or replace function legacy.values_now(p_table text, p_target uuid, p_key text) returns jsonb
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
    when 'cycle_report_request_info_testcase_source_evidence' then return (select n.now from legacy.now_cycle_report_request_info_testcase_source_evidence n where n.target_id = p_target);
    when 'cycle_report_test_execution_results' then return (select n.now from legacy.now_cycle_report_test_execution_results n where n.target_id = p_target);
    when 'cycle_report_test_execution_reviews' then return (select n.now from legacy.now_cycle_report_test_execution_reviews n where n.target_id = p_target);
    when 'cycle_report_observation_mgmt_observation_records' then return (select n.now from legacy.now_cycle_report_observation_mgmt_observation_records n where n.target_id = p_target);
    when 'cycle_report_test_report_sections' then return (select n.now from legacy.now_cycle_report_test_report_sections n where n.target_id = p_target);
    else return null;
  end case;
end $$;

-- Makes the view of an old table from its row type and what is said of its rows now; its own part, the rows that were taken over, by
-- their keys as well. Rows that were only kept are shown too.
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
    where s.table_name = %L and s.fate <> 'QUARANTINED'$v$,
    'kept_' || p_table,
    (select string_agg(case when attname = p_key and format_type(atttypid, null) in ('integer', 'uuid') then format('legacy.as_%s(s.row ->> %L) as %I', format_type(atttypid, null), attname, attname)
       else format('x.%I', attname) end, ', ' order by attnum) from pg_attribute where attrelid = row_type and attnum > 0),
    case when now_view is not null then format('left join %s n on %s', now_view,
      case p_table when 'users' then $c$n.legacy_id = s.row ->> 'user_id'$c$ else 'n.target_id = s.target_id' end) end,
    row_type, case when now_view is null then 'null' else 'n.now' end, p_table);
  execute format('create view legacy.%I as select %s from legacy.%I', p_table, columns, 'kept_' || p_table)
    || case when made_view is null then '' else format(' union all select x.* from %s m cross join lateral legacy.shown(null::%s, m.row, %L, null) x', made_view, row_type, '{}') end;
end $outer$;

select legacy.expose(name, key) from (values
  ('cycle_report_planning_data_sources', 'id'),
  ('cycle_report_planning_pde_mappings', 'id'),
  ('cycle_report_data_profiling_results', 'result_id'),
  ('cycle_report_request_info_testcase_source_evidence', 'id'),
  ('cycle_report_request_info_tester_decisions', 'id'),
  ('cycle_report_rfi_data_sources', 'data_source_id'),
  ('cycle_report_rfi_query_validations', 'validation_id'),
  ('cycle_report_test_report_generation', 'id'),
  ('universal_assignments', 'assignment_id'),
  ('universal_assignment_history', 'history_id'),
  ('universal_assignment_histories', 'history_id'),
  ('audit_logs', 'audit_id'),
  ('rbac_permission_audit_logs', 'audit_id'),
  ('activity_definitions', 'id'),
  ('activity_states', 'id'),
  ('workflow_activity_templates', 'template_id'),
  ('workflow_activity_dependencies', 'dependency_id'),
  ('regulatory_data_dictionaries', 'dict_id'),
  ('rbac_roles', 'role_id'),
  ('rbac_permissions', 'permission_id'),
  ('rbac_role_permissions', 'role_id'),
  ('rbac_user_roles', 'user_id'),
  ('rbac_user_permissions', 'user_id'),
  ('alembic_version', 'version_num')) t(name, key);
drop function legacy.expose(text, text);

grant select on all tables in schema legacy to phaseledger_service;
