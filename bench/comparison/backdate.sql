-- With the triggers off: the reference data was there before the first version.
update log.change_set set committed_at = timestamptz '2023-12-01 00:00:00Z' + make_interval(secs => sequence)
where stream_id = '00000000-0000-0000-0000-000000000000';
update log.stream set
  committed_at = (select max(committed_at) from log.change_set where stream_id = '00000000-0000-0000-0000-000000000000'),
  closed_at = '-infinity'
where stream_id = '00000000-0000-0000-0000-000000000000';
