create table control_review_versions (
  version_id uuid primary key,
  stream_id uuid not null,
  scope jsonb,
  frameworks jsonb not null default '[]',
  foreign key (version_id, stream_id) references phase_version (version_id, stream_id)
);
create table control_assessments (
  item_id uuid primary key,
  stream_id uuid not null,
  version_id uuid not null,
  item_key uuid not null,
  label text not null default '',
  item_hash text not null default '',
  carried_from_item_id uuid,
  merged_from_item_id uuid,
  carried_decision_id uuid references item_decision (decision_id),
  control_id text not null,
  is_effective boolean not null,
  finding text,
  assessed_at timestamptz(3),
  foreign key (version_id, stream_id) references phase_version (version_id, stream_id),
  unique (version_id, item_key),
  unique (version_id, item_id)
);
insert into phase_policy (phase, versioning_type) values ('CONTROL_REVIEW', 'FULL');
select log.phase_table('control_review_versions'), log.phase_table('control_assessments');
