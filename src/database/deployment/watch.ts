/**
 * Watches for schema changes. An event trigger, which only a superuser can create, records every change of a database object in the log of
 * the reference data, even if it is changed back before anybody looks. Roles, grants of roles and server settings are shared by the whole
 * server, and PostgreSQL has no event triggers for them.
 */
import type pg from 'pg';
import { withClient } from '../../../packages/pg-client';

/** The role that owns the watch. Nobody can log in as it. */
const role = 'phaseledger_watch';

/**
 * The script that a superuser runs in the database after the migrations. Idempotent. Changes are queued until their transaction ends:
 * recording them at once would lock the log of the reference data, and so all writers, for as long as the change takes. The functions run
 * as a role that owns nothing else, so a superuser who changes an object does not run foreign code with superuser rights.
 */
export const watchSql = `
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role} NOLOGIN; END IF;
END $$;
CREATE SCHEMA IF NOT EXISTS ${role} AUTHORIZATION ${role};
CREATE TABLE IF NOT EXISTS ${role}.pending (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, command text NOT NULL, object text NOT NULL,
  made_by text NOT NULL DEFAULT session_user, made_at timestamptz(3) NOT NULL DEFAULT clock_timestamp());
ALTER TABLE ${role}.pending OWNER TO ${role};
GRANT USAGE ON SCHEMA public, log TO ${role};
GRANT SELECT ON log.stream TO ${role};
GRANT INSERT ON public.schema_changes TO ${role};

-- What is temporary is gone with its session, and what belongs to an extension comes and goes with it.
CREATE OR REPLACE FUNCTION ${role}.note() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF tg_event = 'sql_drop' THEN
    INSERT INTO ${role}.pending (command, object)
    SELECT tg_tag, d.object_type || ' ' || d.object_identity FROM pg_event_trigger_dropped_objects() d
    WHERE (d.original OR d.normal) AND NOT d.is_temporary;
  ELSE
    INSERT INTO ${role}.pending (command, object)
    SELECT d.command_tag, concat_ws(' ', d.object_type, d.object_identity) FROM pg_event_trigger_ddl_commands() d
    WHERE NOT d.in_extension AND d.schema_name IS DISTINCT FROM 'pg_temp';
  END IF;
END $$;

-- Records what was noted, with everything that could not be recorded before. A commit to the reference data that was sealed in
-- this transaction already takes no more; and nobody is kept from changing anything because it cannot be recorded.
CREATE OR REPLACE FUNCTION ${role}.record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM log.stream WHERE stream_id = '00000000-0000-0000-0000-000000000000'
      AND xid = pg_current_xact_id()::text::bigint AND NOT is_open) THEN
    RETURN NULL;
  END IF;
  WITH noted AS (DELETE FROM ${role}.pending RETURNING *)
  INSERT INTO public.schema_changes (change_id, command, object, made_by, made_at)
  -- In the order they were made in, also those of one millisecond (a UUID of version 7).
  SELECT ('0' || to_hex((extract(epoch FROM made_at) * 1000)::bigint) || '7' || substr(to_hex((n % 4096)::int + 4096), 2)
      || substr(replace(gen_random_uuid()::text, '-', ''), 17))::uuid, command, object, made_by, made_at FROM noted ORDER BY n;
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'a change of the schema could not be recorded yet: %', sqlerrm;
  RETURN NULL;
END $$;
ALTER FUNCTION ${role}.note() OWNER TO ${role};
ALTER FUNCTION ${role}.record() OWNER TO ${role};
REVOKE ALL ON FUNCTION ${role}.note(), ${role}.record() FROM PUBLIC;

DROP TRIGGER IF EXISTS record ON ${role}.pending;
CREATE CONSTRAINT TRIGGER record AFTER INSERT ON ${role}.pending DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION ${role}.record();
ALTER TABLE ${role}.pending ENABLE ALWAYS TRIGGER record;
INSERT INTO ${role}.pending (command, object) VALUES ('WATCH', 'all changes from now on');

DROP EVENT TRIGGER IF EXISTS ${role}_changes;
DROP EVENT TRIGGER IF EXISTS ${role}_drops;
CREATE EVENT TRIGGER ${role}_changes ON ddl_command_end EXECUTE FUNCTION ${role}.note();
CREATE EVENT TRIGGER ${role}_drops ON sql_drop EXECUTE FUNCTION ${role}.note();
ALTER EVENT TRIGGER ${role}_changes ENABLE ALWAYS;
ALTER EVENT TRIGGER ${role}_drops ENABLE ALWAYS;
`;

const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Installs the watch, if it is missing and this login may.
 * @returns whether it is installed
 */
export function installWatch(url: string): Promise<boolean> {
  return withClient(url, async (client) => {
    if (await isWatched(client)) return true;
    try {
      await client.query(`BEGIN; ${watchSql} COMMIT`);
      return true;
    } catch (error) {
      await client.query('ROLLBACK');
      if ((error as pg.DatabaseError).code === INSUFFICIENT_PRIVILEGE) return false;
      throw error;
    }
  });
}

async function isWatched(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_event_trigger WHERE evtname LIKE '${role}\\_%' AND evtenabled = 'A'`,
  );
  return rows[0]!.n === 2;
}
