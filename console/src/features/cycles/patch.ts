/**
 * The differences between versions of two cycles as a JSON patch. It applies to the same document as the API's `diff.patch`, but with items
 * keyed by label.
 */
import { pointer, type PatchOperation } from '../../../../src/versioning/diff';
import { comparedByName, isOfAnyCycle, valuesOf, type Content, type Field, type Item } from './across';
import type { Json } from '../../parts/value';

interface Side {
  readonly content: Content;
  readonly items: readonly Item[];
}

const ofFields = (
  before: Content,
  after: Content,
  fields: readonly Field[],
  place: readonly string[],
): PatchOperation[] =>
  valuesOf(before, after, fields).map(({ field, was, is }): PatchOperation => {
    const path = pointer(...place, field.inputName ?? field.name);
    if (is === undefined) return { op: 'remove', path };
    return { op: was === undefined ? 'add' : 'replace', path, value: is };
  });

/** The patch (RFC 6902) from one version to the other. Identifiers that belong to one cycle are omitted, as on the page. */
export function patchAcross(
  before: Side,
  after: Side,
  { fields, itemFields }: { fields: readonly Field[]; itemFields: readonly Field[] },
): PatchOperation[] {
  const ofItem = ({ name, was, is }: ReturnType<typeof comparedByName>[number]): PatchOperation[] => {
    const path = pointer('items', name);
    if (!is) return [{ op: 'remove', path }];
    if (was) return ofFields(was.content, is.content, itemFields, ['items', name]);
    const held = itemFields
      .filter(isOfAnyCycle)
      .map(({ inputName, name: own }) => [inputName ?? own, is.content[inputName ?? own] ?? null] as const);
    return [{ op: 'add', path, value: Object.fromEntries(held) as { [key: string]: Json } }];
  };
  return [
    ...ofFields(before.content, after.content, fields, ['content']),
    ...comparedByName(before.items, after.items).flatMap(ofItem),
  ];
}
