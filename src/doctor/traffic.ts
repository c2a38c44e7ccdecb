/**
 * Checks current activity and accumulated problems. PostgreSQL shows other sessions' statements only to members of pg_monitor (or
 * pg_read_all_stats), so less is found without a superuser or that role.
 */
import type { SqlCheck } from './finding';

const others = `from pg_stat_activity a where a.datname = current_database() and a.pid <> pg_backend_pid() and a.backend_type = 'client backend'`;
const who = `a.usename || ' (process ' || a.pid || ', ' || coalesce(nullif(a.application_name, ''), 'without a name') || ')'`;
const seconds = (of: string) => `extract(epoch from clock_timestamp() - ${of})`;

/** The product's tables. */
const tables = `from pg_stat_all_tables t where t.schemaname not in ('pg_catalog', 'pg_toast', 'information_schema')`;

export const trafficChecks: readonly SqlCheck[] = [
  {
    check: 'session idle in transaction',
    severity: 'warning',
    sql: `select ${who} as detail ${others} and a.state like 'idle in transaction%' and ${seconds('a.state_change')} > $1`,
    values: ({ idleInTransactionSeconds }) => [idleInTransactionSeconds],
    problem: (detail) =>
      `A transaction is open in which nothing is done, by ${detail}: it holds locks, and keeps vacuum away.`,
    advice: 'End it with pg_terminate_backend, and set idle_in_transaction_session_timeout for that role.',
  },
  {
    check: 'session slow statement',
    severity: 'warning',
    sql: `select ${who} as detail ${others} and a.state = 'active' and ${seconds('a.query_start')} > $1`,
    values: ({ statementSeconds }) => [statementSeconds],
    problem: (detail) => `A statement runs for long, by ${detail}.`,
    advice: 'See it in pg_stat_activity; pg_cancel_backend ends it. The service gives up after STATEMENT_TIMEOUT_MS.',
  },
  {
    check: 'session waiting',
    severity: 'warning',
    sql: `select ${who} || ', for ' || array_to_string(pg_blocking_pids(a.pid), ', ') as detail ${others}
      and a.wait_event_type = 'Lock' and ${seconds('a.query_start')} > $1`,
    values: ({ lockSeconds }) => [lockSeconds],
    problem: (detail) => `Somebody waits for a lock for long: ${detail}.`,
    advice: 'See what holds it with pg_blocking_pids and pg_stat_activity, and end that if need be.',
  },
  {
    check: 'session unused',
    severity: 'warning',
    sql: `select ${who} as detail ${others} and a.state = 'idle' and a.application_name not like 'phaseledger%'
      and ${seconds('a.state_change')} > $1 * 3600`,
    values: ({ unusedHours }) => [unusedHours],
    problem: (detail) => `A session does nothing for long: ${detail}.`,
    advice: 'Close it where it was opened, or set idle_session_timeout for that role.',
  },
  {
    check: 'sessions full',
    severity: 'warning',
    sql: `select count(*) || ' of ' || current_setting('max_connections') as detail from pg_stat_activity
      where backend_type = 'client backend' having count(*) > 0.9 * current_setting('max_connections')::int`,
    problem: (detail) => `Nearly all connections of the server are in use: ${detail}.`,
    advice: 'Raise max_connections, or lower DATABASE_POOL_SIZE of the servers.',
  },
  {
    check: 'prepared transactions',
    severity: 'warning',
    sql: `select gid as detail from pg_prepared_xacts where database = current_database() and prepared < now() - interval '5 minutes'`,
    problem: (detail) =>
      `The prepared transaction ${detail} is neither committed nor rolled back, and holds its locks.`,
    advice: 'COMMIT PREPARED or ROLLBACK PREPARED it. The service makes none.',
  },
  {
    check: 'replication slot',
    severity: 'warning',
    sql: `select slot_name::text as detail from pg_replication_slots
      where not active and (restart_lsn is not null or wal_status = 'lost')`,
    problem: (detail) =>
      `Nobody reads from the replication slot ${detail}: the server keeps its WAL until the disk is full.`,
    advice: 'Bring its standby back, or drop it with pg_drop_replication_slot; set max_slot_wal_keep_size.',
  },
  {
    check: 'replication slot behind',
    severity: 'warning',
    sql: `select slot_name || ' (' || pg_size_pretty(kept) || ')' as detail from (
        select slot_name, pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end, restart_lsn) as kept
        from pg_replication_slots) x where kept > $1`,
    values: ({ slotBytes }) => [slotBytes],
    problem: (detail) =>
      `The server keeps more and more WAL for the replication slot ${detail}, until its disk is full.`,
    advice: 'See why whoever reads from it is behind (pg_stat_replication); set max_slot_wal_keep_size.',
  },
  {
    check: 'standby unconfirming',
    severity: 'error',
    // Without the right to see details of standbys, it is still visible whether there are any.
    sql: `select current_setting('synchronous_standby_names') as detail where current_setting('synchronous_standby_names') <> ''
      and not exists (select from pg_stat_replication where sync_state is null or sync_state in ('sync', 'quorum'))`,
    problem: (detail) =>
      `Commits wait for standbys to confirm them (${detail}), and none of them is there: nobody can write.`,
    advice: 'Bring one back; whoever sets synchronous_standby_names to nothing instead may lose what is acknowledged.',
  },
  {
    check: 'wal archiving',
    severity: 'error',
    sql: `select coalesce(last_failed_wal, 'WAL') as detail from pg_stat_archiver
      where current_setting('archive_mode') <> 'off' and last_failed_time > coalesce(last_archived_time, '-infinity')`,
    problem: (detail) =>
      `Archiving fails since ${detail}: backups cannot be brought further than that, and the disk fills up.`,
    advice: "See the server's log for what archive_command (or archive_library) says.",
  },
  {
    check: 'table bloat',
    severity: 'warning',
    sql: `select format('%I.%I', t.schemaname, t.relname) || ' (' || t.n_dead_tup || ' dead, ' || t.n_live_tup || ' living rows)' as detail
      ${tables} and t.n_dead_tup >= $1 and t.n_dead_tup > t.n_live_tup / 2`,
    values: ({ deadRows }) => [deadRows],
    problem: (detail) => `More is dead than should be in ${detail}.`,
    advice: 'VACUUM (ANALYZE) it, and see what keeps autovacuum away: long transactions, slots, settings of the table.',
  },
  {
    check: 'table statistics',
    severity: 'warning',
    sql: `select format('%I.%I', t.schemaname, t.relname) as detail ${tables}
      and t.n_live_tup > 10000 and t.last_analyze is null and t.last_autoanalyze is null`,
    problem: (detail) => `PostgreSQL has never counted ${detail}, so it plans by guessing.`,
    advice: 'ANALYZE it.',
  },
  {
    check: 'index invalid',
    severity: 'error',
    sql: `select indexrelid::regclass::text as detail from pg_index where not (indisvalid and indisready)`,
    problem: (detail) => `The index ${detail} is not valid: what it should keep unique or fast, it does not.`,
    advice: 'REINDEX INDEX CONCURRENTLY it, or drop it and let npm run migrate make it.',
  },
  {
    check: 'wraparound',
    severity: 'error',
    sql: `select datname || ' (' || age(datfrozenxid) || ' transactions)' as detail from pg_database where age(datfrozenxid) > 1000000000`,
    problem: (detail) => `Vacuum is far behind in ${detail}: the server will refuse to write.`,
    advice: 'VACUUM (FREEZE) that database now; see what keeps autovacuum away.',
  },
  {
    check: 'log clock',
    severity: 'error',
    sql: `select stream_id || ' at ' || to_char(committed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as detail from log.stream
      where committed_at > clock_timestamp() + interval '5 seconds'`,
    problem: (detail) =>
      `The log has commits of the future: stream ${detail}. The clock was ahead, and commits are stamped behind that one.`,
    advice:
      'Let NTP hold the clock of the database server. Times go on from there; nothing has to be mended in the log.',
  },
];
