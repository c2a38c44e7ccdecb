/**
 * Proves what was taken over: every source row has exactly one fate, its target exists, the new tables agree with it, and reading it back
 * through the old tables' views gives the original. Changes made here since then are distinguished from unexplained differences.
 */
import { createHash } from 'node:crypto';
import type { Db } from '../database/connection/database';
import { isoInstant } from '../database/log/log-reader';
import type { CheckpointHeads } from '../proof/checkpoints';
import { verifyStream } from '../proof/verify';
import { disagreements, type SameIds } from './mapping-check';
import type { TableCount } from './source';
import { legacyTables } from './tables';
import { commitsBehind, goneTargets, PAGE, pageOf, sameIds, type PageRow } from './verify-page';
import type {
  ChainReport,
  ChangedRow,
  Difference,
  FindingReport,
  Listed,
  Quarantined,
  StatusReport,
  TableReport,
  VerifyReport,
} from './verify-report';
import { holdSource, type SourceRecord } from './verify-source';

export interface VerifyOptions {
  /** The source itself, to be compared with what was taken over. */
  readonly source?: AsyncIterable<SourceRecord>;
  /** The source's counts, read after its rows. */
  readonly counts?: () => readonly TableCount[];
  /** Heads of the chains recorded outside the database. */
  readonly checkpointHeads?: ReadonlyMap<string, CheckpointHeads>;
  readonly onRow?: () => void;
}

const LISTED = 1000;
const EXAMPLES = 3;

/** Keeps the first entries, and counts all. */
class List<T> implements Listed<T> {
  total = 0;
  readonly rows: T[] = [];

  add(row: T): void {
    this.total++;
    if (this.rows.length < LISTED) this.rows.push(row);
  }
}

export async function verify(
  tx: Db,
  { source, counts, checkpointHeads, onRow }: VerifyOptions = {},
): Promise<VerifyReport> {
  const run = new Verification(tx, onRow);
  await run.chains(checkpointHeads);
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

  /** Verifies the chains of everything that was taken over, since no row is better proven than its log. */
  async chains(checkpointHeads?: ReadonlyMap<string, CheckpointHeads>): Promise<void> {
    const streams = await this.tx.query<{ streamId: string }>(
      `select stream_id from legacy.source_row union select stream_id from legacy.quarantine order by 1`,
    );
    for (const { streamId } of streams) {
      const { valid, changeSetsChecked, problem } = await verifyStream(this.tx, streamId, {
        checkpointHeads: checkpointHeads?.get(streamId),
      });
      this.#chains.push({ streamId, valid, commits: changeSetsChecked, problem });
    }
  }

  /** The old system's tables, and any others with rows. */
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

  /** The rows of a page that do not read as they were, and whether each is a change or a difference. */
  async #problemsOf(table: string, page: readonly PageRow[]): Promise<Map<string, 'changed' | 'different'>> {
    const verdicts = new Map<string, 'changed' | 'different'>();
    const differs = (key: string, problem: string, columns: readonly string[] = []) => {
      verdicts.set(key, 'different');
      this.#differences.add({ table, key, columns, problem });
    };
    this.#same ??= await sameIds(this.tx);
    const gone = await goneTargets(this.tx, page);
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
      const commits = await commitsBehind(this.tx, table, changed);
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

  /** Quarantine entries without a source row. */
  async strays(): Promise<void> {
    const rows = await this.tx.query<{ table: string; key: string }>(
      `select table_name as table, source_key as key from legacy.quarantine q
       where not exists (select from legacy.source_row s where s.table_name = q.table_name and s.source_key = q.source_key) order by 1, 2`,
    );
    for (const { table, key } of rows)
      this.#differences.add({ table, key, columns: [], problem: 'The quarantine has it, and no source row does.' });
  }

  /** Each target belongs to one source row; others may only be merged into it. */
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

  /** Compares the source itself with what was taken over. */
  async hold(source: AsyncIterable<SourceRecord>): Promise<void> {
    this.#source = await holdSource(this.tx, source, (difference) => this.#differences.add(difference));
  }

  /** The expected row counts: as the source says now, or said at the last import. */
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
