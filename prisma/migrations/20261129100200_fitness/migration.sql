-- Whoever is named for something can do it: they are active, and have a role that it takes. src/versioning/fitness.ts says the
-- same, and says it better; here it holds whatever role asks. Who loses a role later stays named, until somebody else is.

create function log.is_fit(p_user int, p_roles text[]) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from users where user_id = p_user and is_active)
    and exists (select from user_roles where user_id = p_user and role::text = any (p_roles))
    and not exists (select from user_roles where user_id = p_user and role::text in ('ADMIN', 'AUDITOR'))
$$;

-- The column that names somebody, and the roles of which it takes one. An import names people as they were, and marks them.
create function log.guard_fitness() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, log, pg_temp as $$
declare named int := (to_jsonb(new) ->> tg_argv[0])::int;
begin
  if named is not null and not log.is_fit(named, tg_argv[1:]) and not log.is_import(new.stream_id) then
    perform log.refuse('PL011', format('user %s cannot be named there: it takes somebody active who is %s and acts in workflows',
      named, array_to_string(tg_argv[1:], ' or ')));
  end if;
  return new;
end $$;

create trigger c_fit_tester before insert on workflow_testers for each row
  execute function log.guard_fitness('user_id', 'TESTER');
alter table workflow_testers enable always trigger c_fit_tester;

do $$
declare n record;
begin
  for n in select * from (values
    ('workflows', 'test_lead', 'test_lead_id', 'TESTER'), ('workflows', 'report_owner', 'report_owner_id', 'REPORT_OWNER'),
    ('workflows', 'test_executive', 'test_executive_id', 'TEST_EXECUTIVE'), ('reports', 'owner', 'owner_id', 'REPORT_OWNER'))
    x(tab, named, col, role)
  loop
    execute format('create trigger %I before insert on %I for each row execute function log.guard_fitness(%L, %L)',
      'c_fit_' || n.named, n.tab, n.col, n.role);
    execute format('create trigger %I before update on %I for each row when (new.%3$I is distinct from old.%3$I) execute function log.guard_fitness(%3$L, %4$L)',
      'c_fit_' || n.named || '_update', n.tab, n.col, n.role);
    execute format('alter table %I enable always trigger %I, enable always trigger %I',
      n.tab, 'c_fit_' || n.named, 'c_fit_' || n.named || '_update');
  end loop;
end $$;

-- What ends an assignment of somebody who has left names them as well.
create trigger c_fit_data_owner before insert on data_owner_assignments for each row
  when (new.assignment_status = 'ACTIVE') execute function log.guard_fitness('data_owner_id', 'DATA_OWNER', 'DATA_EXECUTIVE');
alter table data_owner_assignments enable always trigger c_fit_data_owner;

create trigger c_fit_test_lead before insert on test_report_signoffs for each row
  when (new.sign_off_role = 'test_lead' and new.sign_off_status = 'PENDING' and new.delegated_from_id is not null)
  execute function log.guard_fitness('sign_off_user_id', 'TESTER');
create trigger c_fit_report_owner before insert on test_report_signoffs for each row
  when (new.sign_off_role = 'report_owner' and new.sign_off_status = 'PENDING' and new.delegated_from_id is not null)
  execute function log.guard_fitness('sign_off_user_id', 'REPORT_OWNER');
create trigger c_fit_test_executive before insert on test_report_signoffs for each row
  when (new.sign_off_role = 'test_executive' and new.sign_off_status = 'PENDING' and new.delegated_from_id is not null)
  execute function log.guard_fitness('sign_off_user_id', 'TEST_EXECUTIVE');
alter table test_report_signoffs enable always trigger c_fit_test_lead, enable always trigger c_fit_report_owner,
  enable always trigger c_fit_test_executive;

revoke all on function log.is_fit(int, text[]), log.guard_fitness() from public;
