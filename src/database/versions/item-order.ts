/** Sorts items by declared fields. */
import { badInput } from '../../versioning/errors';
import type { FullPhase } from '../../versioning/phase';
import { itemFields, type ItemField } from './item-fields';
import { isScalar, knownField } from './item-values';
import type { OrderField } from '../connection/pages';
import { quote } from '../connection/statements';

export interface ItemOrder {
  readonly field: string;
  readonly direction: 'ASC' | 'DESC';
  readonly nulls?: 'FIRST' | 'LAST' | null | undefined;
}

/** Texts are sorted by their first characters only; those with the same prefix follow each other in the order in which they were added. */
const SORTED_BY = 200;
/** Greater than any value that a field can hold. */
const FURTHEST = '999999999999999999';

/** SQL for a number by which values of this kind sort; null if they sort as texts. */
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

/** The requested order: its name, which cursors contain, and a sort expression that is never null. */
export function itemOrder(
  phase: FullPhase,
  { field: name, direction, nulls }: ItemOrder,
  showsHidden: boolean,
): { readonly name: string; readonly by: OrderField } {
  const fields = itemFields(phase, showsHidden);
  const field = knownField(fields, phase, name);
  if (!isScalar(field.kind))
    throw badInput(`Items cannot be ordered by ${name}, which is not a single value.`, { field: name });
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
