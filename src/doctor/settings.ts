/** Checks the server settings on which the guarantees of the log depend, as a session of the service sees them. */
import type { SqlCheck } from './finding';

const REBOOT = 'in postgresql.conf (or with ALTER SYSTEM), then reload';

/** A setting that must have one of some values. */
const must = (
  name: string,
  severity: SqlCheck['severity'],
  values: readonly string[],
  why: string,
  advice = `Set ${name} = ${values[0]} ${REBOOT}; look for ALTER ROLE and ALTER DATABASE … SET ${name} as well.`,
): SqlCheck => ({
  check: `setting ${name}`,
  severity,
  sql: `select current_setting('${name}', true) as detail where current_setting('${name}', true) <> all (array[${values.map((value) => `'${value}'`).join(', ')}])`,
  problem: (detail) => `${name} is ${detail}: ${why}`,
  advice,
});

export const settingChecks: readonly SqlCheck[] = [
  must(
    'fsync',
    'error',
    ['on'],
    'after a crash of the machine the database may be damaged, and what was acknowledged gone.',
  ),
  must(
    'full_page_writes',
    'error',
    ['on'],
    'a page that was half written when the machine stopped cannot be repaired.',
  ),
  must(
    'synchronous_commit',
    'error',
    ['on', 'remote_apply', 'remote_write', 'local'],
    'commits are acknowledged before they are on disk, and a crash takes them back.',
  ),
  must(
    'wal_level',
    'error',
    ['replica', 'logical'],
    'neither backups while the server runs nor standbys are possible.',
    'Set wal_level = replica in postgresql.conf, then restart PostgreSQL.',
  ),
  must(
    'zero_damaged_pages',
    'error',
    ['off'],
    'damaged pages are read as empty ones, so rows vanish without an error.',
  ),
  must('ignore_checksum_failure', 'error', ['off'], 'what the disk has falsified is read as if it were right.'),
  must('default_transaction_read_only', 'error', ['off'], 'every mutation is refused.'),
  must(
    'session_replication_role',
    'error',
    ['origin'],
    'foreign keys are not checked in such sessions, and ordinary triggers do not fire.',
  ),
  must(
    'data_checksums',
    'warning',
    ['on'],
    'what a disk falsifies is not noticed when it is read.',
    'Stop PostgreSQL and run pg_checksums --enable.',
  ),
  must(
    'autovacuum',
    'warning',
    ['on'],
    'tables grow with what is dead in them, and statements are planned by outdated figures.',
  ),
  must('track_counts', 'warning', ['on'], 'autovacuum does not know where it is needed.'),
  must(
    'default_transaction_isolation',
    'warning',
    ['read committed'],
    'mutations are tried again where they would only have waited.',
  ),
  must(
    'TimeZone',
    'warning',
    ['UTC', 'Etc/UTC', 'GMT'],
    'the service sets UTC for itself, but what people read and write by hand is in another time than the log.',
    "ALTER DATABASE … SET timezone = 'UTC'.",
  ),
  must(
    'server_encoding',
    'error',
    ['UTF8'],
    'texts that people write cannot all be kept.',
    'Dump the database and restore it into one with ENCODING UTF8.',
  ),
  must(
    'password_encryption',
    'warning',
    ['scram-sha-256'],
    'passwords that are set from now on are kept in a form that is easily guessed.',
  ),
  must(
    'log_statement',
    'warning',
    ['none', 'ddl'],
    "the server's log holds business data, since statements and their values are written there.",
  ),
  {
    check: 'setting server_version',
    severity: 'error',
    sql: `select current_setting('server_version') as detail where current_setting('server_version_num')::int < 150000`,
    problem: (detail) => `PostgreSQL is ${detail}: the migrations need 15 or later.`,
    advice: 'Upgrade with pg_upgrade, or restore a dump into a newer server.',
  },
];
