/**
 * What a phase declares of its items, as expressions: by them a version's items are narrowed down, put in order and counted.
 * A field has the name that it has in the item's GraphQL type.
 */
import { columnName, shownAs, type DecisionField, type Field, type StoredKind } from '../versioning/fields';
import { itemReviewStatuses, type ItemReviewStatus } from '../versioning/model';
import type { FullPhase } from '../versioning/phase';
import { itemExpressions } from './items';
import { quote } from './statements';

export interface ItemField {
  /** An expression over what `itemSource` joins. */
  readonly sql: string;
  readonly kind: StoredKind;
  /** The values it may have, where they are few; in their order. */
  readonly constants?: readonly string[];
  /** Prose, which nobody counts by. */
  readonly isLong?: boolean;
  /** Whether codes stand for its UUIDs. */
  readonly isCoded?: boolean;
}

/** For those who may not see the deleted version that a decision was made in, there is none. */
export const shownDecision = (phase: FullPhase, value: string, showsHidden: boolean): string =>
  showsHidden ? value : `case when not (${itemExpressions(phase).isDecisionDeleted}) then ${value} end`;

/** What is said of the decision that counts. */
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

/** A field that has one value for each item; none where it is made of more than the item. */
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
 * The fields of a phase's items by their names: those that all phases share, and its own.
 * @param showsHidden whether decisions are shown that were made in a version which is deleted
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
