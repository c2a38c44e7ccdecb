/** What a verification reads from the database: pages of source rows beside their views, what they became, and who wrote to that. */
import type { Db } from '../database/connection/database';
import { isoInstant } from '../database/log/log-reader';
import { phases } from '../phases';
import type { SameIds } from './mapping-check';
import type { Finding } from './source-row';
import { legacyTable } from './tables';
import type { Fate } from './import-summary';
import type { ReportedCommit } from './verify-report';

/** The page size. */
export const PAGE = 1000;

export interface PageRow {
  readonly sourceKey: string;
  readonly streamId: string;
  readonly row: Readonly<Record<string, unknown>>;
  readonly fate: Fate;
  readonly targetTable: string | null;
  readonly targetId: string | null;
  readonly mapped: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
  readonly isAsHashed: boolean;
  /** The time zone of its source, for times without one. */
  readonly zone: string;
  /** Its quarantine entry; null if there is none. */
  readonly entry: { readonly code: string; readonly reason: string; readonly isWhole: boolean } | null;
  /** Null if it is not a valid row of the table. */
  readonly sourceHash: string | null;
  readonly viewHash: string | null;
  readonly columns: readonly string[] | null;
  readonly rewritten: string | null;
}

/** A row and its view in the old table's form; unknown tables have no view. */
const sidesOf = (table: string): string =>
  legacyTable.has(table)
    ? `left join legacy.kept_${table} v on v.source_key = s.source_key
  cross join lateral (select to_jsonb(legacy.shown(null::legacy.row_of_${table}, s.row, '{}', null)) as source,
    case when v.source_key is not null then to_jsonb(v) - 'source_key' end as shown) e`
    : 'cross join lateral (select s.row as source, s.row as shown) e';

/** A page of a table: each row, its view, and the commits other than imports that wrote to what it became. */
export const pageOf = (table: string): string => `
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

export async function sameIds(tx: Db): Promise<SameIds> {
  const rows = await tx.query<{ kind: 'user' | 'lob'; legacyId: string; newId: string }>(
    `select kind, legacy_id, new_id from legacy.id_map where kind in ('user', 'lob')`,
  );
  const of = (wanted: string) =>
    new Map(
      rows.filter(({ kind }) => kind === wanted).map(({ legacyId, newId }) => [Number(legacyId), newId] as const),
    );
  return { user: of('user'), lob: of('lob') };
}

/** Rows whose target is missing, by key. */
export async function goneTargets(tx: Db, page: readonly PageRow[]): Promise<Map<string, string>> {
  const gone = new Map<string, string>();
  for (const table of new Set(page.map(({ targetTable }) => targetTable))) {
    if (table === null) continue;
    const rows = page.filter(({ targetTable, fate }) => targetTable === table && fate !== 'QUARANTINED');
    const column = targetKeys.get(table);
    const there = new Set(
      table === 'users'
        ? (
            await tx.query<{ id: string }>(
              `select m.legacy_id as id from legacy.id_map m join public.users u on u.user_id::text = m.new_id where m.kind = 'user' and m.legacy_id = any($1)`,
              [rows.map(({ row }) => String(row.user_id as number))],
            )
          ).map(({ id }) => id)
        : column === undefined
          ? []
          : (
              await tx.query<{ id: string }>(
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

/** For each row, the commits that wrote to what it became after the last import. */
export async function commitsBehind(
  tx: Db,
  table: string,
  rows: readonly PageRow[],
): Promise<Map<string, ReportedCommit[]>> {
  const found = await tx.query<ReportedCommit & { sourceKey: string }>(
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
  const commits = new Map<string, ReportedCommit[]>();
  for (const { sourceKey, sequence, at, origin, operation, who } of found)
    commits.set(sourceKey, [...(commits.get(sourceKey) ?? []), { sequence, at, origin, operation, who }]);
  return commits;
}
