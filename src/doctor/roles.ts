/** Checks the two database roles, and who else has access. */
import { ownerRole, serviceRole } from '../database/deployment/roles';
import type { SqlCheck } from './finding';

const service = `'${serviceRole}'::regrole`;
const grants = 'Run the SQL of "npm run -s migrate -- --print-roles-sql" again, or the statement';

export const roleChecks: readonly SqlCheck[] = [
  {
    check: 'role rights',
    severity: 'error',
    sql: `select concat_ws(', ', case when rolsuper then 'SUPERUSER' end, case when rolcreaterole then 'CREATEROLE' end,
        case when rolcreatedb then 'CREATEDB' end, case when rolreplication then 'REPLICATION' end,
        case when rolbypassrls then 'BYPASSRLS' end) as detail
      from pg_roles where oid = ${service} and (rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls)`,
    problem: (detail) => `${serviceRole} has ${detail}: a stolen password of the service could rewrite the log.`,
    advice: `${grants} ALTER ROLE ${serviceRole} NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS.`,
  },
  {
    check: 'role membership',
    severity: 'error',
    sql: `select string_agg(o.rolname, ', ' order by 1) as detail from pg_auth_members m join pg_roles o on o.oid = m.roleid
      where m.member = ${service} having count(*) > 0`,
    problem: (detail) => `${serviceRole} is a member of ${detail}, and may do whatever that role may.`,
    advice: `REVOKE that role FROM ${serviceRole}.`,
  },
  {
    check: 'role owner',
    severity: 'error',
    sql: `select rolname::text as detail from pg_roles where rolname = '${ownerRole}' and (rolsuper or rolbypassrls or rolreplication)`,
    problem: (detail) =>
      `${detail} is more than the owner of its tables: migrations run with rights over the whole server.`,
    advice: `ALTER ROLE ${ownerRole} NOSUPERUSER NOREPLICATION NOBYPASSRLS.`,
  },
  {
    check: 'role expiry',
    severity: 'error',
    sql: `select r.rolname || ' until ' || to_char(r.rolvaliduntil, 'YYYY-MM-DD') as detail from pg_roles r
      where r.rolname in ('${serviceRole}', '${ownerRole}', session_user) and r.rolvaliduntil < now() + interval '14 days'`,
    problem: (detail) => `A password is valid for ${detail} only: from then on nobody is let in.`,
    advice: 'Set a new password with ALTER ROLE … PASSWORD … VALID UNTIL, and DATABASE_URL with it.',
  },
  {
    check: 'role connection limit',
    severity: 'error',
    sql: `select r.rolconnlimit::text as detail from pg_roles r where r.rolname = session_user and r.rolconnlimit between 0 and 11`,
    problem: (detail) => `The service may have ${detail} connections: two servers with the usual pool do not fit.`,
    advice: `ALTER ROLE ${serviceRole} CONNECTION LIMIT -1, or as many as all servers together have (DATABASE_POOL_SIZE).`,
  },
  {
    check: 'grant connect',
    severity: 'warning',
    sql: `select current_database()::text as detail where has_database_privilege('public', current_database(), 'CONNECT')`,
    problem: (detail) => `Every role of the server may connect to ${detail}.`,
    advice: 'REVOKE ALL ON DATABASE … FROM PUBLIC.',
  },
  {
    check: 'grant create',
    severity: 'error',
    sql: `select string_agg(nspname, ', ' order by nspname) as detail from pg_namespace
      where nspname in ('public', 'log', 'past') and has_schema_privilege('public', oid, 'CREATE') having count(*) > 0`,
    problem: (detail) => `Everybody may create objects in ${detail}, and so put their own in front of ours.`,
    advice: 'REVOKE CREATE ON SCHEMA … FROM PUBLIC.',
  },
  {
    check: 'grant superusers',
    severity: 'warning',
    sql: `select string_agg(rolname, ', ' order by rolname) as detail from pg_roles
      where rolsuper and rolcanlogin and oid <> 10 having count(*) > 0`,
    problem: (detail) => `Besides the first one there are superusers who can log in: ${detail}.`,
    advice: 'ALTER ROLE … NOSUPERUSER, and give what is needed: pg_monitor, pg_read_all_stats, a role of the owner.',
  },
  {
    check: 'extension btree_gist',
    severity: 'error',
    sql: `select 'btree_gist' as detail where not exists (select from pg_extension where extname = 'btree_gist')`,
    problem: () => 'The extension btree_gist is missing: periods that overlap are not refused.',
    advice: 'CREATE EXTENSION btree_gist as a superuser, then npm run migrate.',
  },
  {
    check: 'extension version',
    severity: 'warning',
    sql: `select string_agg(e.extname || ' ' || e.extversion, ', ') as detail from pg_extension e
      join pg_available_extensions a on a.name = e.extname where a.default_version <> e.extversion having count(*) > 0`,
    problem: (detail) => `Extensions are older than the server has them: ${detail}.`,
    advice: 'ALTER EXTENSION … UPDATE.',
  },
];
