/** Who last set what: for each field the form of the item in which it got the value it has. */
import { sameJson } from './diff';
import { columnName, contentFields, type FieldTable } from './fields';
import type { Json, JsonObject } from './model';

/** An item as one commit left it; its columns by their names in the database. */
export interface Form {
  readonly image: Readonly<Record<string, Json>>;
}

/**
 * The forms that count along a line of items: of each the ones it had had when it was carried on. What became of it afterwards,
 * in a draft that was edited on, is not where the carried item comes from.
 * @param forms all forms of the items of the line, the item itself last, those of each oldest first
 */
export function untilCarried<F extends Form & { readonly committedAt: Date }>(forms: readonly F[]): F[] {
  const counting: F[] = [];
  let carriedAt: Date | null = null;
  let later: F | undefined;
  for (const form of [...forms].reverse()) {
    if (later && later.image.item_id !== form.image.item_id) carriedAt = later.committedAt;
    if (carriedAt === null || form.committedAt <= carriedAt) counting.push(form);
    later = form;
  }
  return counting.reverse();
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
 * The origin of each field of an item.
 * @param forms all forms of the item along the line it was carried along, oldest first
 */
export function originsOf<F extends Form>(table: FieldTable, forms: readonly F[]): FieldOrigin<F>[] {
  return contentFields(table).map(([field]) => {
    const column = columnName(field);
    let form = forms[0]!;
    for (const next of forms.slice(1))
      if (!sameJson(next.image[column] ?? null, form.image[column] ?? null)) form = next;
    return { field, value: form.image[column] ?? null, form };
  });
}
