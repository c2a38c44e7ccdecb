/**
 * Filters items by conditions on declared fields, checked against the declaration. The conditions are SQL over the joins of `itemSource`,
 * so reads, counts and writing transactions all use the same ones.
 */
import { badInput, DomainError, tooLarge } from '../../versioning/errors';
import type { ItemReviewStatus, Json } from '../../versioning/model';
import type { FullPhase } from '../../versioning/phase';
import type { Db } from '../connection/database';
import { itemFields, shownDecision, type ItemField } from './item-fields';
import { holding, matching } from './item-search';
import { isScalar, knownField, ordered, parsers, sqlTypes, type ScalarKind } from './item-values';
import { inReviewStatuses, isChanged, itemExpressions, itemSource } from './items';
import { combined, type Filter } from '../connection/pages';
import { unprepared } from '../connection/statements';

type Given<T> = T | null | undefined;

/** Conditions on one field; all given ones must hold. */
export interface FieldCondition {
  readonly field: string;
  readonly equals?: Given<Json>;
  readonly in?: Given<readonly Json[]>;
  readonly atLeast?: Given<Json>;
  readonly atMost?: Given<Json>;
  readonly contains?: Given<string>;
  readonly isNull?: Given<boolean>;
}

/** A filter on items; all given conditions must hold. */
export interface ItemFilter {
  readonly itemKeys?: Given<readonly string[]>;
  readonly reviewStatus?: Given<readonly ItemReviewStatus[]>;
  readonly decidedBy?: Given<readonly number[]>;
  readonly isChangedSinceBase?: Given<boolean>;
  readonly search?: Given<string>;
  readonly fields?: Given<readonly FieldCondition[]>;
}

/** Every condition lengthens the statement. */
const MAX_CONDITIONS = 20;

const operators = {
  equals: ({ kind }: ItemField) => isScalar(kind),
  in: ({ kind }: ItemField) => isScalar(kind),
  atLeast: ({ kind }: ItemField) => ordered.includes(kind),
  atMost: ({ kind }: ItemField) => ordered.includes(kind),
  contains: ({ kind }: ItemField) => kind === 'text' || !isScalar(kind),
  isNull: () => true,
};
type Operator = keyof typeof operators;

/** Adds the field's name to an error about its value. */
function checked<T>(name: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof DomainError) throw badInput(`${name}: ${error.message}`, { ...error.details, field: name });
    throw error;
  }
}

function conditionOf(name: string, field: ItemField, operator: Operator, asked: Json): Filter {
  const { sql, kind } = field;
  const possible = Object.entries(operators).flatMap(([other, suits]) => (suits(field) ? [other] : []));
  if (!possible.includes(operator))
    throw badInput(`${name} cannot be filtered by \`${operator}\`. Use ${possible.join(', ')}.`, {
      field: name,
      allowed: possible,
    });
  if (operator === 'isNull') return { sql: `(${sql}) is ${asked === true ? '' : 'not '}null`, parameters: [] };
  if (operator === 'contains') return holding(sql, !isScalar(kind), asked as string);
  const type = sqlTypes[kind as ScalarKind];
  const value = (given: Json) => parsers[kind as ScalarKind](given, field);
  switch (operator) {
    case 'equals':
      return { sql: `(${sql}) = any($1::${type}[])`, parameters: [[value(asked)]] };
    case 'in':
      return { sql: `(${sql}) = any($1::${type}[])`, parameters: [(asked as Json[]).map(value)] };
    case 'atLeast':
      return { sql: `(${sql}) >= $1::${type}`, parameters: [value(asked)] };
    case 'atMost':
      return { sql: `(${sql}) <= $1::${type}`, parameters: [value(asked)] };
  }
}

function conditionsOn(phase: FullPhase, conditions: readonly FieldCondition[], showsHidden: boolean): Filter[] {
  if (conditions.length > MAX_CONDITIONS)
    throw tooLarge('conditions of a filter', MAX_CONDITIONS, conditions.length, 'Ask for less at once.');
  const fields = itemFields(phase, showsHidden);
  return conditions.flatMap(({ field: name, ...asked }) => {
    const field = knownField(fields, phase, name);
    const given = Object.entries(asked).filter(([, value]) => value != null) as [Operator, Json][];
    if (given.length === 0)
      throw badInput(`There is no condition on ${name}. Give one, or isNull for a missing value.`, {
        field: name,
      });
    return given.map(([operator, value]) => checked(name, () => conditionOf(name, field, operator, value)));
  });
}

/**
 * A filter on the items `i` of a phase, as conditions over the joins of `itemSource`.
 * @param showsHidden whether the viewer may see decisions made in deleted versions
 */
export function itemFilters(phase: FullPhase, filter: Given<ItemFilter>, showsHidden: boolean): Filter[] {
  const { itemKeys, reviewStatus, decidedBy, isChangedSinceBase, search, fields } = filter ?? {};
  const filters: Filter[] = [];
  if (itemKeys != null) filters.push({ sql: 'i.item_key = any($1::uuid[])', parameters: [itemKeys] });
  if (reviewStatus != null) filters.push(inReviewStatuses(phase, reviewStatus));
  if (decidedBy != null)
    filters.push({
      sql: `${shownDecision(phase, itemExpressions(phase).decidedBy, showsHidden)} = any($1::int[])`,
      parameters: [decidedBy],
    });
  if (isChangedSinceBase != null)
    filters.push({ sql: `${isChangedSinceBase ? '' : 'not '}${isChanged(phase)}`, parameters: [] });
  if (search != null && search !== '') filters.push(matching(phase, search));
  filters.push(...conditionsOn(phase, fields ?? [], showsHidden));
  return filters.map((condition) => ({ ...condition, isChosen: true }));
}

/** The keys of the matching items, in the order in which they were added; inside a transaction, as the transaction sees them. */
export async function itemKeysOf(
  db: Db,
  phase: FullPhase,
  versionId: string,
  filters: readonly Filter[],
): Promise<string[]> {
  const condition = combined(filters, 1);
  const rows = await db.query<{ itemKey: string }>(
    unprepared(
      `select i.item_key from ${itemSource(phase, condition.sql)} where i.version_id = $1${condition.sql} order by i.item_id`,
    ),
    [versionId, ...condition.parameters],
  );
  return rows.map(({ itemKey }) => itemKey);
}
