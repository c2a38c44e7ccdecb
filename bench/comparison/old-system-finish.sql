create index on cycle_report_sample_selection_versions (phase_id);
create index on cycle_report_sample_selection_versions (version_status);
create unique index on cycle_report_sample_selection_versions (phase_id, version_number);
create index on cycle_report_sample_selection_samples (version_id);
create index on cycle_report_sample_selection_samples (phase_id);
create index on cycle_report_sample_selection_samples (sample_identifier);
create index on workflow_phases (cycle_id, report_id);
