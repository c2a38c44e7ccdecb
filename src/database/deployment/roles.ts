/**
 * The two database roles. The owner owns the tables and migrates them. The service owns nothing, so even a stolen service password cannot
 * disable a trigger or rewrite the change log. With a single role, every promise of the log would depend on the good will of whoever has
 * that password.
 */
export const ownerRole = 'phaseledger_owner';
export const serviceRole = 'phaseledger_service';
export const databaseName = 'phaseledger';

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Creates missing roles and sets their rights and passwords. Idempotent. */
export function createRolesSql(ownerPassword: string, servicePassword: string): string {
  const role = (name: string, rights: string, password: string) => `
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') THEN CREATE ROLE ${name}; END IF;
END $$;
ALTER ROLE ${name} WITH LOGIN NOSUPERUSER ${rights} NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD ${literal(password)};`;
  return [
    role(ownerRole, 'CREATEDB', ownerPassword), // CREATEDB, because comparing migrations with the schema needs a scratch database.
    role(serviceRole, 'NOCREATEDB', servicePassword),
  ].join('\n');
}

/** Creates the owner's database; fails if it exists. */
export function createDatabaseSql(name: string = databaseName): string {
  return `CREATE DATABASE ${identifier(name)} OWNER ${ownerRole} TEMPLATE template0 ENCODING 'UTF8';`;
}

/** Restricts a database to the owner and the service. */
export function databaseRightsSql(name: string): string {
  return `REVOKE ALL ON DATABASE ${identifier(name)} FROM PUBLIC;
GRANT CONNECT ON DATABASE ${identifier(name)} TO ${serviceRole};`;
}

/** Prepares a database from within: its rights, and what the migrations build on. Idempotent. */
export function prepareDatabaseSql(name: string = databaseName): string {
  return `${databaseRightsSql(name)}
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO ${serviceRole};
CREATE EXTENSION IF NOT EXISTS btree_gist;`;
}

/** The whole set-up as a psql script for a superuser. */
export function rolesSql({
  ownerPassword = 'CHANGE-ME-owner',
  servicePassword = 'CHANGE-ME-service',
}: { ownerPassword?: string; servicePassword?: string } = {}): string {
  return `-- PhaseLedger's roles and database. Run once, as a superuser: psql -v ON_ERROR_STOP=1 -f roles.sql postgres
-- Further login roles for the service may be made members: GRANT ${serviceRole} TO another_role;
${createRolesSql(ownerPassword, servicePassword)}

${createDatabaseSql()}
\\connect ${databaseName}
${prepareDatabaseSql()}
`;
}
