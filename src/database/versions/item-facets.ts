/** Facets: how many of the chosen items have which value of a field that their phase declares. */
import { badInput, tooLarge } from '../../versioning/errors';
import type { Json } from '../../versioning/model';
import type { FullPhase } from '../../versioning/phase';
import type { Db } from '../connection/database';
import { itemFields } from './item-fields';
import { isScalar, knownField } from './item-values';
import { itemSource } from './items';
import { combined, type Filter } from '../connection/pages';
import { unprepared } from '../connection/statements';

/** The number of items for each value of a field. */
export interface ItemFacet {
  readonly field: string;
  /** The number of distinct values; null is not counted. */
  readonly distinctCount: number;
  /** The most frequent values first, up to the limit of a facet. */
  readonly values: readonly { readonly value: Json; readonly count: number }[];
}

const MAX_FACETS = 10;
const MAX_FACET_VALUES = 100;

/** For each field, SQL for its value as JSON. Refuses fields that cannot be counted. */
export function facetsBy(phase: FullPhase, names: readonly string[], showsHidden: boolean): string[] {
  if (names.length > MAX_FACETS) throw tooLarge('facets', MAX_FACETS, names.length, 'Ask for fewer at once.');
  const fields = itemFields(phase, showsHidden);
  return names.map((name) => {
    const field = knownField(fields, phase, name);
    if (!isScalar(field.kind) || field.isLong)
      throw badInput(`Items cannot be counted by ${name}, which is not a single value, or is prose.`, { field: name });
    return field.kind === 'instant'
      ? `to_jsonb(to_char((${field.sql}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`
      : `to_jsonb(${field.sql})`;
  });
}

/** The facets of versions over the chosen items; each version's facets follow the order of the fields. */
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
          unprepared(`select p.version_id, r.* from unnest($1::uuid[]) p(version_id) cross join lateral (
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
