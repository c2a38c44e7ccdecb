/**
 * Examines the commit log from outside: what a transaction recorded, and whether the log as a whole is sound; and provides raw SQL for
 * writing. It does not use the product's own code for reading the log; only the hash is the product's (src/versioning/chain.ts).
 */
import { v4 as uuidv4 } from 'uuid';
import type pg from 'pg';
import { fullPhaseOf } from '../../src/phases';
import { recordOfPhase } from '../../src/services/start-draft';
import { commitHash, type LoggedCommit, type LoggedRow } from '../../src/versioning/chain';
import { ada, workflow, type World } from './world';

export const REFERENCE = '00000000-0000-0000-0000-000000000000';

// ── what is there ───────────────────────────────────────────────────────────────────────────────────────────────────

export interface LiveRow {
  readonly streamId: string;
  /** The row as PostgreSQL's own jsonb text. */
  readonly image: string;
}

/** Every row of every product table that belongs to a stream, by `table key`. */
export async function liveRows(client: pg.Client): Promise<Map<string, LiveRow>> {
  await client.query(`set timezone = 'UTC'`);
  const { rows: tables } = await client.query<{ name: string; place: string; key: string }>(
    `select c.relname as name, format('%I.%I', n.nspname, c.relname) as place, string_agg('t.' || quote_ident(a.attname), ', ' order by k.ord) as key
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_index i on i.indrelid = c.oid and i.indisprimary
     cross join unnest(i.indkey) with ordinality k(num, ord) join pg_attribute a on a.attrelid = c.oid and a.attnum = k.num
     where n.nspname !~ '^(pg_|information_schema$|log$|past$)' and c.relkind in ('r', 'p') and c.relname <> '_prisma_migrations'
       and exists (select from pg_attribute s where s.attrelid = c.oid and s.attname = 'stream_id' and not s.attisdropped) group by 1, 2`,
  );
  const { rows } = await client.query<{ id: string; stream_id: string; image: string }>(
    tables
      .map(
        ({ name, place, key }) =>
          `select concat('${name} ', concat_ws(',', ${key})) as id, t.stream_id, to_jsonb(t)::text as image from ${place} t`,
      )
      .join(' union all '),
  );
  return new Map(rows.map((row) => [row.id, { streamId: row.stream_id, image: row.image }]));
}

export interface RecordedCommit extends LoggedCommit {
  readonly versionIds: readonly string[];
}

/** The commits of all streams (or of one), each with its rows, every value as the text that is hashed. */
export async function loggedCommits(client: pg.Client, streamId: string | null = null): Promise<RecordedCommit[]> {
  await client.query(`set timezone = 'UTC'`);
  const instant = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  const { rows: commits } = await client.query<Omit<RecordedCommit, 'rows'>>(
    `select stream_id as "streamId", sequence, ${instant('committed_at')} as "committedAt", change_set_id as "changeSetId",
       actor_id as "actorId", origin, operation, reason, request_id as "requestId", ${instant('occurred_at')} as "occurredAt", operator,
       encode(previous_hash, 'hex') as "previousHash", encode(hash, 'hex') as hash, version_ids::text[] as "versionIds"
     from log.change_set where stream_id = coalesce($1, stream_id) order by stream_id, sequence`,
    [streamId],
  );
  const { rows } = await client.query<LoggedRow & { streamId: string; sequence: number }>(
    `select stream_id as "streamId", sequence, table_name as "tableName", row_id as "rowId", version_id as "versionId",
       operation::text, before::text, after::text
     from log.row_change where stream_id = coalesce($1, stream_id) order by stream_id, sequence, ordinal`,
    [streamId],
  );
  const bySequence = new Map<string, LoggedRow[]>();
  for (const { streamId: stream, sequence, ...row } of rows) {
    const key = `${stream} ${sequence}`;
    bySequence.set(key, [...(bySequence.get(key) ?? []), row]);
  }
  return commits.map((commit) => ({ ...commit, rows: bySequence.get(`${commit.streamId} ${commit.sequence}`) ?? [] }));
}

/** The rows that should exist according to the log: the last image of each row that was not deleted. */
export function replay(commits: readonly LoggedCommit[]): Map<string, LiveRow> {
  const rows = new Map<string, LiveRow>();
  for (const { streamId, rows: changes } of commits)
    for (const { tableName, rowId, after } of changes) {
      if (after === null) rows.delete(`${tableName} ${rowId}`);
      else rows.set(`${tableName} ${rowId}`, { streamId, image: after });
    }
  return rows;
}

/** Whether two images are equal. An absent key is null, because columns are added over time. */
export function sameImage(one: string | null, other: string | null): boolean {
  if (one === other || one === null || other === null) return one === other;
  const keys = [one, other].map((text) => Object.keys(JSON.parse(text) as object));
  const without = (text: string, absent: readonly string[]) =>
    absent.reduce((rest, key) => rest.replace(`"${key}": null, `, '').replace(`, "${key}": null`, ''), text);
  return (
    without(
      one,
      keys[0]!.filter((key) => !keys[1]!.includes(key)),
    ) ===
    without(
      other,
      keys[1]!.filter((key) => !keys[0]!.includes(key)),
    )
  );
}

/**
 * All faults of the log: gaps, timestamps that do not increase, broken links, wrong hashes, images that do not follow from each other,
 * wrong heads, and rows that differ from the log.
 */
export async function logFaults(client: pg.Client): Promise<string[]> {
  const faults: string[] = [];
  const commits = await loggedCommits(client);
  const previous = new Map<string, RecordedCommit>();
  const images = new Map<string, string | null>();
  for (const commit of commits) {
    const name = `${commit.streamId}/${commit.sequence}`;
    const before = previous.get(commit.streamId);
    if (commit.sequence !== (before?.sequence ?? 0) + 1) faults.push(`${name} follows ${before?.sequence ?? 0}`);
    if (before && commit.committedAt <= before.committedAt) faults.push(`${name} is not later than the one before`);
    if (commit.previousHash !== (before?.hash ?? null)) faults.push(`${name} does not link to the one before`);
    if (commit.hash !== commitHash(commit)) faults.push(`${name} has another hash than its content`);
    if (commit.rows.length === 0) faults.push(`${name} is empty`);
    const versions = new Set(commit.rows.flatMap(({ versionId }) => versionId ?? []));
    if ([...versions].sort().join() !== commit.versionIds.join()) faults.push(`${name} names other versions`);
    for (const { tableName, rowId, operation, before: was, after } of commit.rows) {
      const id = `${tableName} ${rowId}`;
      if (!sameImage(images.get(id) ?? null, was)) faults.push(`${name}: ${operation} of ${id} does not follow`);
      if ((was === null) !== (operation === 'INSERT') || (after === null) !== (operation === 'DELETE'))
        faults.push(`${name}: ${operation} of ${id} has the wrong images`);
      images.set(id, after);
    }
    previous.set(commit.streamId, commit);
  }
  const { rows: heads } = await client.query<{ id: string; sequence: number; hash: string | null; is_open: boolean }>(
    `select stream_id as id, sequence, encode(hash, 'hex') as hash, is_open from log.stream`,
  );
  for (const { id, sequence, hash, is_open } of heads) {
    const last = previous.get(id);
    if (sequence !== (last?.sequence ?? 0) || hash !== (last?.hash ?? null))
      faults.push(`the head of ${id} is elsewhere`);
    if (is_open) faults.push(`the head of ${id} is open`);
  }
  const { rows: orphans } = await client.query<{ n: number }>(
    `select count(*)::int as n from log.row_change r where not exists (
       select from log.change_set c where c.stream_id = r.stream_id and c.sequence = r.sequence)`,
  );
  if (orphans[0]!.n > 0) faults.push(`${orphans[0]!.n} row changes belong to no change set`);
  const logged = replay(commits);
  const live = await liveRows(client);
  for (const id of new Set([...logged.keys(), ...live.keys()]))
    if (
      !sameImage(logged.get(id)?.image ?? null, live.get(id)?.image ?? null) ||
      logged.get(id)?.streamId !== live.get(id)?.streamId
    )
      faults.push(`${id} is ${live.get(id)?.image ?? 'gone'}, the log says ${logged.get(id)?.image ?? 'gone'}`);
  return faults;
}

export interface Recorded<T> {
  readonly result: T;
  readonly before: Map<string, LiveRow>;
  readonly after: Map<string, LiveRow>;
  /** The commits that were added. */
  readonly commits: readonly RecordedCommit[];
}

/** Runs some work and returns what the log recorded of it. The log must be sound afterwards. */
export function recording<T>(world: World, work: () => Promise<T>): Promise<Recorded<T>> {
  return world.session('superuser', async (client) => {
    const before = await liveRows(client);
    const known = new Set((await loggedCommits(client)).map(({ changeSetId }) => changeSetId));
    const faults = new Set(await logFaults(client));
    const result = await work();
    const commits = (await loggedCommits(client)).filter(({ changeSetId }) => !known.has(changeSetId));
    expect((await logFaults(client)).filter((fault) => !faults.has(fault))).toEqual([]);
    return { result, before, after: await liveRows(client), commits };
  });
}

export interface ExpectedChange {
  readonly streamId: string;
  readonly row: string;
  readonly operation: string;
  readonly before: string | null;
  readonly after: string | null;
}

const sorted = (changes: ExpectedChange[]): ExpectedChange[] =>
  changes.sort((a, b) => (a.row + a.operation < b.row + b.operation ? -1 : 1));

/** What must have been recorded, derived only from the rows before and after. */
export function differences({ before, after }: Pick<Recorded<unknown>, 'before' | 'after'>): ExpectedChange[] {
  const changes: ExpectedChange[] = [];
  for (const row of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(row), after.get(row)];
    if (was?.image === is?.image) continue;
    changes.push({
      streamId: (is ?? was)!.streamId,
      row,
      operation: !was ? 'INSERT' : !is ? 'DELETE' : 'UPDATE',
      before: was?.image ?? null,
      after: is?.image ?? null,
    });
  }
  return sorted(changes);
}

/** The row changes of some commits in the same form, in no particular order. */
export const changesIn = (commits: readonly RecordedCommit[]): ExpectedChange[] =>
  sorted(
    commits.flatMap(({ streamId, rows }) =>
      rows.map(({ tableName, rowId, operation, before, after }) => ({
        streamId,
        row: `${tableName} ${rowId}`,
        operation,
        before,
        after,
      })),
    ),
  );

// ── what must be switched on ────────────────────────────────────────────────────────────────────────────────────────

const capture = ['a_capture_insert', 'a_capture_update', 'a_capture_delete', 'a_capture_truncate', 'a_identity'];
const freeze = ['b_guard_insert', 'b_guard_update', 'b_guard_delete', 'b_guard_truncate'];
/** Guards of the tables that the phases share, and of the log itself. */
const guards: Record<string, readonly string[]> = {
  'public.phase_version': [
    'b_guard',
    'b_guard_truncate',
    'b_guard_recorded',
    'b_guard_settled',
    'c_inherit_editors',
    'd_latest_in_force',
    'd_succession',
  ],
  'public.item_decision': ['b_guard', 'b_insert_only', 'b_insert_only_truncate'],
  'public.version_editor': ['b_insert_only', 'b_insert_only_truncate'],
  'public.versioning_metrics': ['b_insert_only', 'b_insert_only_truncate'],
  'public.notification_rules': ['b_guard_rule'],
  'public.pack_requests': ['b_guard_request', 'b_insert_only', 'b_insert_only_truncate'],
  'public.test_report_signoffs': ['b_insert_only', 'b_insert_only_truncate'],
  'log.change_set': ['refuse_change', 'refuse_direct_insert'],
  'log.row_change': ['refuse_change', 'refuse_direct_insert'],
  'log.stream': ['seal', 'guard_head', 'refuse_removal'],
};

/** The required triggers of each table, by name. Phase tables are those that have a version and no list of their own. */
async function requiredTriggers(client: pg.Client): Promise<[table: string, triggers: readonly string[]][]> {
  const { rows: tables } = await client.query<{ name: string; of_version: boolean; is_item: boolean }>(
    `select n.nspname || '.' || c.relname as name,
       exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'version_id' and not a.attisdropped) as of_version,
       exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'item_hash' and not a.attisdropped) as is_item
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'f') and (n.nspname = 'public' or n.nspname || '.' || c.relname = any($1)
       or n.nspname = 'legacy' and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'stream_id' and not a.attisdropped)) and c.relname <> '_prisma_migrations'
     order by 1`,
    [Object.keys(guards)],
  );
  return tables.map(({ name, of_version, is_item }) => [
    name,
    [
      ...(/^(public|legacy)\./.test(name) ? capture : []),
      ...(guards[name] ?? (of_version ? [...freeze, ...(is_item ? ['c_forget_hash'] : [])] : [])),
    ],
  ]);
}

/**
 * Tables that can be written past the log or the rules: each missing trigger, and each that is not enabled ALWAYS (an ordinary one does not
 * fire in a session with replica mode). Empty if all is well.
 */
export async function uncapturedTables(client: pg.Client): Promise<string[]> {
  const { rows: triggers } = await client.query<{ table: string; name: string; enabled: string }>(
    `select n.nspname || '.' || c.relname as "table", t.tgname as name, t.tgenabled as enabled
     from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
     where not t.tgisinternal and n.nspname in ('public', 'log', 'legacy') order by 1, 2`,
  );
  const there = new Set(triggers.map(({ table, name }) => `${table} ${name}`));
  const missing = (await requiredTriggers(client)).flatMap(([table, required]) =>
    required.filter((name) => !there.has(`${table} ${name}`)).map((name) => `${table}: ${name} is missing`),
  );
  const words: Record<string, string> = { O: 'not enabled always', R: 'only for replicas', D: 'disabled' };
  const weak = triggers.filter(({ enabled }) => enabled !== 'A');
  return [...missing, ...weak.map(({ table, name, enabled }) => `${table}: ${name} is ${words[enabled]}`)];
}

// ── writing without the service ─────────────────────────────────────────────────────────────────────────────────────

type Row = Record<string, unknown>;

/** A row of phase_version as an import would write it; tests say what matters to them. */
export function rawVersion(row: Row & { version_number: number }, of = workflow): Row & { version_id: string } {
  const { phase = 'PLANNING' } = row as { phase?: string };
  return {
    version_id: uuidv4(),
    stream_id: of.workflowId,
    master_record_id: recordOfPhase(of.workflowId, fullPhaseOf(phase)),
    cycle_id: of.cycleId,
    report_id: of.reportId,
    phase,
    versioning_type: 'FULL',
    status: 'DRAFT',
    created_at: '2026-10-01T09:00:00Z',
    created_by: ada,
    approval_required: true,
    revision: 1,
    content_hash: '',
    is_deleted: false,
    ...row,
  };
}

/** A row of attribute_decisions. */
export function rawAttribute(version: Row, row: Row = {}): Row & { item_id: string; item_key: string } {
  return {
    item_id: uuidv4(),
    stream_id: version.stream_id,
    version_id: version.version_id,
    item_key: uuidv4(),
    label: 'an attribute',
    item_hash: '',
    attribute_id: uuidv4(),
    attribute_data: { name: 'an attribute' },
    ...row,
  };
}

/** A row of scoping_decisions. */
export function rawScoping(version: Row, row: Row = {}): Row & { item_id: string; item_key: string } {
  const { attribute_data: _, ...rest } = rawAttribute(version);
  return { ...rest, is_in_scope: true, ...row };
}

/** Inserts rows in one statement. */
export const insertRows = (client: pg.Client, table: string, rows: readonly Row[]): Promise<unknown> =>
  client.query(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1)`, [
    JSON.stringify(rows),
  ]);

/** Runs `work` between BEGIN and COMMIT; rolls back and throws on if it fails. */
export async function transaction<T>(client: pg.Client, work: () => Promise<T>, begin = 'begin'): Promise<T> {
  await client.query(begin);
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sync(): void;
}

/** COPY … FROM STDIN, over the protocol itself. */
export function copyIn(client: pg.Client, sql: string, data: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    client.query({
      submit: (connection: CopyConnection) => connection.query(sql),
      handleCopyInResponse: (connection: CopyConnection) => {
        connection.sendCopyFromChunk(Buffer.from(data, 'utf8'));
        connection.endCopyFrom();
      },
      handleError: (error: Error) => {
        failure = error;
        reject(error);
      },
      handleReadyForQuery: () => {
        if (!failure) resolve();
      },
      handleCommandComplete: () => undefined,
      handleRowDescription: () => undefined,
      handleDataRow: () => undefined,
      handleEmptyQuery: () => undefined,
      handlePortalSuspended: () => undefined,
    } as unknown as pg.Submittable);
  });
}

/** Changes the head of a stream, which requires switching off its guard: for instance to the state that a fast clock left. */
export const setHead = (client: pg.Client, streamId: string, change: string): Promise<unknown> =>
  client.query(`alter table log.stream disable trigger guard_head;
    update log.stream set ${change} where stream_id = '${streamId}';
    alter table log.stream enable always trigger guard_head`);
