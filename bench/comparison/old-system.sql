-- Tables as the old system has them for samples, its keys and indexes with them, and in them the same versions and samples as
-- everywhere else: of each workflow one phase, its versions, and what was decided on each sample, column by column.
create table users (user_id int primary key, first_name text not null, last_name text not null);
create table workflow_phases (
  phase_id int primary key, cycle_id uuid not null, report_id uuid not null, phase_name text not null, status text not null,
  phase_data jsonb, unique (cycle_id, report_id, phase_name));
create table cycle_report_sample_selection_versions (
  version_id uuid primary key,
  phase_id int not null references workflow_phases,
  version_number int not null,
  version_status text not null,
  parent_version_id uuid,
  workflow_execution_id text, workflow_run_id text, activity_name text,
  selection_criteria jsonb, target_sample_size int, actual_sample_size int, distribution_metrics jsonb,
  submission_notes text, submitted_by_id int references users, submitted_at timestamptz,
  approval_notes text, approved_by_id int references users, approved_at timestamptz,
  created_at timestamptz not null, updated_at timestamptz not null, created_by_id int, updated_by_id int);
create table cycle_report_sample_selection_samples (
  sample_id uuid primary key,
  version_id uuid not null references cycle_report_sample_selection_versions,
  phase_id int not null references workflow_phases,
  lob_id int,
  sample_identifier text not null, sample_data jsonb not null, sample_category text, sample_source text,
  tester_decision text, tester_decision_notes text, tester_decision_at timestamptz, tester_decision_by_id int,
  report_owner_decision text, report_owner_decision_notes text, report_owner_decision_at timestamptz,
  report_owner_decision_by_id int,
  risk_score float8, confidence_score float8, generation_metadata jsonb, validation_results jsonb,
  carried_from_version_id uuid, carried_from_sample_id uuid, carry_forward_reason text,
  created_at timestamptz not null, updated_at timestamptz not null, created_by_id int, updated_by_id int);
