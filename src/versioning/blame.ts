/** Blame: for each field, the form of the item in which it got its current value. */
import { sameJson } from './diff';
import { columnName, contentFields, type FieldTable } from './fields';
import type { Json, JsonObject } from './model';

/** An item as a commit left it, by column name. */
export interface Form {
  readonly image: Readonly<Record<string, Json>>;
}

interface DatedForm extends Form {
  readonly committedAt: Date;
}

/** The forms of an item and of everything it was carried or merged from, by item id, oldest first. */
export type FormsByItem<F extends DatedForm> = ReadonlyMap<string, readonly F[]>;

const idIn = ({ image }: Form, column: string): string | null => (image[column] as string | null | undefined) ?? null;

/**
 * The forms that count along the line an item was carried on, oldest first: of each item, those up to the moment it was carried on. Later
 * edits in its draft are not part of the carried item's history.
 */
export function lineOf<F extends DatedForm>(forms: FormsByItem<F>, itemId: string, until: Date | null = null): F[] {
  const newestFirst = new Map<string, F[]>();
  // An item that is its own ancestor must be forged; it ends the line.
  for (let id: string | null = itemId; id !== null && !newestFirst.has(id);) {
    const own: F[] = (forms.get(id) ?? []).filter(({ committedAt }) => until === null || committedAt <= until);
    newestFirst.set(id, own);
    id = own[0] ? idIn(own[0], 'carried_from_item_id') : null;
    until = own[0]?.committedAt ?? until;
  }
  return [...newestFirst.values()].reverse().flat();
}

/** The last form of each item of a line: what was carried on, and the current item. */
export const asCarried = <F extends Form>(forms: readonly F[]): F[] =>
  forms.filter(({ image }, i) => image.item_id !== forms[i + 1]?.image.item_id);

/** The content of a form. */
export const contentOfForm = (table: FieldTable, { image }: Form): JsonObject =>
  Object.fromEntries(contentFields(table).map(([field]) => [field, image[columnName(field)] ?? null]));

export interface FieldOrigin<F extends Form> {
  readonly field: string;
  readonly value: Json;
  /** The first form since which the value has been the same. */
  readonly form: F;
}

/**
 * The origin of each field of an item: its line is followed backwards and, where a merge took a field from the other side, so is that
 * side's line. Forms that do not count are skipped, as if their content had been there when it was carried on.
 */
export function originsOf<F extends DatedForm>(
  table: FieldTable,
  forms: FormsByItem<F>,
  itemId: string,
  { counts = () => true }: { counts?: (form: F) => boolean } = {},
): FieldOrigin<F>[] {
  // Merged lines share their ancestors, so each merge's other side is followed only once.
  const otherSides = new Map<F, FieldOrigin<F>[]>();
  const of = (item: string, until: Date | null): FieldOrigin<F>[] =>
    originsAlong(table, lineOf(forms, item, until).filter(counts), (from, form) => {
      let origins = otherSides.get(form);
      if (!origins) otherSides.set(form, (origins = of(from, form.committedAt)));
      return origins;
    });
  return of(itemId, null);
}

/** @param otherSide the origins in the item that was merged into a form, as of then */
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

/** The item that was merged into this form, if any. */
function mergedFrom(before: Form, form: Form): string | null {
  const from = idIn(form, 'merged_from_item_id');
  const isNews = before.image.item_id !== form.image.item_id || idIn(before, 'merged_from_item_id') !== from;
  return isNews ? from : null;
}
