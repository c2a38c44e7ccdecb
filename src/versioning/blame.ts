/** Who last set what: for each field the form of the item in which it got the value it has. */
import { sameJson } from './diff';
import { columnName, contentFields, type FieldTable } from './fields';
import type { Json, JsonObject } from './model';

/** An item as one commit left it; its columns by their names in the database. */
export interface Form {
  readonly image: Readonly<Record<string, Json>>;
}

interface DatedForm extends Form {
  readonly committedAt: Date;
}

/** The forms of items, oldest first, by the items' ids: of an item, and of all that it was carried or merged from. */
export type FormsByItem<F extends DatedForm> = ReadonlyMap<string, readonly F[]>;

const idIn = ({ image }: Form, column: string): string | null => (image[column] as string | null | undefined) ?? null;

/**
 * The forms that count along the line an item was carried along, oldest first: of each item the ones it had had when it was
 * carried on. What became of it afterwards, in a draft that was edited on, is not where the carried item comes from.
 */
export function lineOf<F extends DatedForm>(forms: FormsByItem<F>, itemId: string, until: Date | null = null): F[] {
  const newestFirst = new Map<string, F[]>();
  // An item that came from itself could only be forged; it ends the line.
  for (let id: string | null = itemId; id !== null && !newestFirst.has(id);) {
    const own: F[] = (forms.get(id) ?? []).filter(({ committedAt }) => until === null || committedAt <= until);
    newestFirst.set(id, own);
    id = own[0] ? idIn(own[0], 'carried_from_item_id') : null;
    until = own[0]?.committedAt ?? until;
  }
  return [...newestFirst.values()].reverse().flat();
}

/** The last of the forms of each item of a line: what was carried on, and the item as it is. */
export const asCarried = <F extends Form>(forms: readonly F[]): F[] =>
  forms.filter(({ image }, i) => image.item_id !== forms[i + 1]?.image.item_id);

/** The content that an item had in a form. */
export const contentOfForm = (table: FieldTable, { image }: Form): JsonObject =>
  Object.fromEntries(contentFields(table).map(([field]) => [field, image[columnName(field)] ?? null]));

export interface FieldOrigin<F extends Form> {
  readonly field: string;
  readonly value: Json;
  /** The first of the forms that have had this value without a break until now. */
  readonly form: F;
}

/**
 * The origin of each field of an item: its line is followed backwards and, where a merge took a field from the other side, that
 * side's line. Forms that do not count are passed over, as if their content had been there when it was carried on.
 */
export function originsOf<F extends DatedForm>(
  table: FieldTable,
  forms: FormsByItem<F>,
  itemId: string,
  { counts = () => true }: { counts?: (form: F) => boolean } = {},
): FieldOrigin<F>[] {
  // Lines that were merged into each other share what came before: each merge's other side is followed once.
  const otherSides = new Map<F, FieldOrigin<F>[]>();
  const of = (item: string, until: Date | null): FieldOrigin<F>[] =>
    originsAlong(table, lineOf(forms, item, until).filter(counts), (from, form) => {
      let origins = otherSides.get(form);
      if (!origins) otherSides.set(form, (origins = of(from, form.committedAt)));
      return origins;
    });
  return of(itemId, null);
}

/** @param otherSide the origins in an item that was merged into a form, as it was then */
function originsAlong<F extends DatedForm>(
  table: FieldTable,
  line: readonly F[],
  otherSide: (from: string, form: F) => readonly FieldOrigin<F>[],
): FieldOrigin<F>[] {
  const origins = contentFields(table).map(([field]) => ({
    field,
    value: line[0]?.image[columnName(field)] ?? null,
    form: line[0]!,
  }));
  for (const [i, next] of line.entries()) {
    if (i === 0) continue;
    const from = mergedFrom(line[i - 1]!, next);
    const theirs = from === null ? null : otherSide(from, next);
    for (const [n, { field, value }] of origins.entries()) {
      const now = next.image[columnName(field)] ?? null;
      if (sameJson(now, value)) continue;
      const their = theirs?.[n];
      origins[n] = { field, value: now, form: their?.form && sameJson(their.value, now) ? their.form : next };
    }
  }
  return origins;
}

/** The item that a merge brought into this form, if one did. */
function mergedFrom(before: Form, form: Form): string | null {
  const from = idIn(form, 'merged_from_item_id');
  const isNews = before.image.item_id !== form.image.item_id || idIn(before, 'merged_from_item_id') !== from;
  return isNews ? from : null;
}
