/**
 * What was taken over, proven: every source row has one fate, what it became is there, the new tables say what it says, and
 * reading it back through the old tables' views gives it as it was. What has been changed here since is told apart from what
 * nobody can answer for.
 */
import { createHash } from 'node:crypto';
import type { Db } from '../database/database';
import { isoInstant } from '../database/log-reader';
import { phases } from '../phases';
import type { NotedHeads } from '../proof/checkpoints';
import { verifyStream } from '../proof/verify';
import { disagreements, type SameIds } from './agreement';
import type { TableCount } from './source';
import type { Finding } from './source-row';
import { legacyTable, legacyTables } from './tables';
import type { Fate } from './tally';

/** A row as a source gives it, with the key that an import gives it. */
export interface SourceRecord {
  readonly table: string;
  readonly key: string;
  /** The source's own text of the row. */
  readonly raw: string;
}

export interface VerifyOptions {
  /** The source itself, to be held against what was taken over from it. */
  readonly source?: AsyncIterable<SourceRecord>;
  /** What the source has, asked when it has been read. */
  readonly counts?: () => readonly TableCount[];
  /** Heads of the chains as they were noted outside the database. */
  readonly noted?: ReadonlyMap<string, NotedHeads>;
  readonly onRow?: () => void;
}

/** A list that may be too long to be kept whole. */
export interface Listed<T> {
  readonly total: number;
  readonly rows: readonly T[];
}

export interface TableReport {
  readonly table: string;
  /** How many rows the source says that there are; null where it does not say. */
  readonly expected: number | null;
  readonly rows: number;
  readonly imported: number;
  readonly merged: number;
  /** Kept whole, and not placed: nothing here corresponds to them. */
  readonly kept: number;
  readonly quarantined: number;
  /** Of the rows that were placed: those that read as they were. */
  readonly equal: number;
  readonly changedSince: number;
  readonly different: number;
  /** SHA-256 over the hashes of the rows as the source has them, in the order of their keys, and as they read now. */
  readonly sourceHash: string;
  readonly viewHash: string;
}

export interface StatusReport {
  readonly table: string;
  readonly status: string;
  readonly imported: number;
  readonly merged: number;
  readonly kept: number;
  readonly quarantined: number;
}

export interface FindingReport {
  readonly code: string;
  readonly count: number;
  readonly examples: readonly { readonly table: string; readonly key: string; readonly message: string }[];
}

export interface Quarantined {
  readonly table: string;
  readonly key: string;
  readonly code: string;
  readonly reason: string;
}

export interface Commit {
  readonly sequence: number;
  readonly at: string;
  readonly origin: string;
  readonly operation: string;
  readonly who: string | null;
}

export interface ChangedRow {
  readonly table: string;
  readonly key: string;
  readonly columns: readonly string[];
  readonly commits: readonly Commit[];
}

export interface Difference {
  readonly table: string;
  readonly key: string;
  readonly columns: readonly string[];
  readonly problem: string;
}

export interface ChainReport {
  readonly streamId: string;
  readonly valid: boolean;
  readonly commits: number;
  readonly problem: string | null;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly runAt: string;
  readonly tables: readonly TableReport[];
  readonly statuses: readonly StatusReport[];
  readonly findings: readonly FindingReport[];
  readonly quarantine: Listed<Quarantined>;
  readonly changedSince: Listed<ChangedRow>;
  readonly differences: Listed<Difference>;
  /** What the source has and could not be read: of that nothing is proven. */
  readonly unread: readonly TableCount[];
  readonly chains: readonly ChainReport[];
  /** What the source says today; null where it was not asked. */
  readonly source: { readonly rows: number; readonly notTaken: number; readonly changedThere: number } | null;
}

const PAGE = 1000;
const LISTED = 1000;
const EXAMPLES = 3;

/** Keeps the first of what it is given, and counts all. */
class List<T> implements Listed<T> {
  total = 0;
  readonly rows: T[] = [];

  add(row: T): void {
    this.total++;
    if (this.rows.length < LISTED) this.rows.push(row);
  }
}

interface PageRow {
  readonly sourceKey: string;
  readonly streamId: string;
  readonly row: Readonly<Record<string, unknown>>;
  readonly fate: Fate;
  readonly targetTable: string | null;
  readonly targetId: string | null;
  readonly mapped: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
  readonly isAsHashed: boolean;
  /** Of its source, for times that name none. */
  readonly zone: string;
  /** Null where no entry of the quarantine tells of it. */
  readonly entry: { readonly code: string; readonly reason: string; readonly isWhole: boolean } | null;
  /** Null where the row is nothing of the table's. */
  readonly sourceHash: string | null;
  readonly viewHash: string | null;
  readonly columns: readonly string[] | null;
  readonly rewritten: string | null;
}

/** A row and the old table's view of it; a table that nobody knows has no view. */
const sidesOf = (table: string): string =>
  legacyTable.has(table)
    ? `left join legacy.kept_${table} v on v.source_key = s.source_key
  cross join lateral (select to_jsonb(legacy.shown(null::legacy.row_of_${table}, s.row, '{}', null)) as source,
    case when v.source_key is not null then to_jsonb(v) - 'source_key' end as shown) e`
    : 'cross join lateral (select s.row as source, s.row as shown) e';

/** A page of a table: each row, its view, and who else than an import wrote to what is kept of it. */
const pageOf = (table: string): string => `
  select s.source_key, s.stream_id, case when jsonb_typeof(s.row) = 'object' then s.row else '{}' end as row, s.fate::text as fate, s.target_table, s.target_id, s.mapped, s.findings,
    s.row_hash = legacy.hash_of(s.row) as is_as_hashed,
    coalesce((select i.zone from legacy.import i where i.import_id = s.import_id), 'UTC') as zone,
    case when q.table_name is not null then jsonb_build_object('code', q.code, 'reason', q.reason, 'isWhole', legacy.as_json(q.row) = s.row) end as entry,
    legacy.hash_of(e.source) as source_hash, legacy.hash_of(e.shown) as view_hash,
    case when e.source <> e.shown then array(select k from jsonb_object_keys(e.source) k where e.source -> k is distinct from e.shown -> k order by 1) end as columns,
    (select format('%s in commit %s', c.origin, c.sequence) from log.row_change r join log.change_set c using (stream_id, sequence)
     where r.stream_id = s.stream_id and r.table_name = 'source_row' and r.row_id = s.table_name || ',' || s.source_key and c.origin <> 'import'
     order by c.sequence limit 1) as rewritten
  from (select * from legacy.source_row where table_name = $1 and source_key > $2 order by source_key limit ${PAGE}) s
  left join legacy.quarantine q using (table_name, source_key)
  ${sidesOf(table)}
  order by s.source_key`;

/** The new tables that source rows became rows of, and their keys. */
const targetKeys: ReadonlyMap<string, string> = new Map([
  ...([
    ['lobs', 'lob_id'],
    ['reports', 'report_id'],
    ['cycles', 'cycle_id'],
    ['workflows', 'workflow_id'],
  ] as const),
  ...phases.flatMap((phase): [string, string][] => [
    [phase.version.table, 'version_id'],
    ...('item' in phase ? [[phase.item.table, 'item_id'] as [string, string]] : []),
  ]),
]);

export async function verify(tx: Db, { source, counts, noted, onRow }: VerifyOptions = {}): Promise<VerifyReport> {
  const run = new Verification(tx, onRow);
  await run.chains(noted);
  for (const name of await run.tables()) await run.table(name);
  await run.strays();
  await run.sharedTargets();
  if (source) await run.hold(source);
  await run.count(counts?.());
  return run.report();
}

class Verification {
  readonly #tables: Omit<TableReport, 'expected'>[] = [];
  #counts: readonly TableCount[] = [];
  readonly #statuses = new Map<string, { -readonly [K in keyof StatusReport]: StatusReport[K] }>();
  readonly #findings = new Map<
    string,
    { code: string; count: number; examples: FindingReport['examples'][number][] }
  >();
  readonly #quarantine = new List<Quarantined>();
  readonly #changed = new List<ChangedRow>();
  readonly #differences = new List<Difference>();
  readonly #chains: ChainReport[] = [];
  #source: VerifyReport['source'] = null;
  #same: SameIds | undefined;

  constructor(
    private readonly tx: Db,
    private readonly onRow: () => void = () => undefined,
  ) {}

  /** The chains of everything that was taken over: no row is better proven than the log that it lies in. */
  async chains(noted?: ReadonlyMap<string, NotedHeads>): Promise<void> {
    const streams = await this.tx.query<{ streamId: string }>(
      `select stream_id from legacy.source_row union select stream_id from legacy.quarantine order by 1`,
    );
    for (const { streamId } of streams) {
      const { valid, changeSetsChecked, problem } = await verifyStream(this.tx, streamId, {
        noted: noted?.get(streamId),
      });
      this.#chains.push({ streamId, valid, commits: changeSetsChecked, problem });
    }
  }

  /** The tables of the old system, and whatever else there are rows of. */
  async tables(): Promise<string[]> {
    const known: readonly string[] = legacyTables.map(({ name }) => name);
    const others = await this.tx.query<{ name: string }>(
      'select distinct table_name as name from legacy.source_row where table_name <> all ($1) order by 1',
      [known],
    );
    return [...known, ...others.map(({ name }) => name)];
  }

  async table(table: string): Promise<void> {
    const count = { rows: 0, imported: 0, merged: 0, kept: 0, quarantined: 0, equal: 0, changedSince: 0, different: 0 };
    const [sourceHash, viewHash] = [createHash('sha256'), createHash('sha256')];
    const sql = pageOf(table);
    let after = '';
    for (;;) {
      const page = await this.tx.query<PageRow>(sql, [table, after]);
      const problems = await this.#problemsOf(table, page);
      for (const row of page) {
        count.rows++;
        count[row.fate.toLowerCase() as 'imported']++;
        if (row.fate !== 'QUARANTINED') {
          sourceHash.update(row.sourceHash ?? '-');
          viewHash.update(row.viewHash ?? '-');
        }
        this.#note(table, row);
        const found = problems.get(row.sourceKey);
        if (found === 'changed') count.changedSince++;
        else if (found === 'different') count.different++;
        else if (row.fate !== 'QUARANTINED') count.equal++;
        this.onRow();
      }
      if (page.length < PAGE) break;
      after = page.at(-1)!.sourceKey;
    }
    this.#tables.push({ table, ...count, sourceHash: sourceHash.digest('hex'), viewHash: viewHash.digest('hex') });
  }

  #note(table: string, { sourceKey: key, row, fate, findings, entry }: PageRow): void {
    const status = [row.version_status, row.status, row.execution_status, row.assignment_status].find(
      (word) => typeof word === 'string',
    );
    if (status !== undefined) {
      const name = `${table}:${status}`;
      const counted = this.#statuses.get(name) ?? {
        table,
        status: status,
        imported: 0,
        merged: 0,
        kept: 0,
        quarantined: 0,
      };
      counted[fate.toLowerCase() as 'imported']++;
      this.#statuses.set(name, counted);
    }
    for (const { code, message } of findings) {
      const counted = this.#findings.get(code) ?? { code, count: 0, examples: [] };
      counted.count++;
      if (counted.examples.length < EXAMPLES) counted.examples.push({ table, key, message });
      this.#findings.set(code, counted);
    }
    if (entry) this.#quarantine.add({ table, key, code: entry.code, reason: entry.reason });
  }

  /** The rows of a page that do not read as they were, and whether that is a change or a difference. */
  async #problemsOf(table: string, page: readonly PageRow[]): Promise<Map<string, 'changed' | 'different'>> {
    const verdicts = new Map<string, 'changed' | 'different'>();
    const differs = (key: string, problem: string, columns: readonly string[] = []) => {
      verdicts.set(key, 'different');
      this.#differences.add({ table, key, columns, problem });
    };
    this.#same ??= await this.#sameIds();
    const gone = await this.#goneTargets(page);
    for (const row of page) {
      const key = row.sourceKey;
      if (!row.isAsHashed) differs(key, 'What is kept of the row is not what its hash was made of.');
      if (row.rewritten !== null) differs(key, `What is kept of the row was changed by ${row.rewritten}.`);
      if (row.fate === 'QUARANTINED') {
        if (!row.entry) differs(key, 'It is quarantined, and the quarantine does not have it.');
        else if (!row.entry.isWhole) differs(key, 'The quarantine does not have the whole row.');
        if (row.targetId !== null) differs(key, 'It is quarantined, and it became something.');
        continue;
      }
      if (row.entry) differs(key, 'It has two fates: it was placed, and it is quarantined.');
      if (gone.has(key)) differs(key, gone.get(key)!);
      const wrong = disagreements(table, row.row, row.mapped, row.findings, this.#same, row.zone);
      if (wrong.length > 0)
        differs(key, 'The new tables do not say what the row says, and no finding tells why.', wrong);
    }
    const changed = page.filter(({ sourceKey, columns }) => columns && !verdicts.has(sourceKey));
    if (changed.length > 0) {
      const commits = await this.#commitsBehind(table, changed);
      for (const { sourceKey: key, columns } of changed) {
        const behind = commits.get(key) ?? [];
        const foreign = behind.filter(({ origin }) => origin !== 'api' && origin !== 'import');
        if (behind.length === 0) differs(key, 'It does not read as it was, and no commit tells why.', columns!);
        else if (foreign.length > 0)
          differs(
            key,
            `It was changed past the service: ${foreign.map(({ origin, sequence }) => `${origin} in commit ${sequence}`).join(', ')}.`,
            columns!,
          );
        else {
          verdicts.set(key, 'changed');
          this.#changed.add({ table, key, columns: columns!, commits: behind });
        }
      }
    }
    return verdicts;
  }

  async #sameIds(): Promise<SameIds> {
    const rows = await this.tx.query<{ kind: 'user' | 'lob'; legacyId: string; newId: string }>(
      `select kind, legacy_id, new_id from legacy.id_map where kind in ('user', 'lob')`,
    );
    const of = (wanted: string) =>
      new Map(
        rows.filter(({ kind }) => kind === wanted).map(({ legacyId, newId }) => [Number(legacyId), newId] as const),
      );
    return { user: of('user'), lob: of('lob') };
  }

  /** Rows whose target is not there, by their keys. */
  async #goneTargets(page: readonly PageRow[]): Promise<Map<string, string>> {
    const gone = new Map<string, string>();
    for (const table of new Set(page.map(({ targetTable }) => targetTable))) {
      if (table === null) continue;
      const rows = page.filter(({ targetTable, fate }) => targetTable === table && fate !== 'QUARANTINED');
      const column = targetKeys.get(table);
      const there = new Set(
        table === 'users'
          ? (
              await this.tx.query<{ id: string }>(
                `select m.legacy_id as id from legacy.id_map m join public.users u on u.user_id::text = m.new_id where m.kind = 'user' and m.legacy_id = any($1)`,
                [rows.map(({ row }) => String(row.user_id as number))],
              )
            ).map(({ id }) => id)
          : column === undefined
            ? []
            : (
                await this.tx.query<{ id: string }>(
                  `select ${column} as id from public.${table} where ${column} = any($1::uuid[])`,
                  [rows.map(({ targetId }) => targetId)],
                )
              ).map(({ id }) => id),
      );
      for (const { sourceKey, targetId, row } of rows)
        if (!there.has(table === 'users' ? String(row.user_id) : (targetId ?? '')))
          gone.set(sourceKey, `What it became, ${table}${targetId === null ? '' : ` ${targetId}`}, is not there.`);
    }
    return gone;
  }

  /** For each row the commits that wrote to what it became, since an import last kept it. */
  async #commitsBehind(table: string, rows: readonly PageRow[]): Promise<Map<string, Commit[]>> {
    const found = await this.tx.query<Commit & { sourceKey: string }>(
      `select distinct r.source_key, c.stream_id, c.sequence, ${isoInstant('c.committed_at')} as at, c.origin, c.operation, u.name as who
       from legacy.source_row s
       cross join lateral (
         select max(c.committed_at) as at from log.row_change k join log.change_set c using (stream_id, sequence)
         where k.stream_id = s.stream_id and k.table_name = 'source_row' and k.row_id = s.table_name || ',' || s.source_key and c.origin = 'import') kept
       cross join lateral legacy.changes_behind(s.target_table, s.target_id, s.row) b
       join log.change_set c on c.stream_id = b.stream_id and c.sequence = b.sequence and c.committed_at > kept.at
       left join public.users u on u.user_id = c.actor_id
       cross join lateral (select s.source_key) r
       where s.table_name = $1 and s.source_key = any($2) order by 1, 3`,
      [table, rows.map(({ sourceKey }) => sourceKey)],
    );
    const commits = new Map<string, Commit[]>();
    for (const { sourceKey, sequence, at, origin, operation, who } of found)
      commits.set(sourceKey, [...(commits.get(sourceKey) ?? []), { sequence, at, origin, operation, who }]);
    return commits;
  }

  /** Entries of the quarantine that no source row answers for. */
  async strays(): Promise<void> {
    const rows = await this.tx.query<{ table: string; key: string }>(
      `select table_name as table, source_key as key from legacy.quarantine q
       where not exists (select from legacy.source_row s where s.table_name = q.table_name and s.source_key = q.source_key) order by 1, 2`,
    );
    for (const { table, key } of rows)
      this.#differences.add({ table, key, columns: [], problem: 'The quarantine has it, and no source row does.' });
  }

  /** What something became is one source row's; others may be part of it. */
  async sharedTargets(): Promise<void> {
    const rows = await this.tx.query<{ table: string; key: string; first: string }>(
      `select table_name as table, source_key as key, first from (
         select *, first_value(table_name || ' ' || source_key) over (partition by target_table, target_id order by table_name, source_key) as first
         from legacy.source_row where fate = 'IMPORTED' and target_id is not null) s
       where first <> table_name || ' ' || source_key order by 1, 2`,
    );
    for (const { table, key, first } of rows)
      this.#differences.add({ table, key, columns: [], problem: `It became the same as ${first}.` });
  }

  /** Holds the source itself against what was taken over. */
  async hold(source: AsyncIterable<SourceRecord>): Promise<void> {
    const counted = { rows: 0, notTaken: 0, changedThere: 0 };
    for await (const batch of inBatches(source, PAGE)) {
      counted.rows += batch.length;
      const rows = await this.tx.query<{ table: string; key: string; isTaken: boolean }>(
        `select r."table", r.key, s.table_name is not null as is_taken
         from jsonb_to_recordset($1) as r("table" text, key text, raw text)
         left join legacy.source_row s on s.table_name = r."table" and s.source_key = r.key
         where s.row_hash is distinct from legacy.hash_of(legacy.as_json(r.raw))`,
        [JSON.stringify(batch)],
      );
      for (const { table, key, isTaken } of rows) {
        counted[isTaken ? 'changedThere' : 'notTaken']++;
        this.#differences.add({
          table,
          key,
          columns: [],
          problem: isTaken
            ? 'The source says something else today: it needs a sync.'
            : 'The source has it, and it was not taken over.',
        });
      }
    }
    this.#source = counted;
  }

  /** How many rows there should be: as the source says now, or said when it was imported last. */
  async count(counts?: readonly TableCount[]): Promise<void> {
    this.#counts =
      counts ??
      (await this.tx.query<TableCount>(
        'select name as table, expected, read, problem from legacy.source_table order by import_id, name',
      ));
  }

  #expected(table: string): number | null {
    const counts = this.#counts.flatMap((count) => (count.table === table ? (count.expected ?? []) : []));
    return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0);
  }

  async report(): Promise<VerifyReport> {
    const [now] = await this.tx.query<{ at: string }>(`select ${isoInstant('clock_timestamp()')} as at`);
    const unread = this.#counts.filter(({ problem }) => problem !== null);
    const names = new Set(this.#tables.map(({ table }) => table));
    const none = {
      rows: 0,
      imported: 0,
      merged: 0,
      kept: 0,
      quarantined: 0,
      equal: 0,
      changedSince: 0,
      different: 0,
    };
    const tables = [
      ...this.#tables,
      ...this.#counts
        .filter(({ table, problem }) => problem === null && !names.has(table))
        .map(({ table }) => ({ table, ...none, sourceHash: '', viewHash: '' })),
    ];
    return {
      ok: this.#differences.total === 0 && unread.length === 0 && this.#chains.every(({ valid }) => valid),
      runAt: now!.at,
      tables: tables.map((each) => ({ ...each, expected: this.#expected(each.table) })),
      statuses: [...this.#statuses.values()],
      findings: [...this.#findings.values()].sort((a, b) => b.count - a.count || a.code.localeCompare(b.code)),
      quarantine: this.#quarantine,
      changedSince: this.#changed,
      differences: this.#differences,
      unread,
      chains: this.#chains,
      source: this.#source,
    };
  }
}

async function* inBatches<T>(rows: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
