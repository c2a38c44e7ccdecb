/**
 * The tables of the old system: names, keys, columns and types. Deployment creates the views of schema `legacy` from them. This file is
 * long because the tables have many columns.
 */

export type ColumnType =
  'integer' | 'double precision' | 'boolean' | 'text' | 'uuid' | 'date' | 'timestamp' | 'timestamptz';

export interface LegacyTable {
  readonly name: string;
  /** The primary key columns. */
  readonly key: readonly string[];
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** Whether a row may be kept without becoming anything here; then none of its cells can be wrong. */
  readonly isKept: boolean;
}

/** Parses tables written as a name and key, with the columns below as in `create table`. */
const tables = (isKept: boolean, text: string): LegacyTable[] =>
  text
    .trim()
    .split(/\n(?=\w)/)
    .map((paragraph) => {
      const [, name, key, columns] = /^(\w+): (.+)\n([^]+)$/.exec(paragraph)!;
      const typed = columns!.split(',').map((column) => /^\s*(\w+) (.+)$/.exec(column)!.slice(1));
      return {
        name: name!,
        key: key!.split(' '),
        columns: Object.fromEntries(typed) as LegacyTable['columns'],
        isKept,
      };
    });

/** Tables whose rows become something here. */
const placed = `
users: user_id
  user_id integer, first_name text, last_name text, role text, lob_id integer, is_active boolean, created_at timestamptz,
  updated_at timestamptz, is_cdo boolean
lobs: lob_id
  lob_id integer, lob_name text, created_at timestamptz, updated_at timestamptz, created_by_id integer, updated_by_id integer
reports: id
  id integer, report_number text, report_name text, description text, frequency text, business_unit text, regulatory_requirement boolean,
  status text, created_at timestamptz, updated_at timestamptz, created_by integer, updated_by integer, report_owner_id integer,
  lob_id integer, is_active boolean, regulation text, created_by_id integer, updated_by_id integer
test_cycles: cycle_id
  cycle_id integer, cycle_name text, description text, test_executive_id integer, created_at timestamptz, updated_at timestamptz,
  start_date date, end_date date, status text, workflow_id text, created_by_id integer, updated_by_id integer
cycle_reports: cycle_id report_id
  cycle_id integer, report_id integer, tester_id integer, status text, started_at timestamptz, completed_at timestamptz,
  created_at timestamptz, updated_at timestamptz, workflow_id text, created_by_id integer, updated_by_id integer
workflow_phases: phase_id
  phase_id integer, cycle_id integer, report_id integer, phase_name text, status text, planned_start_date date, planned_end_date date,
  actual_start_date timestamptz, actual_end_date timestamptz, created_at timestamptz, updated_at timestamptz, state text,
  schedule_status text, state_override text, status_override text, override_reason text, override_by integer, override_at timestamptz,
  started_by integer, completed_by integer, notes text, metadata text, phase_data text, created_by_id integer, updated_by_id integer,
  phase_order integer, data_requested_at timestamptz, data_requested_by integer, data_received_at timestamptz,
  rules_generated_at timestamptz, profiling_executed_at timestamptz, risk_level text, progress_percentage integer,
  estimated_completion_date text, sla_deadline timestamptz, is_sla_breached boolean
cycle_report_planning_attributes: id
  id integer, attribute_name text, description text, data_type text, is_cde boolean, has_issues boolean, is_primary_key boolean,
  information_security_classification text, data_source_id text, source_table text, source_column text, version integer, status text,
  created_at timestamptz, updated_at timestamptz, created_by integer, updated_by integer, approved_by integer, approved_at timestamptz,
  created_by_id integer, updated_by_id integer, is_active boolean, is_latest_version boolean, is_scoped boolean, llm_generated boolean,
  llm_rationale text, tester_notes text, line_item_number text, technical_line_item_name text, mdrm text, validation_rules text,
  typical_source_documents text, keywords_to_look_for text, testing_approach text, risk_score text, llm_risk_rationale text,
  primary_key_order integer, master_attribute_id integer, version_notes text, change_reason text, replaced_attribute_id integer,
  version_created_at timestamp, version_created_by integer, archived_at timestamptz, archived_by integer, is_mandatory text,
  phase_id integer
cycle_report_data_profiling_rule_versions: version_id
  version_id uuid, phase_id integer, workflow_activity_id text, version_number integer, version_status text, parent_version_id uuid,
  workflow_execution_id text, workflow_run_id text, total_rules integer, approved_rules integer, rejected_rules integer,
  planning_data_source_id text, source_table_name text, source_file_path text, total_records_processed integer,
  overall_quality_score double precision, execution_job_id text, generation_job_id text, generation_status text, submitted_by_id integer,
  submitted_at timestamptz, approved_by_id integer, approved_at timestamptz, rejection_reason text, created_at timestamptz,
  updated_at timestamptz, created_by_id integer, updated_by_id integer, data_source_type text
cycle_report_scoping_versions: version_id
  version_id uuid, phase_id integer, workflow_activity_id text, version_number integer, version_status text, parent_version_id uuid,
  workflow_execution_id text, workflow_run_id text, activity_name text, total_attributes integer, scoped_attributes integer,
  declined_attributes integer, override_count integer, cde_count integer, recommendation_accuracy text, submission_notes text,
  submitted_by_id integer, submitted_at timestamptz, approval_notes text, approved_by_id integer, approved_at timestamptz,
  rejection_reason text, requested_changes text, resource_impact_assessment text, risk_coverage_assessment text, created_at timestamptz,
  updated_at timestamptz, created_by_id integer, updated_by_id integer
cycle_report_sample_selection_versions: version_id
  version_id uuid, phase_id integer, workflow_activity_id text, version_number integer, version_status text, parent_version_id uuid,
  workflow_execution_id text, workflow_run_id text, activity_name text, selection_criteria text, target_sample_size integer,
  actual_sample_size integer, intelligent_sampling_config text, distribution_metrics text, data_source_config text, submission_notes text,
  submitted_by_id integer, submitted_at timestamptz, approval_notes text, approved_by_id integer, approved_at timestamptz, metadata text,
  created_at timestamptz, updated_at timestamptz, created_by_id integer, updated_by_id integer, report_owner_decision text,
  report_owner_feedback text, report_owner_reviewed_at timestamptz, report_owner_reviewed_by_id integer
cycle_report_sample_selection_samples: sample_id
  sample_id uuid, version_id uuid, phase_id integer, lob_id integer, sample_identifier text, sample_data text, sample_category text,
  sample_source text, tester_decision text, tester_decision_notes text, tester_decision_at timestamptz, tester_decision_by_id integer,
  report_owner_decision text, report_owner_decision_notes text, report_owner_decision_at timestamptz, report_owner_decision_by_id integer,
  risk_score double precision, confidence_score double precision, generation_metadata text, validation_results text,
  carried_from_version_id uuid, carried_from_sample_id uuid, carry_forward_reason text, created_at timestamptz, updated_at timestamptz,
  created_by_id integer, updated_by_id integer
cycle_report_data_owner_lob_mapping: mapping_id
  mapping_id uuid, version_id uuid, phase_id integer, sample_id uuid, attribute_id integer, lob_id integer, data_owner_id integer,
  data_executive_id integer, assigned_by_data_executive_at timestamptz, assignment_rationale text, previous_data_owner_id integer,
  change_reason text, assignment_status text, data_owner_acknowledged boolean, data_owner_acknowledged_at timestamptz,
  data_owner_response_notes text, created_at timestamptz, created_by_id integer, updated_at timestamptz, updated_by_id integer
cycle_report_test_cases: id
  id integer, test_case_number text, test_case_name text, description text, expected_outcome text, test_type text, query_text text,
  version integer, status text, created_at timestamptz, updated_at timestamptz, created_by integer, updated_by integer, phase_id integer,
  sample_id uuid, attribute_id integer, attribute_name text, lob_id integer, data_owner_id integer, assigned_by integer,
  assigned_at timestamptz, submission_deadline timestamptz, submitted_at timestamptz, acknowledged_at timestamptz,
  special_instructions text
cycle_report_test_cases_document_submissions: id
  id integer, data_owner_id integer, file_path text, created_at timestamptz, updated_at timestamptz, created_by integer,
  updated_by integer, phase_id integer, submission_id uuid, test_case_id integer, original_filename text, stored_filename text,
  file_size_bytes integer, mime_type text, submission_notes text, submitted_at timestamptz, parent_submission_id uuid, is_current boolean,
  is_valid boolean, validation_notes text, validated_by integer, validated_at timestamptz, submission_number integer, is_revision boolean,
  revision_requested_by integer, revision_requested_at timestamptz, revision_reason text, revision_deadline timestamptz, file_hash text,
  validation_status text, document_type text
cycle_report_test_cases_evidence: id
  id integer, test_case_id integer, phase_id integer, cycle_id integer, report_id integer, sample_id uuid, evidence_type text,
  version_number integer, is_current boolean, parent_evidence_id integer, data_owner_id integer, submitted_at timestamptz,
  submission_notes text, validation_status text, validation_notes text, validated_by integer, validated_at timestamptz,
  tester_decision text, tester_notes text, decided_by integer, decided_at timestamptz, requires_resubmission boolean,
  resubmission_deadline timestamptz, original_filename text, stored_filename text, file_path text, file_size_bytes integer,
  file_hash text, mime_type text, rfi_data_source_id text, planning_data_source_id text, query_text text, query_parameters text,
  query_validation_id text, created_at timestamptz, updated_at timestamptz, created_by integer, updated_by integer, created_by_id integer,
  updated_by_id integer, submission_number integer, is_revision boolean, revision_requested_by integer, revision_requested_at timestamptz,
  revision_reason text, revision_deadline timestamptz, document_type text
cycle_report_request_info_audit_logs: log_id
  log_id integer, phase_id integer, action text, entity_type text, entity_id text, performed_by integer, performed_at timestamptz,
  old_values text, new_values text, notes text, created_at timestamptz, updated_at timestamptz, audit_id uuid, cycle_id integer,
  report_id integer, created_by_id integer, updated_by_id integer
cycle_report_test_execution_results: id
  id integer, phase_id integer, test_case_id text, evidence_id integer, execution_number integer, is_latest_execution boolean,
  execution_reason text, test_type text, analysis_method text, sample_value text, extracted_value text, expected_value text,
  test_result text, comparison_result text, variance_details text, llm_confidence_score double precision, llm_analysis_rationale text,
  llm_model_used text, llm_tokens_used integer, llm_response_raw text, llm_processing_time_ms integer, database_query_executed text,
  database_result_count integer, database_execution_time_ms integer, database_result_sample text, execution_status text,
  started_at timestamptz, completed_at timestamptz, processing_time_ms integer, error_message text, error_details text,
  retry_count integer, analysis_results text, evidence_validation_status text, evidence_version_number integer, execution_summary text,
  processing_notes text, executed_by integer, execution_method text, created_at timestamptz, updated_at timestamptz, created_by integer,
  updated_by integer
cycle_report_test_execution_reviews: id
  id integer, execution_id integer, phase_id integer, review_status text, review_notes text, reviewer_comments text,
  recommended_action text, accuracy_score double precision, completeness_score double precision, consistency_score double precision,
  overall_score double precision, review_criteria_used text, supporting_evidence text, requires_retest boolean,
  escalation_required boolean, escalation_reason text, escalation_level text, reviewed_by integer, reviewed_at timestamptz,
  review_duration_ms integer, created_at timestamptz, updated_at timestamptz, created_by integer, updated_by integer, retest_reason text
cycle_report_test_execution_audit: id
  id integer, execution_id integer, action text, previous_status text, new_status text, change_reason text, action_details text,
  system_info text, performed_by integer, performed_at timestamptz, created_at timestamptz
cycle_report_observation_mgmt_observation_records: observation_id
  observation_id integer, phase_id integer, observation_title text, observation_description text, observation_type text, severity text,
  status text, source_test_execution_id integer, source_sample_record_id text, source_attribute_id integer, detection_method text,
  detection_confidence text, impact_description text, impact_categories text, financial_impact_estimate text, regulatory_risk_level text,
  affected_processes text, affected_systems text, evidence_documents text, supporting_data text, screenshots text,
  related_observations text, detected_by integer, assigned_to integer, detected_at timestamp, assigned_at timestamptz,
  auto_detection_rules text, auto_detection_score text, manual_validation_required boolean, created_at timestamptz,
  updated_at timestamptz, created_by_id integer, updated_by_id integer, tester_decision text, tester_comments text,
  tester_decision_by_id integer, tester_decision_at timestamptz, report_owner_decision text, report_owner_comments text,
  report_owner_decision_by_id integer, report_owner_decision_at timestamptz, approval_status text
cycle_report_test_report_sections: id
  created_at timestamptz, updated_at timestamp, section_id integer, phase_id integer, section_name text, section_order integer,
  section_type text, content_text text, content_data text, artifacts text, metrics_summary text, created_by_id integer,
  updated_by_id integer, id integer, cycle_id integer, report_id integer, section_title text, section_content text, data_sources text,
  last_generated_at timestamptz, requires_refresh boolean, status text, tester_approved boolean, tester_approved_by integer,
  tester_approved_at timestamptz, tester_notes text, report_owner_approved boolean, report_owner_approved_by integer,
  report_owner_approved_at timestamptz, report_owner_notes text, executive_approved boolean, executive_approved_by integer,
  executive_approved_at timestamptz, executive_notes text, markdown_content text, html_content text, pdf_path text
`;

/** Tables without a counterpart here, or whose rows may lack one. */
const kept = `
cycle_report_planning_data_sources: id
  id integer, name text, description text, source_type text, is_active boolean, auth_type text, refresh_schedule text,
  last_sync_at timestamptz, last_sync_status text, last_sync_message text, validation_rules text, created_at timestamptz,
  updated_at timestamptz, created_by_id integer, updated_by_id integer, phase_id integer, schema_summary text
cycle_report_planning_pde_mappings: id
  id integer, attribute_id integer, data_source_id integer, pde_name text, pde_code text, pde_description text, source_field text,
  transformation_rule text, mapping_type text, llm_suggested_mapping text, llm_confidence_score integer, llm_mapping_rationale text,
  llm_alternative_mappings text, mapping_confirmed_by_user boolean, business_process text, business_owner text, data_steward text,
  criticality text, risk_level text, regulatory_flag boolean, pii_flag boolean, llm_suggested_criticality text,
  llm_suggested_risk_level text, llm_classification_rationale text, llm_regulatory_references text, is_validated boolean,
  validation_message text, created_at timestamptz, updated_at timestamptz, created_by_id integer, updated_by_id integer,
  latest_review_status text, latest_review_id integer, information_security_classification text, profiling_criteria text, phase_id integer
cycle_report_data_profiling_results: result_id
  result_id integer, phase_id integer, rule_id text, attribute_id integer, execution_status text, execution_time_ms integer,
  executed_at timestamptz, passed_count integer, failed_count integer, total_count integer, pass_rate double precision,
  result_summary text, failed_records text, result_details text, quality_impact double precision, severity text, has_anomaly boolean,
  anomaly_description text, anomaly_marked_by integer, anomaly_marked_at timestamptz, created_at timestamptz, created_by_id integer,
  updated_at timestamptz, updated_by_id integer
cycle_report_request_info_testcase_source_evidence: id
  id integer, phase_id integer, test_case_id integer, sample_id text, attribute_id integer, evidence_type text, document_name text,
  document_path text, document_size integer, mime_type text, document_hash text, data_source_id integer, query_text text,
  query_parameters text, query_result_sample text, submitted_by integer, submitted_at timestamptz, submission_notes text,
  validation_status text, validation_notes text, validated_by integer, validated_at timestamptz, version_number integer,
  is_current boolean, replaced_by integer, created_at timestamptz, updated_at timestamptz, created_by integer, updated_by integer,
  query_validation_id text
cycle_report_request_info_tester_decisions: id
  id integer, phase_id integer, evidence_id integer, test_case_id integer, decision text, decision_notes text, decision_date timestamptz,
  decided_by integer, requires_resubmission boolean, resubmission_deadline timestamptz, follow_up_instructions text,
  created_at timestamptz, updated_at timestamptz
cycle_report_rfi_data_sources: data_source_id
  data_source_id text, phase_id integer, data_owner_id integer, source_name text, connection_type text, connection_details text,
  is_active boolean, test_query text, last_validated_at timestamptz, validation_status text, validation_error text, usage_count integer,
  created_by integer, created_at timestamptz, updated_by integer, updated_at timestamptz
cycle_report_rfi_query_validations: validation_id
  validation_id text, test_case_id integer, data_source_id text, query_text text, query_parameters text, validation_status text,
  validation_timestamp timestamptz, execution_time_ms integer, row_count integer, column_names text, sample_rows text, error_message text,
  has_primary_keys boolean, has_target_attribute boolean, missing_columns text, validated_by integer, validation_warnings text,
  created_at timestamptz, updated_at timestamptz
cycle_report_test_report_generation: id
  id integer, phase_id integer, cycle_id integer, report_id integer, generation_started_at timestamptz,
  generation_completed_at timestamptz, generation_duration_ms integer, phase_data_collected text, status text, error_message text,
  total_sections integer, sections_completed integer, output_formats_generated text, all_approvals_received boolean,
  phase_completion_ready boolean, phase_completed_at timestamptz, phase_completed_by integer, generated_by integer,
  created_at timestamptz, updated_at timestamptz, created_by_id integer, updated_by_id integer
universal_assignments: assignment_id
  assignment_id text, assignment_type text, from_role text, to_role text, from_user_id integer, to_user_id integer, title text,
  description text, task_instructions text, context_type text, context_data text, status text, priority text, assigned_at timestamptz,
  due_date text, acknowledged_at timestamptz, started_at timestamptz, completed_at timestamptz, completed_by_user_id integer,
  completion_notes text, completion_data text, completion_attachments text, requires_approval boolean, approval_role text,
  approved_by_user_id integer, approved_at timestamptz, approval_notes text, escalated boolean, escalated_at timestamptz,
  escalated_to_user_id integer, escalation_reason text, delegated_to_user_id integer, delegated_at timestamptz, delegation_reason text,
  created_at timestamptz, updated_at timestamptz, assignment_metadata text, workflow_step text, parent_assignment_id text,
  created_by_id integer, updated_by_id integer
universal_assignment_history: history_id
  history_id integer, assignment_id text, changed_by_user_id integer, changed_at timestamptz, action text, field_changed text,
  old_value text, new_value text, change_reason text, change_metadata text, created_at timestamptz, updated_at timestamptz,
  created_by_id integer, updated_by_id integer
universal_assignment_histories: history_id
  history_id integer, assignment_id text, changed_by_user_id integer, changed_at timestamptz, action text, field_changed text,
  old_value text, new_value text, change_reason text, change_metadata text, created_at timestamptz, updated_at timestamptz
audit_logs: audit_id
  audit_id integer, user_id integer, action text, table_name text, record_id integer, old_values text, new_values text,
  timestamp timestamptz, created_at timestamptz, updated_at timestamptz
rbac_permission_audit_logs: audit_id
  audit_id integer, action_type text, target_type text, target_id integer, permission_id integer, role_id integer, performed_by integer,
  performed_at timestamptz, reason text, created_at timestamptz, updated_at timestamptz
activity_definitions: id
  id integer, phase_name text, activity_name text, activity_code text, description text, activity_type text,
  requires_backend_action boolean, backend_endpoint text, sequence_order integer, depends_on_activity_codes text, button_text text,
  success_message text, instructions text, can_skip boolean, can_reset boolean, auto_complete_on_condition text, is_active boolean,
  created_at timestamptz, updated_at timestamptz, created_by_id integer, updated_by_id integer, auto_complete boolean,
  conditional_skip_rules text
activity_states: id
  id integer, cycle_id integer, report_id integer, phase_name text, activity_definition_id integer, status text, started_at timestamptz,
  started_by integer, completed_at timestamptz, completed_by integer, is_blocked boolean, blocking_reason text,
  blocked_by_activities text, completion_data text, completion_notes text, reset_count integer, last_reset_at timestamptz,
  last_reset_by integer, created_at timestamptz, updated_at timestamptz, created_by_id integer, updated_by_id integer,
  completion_percentage integer, metadata text, phase_id integer
workflow_activity_templates: template_id
  template_id integer, phase_name text, activity_name text, activity_type text, activity_order integer, description text,
  is_manual boolean, is_optional boolean, required_role text, auto_complete_on_event text, is_active boolean, created_at timestamptz,
  updated_at timestamptz, handler_name text, timeout_seconds integer, retry_policy text, conditional_expression text, execution_mode text,
  created_by_id integer, updated_by_id integer
workflow_activity_dependencies: dependency_id
  dependency_id integer, phase_name text, activity_name text, depends_on_activity text, dependency_type text, is_active boolean,
  created_at timestamptz, created_by_id integer, updated_by_id integer
regulatory_data_dictionaries: dict_id
  dict_id integer, report_name text, schedule_name text, line_item_number text, line_item_name text, technical_line_item_name text,
  mdrm text, description text, static_or_dynamic text, mandatory_or_optional text, format_specification text,
  num_reports_schedules_used text, other_schedule_reference text, is_active boolean, created_at timestamptz, updated_at timestamptz,
  created_by_id integer, updated_by_id integer
rbac_roles: role_id
  role_id integer, role_name text, description text, is_system boolean, is_active boolean, created_at timestamptz, updated_at timestamptz,
  created_by_id integer, updated_by_id integer, can_classify_pdes boolean
rbac_permissions: permission_id
  permission_id integer, resource text, action text, description text, created_at timestamptz, updated_at timestamptz,
  created_by_id integer, updated_by_id integer
rbac_role_permissions: role_id permission_id
  role_id integer, permission_id integer, granted_by integer, granted_at timestamptz, created_at timestamptz, updated_at timestamptz,
  created_by_id integer, updated_by_id integer
rbac_user_roles: user_id role_id
  user_id integer, role_id integer, assigned_by integer, assigned_at timestamptz, expires_at timestamptz, created_at timestamptz,
  updated_at timestamptz, created_by_id integer, updated_by_id integer
rbac_user_permissions: user_id permission_id
  user_id integer, permission_id integer, granted boolean, granted_by integer, granted_at timestamptz, expires_at timestamptz,
  created_at timestamptz, updated_at timestamptz, created_by_id integer, updated_by_id integer
alembic_version: version_num
  version_num text
`;

export const legacyTables: readonly LegacyTable[] = [...tables(false, placed), ...tables(true, kept)];
export const legacyTable: ReadonlyMap<string, LegacyTable> = new Map(legacyTables.map((each) => [each.name, each]));
