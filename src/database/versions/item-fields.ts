/**
 * The fields that a phase declares for its items, as SQL expressions: items are filtered, sorted and counted by them. A field has the name
 * that it has in the item's GraphQL type.
 */
import { columnName, shownAs, type DecisionField, type Field, type StoredKind } from '../../versioning/fields';
import { itemReviewStatuses, type ItemReviewStatus } from '../../versioning/model';
import type { FullPhase } from '../../versioning/phase';
import { itemExpressions } from './items';
import { quote } from '../connection/statements';

export interface ItemField {
  /** An expression over the joins of `itemSource`. */
  readonly sql: string;
  readonly kind: StoredKind;
  /** The possible values of an enumeration, in order. */
  readonly constants?: readonly string[];
  /** Long prose, by which nothing is counted. */
  readonly isLong?: boolean;
  /** Whether its UUIDs are shown as codes. */
  readonly isCoded?: boolean;
}

/** A decision made in a deleted version is null for viewers who may not see that version. */
export const shownDecision = (phase: FullPhase, value: string, showsHidden: boolean): string =>
  showsHidden ? value : `case when not (${itemExpressions(phase).isDecisionDeleted}) then ${value} end`;

/** A field taken from the decision that counts. */
function ofDecision(phase: FullPhase, { of, enumeration }: DecisionField, showsHidden: boolean): ItemField {
  const { reviewStatus, decisionBar, decidedBy, decidedAt, decisionNotes } = itemExpressions(phase);
  const counting = (value: string) =>
    shownDecision(phase, `case when ${decisionBar} is null then ${value} end`, showsHidden);
  switch (of) {
    case 'status': {
      const { words, whileDraft } = enumeration!;
      const said = Object.entries(words).map(([status, word]) => {
        const isDraft = whileDraft && (status as ItemReviewStatus) === 'PENDING';
        const then = isDraft
          ? `case own.status when 'DRAFT' then ${quote(whileDraft)} else ${quote(word)} end`
          : quote(word);
        return `when ${quote(status)} then ${then}`;
      });
      return {
        sql: `case ${reviewStatus} ${said.join(' ')} end`,
        kind: 'enumeration',
        constants: [...(whileDraft ? [whileDraft] : []), ...Object.values(words)],
      };
    }
    case 'decidedBy':
      return { sql: counting(decidedBy), kind: 'user' };
    case 'decidedAt':
      return { sql: counting(decidedAt), kind: 'instant' };
    case 'notes':
      return { sql: counting(decisionNotes), kind: 'text', isLong: true };
  }
}

/** A field with one value per item; undefined if it is made of more than the item. */
function fieldOf(phase: FullPhase, name: string, field: Field, showsHidden: boolean): ItemField | undefined {
  const sql = `i.${columnName(name)}`;
  switch (field.source) {
    case 'input': {
      const { kind, enumeration, isLong, codedIn } = field;
      return enumeration
        ? { sql: `${sql}::text`, kind, constants: enumeration.values }
        : { sql, kind, isLong, isCoded: codedIn !== undefined };
    }
    case 'stamped':
      return { sql, kind: field.stamp === 'actor' ? 'user' : 'instant' };
    case 'decision':
      return ofDecision(phase, field, showsHidden);
  }
  return undefined;
}

/**
 * The fields of a phase's items by name: the shared ones, and the phase's own.
 * @param showsHidden whether decisions made in deleted versions are shown
 */
export function itemFields(phase: FullPhase, showsHidden: boolean): ReadonlyMap<string, ItemField> {
  const fields = new Map<string, ItemField>([
    ['itemId', { sql: 'i.item_id', kind: 'uuid' }],
    ['itemKey', { sql: 'i.item_key', kind: 'uuid' }],
    ['label', { sql: 'i.label', kind: 'text' }],
    ['reviewStatus', { sql: itemExpressions(phase).reviewStatus, kind: 'enumeration', constants: itemReviewStatuses }],
  ]);
  for (const [name, declared] of Object.entries(phase.item.fields)) {
    const field = fieldOf(phase, name, declared, showsHidden);
    if (field) fields.set(declared.source === 'input' ? shownAs(name, declared.kind) : name, field);
  }
  return fields;
}
