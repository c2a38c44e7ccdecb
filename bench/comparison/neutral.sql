-- The tables of all contenders but the product: as few as will do, with the indexes that their questions take.
create table app_user (id int primary key, name text not null);
create table public.series (
  series_id uuid primary key, cycle_id uuid not null, report_id uuid not null, phase text not null,
  unique (cycle_id, report_id, phase));
create table phase_version (
  version_id uuid primary key,
  series_id uuid not null references public.series,
  phase text not null,
  version_number int not null,
  status text not null check (status in ('DRAFT', 'PENDING_APPROVAL', 'APPROVED', 'REJECTED', 'SUPERSEDED')),
  created_at timestamptz(3) not null,
  created_by_id int not null references app_user,
  submitted_at timestamptz(3),
  submitted_by_id int references app_user,
  reviewed_at timestamptz(3),
  reviewed_by_id int references app_user,
  parent_version_id uuid references phase_version,
  notes text,
  effective_from timestamptz(3),
  effective_to timestamptz(3));
create table decision (
  decision_id uuid primary key,
  version_id uuid not null references phase_version,
  attribute_id uuid not null,
  attribute_data jsonb not null,
  decision_type text not null check (decision_type in ('INCLUDE', 'EXCLUDE', 'MODIFY')),
  reason text,
  recommended_by_id int references app_user,
  decided_by_id int references app_user,
  decided_at timestamptz(3));
