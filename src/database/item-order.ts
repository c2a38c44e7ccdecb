/** In which order items are: by what their phase declares. */
import { badInput } from '../versioning/errors';
import type { FullPhase } from '../versioning/phase';
import { itemFields, type ItemField } from './item-fields';
import { isScalar, knownField } from './item-values';
import type { OrderField } from './pages';
import { quote } from './statements';

export interface ItemOrder {
  readonly field: string;
  readonly direction: 'ASC' | 'DESC';
  readonly nulls?: 'FIRST' | 'LAST' | null | undefined;
}

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
