/**
 * Compares two versions that are not related by history, such as those of two cycles. Item keys differ, so items are matched by label;
 * identifiers have meaning within their cycle only and are ignored.
 */
import type { ChangeFragment, FieldFragment, ItemFragment, WholeFragment } from '../../generated/graphql';

import { valueOf, type Json } from '../../parts/value';

type Field = Pick<FieldFragment, 'name' | 'inputName' | 'kind' | 'isContent'>;
type Item = Pick<ItemFragment, 'itemKey' | 'label' | 'content'>;
type FieldChange = ChangeFragment['fields'][number];
type Content = Readonly<Record<string, unknown>>;

const ofOneCycle = new Set<string>(['UUID', 'VERSION', 'OBJECTS']);
const isNothing = (value: Json | undefined): boolean => value === undefined || value === null || value === '';

/** A canonical text of a value, independent of the order of its keys. */
const sorted = (value: Json | undefined): Json => {
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
};
const isSame = (a: Json | undefined, b: Json | undefined): boolean =>
  (isNothing(a) && isNothing(b)) || JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

export const fieldsAcross = (before: Content, after: Content, fields: readonly Field[]): FieldChange[] =>
  fields
    .filter(({ isContent, kind }) => isContent && !ofOneCycle.has(kind))
    .flatMap((field): FieldChange[] => {
      const [was, is] = [valueOf(before, field), valueOf(after, field)];
      if (isSame(was, is)) return [];
      const kind = isNothing(was) ? 'ADDED' : isNothing(is) ? 'REMOVED' : 'CHANGED';
      return [{ path: `/${field.name}`, kind, before: was ?? null, after: is ?? null }];
    });

/** The label used for matching; of several items with the same label, the first matches the first. */
function byName(items: readonly Item[]): Map<string, Item> {
  const seen = new Map<string, number>();
  return new Map(
    items.map((item) => {
      const name = item.label.normalize().replace(/\s+/gu, ' ').trim();
      const place = (seen.get(name) ?? 0) + 1;
      seen.set(name, place);
      return [`${name}\n${place}`, item];
    }),
  );
}

export interface Across {
  readonly changed: readonly ChangeFragment[];
  readonly added: readonly WholeFragment[];
  readonly removed: readonly WholeFragment[];
  readonly unchanged: number;
}

/** How the items of one version differ from those of the other. */
export function itemsAcross(before: readonly Item[], after: readonly Item[], fields: readonly Field[]): Across {
  const [was, is] = [byName(before), byName(after)];
  const changed: ChangeFragment[] = [];
  const added: WholeFragment[] = [];
  let unchanged = 0;
  for (const [name, item] of is) {
    const other = was.get(name);
    const { itemKey, label, content } = item;
    if (!other) {
      added.push({ itemKey, label, kind: 'ADDED', before: null, after: { content } });
      continue;
    }
    const differing = fieldsAcross(other.content, content, fields);
    if (differing.length > 0) changed.push({ itemKey, label, kind: 'CHANGED', fields: differing });
    else unchanged++;
  }
  const removed = [...was]
    .filter(([name]) => !is.has(name))
    .map(([, { itemKey, label, content }]): WholeFragment => ({
      itemKey,
      label,
      kind: 'REMOVED',
      before: { content },
      after: null,
    }));
  return { changed, added, removed, unchanged };
}
