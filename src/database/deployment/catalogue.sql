-- Everything in a database that can run on, shape, hide or show a row of the product, as texts: one row for each aspect of each
-- object. Read with a search path of pg_catalog alone, so that every name is written in full and nothing takes the place of
-- PostgreSQL's own. Only the catalogue is read, which anybody may.
--
-- What is left out can do none of that: plain indexes are marked harmless, comments, statistics, storage, costs and rights to
-- connect do not appear, nor what an extension brings in its own C library. Names of roles that differ from one installation
-- to the next are written as what they are: "the owner", "the service".
--
-- $1: the schemas that the migrations make; those with a captured table are looked at as well.
with
  -- Settings that change what statements and functions do. Those that change how values are written are pinned instead.
  telling (name) as (
    select unnest(array['search_path', 'session_replication_role', 'event_triggers', 'row_security', 'role', 'session_preload_libraries',
      'local_preload_libraries', 'dynamic_library_path', 'transform_null_equals', 'array_nulls', 'allow_system_table_mods',
      'plpgsql.variable_conflict'])),
  the_owner as (
    select c.relowner as oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'log' and c.relname = 'stream'),
  roles as (
    select r.oid, r.rolname, r.rolsuper,
      case when r.oid = (select oid from the_owner) then 'the owner' when r.rolname = 'phaseledger_service' then 'the service'
        else quote_ident(r.rolname) end as name
    from pg_roles r
    union all select 0, null, false, 'everybody'),
  the_service as (select oid from roles where rolname = 'phaseledger_service'),
  schemas as (
    select n.oid, n.nspname::text as name, n.nspowner, n.nspacl from pg_namespace n
    where n.nspname = any ($1::text[]) or exists (
      select from pg_class c join pg_trigger t on t.tgrelid = c.oid join pg_proc p on p.oid = t.tgfoid
        join pg_namespace l on l.oid = p.pronamespace
      where c.relnamespace = n.oid and l.nspname = 'log' and p.proname = 'capture_' || c.relname)),
  -- An extension's own: functions of its library, and what is made of them. Anything else that is said to be of an extension is
  -- looked at like everything.
  library as (
    select p.oid from pg_proc p join pg_depend d on d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
      join pg_extension e on d.refclassid = 'pg_extension'::regclass and e.oid = d.refobjid
    where p.prolang = (select oid from pg_language where lanname = 'c') and p.probin = '$libdir/' || e.extname),
  relations as (
    select c.*, s.name as schema_name, format('%I.%I', s.name, c.relname) as full_name,
      case when s.name = 'public' then '' else s.name || '.' end || c.relname as place,
      case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'f' then 'foreign table' when 'v' then 'view'
        when 'm' then 'materialized view' when 'S' then 'sequence' when 'c' then 'composite type' end as kind
    from pg_class c join schemas s on s.oid = c.relnamespace where c.relkind in ('r', 'p', 'f', 'v', 'm', 'S', 'c')),
  functions as (
    select p.*, format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) as full_name,
      n.nspname::text as schema_name, l.lanname::text as language
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
    where p.oid not in (select oid from library) and (n.oid in (select oid from schemas)
      or n.nspname = 'pg_catalog' and (p.oid >= 16384 or l.lanname not in ('internal', 'c', 'sql')))),
  -- Functions that are called from here and are written elsewhere are not listed; what they do is part of the caller.
  elsewhere as (
    select p.oid, format(' (whose text has the SHA-256 %s)', encode(sha256(convert_to(coalesce(pg_get_function_sqlbody(p.oid), p.prosrc), 'UTF8')), 'hex')) as says
    from pg_proc p where p.oid >= 16384 and p.oid not in (select oid from functions) and p.oid not in (select oid from library)),
  called as (select distinct m[1] as name from functions f cross join regexp_matches(f.prosrc, '(\w+)\(', 'g') m),
  rights as (
    select 'pg_class'::regclass as class, c.oid, c.kind || ' ' || c.full_name as object, c.place, '' as aspect,
      coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner)) as acl, c.relowner as owner
    from relations c
    union all
    select 'pg_class'::regclass, c.oid, c.kind || ' ' || c.full_name, c.place, ' on column ' || quote_ident(a.attname), a.attacl, c.relowner
    from relations c join pg_attribute a on a.attrelid = c.oid where a.attacl is not null and not a.attisdropped
    union all
    select 'pg_proc'::regclass, f.oid, 'function ' || f.full_name, f.schema_name, '', coalesce(f.proacl, acldefault('f', f.proowner)), f.proowner
    from functions f
    union all
    select 'pg_namespace'::regclass, s.oid, 'schema ' || quote_ident(s.name), s.name, '', coalesce(s.nspacl, acldefault('n', s.nspowner)), s.nspowner
    from schemas s
    union all
    select 'pg_database'::regclass, d.oid, 'database', 'database', '', coalesce(d.datacl, acldefault('d', d.datdba)), d.datdba
    from pg_database d where d.datname = current_database()),
  granted as (
    select r.object, r.place, r.aspect, g.name as grantee, g.oid as grantee_id,
      string_agg(lower(a.privilege_type) || case when a.is_grantable then ' and may grant it' else '' end, ', ' order by a.privilege_type) as what
    from rights r cross join lateral aclexplode(r.acl) a join roles g on g.oid = a.grantee
    -- An owner has every right, whatever is written; somebody who may connect and nothing else can do nothing.
    where a.grantee <> r.owner and a.grantee <> (select oid from the_owner)
      and not (a.privilege_type = 'CONNECT' and a.grantee not in (0, (select oid from the_service)))
    group by 1, 2, 3, 4, 5),
  -- Whoever can act as the owner, or as the watch; superusers can in any case.
  masters as (
    select r.oid, r.name, m.oid as master_id, m.name as master from roles r join roles m
      on m.oid = (select oid from the_owner) or m.rolname = 'phaseledger_watch'
    where r.oid not in (0, m.oid) and not r.rolsuper and pg_has_role(r.oid, m.oid, 'MEMBER')),
  owners as (select m.oid from masters m join the_owner o on o.oid = m.master_id),
  lines (place, object, aspect, value, harmless) as (
    -- schemas
    select s.name, 'schema ' || quote_ident(s.name), 'owner',
      -- Whose the schema public is differs with how and when the database was made.
      case when s.name = 'public' and (o.rolsuper or o.rolname = 'pg_database_owner') then 'the owner' else o.name end, false
    from schemas s join roles o on o.oid = s.nspowner
    union all
    select d.name, format('rights of the future in schema %I on %s', d.name, d.defaclobjtype), 'rights', d.text, false
    from (select coalesce(s.name, 'all') as name, d.defaclobjtype,
        string_agg(coalesce(g.name, '?') || ': ' || lower(a.privilege_type), ', ' order by g.name, a.privilege_type) as text
      from pg_default_acl d left join schemas s on s.oid = d.defaclnamespace cross join lateral aclexplode(d.defaclacl) a
        left join roles g on g.oid = a.grantee
      where (d.defaclnamespace = 0 or s.oid is not null) and d.defaclrole = (select oid from the_owner) and a.grantee <> d.defaclrole
      group by 1, 2) d
    -- rights: of the service and of everybody they are a part of the object, of others something by itself
    union all
    select place, object, 'rights of ' || grantee || aspect, what, false from granted where grantee_id in (0, (select oid from the_service))
    union all
    select place, format('rights of %s on %s', grantee, object), 'rights' || aspect, what, false
    from granted where grantee_id not in (0, (select oid from the_service))
    -- tables, views, sequences
    union all
    select c.place, c.kind || ' ' || c.full_name, x.aspect, x.value, false
    from relations c join roles o on o.oid = c.relowner cross join lateral (values
      ('owner', o.name),
      ('kept', case when c.relkind in ('r', 'p', 'm') then
        case c.relpersistence when 'p' then 'permanently' when 'u' then 'until a crash (unlogged)' else 'for a session' end end),
      ('row security', case when c.relrowsecurity or c.relforcerowsecurity then 'hides rows' end),
      ('access method', (select amname::text from pg_am a where a.oid = c.relam and c.relkind <> 'S' and a.amname <> 'heap')),
      ('type of its rows', case when c.reloftype <> 0 then format_type(c.reloftype, null) end),
      ('options', case when c.relkind in ('v', 'm') then array_to_string(c.reloptions, ', ') end),
      -- Up to PostgreSQL 15, columns are qualified also where there is one relation to take them from.
      ('query', case when c.relkind in ('v', 'm') then (
        select case when q ~ '\n(UNION|EXCEPT|INTERSECT)' or only_one is null then q else regexp_replace(q, '\m' || only_one || '\.', '', 'g') end
        from pg_get_viewdef(c.oid) q, substring(q from '\n   FROM (?:\w+\.)?((?:\w+ )?\w+)(?:;|\n +(?:WHERE|GROUP|ORDER|LIMIT))') x(relation),
          substring(relation from '\w+$') y(only_one)) end),
      ('inherits from', (select string_agg(format('%I.%I', n.nspname, p.relname), ', ' order by i.inhseqno) from pg_inherits i
        join pg_class p on p.oid = i.inhparent join pg_namespace n on n.oid = p.relnamespace where i.inhrelid = c.oid)),
      ('is inherited by', (select string_agg(format('%I.%I', n.nspname, p.relname), ', ' order by n.nspname, p.relname) from pg_inherits i
        join pg_class p on p.oid = i.inhrelid join pg_namespace n on n.oid = p.relnamespace where i.inhparent = c.oid)),
      ('partitions', pg_get_partkeydef(c.oid)),
      ('part', pg_get_expr(c.relpartbound, c.oid)),
      ('numbers', (select format('%s from %s by %s, %s to %s%s', format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
        case when s.seqcycle then ', again and again' else '' end) from pg_sequence s where s.seqrelid = c.oid))) x(aspect, value)
    where x.value is not null
    union all
    select c.place, c.kind || ' ' || c.full_name, 'column ' || quote_ident(a.attname),
      format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
      || coalesce(' collate ' || (select format('%I.%I', n.nspname, l.collname) from pg_collation l join pg_namespace n on n.oid = l.collnamespace
           where l.oid = a.attcollation and a.attcollation <> (select typcollation from pg_type where oid = a.atttypid)), '')
      || coalesce(case a.attgenerated when '' then ' default ' else ' generated always as ' end || pg_get_expr(d.adbin, d.adrelid)
           || case a.attgenerated when 's' then ' stored' else '' end, '')
      || case a.attidentity when 'a' then ' generated always as identity' when 'd' then ' generated by default as identity' else '' end
      || case when exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'n' and k.conkey = array[a.attnum] and not k.convalidated)
           then ' (not validated)' else '' end, false
    from relations c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relkind in ('r', 'p', 'f', 'c') -- those of a view are part of its query
    union all
    select c.place, c.kind || ' ' || c.full_name, 'constraint ' || quote_ident(k.conname),
      pg_get_constraintdef(k.oid) || case when exists (
        select from pg_trigger t where t.tgconstraint = k.oid and t.tgisinternal and t.tgenabled <> 'O') then ' (switched off)' else '' end
      -- What a check calls is looked at like a trigger.
      || coalesce((select string_agg(e.says, '' order by e.says) from pg_depend d join elsewhere e on e.oid = d.refobjid
           where d.classid = 'pg_constraint'::regclass and d.objid = k.oid and d.refclassid = 'pg_proc'::regclass), ''), false
    from relations c join pg_constraint k on k.conrelid = c.oid where k.contype not in ('n', 't')
    union all
    select c.place, format('foreign key %I of %I.%I on table %s', k.conname, n.nspname, f.relname, c.full_name), 'says', pg_get_constraintdef(k.oid), false
    from relations c join pg_constraint k on k.confrelid = c.oid join pg_class f on f.oid = k.conrelid join pg_namespace n on n.oid = f.relnamespace
    where n.oid not in (select oid from schemas)
    -- indexes: one that is plain neither runs anything nor refuses a row
    union all
    select c.place, format('index %I.%I on %s', c.schema_name, i.relname, c.full_name), 'says',
      regexp_replace(pg_get_indexdef(x.indexrelid), ' WITH \([^)]*\)', '') || case when x.indisvalid then '' else ' (not valid)' end,
      not x.indisunique and not x.indisexclusion and x.indexprs is null and x.indpred is null and i.relam < 16384
        and not exists (select from unnest(x.indclass) o where o >= 16384)
        -- While an index is built anew beside the old one, there are two.
        or not x.indisvalid and exists (select from pg_index y join pg_class j on j.oid = y.indexrelid where y.indrelid = x.indrelid and y.indisvalid
          and replace(pg_get_indexdef(y.indexrelid), quote_ident(j.relname), '') = replace(pg_get_indexdef(x.indexrelid), quote_ident(i.relname), ''))
    from relations c join pg_index x on x.indrelid = c.oid join pg_class i on i.oid = x.indexrelid
    -- triggers, rules, policies
    union all
    select c.place, format('trigger %I on %s', t.tgname, c.full_name), a.aspect, a.value, false
    from relations c join pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal left join elsewhere e on e.oid = t.tgfoid
      cross join lateral (values ('fires', case t.tgenabled when 'A' then 'always' when 'D' then 'never' when 'R' then 'for replicas only' else 'not for replicas' end),
        ('says', concat(pg_get_triggerdef(t.oid), e.says))) a(aspect, value)
    union all
    select c.place, format('rule %I on %s', r.rulename, c.full_name), 'says',
      case when r.rulename = '_RETURN' then '' else pg_get_ruledef(r.oid) end || case r.ev_enabled when 'O' then '' else ' (state ' || r.ev_enabled::text || ')' end, false
    from relations c join pg_rewrite r on r.ev_class = c.oid where r.rulename <> '_RETURN' or r.ev_enabled <> 'O'
    union all
    select c.place, format('policy %I on %s', p.polname, c.full_name), 'says',
      concat_ws(' ', p.polcmd, case when p.polpermissive then 'permissive' else 'restrictive' end, p.polroles::text, pg_get_expr(p.polqual, c.oid),
        'check ' || pg_get_expr(p.polwithcheck, c.oid)), false
    from relations c join pg_policy p on p.polrelid = c.oid
    -- functions
    union all
    select f.schema_name, 'function ' || f.full_name, x.aspect, x.value, false
    from functions f join roles o on o.oid = f.proowner cross join lateral (values
      ('owner', o.name),
      ('takes', nullif(pg_get_function_arguments(f.oid), '')),
      ('returns', coalesce(pg_get_function_result(f.oid), 'nothing')),
      ('runs', concat_ws(', ', f.language, case f.prokind when 'f' then null when 'p' then 'procedure' when 'a' then 'aggregate' else 'window' end,
        case f.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
        case when f.prosecdef then 'as its owner' else 'as its caller' end, case when f.proisstrict then 'strict' end,
        case when f.proleakproof then 'leakproof' end, case f.proparallel when 'u' then null else 'parallel ' || f.proparallel::text end,
        case when f.prosupport <> 0 then 'planned by ' || f.prosupport::regproc end, f.probin)),
      ('settings', (select string_agg(s, '; ' order by s) from unnest(f.proconfig) s)),
      ('text', coalesce(pg_get_function_sqlbody(f.oid), nullif(f.prosrc, '')))) x(aspect, value)
    where x.value is not null
    union all
    -- Functions of PostgreSQL's own that ours call by name, and that are written in SQL: anybody could have rewritten them.
    select 'database', format('function pg_catalog.%I(%s)', p.proname, pg_get_function_identity_arguments(p.oid)), 'text',
      coalesce(pg_get_function_sqlbody(p.oid), p.prosrc), false
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
    where n.nspname = 'pg_catalog' and l.lanname = 'sql' and p.oid < 16384 and p.proname::text in (select name from called)
    -- types
    union all
    select s.name, 'type ' || format('%I.%I', s.name, t.typname), 'says', case t.typtype
      when 'e' then 'one of ' || (select string_agg(e.enumlabel, ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid)
      when 'd' then concat_ws(' ', 'domain over', format_type(t.typbasetype, t.typtypmod), case when t.typnotnull then 'not null' end, 'default ' || t.typdefault,
        (select string_agg(pg_get_constraintdef(k.oid), ' ' order by k.conname) from pg_constraint k where k.contypid = t.oid and k.contype <> 'n'))
      else 'of kind ' || t.typtype::text end, false
    from pg_type t join schemas s on s.oid = t.typnamespace
    where t.typtype not in ('c', 'p') and t.typinput not in (select oid from library) and not exists (select from pg_type e where e.typarray = t.oid)
    -- operators, casts and the like that statements could come to use
    union all
    select case when n.nspname = 'pg_catalog' then 'database' else n.nspname end, 'operator ' || o.oid::regoperator, 'calls', concat(o.oprcode::regprocedure, e.says), false
    from pg_operator o join pg_namespace n on n.oid = o.oprnamespace left join elsewhere e on e.oid = o.oprcode
    where (n.oid in (select oid from schemas) or n.nspname = 'pg_catalog' and o.oid >= 16384) and o.oprcode not in (select oid from library)
    union all
    select n.nspname, format('operator class %I.%I for %s', n.nspname, o.opcname, a.amname), 'of', format_type(o.opcintype, null), false
    from pg_opclass o join pg_namespace n on n.oid = o.opcnamespace join pg_am a on a.oid = o.opcmethod
    where n.oid in (select oid from schemas) and not exists (select from pg_depend d where d.classid = 'pg_opclass'::regclass and d.objid = o.oid and d.deptype = 'e')
    union all
    select 'database', format('cast from %s to %s', format_type(c.castsource, null), format_type(c.casttarget, null)), 'says',
      concat_ws(' ', case c.castcontext when 'i' then 'by itself' when 'a' then 'in assignments' else 'when asked' end,
        case when c.castfunc = 0 then 'by the texts or the bytes' else concat(c.castfunc::regprocedure, e.says) end), false
    from pg_cast c left join elsewhere e on e.oid = c.castfunc where c.oid >= 16384 and c.castfunc not in (select oid from library)
    union all
    select 'database', format('conversion %I.%I', n.nspname, c.conname), 'calls', concat(c.conproc::regprocedure, e.says), false
    from pg_conversion c join pg_namespace n on n.oid = c.connamespace left join elsewhere e on e.oid = c.conproc where c.oid >= 16384
    union all
    select 'database', format('transform of %s for %s', format_type(t.trftype, null), l.lanname), 'says', 'is there', false
    from pg_transform t join pg_language l on l.oid = t.trflang
    union all
    select 'database', 'language ' || quote_ident(l.lanname), 'calls', l.lanplcallfoid::regprocedure::text, false
    from pg_language l where l.lanplcallfoid <> 0
    -- the database as a whole
    union all
    select 'database', 'extension ' || quote_ident(e.extname), 'is', 'installed', false from pg_extension e
    union all
    select 'database', 'event trigger ' || quote_ident(t.evtname), a.aspect, a.value, false
    from pg_event_trigger t left join elsewhere e on e.oid = t.evtfoid cross join lateral (values
      ('fires', case t.evtenabled when 'A' then 'always' when 'D' then 'never' when 'R' then 'for replicas only' else 'not for replicas' end),
      ('says', concat_ws(' ', 'on', t.evtevent, 'when ' || t.evttags::text, 'execute', t.evtfoid::regprocedure, e.says))) a(aspect, value)
    union all
    select 'database', 'database', 'owner', case when o.rolsuper then 'the owner' else o.name end, false
    from pg_database d join roles o on o.oid = d.datdba where d.datname = current_database()
    union all
    select 'database', 'role ' || x.who, 'may do more',
      nullif(concat_ws(', ', case when r.rolsuper then 'superuser' end, case when r.rolreplication then 'replication' end,
        case when r.rolbypassrls then 'past row security' end, case when x.who = 'the service' and r.rolcreaterole then 'create roles' end,
        case when x.who = 'the service' and r.rolcreatedb then 'create databases' end), ''), false
    from (select oid, 'the owner' as who from the_owner union all select oid, 'the service' from the_service) x join pg_roles r on r.oid = x.oid
    union all
    select 'database', 'role the service', 'is', 'there', false from the_service
    union all
    select 'database', format('membership of %s in %s', m.name, m.master), 'is', 'given', false from masters m
    union all
    select 'database', format('membership of the service in %s', r.name), 'is', 'given', false
    from roles r cross join the_service s cross join the_owner o
    where r.oid not in (0, s.oid, o.oid) and r.oid not in (select oid from owners) and r.rolname <> 'phaseledger_watch' and pg_has_role(s.oid, r.oid, 'MEMBER')
      and not (select rolsuper from pg_roles p where p.oid = s.oid)
    union all
    select 'database', format('setting %s of %s%s', split_part(s.text, '=', 1), case d.setrole when 0 then 'everybody' else r.name end,
      case d.setdatabase when 0 then ' in all databases' else '' end), 'is', substr(s.text, strpos(s.text, '=') + 1), false
    from pg_db_role_setting d left join roles r on r.oid = d.setrole cross join lateral unnest(d.setconfig) s(text)
    where d.setdatabase in (0, (select oid from pg_database where datname = current_database()))
      and (d.setrole = 0 or r.name in ('the owner', 'the service') or d.setrole in (select oid from owners)
        or pg_has_role(d.setrole, (select oid from the_service), 'MEMBER') and not r.rolsuper)
      and (split_part(s.text, '=', 1) in (select name from telling) or s.text like 'phaseledger.%')
    union all
    select 'database', 'setting ' || s.name || ' of this session', 'is', s.setting, false
    from pg_settings s where s.name in (select name from telling) and s.name <> 'search_path' and s.setting is distinct from s.boot_val
  )
select place::text, object::text, aspect::text, value::text, harmless from lines where value is not null
