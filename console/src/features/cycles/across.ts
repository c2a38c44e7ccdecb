/**
 * Compares two versions that are not related by history, such as those of two cycles. Item keys differ, so items are matched by label;
 * identifiers have meaning within their cycle only and are ignored.
 */
import { sameJson } from '../../../../src/versioning/diff';
import type { ChangeFragment, FieldFragment, ItemFragment, WholeFragment } from '../../generated/graphql';
import { valueOf, type Json } from '../../parts/value';

export type Field = Pick<FieldFragment, 'name' | 'inputName' | 'kind' | 'isContent'>;
export type Item = Pick<ItemFragment, 'itemKey' | 'label' | 'content'>;
type FieldChange = ChangeFragment['fields'][number];
export type Content = Readonly<Record<string, unknown>>;

const ofOneCycle = new Set<string>(['UUID', 'VERSION', 'OBJECTS']);
const isNothing = (value: Json | undefined): boolean => value === undefined || value === null || value === '';

const isSame = (a: Json | undefined, b: Json | undefined): boolean => (isNothing(a) && isNothing(b)) || sameJson(a, b);

/** Whether the values of a field can be compared between cycles. */
export const isOfAnyCycle = ({ isContent, kind }: Field): boolean => isContent && !ofOneCycle.has(kind);

interface Values {
  readonly field: Field;
  /** Undefined if a side has no value. */
  readonly was: Json | undefined;
  readonly is: Json | undefined;
}
/** The fields that differ, with both values. */
export const valuesOf = (before: Content, after: Content, fields: readonly Field[]): Values[] =>
  fields.filter(isOfAnyCycle).flatMap((field) => {
    const [was, is] = [valueOf(before, field), valueOf(after, field)];
    if (isSame(was, is)) return [];
    return [{ field, was: isNothing(was) ? undefined : was, is: isNothing(is) ? undefined : is }];
  });

export const fieldsAcross = (before: Content, after: Content, fields: readonly Field[]): FieldChange[] =>
  valuesOf(before, after, fields).map(({ field, was, is }) => ({
    path: `/${field.name}`,
    kind: was === undefined ? 'ADDED' : is === undefined ? 'REMOVED' : 'CHANGED',
    before: was ?? null,
    after: is ?? null,
  }));

/** Items by normalized label. Items with the same label are numbered, so the first is compared with the first, and so on. */
function byName<One extends Item>(items: readonly One[]): Map<string, One> {
  const seen = new Map<string, number>();
  return new Map(
    items.map((item) => {
      const name = item.label.normalize().replace(/\s+/gu, ' ').trim();
      const place = (seen.get(name) ?? 0) + 1;
      seen.set(name, place);
      return [place === 1 ? name : `${name}\n${place}`, item];
    }),
  );
}

export interface Across {
  readonly changed: readonly ChangeFragment[];
  readonly added: readonly WholeFragment[];
  readonly removed: readonly WholeFragment[];
  readonly unchanged: number;
}

/** Pairs the items of both versions by label: first all items of the later version, then those that only the earlier one has. */
export function comparedByName<One extends Item>(before: readonly One[], after: readonly One[]) {
  const [was, is] = [byName(before), byName(after)];
  const pairs: { name: string; was: One | undefined; is: One | undefined }[] = [];
  for (const [name, item] of is) pairs.push({ name, was: was.get(name), is: item });
  for (const [name, item] of was) if (!is.has(name)) pairs.push({ name, was: item, is: undefined });
  return pairs;
}

/** The items that were changed, added or removed, and the number of unchanged ones. */
export function itemsAcross(before: readonly Item[], after: readonly Item[], fields: readonly Field[]): Across {
  const changed: ChangeFragment[] = [];
  const added: WholeFragment[] = [];
  const removed: WholeFragment[] = [];
  let unchanged = 0;
  for (const { was, is } of comparedByName(before, after)) {
    const { itemKey, label, content } = (is ?? was)!;
    if (!was) added.push({ itemKey, label, kind: 'ADDED', before: null, after: { content } });
    else if (!is) removed.push({ itemKey, label, kind: 'REMOVED', before: { content }, after: null });
    else {
      const differing = fieldsAcross(was.content, is.content, fields);
      if (differing.length > 0) changed.push({ itemKey, label, kind: 'CHANGED', fields: differing });
      else unchanged++;
    }
  }
  return { changed, added, removed, unchanged };
}
