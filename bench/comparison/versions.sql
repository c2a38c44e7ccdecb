-- The versions of the series that are there, and their items. Those of a workflow begin a minute apart, so no two events coincide.
create temporary table version as
select pg_temp.id(format('version %s.%s', s.number, n)) as version_id, s.number as series_number, s.series_id, s.phase,
  n as version_number, case when n < 9 then 'SUPERSEDED' when n = 9 then 'APPROVED' when s.phase = 'SCOPING' then 'PENDING_APPROVAL' else 'DRAFT' end as status,
  began as created_at, 1 + pg_temp.number(format('creator %s.%s', s.number, n), 150) as created_by,
  case when n < 10 or s.phase = 'SCOPING' then began + interval '5 days' end as submitted_at,
  case when n < 10 or s.phase = 'SCOPING' then 1 + pg_temp.number(format('submitter %s.%s', s.number, n), 150) end as submitted_by,
  case when n < 10 then began + interval '9 days' end as reviewed_at,
  case when n < 10 then 151 + pg_temp.number(format('reviewer %s.%s', s.number, n), 50) end as reviewed_by,
  case when n > 1 then pg_temp.id(format('version %s.%s', s.number, n - 1)) end as parent_id,
  case when n < 10 then format('Notes on version %s of series %s: %s', n, s.number, repeat(md5(format('notes %s.%s', s.number, n)), 2)) end as notes,
  case when n < 10 then began + interval '9 days' end as effective_from,
  case when n < 9 then began + interval '39 days' end as effective_to
from series s, generate_series(1, 10) n,
  lateral (select timestamptz '2024-01-01 00:00:00Z' + make_interval(days => n * 30, mins => s.number) as began) b;
create index on version (version_number, series_number);
create index on version (version_id);
analyze version, series, person;

create temporary table item (
  decision_id uuid, version_id uuid, series_number int, phase text, attribute_id uuid, attribute_data jsonb,
  decision_type text, reason text, recommended_by int, decided_by int, decided_at timestamptz, created_at timestamptz);

-- Makes the items of one version of some series, in the place of those before. What an attribute says changes every five
-- versions, what is decided of it every seven. Their ids have the order of the attributes, so "the first five" are the same.
create function pg_temp.make_items(p_version int, p_from int, p_to int) returns void language sql as $$
  truncate item;
  insert into item
  select pg_temp.uuid_of(substr(md5(attribute), 1, 12) || substr(md5(format('decision %s.%s.%s', s, n, j)), 1, 20)),
    v.version_id, s, v.phase, pg_temp.id(attribute),
    jsonb_build_object('name', format('Attribute %s of %s', j, s),
      'dataType', (array['decimal', 'string', 'date', 'boolean'])[1 + j % 4], 'mandatory', j % 3 = 0,
      'lineItem', format('HC-R %s.%s', s % 40, j),
      'description', 'Reported balance at quarter end ' || md5(format('description %s.%s.%s', s, j, edition)),
      'source', jsonb_build_object('table', 'ledger_' || j % 9, 'column', 'col_' || j,
        'rows', pg_temp.number(format('rows %s.%s.%s', s, j, edition), 100000)),
      'risk', (array['low', 'medium', 'high'])[1 + pg_temp.number(format('risk %s.%s.%s', s, j, edition), 3)],
      'weights', jsonb_build_array(j, edition, pg_temp.number(format('weight %s.%s', j, edition), 100)),
      'regex', '^[A-Z]{2}[0-9]{4}$'),
    (array['INCLUDE', 'EXCLUDE', 'MODIFY'])[1 + (turn + j) % 3],
    case when j % 10 > 0 then format('Because of %s as reviewed with the report owner', md5(format('reason %s.%s.%s', s, j, turn))) end,
    1 + pg_temp.number(format('recommended %s.%s', s, j), 150),
    case when n < 10 then 151 + pg_temp.number(format('decided %s.%s.%s', s, n, j), 50) end,
    v.submitted_at + interval '2 days', v.created_at
  from version v, generate_series(1, 64) j,
    lateral (select v.series_number as s, v.version_number as n, format('attribute %s.%s', v.series_number, j) as attribute,
      (v.version_number + j % 5) / 5 as edition, (v.version_number + j % 7) / 7 as turn) x
  where v.version_number = p_version and v.series_number >= p_from and v.series_number < p_to and (j + n) % 16 <> 0
  order by s, j
$$;
