/** Plans items of a version, and the decisions on them, as rows. */
import { v5 as uuidv5 } from 'uuid';
import { itemHash } from '../../versioning/content';
import { identityKey } from '../../versioning/identity';
import type { Json, JsonObject } from '../../versioning/model';
import type { FullPhase } from '../../versioning/phase';
import { idOf, NOBODY } from '../ids';
import type { SourceRow } from '../source-row';
import { columnsOf, type NewRow } from '../unit';
import { decisions } from '../words';
import { recordOf, workflowIds, type PhaseSource } from './workflow';

export interface ItemFacts {
  readonly itemId: string;
  /** Given if the phase's items have no identity, or if one identity names several items. */
  readonly itemKey?: string;
  readonly content: JsonObject;
  /** The stamps, which are not content. */
  readonly stamps?: Readonly<Record<string, Json>>;
  readonly carriedFrom?: string | null;
  readonly decision?: DecisionFacts | null;
}

export interface DecisionFacts {
  readonly status: 'APPROVED' | 'REJECTED' | 'MODIFIED';
  readonly by: number;
  readonly at: string;
  readonly notes: string | null;
}

export interface PlannedItem {
  readonly key: string;
  readonly hash: string;
  readonly row: NewRow;
  readonly decision: NewRow | null;
}

/** The item key derived from an identity, the same as the product derives. */
export const identityKeyOf = (source: PhaseSource, identity: string): string =>
  uuidv5(identityKey(identity), recordOf(source));

export function planItem(source: PhaseSource, versionId: string, facts: ItemFacts): PlannedItem {
  const { item } = source.phase as FullPhase;
  const { streamId } = workflowIds(source.workflow);
  const key =
    facts.itemKey ??
    (item.identity === undefined ? facts.itemId : identityKeyOf(source, facts.content[item.identity] as string));
  const hash = itemHash(item.fields, facts.content);
  const label = typeof item.label === 'function' ? item.label(facts.content) : '';
  const { decision } = facts;
  return {
    key,
    hash,
    row: {
      item_id: facts.itemId,
      stream_id: streamId,
      version_id: versionId,
      item_key: key,
      label,
      item_hash: hash,
      carried_from_item_id: facts.carriedFrom ?? null,
      carried_decision_id: null,
      ...columnsOf(item.fields, { ...facts.content, ...facts.stamps }),
    },
    decision: decision
      ? {
          decision_id: idOf('decision', `${versionId}:${key}:${hash}:${decision.status}:${decision.at}:${decision.by}`),
          stream_id: streamId,
          version_id: versionId,
          item_key: key,
          item_hash: hash,
          status: decision.status,
          decided_by: decision.by,
          decided_at: decision.at,
          notes: decision.notes,
        }
      : null,
  };
}

/** The rows of a version's items, in the order in which they are written. */
export function itemRows(source: PhaseSource, items: readonly PlannedItem[]): [table: string, rows: NewRow[]][] {
  const decisions = items.map(({ decision }) => decision).filter((decision) => decision !== null);
  return [
    [(source.phase as FullPhase).item.table, items.map(({ row }) => row)],
    ['item_decision', decisions],
  ];
}

/** Cells as one object, with structured ones parsed; null if all are empty. */
export function gather(
  row: SourceRow,
  columns: readonly string[],
  structured: readonly string[] = [],
): JsonObject | null {
  const entries = columns.flatMap((column): [string, Json][] => {
    const value = structured.includes(column) ? row.json(column) : ((row.values[column] ?? null) as Json);
    return value === null || value === '' ? [] : [[column, value]];
  });
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

/** The decision on a row that becomes an item; null while it is undecided. */
export function decisionOn(
  { people, beganAt }: PhaseSource,
  row: SourceRow,
  columns: { readonly decision: string; readonly by: string; readonly at: string; readonly notes: string },
): DecisionFacts | null {
  const status = row.meaning(columns.decision, decisions, null);
  if (status === null) return null;
  let by = row.person(columns.by);
  let at = row.instant(columns.at);
  if (by === null) {
    row.note('DECIDER_MISSING', `${columns.by} is empty; taken as an unknown person.`, columns.by);
    by = NOBODY;
  }
  if (at === null) {
    at = row.instant('updated_at') ?? row.instant('created_at') ?? beganAt;
    row.note('DECISION_TIME_MISSING', `${columns.at} is empty; ${at} is taken for it.`, columns.at);
  }
  if (status !== 'APPROVED' && row.text(columns.notes) === null)
    row.note(
      'REASON_MISSING',
      'It was not approved, and nothing says why: today a reason is asked for.',
      columns.notes,
    );
  return { status, by: people.userId(by), at, notes: row.text(columns.notes) };
}
