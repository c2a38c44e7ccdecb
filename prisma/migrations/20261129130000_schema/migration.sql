-- The tables of the product, as in the Prisma schema. What Prisma cannot express (capture, and the rules that the database enforces) is in
-- the following migrations.

create type "UserRole" as enum (
  'TESTER', 'REPORT_OWNER', 'DATA_OWNER', 'DATA_EXECUTIVE', 'TEST_EXECUTIVE', 'ADMIN', 'AUDITOR'
);
create type "Phase" as enum (
  'PLANNING', 'DATA_PROFILING', 'SCOPING', 'SAMPLE_SELECTION', 'DATA_OWNER_ID', 'REQUEST_INFO', 'TEST_EXECUTION',
  'OBSERVATION_MANAGEMENT', 'FINALIZE_TEST_REPORT'
);
create type "VersioningType" as enum ('FULL', 'AUDIT_ONLY');
create type "VersionStatus" as enum ('DRAFT', 'PENDING_APPROVAL', 'APPROVED', 'REJECTED', 'SUPERSEDED', 'RECORDED');
create type "ItemReviewStatus" as enum ('PENDING', 'APPROVED', 'REJECTED', 'MODIFIED');
create type "AttributeDecisionType" as enum ('INCLUDE', 'EXCLUDE', 'MODIFY');
create type "RecommendationType" as enum ('TESTER', 'AUTOMATED', 'CARRYFORWARD');
create type "RecommendationSource" as enum ('TESTER', 'LLM', 'MANUAL', 'CARRIED_FORWARD');
create type "AssignmentStatus" as enum ('ACTIVE', 'INACTIVE', 'TRANSFERRED');
create type "SignOffStatus" as enum ('PENDING', 'SIGNED', 'REJECTED');
create type "ObservationSeverity" as enum ('CRITICAL', 'HIGH', 'MEDIUM', 'LOW');
create type "SubmissionStatus" as enum ('PENDING_REVIEW', 'ACCEPTED', 'REJECTED', 'REVISION_REQUESTED');

-- ── people, cycles and reports: one stream of the log ────────────────────────────────────────────────────────────────

create table users (
  user_id int primary key,
  name text not null,
  is_active boolean not null default true,
  stream_id uuid not null default '00000000-0000-0000-0000-000000000000'
);

create table user_roles (
  user_id int not null references users on delete restrict on update cascade,
  role "UserRole" not null,
  stream_id uuid not null default '00000000-0000-0000-0000-000000000000',
  primary key (user_id, role)
);

create table lobs (
  lob_id uuid primary key,
  name text not null,
  stream_id uuid not null default '00000000-0000-0000-0000-000000000000'
);

create table cycles (
  cycle_id uuid primary key,
  name text not null,
  start_date date,
  end_date date,
  cycle_status text not null default 'PLANNED',
  stream_id uuid not null default '00000000-0000-0000-0000-000000000000'
);

create table reports (
  report_id uuid primary key,
  name text not null,
  number text not null,
  lob_id uuid references lobs on delete restrict on update cascade,
  owner_id int references users on delete restrict on update cascade,
  stream_id uuid not null default '00000000-0000-0000-0000-000000000000'
);

-- Receivers of commits. The secret is not here, because everything here is in the log: see log.webhook_secret.
create table webhooks (
  webhook_id uuid primary key,
  name text not null,
  url text not null,
  operations text[],
  format text not null default 'STANDARD',
  enabled_since timestamptz(3),
  secret_id text not null,
  told_again text,
  stream_id uuid not null default '00000000-0000-0000-0000-000000000000'
);

-- Notification rules. The address is not here, because everything here is in the log, which never forgets: see log.notice_state.
create table notification_rules (
  rule_id uuid primary key,
  user_id int not null references users on delete restrict on update cascade,
  channel text not null,
  zone text not null,
  hour int not null,
  weekday int,
  asks text[],
  waiting_days int,
  due_days int,
  quiet_from int,
  quiet_until int,
  enabled_since timestamptz(3),
  stream_id uuid not null default '00000000-0000-0000-0000-000000000000'
);
create index notification_rules_user_id_idx on notification_rules (user_id);

create table workflows (
  workflow_id uuid primary key,
  cycle_id uuid not null references cycles on delete restrict on update cascade,
  report_id uuid not null references reports on delete restrict on update cascade,
  test_lead_id int references users on delete restrict on update cascade,
  report_owner_id int references users on delete restrict on update cascade,
  test_executive_id int references users on delete restrict on update cascade,
  stream_id uuid not null default '00000000-0000-0000-0000-000000000000'
);
create unique index workflows_cycle_id_report_id_key on workflows (cycle_id, report_id);
create unique index workflows_workflow_id_cycle_id_report_id_key on workflows (workflow_id, cycle_id, report_id);

create table workflow_testers (
  workflow_id uuid not null references workflows on delete restrict on update cascade,
  user_id int not null references users on delete restrict on update cascade,
  stream_id uuid not null default '00000000-0000-0000-0000-000000000000',
  primary key (workflow_id, user_id)
);
create index workflow_testers_user_id_idx on workflow_testers (user_id);

-- ── the same for all phases ──────────────────────────────────────────────────────────────────────────────────────────

-- What the database must know about the phases to guard them. The rows follow from the declarations in src/phases, and are written by the
-- deployment (src/database/deployment/phase-policies.ts).
create table phase_policy (
  phase "Phase" primary key,
  versioning_type "VersioningType" not null,
  self_attested boolean not null default false,
  version_table text not null,
  actor_columns text[] not null,
  stream_id uuid not null default '00000000-0000-0000-0000-000000000000'
);
create table phase_signature (
  phase "Phase" not null,
  sign_off_role text not null,
  given_by "UserRole" not null,
  only_if text,
  waived_by "UserRole"[] not null,
  stream_id uuid not null default '00000000-0000-0000-0000-000000000000',
  primary key (phase, sign_off_role)
);
create table phase_step (
  phase "Phase" not null,
  command text not null,
  is_review boolean not null,
  field text,
  value text,
  otherwise text,
  stream_id uuid not null default '00000000-0000-0000-0000-000000000000',
  primary key (phase, command)
);
create table version_transition (
  from_status "VersionStatus" not null,
  to_status "VersionStatus" not null,
  stream_id uuid not null default '00000000-0000-0000-0000-000000000000',
  primary key (from_status, to_status)
);

create unique index phase_policy_phase_versioning_type_key on phase_policy (phase, versioning_type);

create table phase_version (
  version_id uuid primary key,
  stream_id uuid not null,
  master_record_id uuid not null,
  cycle_id uuid not null,
  report_id uuid not null,
  phase "Phase" not null,
  versioning_type "VersioningType" not null,
  version_number int not null,
  status "VersionStatus" not null,
  parent_version_id uuid,
  base_version_id uuid,
  created_at timestamptz(3) not null,
  created_by int not null references users on delete restrict on update cascade,
  submitted_at timestamptz(3),
  submitted_by int references users on delete restrict on update cascade,
  reviewed_at timestamptz(3),
  reviewed_by int references users on delete restrict on update cascade,
  approval_required boolean not null,
  approval_notes text,
  effective_from timestamptz(3),
  effective_to timestamptz(3),
  revision int not null default 1,
  content_hash text not null default '',
  is_deleted boolean not null default false,
  deleted_at timestamptz(3),
  deleted_by int references users on delete restrict on update cascade,
  foreign key (stream_id, cycle_id, report_id) references workflows (workflow_id, cycle_id, report_id)
    on delete restrict on update restrict,
  foreign key (phase, versioning_type) references phase_policy (phase, versioning_type)
    on delete restrict on update restrict
);
create index phase_version_stream_id_phase_version_number_idx on phase_version (stream_id, phase, version_number);
create unique index phase_version_master_record_id_version_number_key
  on phase_version (master_record_id, version_number);
create unique index phase_version_version_id_master_record_id_key on phase_version (version_id, master_record_id);
create unique index phase_version_version_id_stream_id_key on phase_version (version_id, stream_id);
create index phase_version_stream_id_phase_master_record_id_idx on phase_version (stream_id, phase, master_record_id);
alter table phase_version
  add foreign key (parent_version_id, master_record_id) references phase_version (version_id, master_record_id)
    on delete restrict on update restrict,
  add foreign key (base_version_id, master_record_id) references phase_version (version_id, master_record_id)
    on delete restrict on update restrict;

create table version_editor (
  version_id uuid not null,
  user_id int not null references users on delete restrict on update cascade,
  stream_id uuid not null,
  primary key (version_id, user_id)
);

create table item_decision (
  decision_id uuid primary key,
  stream_id uuid not null,
  version_id uuid not null,
  item_key uuid not null,
  item_hash text not null,
  status "ItemReviewStatus" not null,
  decided_by int not null references users on delete restrict on update cascade,
  decided_at timestamptz(3) not null,
  notes text
);
create unique index item_decision_version_id_item_key_decided_at_key
  on item_decision (version_id, item_key, decided_at);

-- ── the phases: a detail table, and an item table where the phase has items ──────────────────────────────────────────

create table planning_phase_versions (
  version_id uuid primary key,
  stream_id uuid not null,
  planning_metadata jsonb
);

create table attribute_decisions (
  item_id uuid primary key,
  stream_id uuid not null,
  version_id uuid not null,
  item_key uuid not null,
  label text not null default '',
  item_hash text not null default '',
  carried_from_item_id uuid,
  carried_decision_id uuid references item_decision on delete restrict on update cascade,
  attribute_id uuid not null,
  attribute_code text,
  attribute_data jsonb not null,
  decision_type "AttributeDecisionType",
  decision_reason text,
  decision_metadata jsonb,
  merged_from_item_id uuid
);

create table data_profiling_versions (
  version_id uuid primary key,
  stream_id uuid not null,
  source_data_reference jsonb,
  profiling_parameters jsonb
);

create table profiling_rule_decisions (
  item_id uuid primary key,
  stream_id uuid not null,
  version_id uuid not null,
  item_key uuid not null,
  label text not null default '',
  item_hash text not null default '',
  carried_from_item_id uuid,
  carried_decision_id uuid references item_decision on delete restrict on update cascade,
  rule_type text not null,
  rule_definition jsonb not null,
  recommendation_reason text,
  recommended_by int references users on delete restrict on update cascade,
  merged_from_item_id uuid
);

create table scoping_versions (
  version_id uuid primary key,
  stream_id uuid not null,
  scoping_criteria jsonb
);

create table scoping_decisions (
  item_id uuid primary key,
  stream_id uuid not null,
  version_id uuid not null,
  item_key uuid not null,
  label text not null default '',
  item_hash text not null default '',
  carried_from_item_id uuid,
  carried_decision_id uuid references item_decision on delete restrict on update cascade,
  attribute_id uuid not null,
  attribute_code text,
  is_in_scope boolean not null,
  scoping_rationale text,
  risk_rating text,
  recommendation_type "RecommendationType",
  recommended_by int references users on delete restrict on update cascade,
  merged_from_item_id uuid
);

create table sample_selection_versions (
  version_id uuid primary key,
  stream_id uuid not null,
  selection_criteria jsonb,
  target_sample_size int,
  generation_methods jsonb not null default '[]'
);

create table sample_decisions (
  item_id uuid primary key,
  stream_id uuid not null,
  version_id uuid not null,
  item_key uuid not null,
  label text not null default '',
  item_hash text not null default '',
  carried_from_item_id uuid,
  carried_decision_id uuid references item_decision on delete restrict on update cascade,
  sample_identifier text not null,
  sample_data jsonb not null,
  sample_type text,
  recommendation_source "RecommendationSource",
  recommendation_metadata jsonb,
  modification_reason text,
  recommended_by int references users on delete restrict on update cascade,
  recommendation_timestamp timestamptz(3),
  merged_from_item_id uuid
);

create table data_owner_assignments (
  version_id uuid primary key,
  stream_id uuid not null,
  data_owner_id int not null references users on delete restrict on update cascade,
  lob_id uuid references lobs on delete restrict on update cascade,
  assignment_type text not null,
  assignment_status "AssignmentStatus" not null,
  valid_from timestamptz(3) not null,
  valid_to timestamptz(3),
  previous_assignment_id uuid,
  change_reason text,
  change_metadata jsonb,
  foreign key (previous_assignment_id, stream_id) references phase_version (version_id, stream_id)
    on delete restrict on update restrict
);
create index data_owner_assignments_data_owner_id_idx on data_owner_assignments (data_owner_id);

create table document_submissions (
  version_id uuid primary key,
  stream_id uuid not null,
  document_id uuid not null,
  document_version int not null,
  document_metadata jsonb,
  submission_type text not null,
  submission_status "SubmissionStatus" not null,
  review_notes text,
  replaces_submission_id uuid,
  revision_type text,
  revision_reason text,
  foreign key (replaces_submission_id, stream_id) references phase_version (version_id, stream_id)
    on delete restrict on update restrict
);
create index document_submissions_replaces_submission_id_idx on document_submissions (replaces_submission_id);

create table test_execution_audit (
  version_id uuid primary key,
  stream_id uuid not null,
  test_execution_id uuid,
  action_type text not null,
  action_details jsonb,
  requested_by_id int not null references users on delete restrict on update cascade,
  requested_at timestamptz(3) not null,
  request_reason text,
  addressee_id int references users on delete restrict on update cascade,
  responded_by_id int references users on delete restrict on update cascade,
  responded_at timestamptz(3),
  response_status text,
  response_notes text,
  impact_on_timeline text
);

create table observation_versions (
  version_id uuid primary key,
  stream_id uuid not null,
  observation_period jsonb
);

create table observation_decisions (
  item_id uuid primary key,
  stream_id uuid not null,
  version_id uuid not null,
  item_key uuid not null,
  label text not null default '',
  item_hash text not null default '',
  carried_from_item_id uuid,
  carried_decision_id uuid references item_decision on delete restrict on update cascade,
  observation_type text not null,
  severity "ObservationSeverity" not null,
  observation_data jsonb not null,
  evidence_references jsonb not null default '[]',
  remediation_status text,
  remediation_deadline date,
  created_by int references users on delete restrict on update cascade,
  creation_timestamp timestamptz(3),
  merged_from_item_id uuid
);

create table test_report_versions (
  version_id uuid primary key,
  stream_id uuid not null,
  report_title text not null,
  report_period_start date,
  report_period_end date,
  executive_summary text,
  included_sections jsonb not null default '[]',
  report_template_id uuid,
  generation_method text,
  draft_document_id uuid,
  final_document_id uuid,
  requires_executive_approval boolean not null default true,
  generated_at timestamptz(3)
);

create table test_report_sections (
  item_id uuid primary key,
  stream_id uuid not null,
  version_id uuid not null,
  item_key uuid not null,
  label text not null default '',
  item_hash text not null default '',
  carried_from_item_id uuid,
  carried_decision_id uuid references item_decision on delete restrict on update cascade,
  section_type text not null,
  section_title text not null,
  section_content text,
  section_order int not null,
  content_source text,
  source_references jsonb not null default '[]',
  merged_from_item_id uuid
);

create table test_report_signoffs (
  sign_off_id uuid primary key,
  stream_id uuid not null,
  version_id uuid not null,
  sign_off_role text not null,
  sign_off_user_id int not null references users on delete restrict on update cascade,
  sign_off_status "SignOffStatus" not null,
  sign_off_date timestamptz(3) not null,
  sign_off_comments text,
  delegated_from_id int references users on delete restrict on update cascade,
  delegation_reason text,
  meaning text,
  signer_name text,
  signed_content_hash text,
  delegated_from_name text
);
create unique index test_report_signoffs_version_id_sign_off_role_sign_off_date_key
  on test_report_signoffs (version_id, sign_off_role, sign_off_date);
create index test_report_signoffs_sign_off_user_id_stream_id_idx on test_report_signoffs (sign_off_user_id, stream_id);

-- What belongs to a version is in the version's stream. A detail table has one row per version; an item table has each item once.
do $$
declare
  details text[] := array['planning_phase_versions', 'data_profiling_versions', 'scoping_versions',
    'sample_selection_versions', 'data_owner_assignments', 'document_submissions', 'test_execution_audit',
    'observation_versions', 'test_report_versions'];
  items text[] := array['attribute_decisions', 'profiling_rule_decisions', 'scoping_decisions', 'sample_decisions',
    'observation_decisions', 'test_report_sections'];
  t text;
begin
  foreach t in array details || items || array['version_editor', 'item_decision', 'test_report_signoffs'] loop
    execute format('alter table %I add foreign key (version_id, stream_id)
      references phase_version (version_id, stream_id) on delete restrict on update restrict', t);
  end loop;
  foreach t in array details loop
    execute format('create unique index %I on %I (version_id, stream_id)', t || '_version_id_stream_id_key', t);
  end loop;
  -- A workflow's rows are found by index, since verification reads all of them.
  foreach t in array details || items || array['version_editor', 'item_decision', 'test_report_signoffs'] loop
    execute format('create index %I on %I (stream_id)', t || '_stream_id_idx', t);
  end loop;
  foreach t in array items loop
    execute format('create unique index %I on %I (version_id, item_key)', t || '_version_id_item_key_key', t);
    execute format('create unique index %I on %I (version_id, item_id)', t || '_version_id_item_id_key', t);
  end loop;
end $$;

-- ── figures, and what surrounds the record ───────────────────────────────────────────────────────────────────────────

create table versioning_metrics (
  metric_id uuid primary key,
  stream_id uuid not null references workflows on delete restrict on update restrict,
  phase "Phase" not null,
  metric_type text not null,
  metric_value double precision not null,
  metric_metadata jsonb,
  calculated_at timestamptz(3) not null,
  period_start timestamptz(3),
  period_end timestamptz(3)
);
create index versioning_metrics_stream_id_phase_metric_type_idx on versioning_metrics (stream_id, phase, metric_type);

-- A request for the pack of a workflow: by whom, and as of when. The progress of making it is in log.pack_job.
create table pack_requests (
  pack_id uuid primary key,
  stream_id uuid not null references workflows on delete restrict on update restrict,
  as_of timestamptz(3) not null,
  requested_by int not null references users on delete restrict on update cascade,
  requested_at timestamptz(3) not null
);
create index pack_requests_stream_id_requested_at_idx on pack_requests (stream_id, requested_at);

create table catalogue_exceptions (
  object text primary key,
  definition text not null,
  reason text not null,
  stream_id uuid not null default '00000000-0000-0000-0000-000000000000'
);

create table schema_changes (
  change_id uuid primary key,
  command text not null,
  object text not null,
  made_by text not null,
  made_at timestamptz(3) not null,
  stream_id uuid not null default '00000000-0000-0000-0000-000000000000'
);

-- The archive file that contains the images of a workflow's commits up to one of them.
create table log_archives (
  workflow_id uuid primary key references workflows on delete restrict on update restrict,
  sequence int not null,
  hash text not null,
  file text not null,
  sha256 text not null,
  bytes bigint not null,
  archived_at timestamptz(3) not null,
  stream_id uuid not null default '00000000-0000-0000-0000-000000000000'
);
