-- The product's own tables, from the content of this session: the headers of versions, and the log of how they came about.
-- Items follow in batches.

-- What happened to a version, in the order of its workflow.
create temporary table event as
select s.workflow_id as stream_id, v.version_id, v.parent_id, operation, at, actor,
  row_number() over (partition by s.workflow_id order by at)::int as sequence
from version v join series s on s.number = v.series_number,
  lateral (values
    ('createVersion', v.created_at, v.created_by),
    ('submitVersion', v.submitted_at, v.submitted_by),
    ('decideItems', v.reviewed_at - interval '2 days', v.reviewed_by),
    ('approveVersion', v.reviewed_at, v.reviewed_by)) e(operation, at, actor)
where at is not null and (operation <> 'decideItems' or v.phase <> 'PLANNING');
create index on event (version_id, operation);
analyze event;

insert into phase_version
  (version_id, stream_id, master_record_id, cycle_id, report_id, phase, versioning_type, version_number, status,
   parent_version_id, base_version_id, created_at, created_by, submitted_at, submitted_by, reviewed_at, reviewed_by,
   approval_required, approval_notes, effective_from, effective_to, revision, content_hash)
select v.version_id, s.workflow_id, s.series_id, s.cycle_id, s.report_id, s.phase::"Phase", 'FULL', v.version_number,
  v.status::"VersionStatus", v.parent_id, v.parent_id, v.created_at, v.created_by, v.submitted_at, v.submitted_by,
  v.reviewed_at, v.reviewed_by, true, v.notes, v.effective_from, v.effective_to,
  case when v.reviewed_at is not null then 3 when v.submitted_at is not null then 2 else 1 end, encode(sha256(convert_to(v.version_id::text, 'UTF8')), 'hex')
from version v join series s on s.number = v.series_number
order by v.version_number, v.series_number;

-- How a version stood when it was created, submitted and approved; how it stands now is in its table.
create temporary table form as
select p.version_id, to_jsonb(p) as now,
  created.image as created,
  created.image || jsonb_build_object('status', 'PENDING_APPROVAL', 'revision', 2,
    'submitted_at', to_jsonb(p.submitted_at), 'submitted_by', p.submitted_by) as submitted,
  to_jsonb(p) || '{"status": "APPROVED", "effective_to": null}' as approved
from phase_version p, lateral (
  select to_jsonb(p) || '{"status": "DRAFT", "revision": 1, "submitted_at": null, "submitted_by": null,
    "reviewed_at": null, "reviewed_by": null, "approval_notes": null, "effective_from": null, "effective_to": null}'
    as image) created;
create index on form (version_id);
analyze form;

insert into log.row_change (stream_id, sequence, ordinal, table_name, row_id, version_id, operation, before, after)
select e.stream_id, e.sequence, change.ordinal, 'phase_version', change.version_id::text, change.version_id,
  change.operation::log."RowOperation", change.before, change.after
from event e join form f using (version_id) left join form parent on parent.version_id = e.parent_id,
  lateral (values
    ('createVersion', 1, f.version_id, 'INSERT', null, f.created),
    ('submitVersion', 1, f.version_id, 'UPDATE', f.created, f.submitted),
    ('approveVersion', 1, f.version_id, 'UPDATE', f.submitted, f.approved),
    ('approveVersion', 2, parent.version_id, 'UPDATE', parent.approved, parent.now)
  ) change(made_by, ordinal, version_id, operation, before, after)
where change.made_by = e.operation and change.version_id is not null;
drop table form;

with added as (
  insert into version_editor (version_id, user_id, stream_id)
  select version_id, created_by, stream_id from phase_version where version_id in (select version_id from version)
  returning *)
insert into log.row_change (stream_id, sequence, ordinal, table_name, row_id, version_id, operation, after)
select e.stream_id, e.sequence, 2, 'version_editor', concat_ws(',', a.version_id, a.user_id), a.version_id, 'INSERT', to_jsonb(a)
from added a join event e on e.version_id = a.version_id and e.operation = 'createVersion';

-- The hashes are none: nobody can verify this log, and nobody who reads at an instant looks at them.
insert into log.stream (stream_id, sequence, committed_at, hash)
select stream_id, max(sequence), max(at), sha256(convert_to(stream_id::text || max(sequence), 'UTF8')) from event group by 1
on conflict (stream_id) do update
set sequence = excluded.sequence, committed_at = excluded.committed_at, hash = excluded.hash;

insert into log.change_set
  (change_set_id, stream_id, sequence, committed_at, actor_id, origin, operation, version_ids, previous_hash, hash)
select pg_temp.id(concat('change set ', version_id, operation)), stream_id, sequence, at, actor, 'api', operation,
  array_remove(array[version_id, case when operation = 'approveVersion' then parent_id end], null),
  case when sequence > 1 then sha256(convert_to(stream_id::text || sequence - 1, 'UTF8')) end,
  sha256(convert_to(stream_id::text || sequence, 'UTF8'))
from event order by at;
