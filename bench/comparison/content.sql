-- What all contenders are filled with, as temporary tables of the session that fills one of them: the same for everybody, and
-- the same each time. Of a workflow there are six series, one for each drafted phase, with ten versions each: eight were
-- superseded, the ninth is in force, the tenth is a draft, or in one phase submitted. A version has 60 items of 64, which change now and then.

-- A UUID of 32 digits, two of which say which version it is, so that those who look are content.
create function pg_temp.uuid_of(text) returns uuid language sql immutable as $$
  select overlay(overlay($1 placing '4' from 13) placing '8' from 17)::uuid
$$;
create function pg_temp.id(text) returns uuid language sql immutable as $$ select pg_temp.uuid_of(md5($1)) $$;
create function pg_temp.number(text, int) returns int language sql immutable as $$
  select ('x' || substr(md5($1), 1, 7))::bit(28)::int % $2
$$;

create temporary table person as
select n as user_id, 'User ' || substr(md5('user ' || n), 1, 8) || ' ' || n as name from generate_series(1, 200) n;

-- Filled first, by whoever knows how records are called: the id of a series is that of its record in the product.
create temporary table series (
  number int primary key, series_id uuid not null, workflow_id uuid not null, cycle_id uuid not null,
  report_id uuid not null, phase text not null);
