-- What follows when the rows are there: indexes, and the functions that PostGraphile offers (and the limit calls).
create unique index phase_version_series_number on phase_version (series_id, version_number);
create unique index phase_version_one_approved on phase_version (series_id) where status = 'APPROVED';
create index phase_version_effective on phase_version (series_id, effective_from) where effective_from is not null;
create index phase_version_parent on phase_version (parent_version_id);
create unique index decision_version_attribute on decision (version_id, attribute_id);

-- Each of the three steps of a write is one call, and so one transaction; the row of the series lets its writers in one by one.
create function create_draft(p_series uuid, p_user int, p_notes text, p_decisions json) returns phase_version
language plpgsql as $$
declare
  series_phase text;
  last phase_version;
  made phase_version;
begin
  select phase into strict series_phase from series where series_id = p_series for update;
  select * into last from phase_version where series_id = p_series order by version_number desc limit 1;
  insert into phase_version
    (version_id, series_id, phase, version_number, status, created_at, created_by_id, parent_version_id, notes)
  values (uuidv7(), p_series, series_phase, coalesce(last.version_number, 0) + 1, 'DRAFT', now(), p_user,
    last.version_id, p_notes) returning * into made;
  insert into decision (decision_id, version_id, attribute_id, attribute_data, decision_type, reason, recommended_by_id)
  select uuidv7(), made.version_id, d."attributeId", d."attributeData", d."decisionType", d.reason, p_user
  from json_to_recordset(p_decisions) d("attributeId" uuid, "attributeData" jsonb, "decisionType" text, reason text);
  return made;
end $$;

create function submit_version(p_version uuid, p_user int) returns phase_version language plpgsql as $$
declare made phase_version;
begin
  update phase_version set status = 'PENDING_APPROVAL', submitted_at = now(), submitted_by_id = p_user
  where version_id = p_version and status = 'DRAFT' returning * into made;
  if not found then
    raise exception 'it is no draft';
  end if;
  return made;
end $$;

create function approve_version(p_version uuid, p_user int) returns phase_version language plpgsql as $$
declare
  its_series uuid := (select series_id from phase_version where version_id = p_version and status = 'PENDING_APPROVAL');
  made phase_version;
begin
  perform from series where series_id = its_series for update;
  update phase_version set status = 'SUPERSEDED', effective_to = now()
  where status = 'APPROVED' and series_id = its_series;
  update phase_version
  set status = 'APPROVED', reviewed_at = now(), reviewed_by_id = p_user, effective_from = now()
  where version_id = p_version and status = 'PENDING_APPROVAL' returning * into made;
  if not found then
    raise exception 'it is not pending';
  end if;
  return made;
end $$;

create function versions_as_of(p_cycle uuid, p_report uuid, p_at timestamptz) returns setof phase_version
language sql stable as $$
  select v.* from series s cross join lateral (
    select * from phase_version v
    where v.series_id = s.series_id and v.effective_from <= p_at and (v.effective_to is null or v.effective_to > p_at)
    order by v.effective_from desc limit 1) v
  where s.cycle_id = p_cycle and s.report_id = p_report order by s.phase
$$;

create function version_diff(p_series uuid, p_a int, p_b int) returns json language sql stable as $$
  with o as (
    select d.* from decision d join phase_version v using (version_id) where v.series_id = p_series and v.version_number = p_a),
  n as (
    select d.* from decision d join phase_version v using (version_id) where v.series_id = p_series and v.version_number = p_b)
  select json_build_object(
    'added', coalesce(json_agg(json_build_object('attributeId', n.attribute_id, 'attributeData', n.attribute_data,
      'decisionType', n.decision_type, 'reason', n.reason) order by n.attribute_id)
      filter (where o.decision_id is null), '[]'),
    'removed', coalesce(json_agg(json_build_object('attributeId', o.attribute_id, 'attributeData', o.attribute_data,
      'decisionType', o.decision_type, 'reason', o.reason) order by o.attribute_id)
      filter (where n.decision_id is null), '[]'),
    'changed', coalesce(json_agg(json_build_object('attributeId', o.attribute_id, 'changes', c.list) order by o.attribute_id)
      filter (where c.list is not null and o.decision_id is not null and n.decision_id is not null), '[]'))
  from o full join n using (attribute_id) left join lateral (
    select json_agg(json_build_object('field', field, 'oldValue', before, 'newValue', after)) as list
    from (values ('attributeData', o.attribute_data, n.attribute_data),
      ('decisionType', to_jsonb(o.decision_type), to_jsonb(n.decision_type)),
      ('reason', to_jsonb(o.reason), to_jsonb(n.reason))) t(field, before, after)
    where before is distinct from after) c on true
$$;
