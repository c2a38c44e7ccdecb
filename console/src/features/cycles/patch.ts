/**
 * The differences between versions of two cycles as a JSON patch. It applies to the same document as the API's `diff.patch`, but with items
 * keyed by label.
 */
import { comparedByName, isOfAnyCycle, valuesOf, type Content, type Field, type Item } from './across';
import type { Json } from '../../parts/value';

interface Side {
  readonly content: Content;
  readonly items: readonly Item[];
}
export type Operation =
  { op: 'remove'; path: string } | { op: 'add' | 'replace'; path: string; value: Json | { [key: string]: Json } };

const pointer = (...steps: readonly string[]): string =>
  steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

const ofFields = (before: Content, after: Content, fields: readonly Field[], place: readonly string[]): Operation[] =>
  valuesOf(before, after, fields).map(({ field, was, is }): Operation => {
    const path = pointer(...place, field.inputName ?? field.name);
    if (is === undefined) return { op: 'remove', path };
    return { op: was === undefined ? 'add' : 'replace', path, value: is };
  });

/** The patch (RFC 6902) from one version to the other. Identifiers that belong to one cycle are omitted, as on the page. */
export function patchAcross(
  before: Side,
  after: Side,
  { fields, itemFields }: { fields: readonly Field[]; itemFields: readonly Field[] },
): Operation[] {
  const ofItem = ({ name, was, is }: ReturnType<typeof comparedByName>[number]): Operation[] => {
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
