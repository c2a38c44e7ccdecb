/**
 * Search over everything that has a name: workflows, versions, items, records and people. Words match by prefix; items are found through a
 * full-text index on their labels. Only a limited number of candidates of each kind is ranked.
 */
import { auditOnlyPhases, fullPhases, phases } from '../../phases';
import { columnName, contentFields } from '../../versioning/fields';
import type { AuditOnlyPhase, FullPhase } from '../../versioning/phase';
import type { Db } from '../connection/database';
import { isSeenBy } from '../register/people';
import { unprepared, quote } from '../connection/statements';

export const searchTypes = ['WORKFLOW', 'VERSION', 'ITEM', 'RECORD', 'PERSON'] as const;
export type SearchType = (typeof searchTypes)[number];

export interface Found {
  readonly type: SearchType;
  readonly phase: string | null;
  /** The id of the workflow, version, item or person. */
  readonly id: string;
  readonly workflowId: string | null;
  readonly title: string;
}

/** The maximum number of candidates of each kind, and of results. */
const LOOKED_AT = 1_000;
const MAX_FOUND = 100;

/** A text-search query from the words of the first parameter, each as a prefix. */
const sought = `(select string_agg('''' || replace(replace(t.lexeme, '\\', '\\\\'), '''', '''''') || ''':*', ' & ')::tsquery
  from unnest(log.search_words($1)) t)`;

const found = (text: string): string => `log.search_words(${text}) @@ (select query from sought)`;

/** The workflows that the person of the second parameter sees, with their display names. */
const seen = `select w.workflow_id, concat_ws(' · ', r.number || ' ' || r.name, c.name) as place
  from workflows w join reports r using (report_id) join cycles c using (cycle_id) where ${isSeenBy('$2')}`;

const texts = (fields: FullPhase['version']['fields'], row: string): string[] =>
  contentFields(fields).flatMap(([name, { kind, isLong }]) => {
    const column = `${row}.${columnName(name)}`;
    if (kind === 'text' && !isLong) return [column];
    if (kind !== 'json' && kind !== 'jsonList' && kind !== 'textList') return [];
    return [
      `(select string_agg(t #>> '{}', ' ') from jsonb_path_query(${column}, 'strict $.**') t where jsonb_typeof(t) = 'string')`,
    ];
  });

/** The title of a version, with the phase's own texts if it has any. */
const titleOf = ({ title, version }: FullPhase | AuditOnlyPhase, ownTexts: boolean): string =>
  `concat_ws(' · ', ${[`${quote(title)} || ' ' || v.version_number`, 's.place', ...(ownTexts ? texts(version.fields, 'd') : [])].join(', ')})`;

/** Versions that can be found: those in progress, and those in force. */
const counts = `not v.is_deleted and v.status not in ('SUPERSEDED', 'REJECTED')`;

function versionsOf(type: SearchType, phase: FullPhase | AuditOnlyPhase): string {
  const title = titleOf(phase, true);
  return `select ${quote(type)} as type, ${quote(phase.key)} as phase, v.version_id::text as id, s.workflow_id, ${titleOf(phase, false)} as title, v.created_at as at
    from seen s join phase_version v on v.stream_id = s.workflow_id and v.phase = ${quote(phase.key)} and ${counts}
    join ${phase.version.table} d using (version_id) where ${found(title)} limit ${LOOKED_AT}`;
}

/** If the words are rare, few items match; so items are found first, and visibility is checked afterwards. */
const itemsOf = (
  phase: FullPhase,
): string => `select 'ITEM', ${quote(phase.key)}, i.item_id::text, s.workflow_id, i.label, v.created_at
    from (select i.item_id, i.version_id, i.label from ${phase.item.table} i where ${found('i.label')} offset 0) i
    join phase_version v on v.version_id = i.version_id and ${counts}
    join seen s on s.workflow_id = v.stream_id limit ${LOOKED_AT}`;

const parts: Readonly<Record<SearchType, (ofPhases: ReadonlySet<string>) => string[]>> = {
  WORKFLOW: () => [
    `select 'WORKFLOW', null, s.workflow_id::text, s.workflow_id, s.place, null::timestamptz from seen s where ${found('s.place')} limit ${LOOKED_AT}`,
  ],
  VERSION: (ofPhases) => fullPhases.filter(({ key }) => ofPhases.has(key)).map((phase) => versionsOf('VERSION', phase)),
  RECORD: (ofPhases) =>
    auditOnlyPhases.filter(({ key }) => ofPhases.has(key)).map((phase) => versionsOf('RECORD', phase)),
  ITEM: (ofPhases) => fullPhases.filter(({ key }) => ofPhases.has(key)).map(itemsOf),
  PERSON: () => [
    `select 'PERSON', null, u.user_id::text, null::uuid, u.name, null::timestamptz from users u where ${found(`u.name || ' ' || u.user_id`)} limit ${LOOKED_AT}`,
  ],
};

/**
 * A person's search results: exact titles first, then titles with that prefix, then the newest.
 * @param ofPhases the phases in which versions, items and records are searched; all if omitted
 */
export function search(
  db: Db,
  userId: number,
  text: string,
  types: readonly SearchType[],
  ofPhases: readonly string[] = phases.map(({ key }) => key),
): Promise<Found[]> {
  const wanted = searchTypes.filter((type) => types.includes(type)).flatMap((type) => parts[type](new Set(ofPhases)));
  if (wanted.length === 0) return Promise.resolve([]);
  return db.query<Found>(
    unprepared(`with sought as materialized (select ${sought} as query), seen as materialized (${seen}),
     found(type, phase, id, workflow_id, title, at) as (${wanted.map((part) => `(${part})`).join(' union all ')})
     select f.type, f.phase, f.id, f.workflow_id, f.title from found f
     order by case when log.name_key(f.title) = log.name_key($1) then 0 when starts_with(log.name_key(f.title), log.name_key($1)) then 1 else 2 end,
       array_position(array[${searchTypes.map(quote).join(', ')}], f.type), f.at desc nulls last, f.id limit ${MAX_FOUND}`),
    [text, userId],
  );
}
