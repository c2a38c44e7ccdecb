-- The people and workflows of the product, through its own rules, and then as if they had been there before everything else.
-- Testers have three workflows of two hundred, but for the last of them, who is assigned to all.
insert into users (user_id, name) select user_id, name from person;
insert into user_roles (user_id, role)
select user_id, case when user_id <= 150 then 'TESTER' else 'REPORT_OWNER' end::"UserRole" from person;
insert into cycles (cycle_id, name, start_date, end_date)
select cycle_id, 'Cycle ' || row_number() over (order by min(number)), '2024-01-01', '2024-12-31' from series group by 1;
insert into reports (report_id, name, number)
select report_id, 'Report ' || row_number() over (order by min(number)), 'R-' || row_number() over (order by min(number))
from series group by 1;
insert into workflows (workflow_id, cycle_id, report_id, report_owner_id)
select workflow_id, cycle_id, report_id, 151 + (min(number) / 6) % 50 from series group by 1, 2, 3;
insert into workflow_testers (workflow_id, user_id)
select workflow_id, 1 + (min(number) / 6) % 149 from series group by 1
union all select distinct workflow_id, 150 from series;
-- Somebody who may read what nobody else does.
insert into users (user_id, name) values (201, 'Auditor');
insert into user_roles (user_id, role) values (201, 'AUDITOR');
