/** The result of a verification, for auditors and programs. */
import { unread as unreadTable } from './import-report';
import { cell, code, more, page, table } from './markdown';
import type { TableCount } from './source';

/** A list that may be cut short. */
export interface Listed<T> {
  readonly total: number;
  readonly rows: readonly T[];
}

export interface TableReport {
  readonly table: string;
  /** The source's own row count; null if it has none. */
  readonly expected: number | null;
  readonly rows: number;
  readonly imported: number;
  readonly merged: number;
  /** Kept unchanged without being placed, because there is no counterpart here. */
  readonly kept: number;
  readonly quarantined: number;
  /** Of the placed rows: those that read as they were. */
  readonly equal: number;
  readonly changedSince: number;
  readonly different: number;
  /** SHA-256 over the row hashes in key order: of the source's rows, and of the rows as they read now. */
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

export interface ReportedCommit {
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
  readonly commits: readonly ReportedCommit[];
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
  /** What could not be read of the source, about which nothing is proven. */
  readonly unread: readonly TableCount[];
  readonly chains: readonly ChainReport[];
  /** The current state of the source; null if it was not read. */
  readonly source: { readonly rows: number; readonly notTaken: number; readonly changedThere: number } | null;
}

export const asJson = (report: VerifyReport): string => `${JSON.stringify(report, null, 2)}\n`;

const sum = (
  rows: VerifyReport['tables'],
  key: 'rows' | 'imported' | 'merged' | 'kept' | 'quarantined' | 'equal' | 'changedSince' | 'different',
) => rows.reduce((total, row) => total + row[key], 0);

export function asMarkdown(report: VerifyReport): string {
  const { ok, runAt, tables, statuses, findings, quarantine, changedSince, differences, unread, chains, source } =
    report;
  const rows = sum(tables, 'rows');
  const broken = chains.filter(({ valid }) => !valid);
  const counts = (name: string, of: (typeof tables)[number] | null) =>
    [
      name,
      of === null ? '' : (of.expected ?? 'unknown'),
      ...(['rows', 'imported', 'merged', 'kept', 'quarantined', 'equal', 'changedSince', 'different'] as const).map(
        (key) => (of ? of[key] : sum(tables, key)),
      ),
    ] as const;
  return page(
    '# What was taken over from the old system',
    `**${ok ? 'Proven' : 'Not proven'}**, ${runAt}. ${rows} source rows: ${sum(tables, 'imported')} imported, ${sum(tables, 'merged')} merged, ${sum(tables, 'kept')} kept and not placed, ${sum(tables, 'quarantined')} quarantined. ` +
      `${sum(tables, 'equal')} read as they were, ${changedSince.total} have been changed here since, ${differences.total} ${differences.total === 1 ? 'difference is' : 'differences are'} unexplained.`,
    broken.length > 0
      ? `**The log is broken in ${broken.length} of ${chains.length} streams; nothing that lies in them is proven.**`
      : `The log is whole in all ${chains.length} streams that hold what was taken over.`,
    source &&
      `The source itself was read: ${source.rows} rows, ${source.notTaken} of them not taken over, ${source.changedThere} changed there since.`,
    unread.length === 0
      ? null
      : `**Not everything could be read of the source; of what could not, nothing is proven.**\n\n${unreadTable(unread)}`,
    '## Differences',
    'What nobody can answer for. Each must be looked into.',
    table(
      ['table', 'key', 'columns', 'what is wrong'],
      differences.rows.map(({ table: name, key, columns, problem }) => [
        code(name),
        code(key),
        columns.map(code).join(', '),
        cell(problem),
      ]),
    ) + more(differences),
    broken.length > 0
      ? table(
          ['stream', 'what is wrong with its log'],
          broken.map(({ streamId, problem }) => [code(streamId), cell(problem)]),
        )
      : null,
    '## By table',
    'A row is *equal* if the old table’s view gives it as the source had it, column by column.',
    table(
      [
        'table',
        'expected',
        'rows',
        'imported',
        'merged',
        'kept, not placed',
        'quarantined',
        'equal',
        'changed since',
        'different',
      ],
      [
        ...tables
          .filter((each) => each.rows > 0 || each.expected !== null)
          .map((each) => counts(code(each.table), each)),
        counts('**all**', null),
      ],
    ),
    '## By status',
    table(
      ['table', 'status there', 'imported', 'merged', 'kept', 'quarantined'],
      statuses.map((each) => [
        code(each.table),
        cell(each.status),
        each.imported,
        each.merged,
        each.kept,
        each.quarantined,
      ]),
    ),
    '## Changed here since',
    'Changed through the service, or by a later import; the commits are in the log.',
    table(
      ['table', 'key', 'columns', 'commits'],
      changedSince.rows.map(({ table: name, key, columns, commits }) => [
        code(name),
        code(key),
        columns.map(code).join(', '),
        commits
          .map(
            ({ sequence, at, who, operation }) =>
              `${sequence} (${at}, ${cell(who ?? 'nobody named')}, ${cell(operation)})`,
          )
          .join('; '),
      ]),
    ) + more(changedSince),
    '## Quarantine',
    'Rows that could not be placed. They are kept whole.',
    table(
      ['table', 'key', 'code', 'reason'],
      quarantine.rows.map(({ table: name, key, code: why, reason }) => [
        code(name),
        code(key),
        code(why),
        cell(reason),
      ]),
    ) + more(quarantine),
    '## Findings',
    'What was untidy in the old system and how it was decided.',
    table(
      ['code', 'rows', 'for example'],
      findings.map(({ code: name, count, examples }) => [
        code(name),
        count,
        examples.map(({ table: of, key, message }) => `${code(`${of} ${key}`)}: ${cell(message)}`).join('<br>'),
      ]),
    ),
    '## Hashes',
    'SHA-256 over the hashes of a table’s rows in the order of their keys: as the source had them, and as the view gives them now.',
    table(
      ['table', 'source', 'view'],
      tables
        .filter((each) => each.sourceHash !== '' && each.rows > 0)
        .map((each) => [
          code(each.table),
          code(each.sourceHash),
          each.viewHash === each.sourceHash ? 'the same' : code(each.viewHash),
        ]),
    ),
  );
}
