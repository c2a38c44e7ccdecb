/**
 * Which items of a version are meant, and in which order: conditions on what their phase declares, checked against the
 * declaration. They hold over what `itemSource` joins, so that a read, a count and a writing transaction ask the same.
 */
import { badInput, DomainError, tooLarge } from '../versioning/errors';
import type { StoredKind } from '../versioning/fields';
import { idOfCode, isCode } from '../versioning/identity';
import type { ItemReviewStatus, Json } from '../versioning/model';
import type { FullPhase } from '../versioning/phase';
import { dateFrom, instantFrom, uuidFrom } from '../written';
import type { Db } from './database';
import { itemFields, shownDecision, type ItemField } from './item-fields';
import { holding, matching } from './item-search';
import { inReviewStatuses, isChanged, itemExpressions, itemSource } from './items';
import { combined, type Filter, type OrderField } from './pages';
import { asAsked, quote } from './statements';

type Given<T> = T | null | undefined;

/** What is asked of one field; all that is given holds. */
export interface FieldCondition {
  readonly field: string;
  readonly equals?: Given<Json>;
  readonly in?: Given<readonly Json[]>;
  readonly atLeast?: Given<Json>;
  readonly atMost?: Given<Json>;
  readonly contains?: Given<string>;
  readonly isNull?: Given<boolean>;
}

/** Which items are meant: those for which all that is given holds. */
export interface ItemFilter {
  readonly itemKeys?: Given<readonly string[]>;
  readonly reviewStatus?: Given<readonly ItemReviewStatus[]>;
  readonly decidedBy?: Given<readonly number[]>;
  readonly isChangedSinceBase?: Given<boolean>;
  readonly search?: Given<string>;
  readonly fields?: Given<readonly FieldCondition[]>;
}

export interface ItemOrder {
  readonly field: string;
  readonly direction: 'ASC' | 'DESC';
  readonly nulls?: Given<'FIRST' | 'LAST'>;
}

/** Each condition makes the statement longer. */
const MAX_CONDITIONS = 20;

// ── values ──────────────────────────────────────────────────────────────────────────────────────────────────────────

type DocumentKind = 'json' | 'jsonList' | 'textList';
type ScalarKind = Exclude<StoredKind, DocumentKind>;

const sqlTypes: Readonly<Record<ScalarKind, string>> = {
  text: 'text',
  enumeration: 'text',
  uuid: 'uuid',
  lob: 'uuid',
  version: 'uuid',
  flag: 'boolean',
  integer: 'int',
  user: 'int',
  date: 'date',
  instant: 'timestamptz',
};
const ordered: readonly StoredKind[] = ['integer', 'date', 'instant'];

const isScalar = (kind: StoredKind): kind is ScalarKind => Object.hasOwn(sqlTypes, kind);

function intFrom(value: Json): number {
  if (typeof value !== 'number' || value !== Math.trunc(value) || Math.abs(value) >= 2 ** 31)
    throw badInput('A whole number of 32 bits is needed here, without quotes.');
  return value;
}
function textFrom(value: Json): string {
  if (typeof value !== 'string') throw badInput('A text is needed here.');
  return value;
}
function flagFrom(value: Json): boolean {
  if (typeof value !== 'boolean') throw badInput('true or false is needed here, without quotes.');
  return value;
}

/** A value as the database takes it, read as the kind of its field is written. */
const read: Readonly<Record<ScalarKind, (value: Json, field: ItemField) => unknown>> = {
  text: textFrom,
  enumeration: (value, { constants }) => {
    if (!constants!.includes(value as string)) throw badInput(`One of ${constants!.join(', ')} is needed here.`);
    return value;
  },
  uuid: (value, { isCoded }) =>
    isCoded && typeof value === 'string' && isCode(value) ? idOfCode(value) : uuidFrom(value),
  lob: uuidFrom,
  version: uuidFrom,
  flag: flagFrom,
  integer: intFrom,
  user: intFrom,
  date: (value) => dateFrom(value).toISOString().slice(0, 10),
  instant: (value) => instantFrom(value).toISOString(),
};

// ── conditions ──────────────────────────────────────────────────────────────────────────────────────────────────────

const operators = {
  equals: ({ kind }: ItemField) => isScalar(kind),
  in: ({ kind }: ItemField) => isScalar(kind),
  atLeast: ({ kind }: ItemField) => ordered.includes(kind),
  atMost: ({ kind }: ItemField) => ordered.includes(kind),
  contains: ({ kind }: ItemField) => kind === 'text' || !isScalar(kind),
  isNull: () => true,
};
type Operator = keyof typeof operators;

function knownField(fields: ReadonlyMap<string, ItemField>, phase: FullPhase, name: string): ItemField {
  const field = fields.get(name);
  if (!field)
    throw badInput(
      `Items of ${phase.title} cannot be chosen by ${JSON.stringify(name.slice(0, 100))}. Use one of ${[...fields.keys()].join(', ')}.`,
      { field: name.slice(0, 100), allowed: [...fields.keys()] },
    );
  return field;
}

/** Refuses a value with the name of its field. */
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
    throw badInput(`${name} cannot be asked for by \`${operator}\`. Use ${possible.join(', ')}.`, {
      field: name,
      allowed: possible,
    });
  if (operator === 'isNull') return { sql: `(${sql}) is ${asked === true ? '' : 'not '}null`, parameters: [] };
  if (operator === 'contains') return holding(sql, !isScalar(kind), asked as string);
  const type = sqlTypes[kind as ScalarKind];
  const value = (given: Json) => read[kind as ScalarKind](given, field);
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
      throw badInput(`Nothing is asked of ${name}. Say what it is to be, or, for a value that is not there, isNull.`, {
        field: name,
      });
    return given.map(([operator, value]) => checked(name, () => conditionOf(name, field, operator, value)));
  });
}

/**
 * Which items `i` of a phase are meant, as conditions over what `itemSource` joins.
 * @param showsHidden whether who asks may see decisions that were made in a version which is deleted
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

/** The keys of the items that are meant, in the order they were added; as they are now, where a transaction asks. */
export async function itemKeysOf(
  db: Db,
  phase: FullPhase,
  versionId: string,
  filters: readonly Filter[],
): Promise<string[]> {
  const condition = combined(filters, 1);
  const rows = await db.query<{ itemKey: string }>(
    asAsked(
      `select i.item_key from ${itemSource(phase, condition.sql)} where i.version_id = $1${condition.sql} order by i.item_id`,
    ),
    [versionId, ...condition.parameters],
  );
  return rows.map(({ itemKey }) => itemKey);
}

// ── orders ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** So much of a text decides where it stands; those that begin with the same follow each other as they were added. */
const SORTED_BY = 200;
/** Beyond all that fields can hold. */
const FURTHEST = '999999999999999999';

/** A number by which values of a kind are in order; null where they are in order as texts. */
function rank({ sql, kind, constants }: ItemField): string | null {
  switch (kind) {
    case 'integer':
    case 'user':
      return `(${sql})::bigint`;
    case 'flag':
      return `(${sql})::int::bigint`;
    case 'date':
      return `((${sql}) - date '0001-01-01')::bigint`;
    case 'instant':
      return `(extract(epoch from ${sql}) * 1000)::bigint`;
    case 'enumeration':
      return `array_position(array[${constants!.map(quote).join(', ')}], ${sql})::bigint`;
    default:
      return null;
  }
}

/** The order that is asked for: its name, which stands in cursors, and what it is by, which is never null. */
export function itemOrder(
  phase: FullPhase,
  { field: name, direction, nulls }: ItemOrder,
  showsHidden: boolean,
): { readonly name: string; readonly by: OrderField } {
  const fields = itemFields(phase, showsHidden);
  const field = knownField(fields, phase, name);
  if (!isScalar(field.kind))
    throw badInput(`Items cannot be put in the order of ${name}, which is no single value.`, { field: name });
  const areLast = nulls !== 'FIRST';
  const areHighest = areLast === (direction === 'ASC');
  const number = rank(field);
  const [missing, there] = areHighest ? ['1', '0'] : ['0', '1'];
  const by: OrderField = number
    ? { sql: `coalesce(${number}, ${areHighest ? '' : '-'}${FURTHEST})`, type: 'bigint' }
    : {
        sql: `coalesce('${there}' || log.name_key(left((${field.sql})::text, ${SORTED_BY})), '${missing}')`,
        type: 'text',
      };
  return { name: `${name}_${direction}_NULLS_${areLast ? 'LAST' : 'FIRST'}`, by };
}

// ── facets ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** How many items have which value of a field. */
export interface ItemFacet {
  readonly field: string;
  /** How many different values there are, nothing being one of them. */
  readonly distinctCount: number;
  /** The most frequent first; at most so many as a facet has room for. */
  readonly values: readonly { readonly value: Json; readonly count: number }[];
}

const MAX_FACETS = 10;
const MAX_FACET_VALUES = 100;

/** What is counted by each field: its value as JSON. Refuses fields that nobody counts by. */
export function facetsBy(phase: FullPhase, names: readonly string[], showsHidden: boolean): string[] {
  if (names.length > MAX_FACETS) throw tooLarge('facets', MAX_FACETS, names.length, 'Ask for fewer at once.');
  const fields = itemFields(phase, showsHidden);
  return names.map((name) => {
    const field = knownField(fields, phase, name);
    if (!isScalar(field.kind) || field.isLong)
      throw badInput(`Items cannot be counted by ${name}, which is no single value, or prose.`, { field: name });
    return field.kind === 'instant'
      ? `to_jsonb(to_char((${field.sql}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`
      : `to_jsonb(${field.sql})`;
  });
}

/** The facets of versions, of the items that are meant; each version's in the order of the fields. */
export async function facetsOf(
  db: Db,
  phase: FullPhase,
  versionIds: readonly string[],
  names: readonly string[],
  counted: readonly string[],
  filters: readonly Filter[],
): Promise<Map<string, ItemFacet[]>> {
  const condition = combined(filters, 1);
  const facets = counted.map((value, n) => `(${n}, ${value})`).join(', ');
  const rows =
    names.length === 0
      ? []
      : await db.query<{ versionId: string; facet: number; value: Json; total: number; distinctCount: number }>(
          asAsked(`select p.version_id, r.* from unnest($1::uuid[]) p(version_id) cross join lateral (
       select * from (
         select g.*, row_number() over (partition by g.facet order by g.total desc, g.value nulls last) as place,
           (count(*) over (partition by g.facet))::int as distinct_count
         from (select f.facet, f.value, count(*)::int as total
           from ${itemSource(phase, `${counted.join(' ')} ${condition.sql}`)} cross join lateral (values ${facets}) f(facet, value)
           where i.version_id = p.version_id${condition.sql} group by 1, 2) g) q
       where q.place <= ${MAX_FACET_VALUES}) r order by r.facet, r.place`),
          [versionIds, ...condition.parameters],
        );
  const found = new Map(
    versionIds.map((versionId) => [
      versionId,
      names.map((field) => ({ field, distinctCount: 0, values: [] as ItemFacet['values'][number][] })),
    ]),
  );
  for (const { versionId, facet, value, total, distinctCount } of rows) {
    const own = found.get(versionId)![facet]!;
    own.distinctCount = distinctCount;
    own.values.push({ value, count: total });
  }
  return found;
}
