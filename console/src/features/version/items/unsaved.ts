/**
 * Unsaved edits of items. Each remembers the saved value at the time of the first edit, so that a concurrent change by somebody else is
 * detected.
 */
import type { FieldFragment, ItemFragment } from '../../../generated/graphql';
import { asTyped, typed } from '../../../parts/typed';
import { valueOf, type Json } from '../../../parts/value';

interface Edit {
  readonly text: string;
  /** The saved value when editing began. */
  readonly was: string;
}
/** By item key and field name. */
export type Edits = Readonly<Record<string, Readonly<Record<string, Edit>>>>;
export type Edited = Pick<ItemFragment, 'itemKey' | 'label' | 'content'>;
export interface Change {
  readonly item: Edited;
  readonly field: FieldFragment;
  readonly text: string;
}

/** An unsaved field compared with the saved value. */
export interface Pending extends Change {
  readonly was: string;
  readonly saved: string;
  /** Whether somebody else saved a different value since editing began. */
  readonly isConflict: boolean;
  /** The validation error. */
  readonly problem: string | undefined;
  readonly value: Json | undefined;
}

export const savedText = ({ content }: Edited, field: FieldFragment): string => asTyped(valueOf(content, field));

/** Merges edits; one that returns to the saved value is dropped. */
export function withChanges(edits: Edits, changes: readonly Change[]): Edits {
  const next: Record<string, Record<string, Edit>> = { ...edits };
  for (const { item, field, text } of changes) {
    const saved = savedText(item, field);
    const { [field.name]: before, ...others } = next[item.itemKey] ?? {};
    const those = text === saved ? others : { ...others, [field.name]: { text, was: before?.was ?? saved } };
    if (Object.keys(those).length > 0) next[item.itemKey] = those;
    else delete next[item.itemKey];
  }
  return next;
}

/** Accepts the current saved values as the base of the edits, so that they overwrite them. */
export const insistedOn = (edits: Edits, { item, field, text }: Change): Edits => ({
  ...edits,
  [item.itemKey]: { ...edits[item.itemKey], [field.name]: { text, was: savedText(item, field) } },
});

/** Removes edits that were saved; edits made in the meantime stay. */
export function without(edits: Edits, saved: readonly Change[]): Edits {
  const next: Record<string, Record<string, Edit>> = { ...edits };
  for (const { item, field, text } of saved) {
    const { [field.name]: edit, ...others } = next[item.itemKey] ?? {};
    if (!edit) continue;
    const those = edit.text === text ? others : { ...others, [field.name]: { ...edit, was: text } };
    if (Object.keys(those).length > 0) next[item.itemKey] = those;
    else delete next[item.itemKey];
  }
  return next;
}

export function pendingOf(
  edits: Edits,
  items: readonly Edited[],
  fields: readonly FieldFragment[],
): readonly Pending[] {
  if (Object.keys(edits).length === 0) return [];
  return items.flatMap((item) =>
    fields.flatMap((field): Pending[] => {
      const edit = edits[item.itemKey]?.[field.name];
      if (!edit) return [];
      const saved = savedText(item, field);
      if (edit.text === saved) return [];
      const read = typed(edit.text, field);
      const common = { item, field, ...edit, saved, isConflict: saved !== edit.was };
      return 'value' in read
        ? [{ ...common, value: read.value, problem: undefined }]
        : [{ ...common, value: undefined, problem: read.problem }];
    }),
  );
}

/** The changed items as partial input for the API. */
export function asChanges(pending: readonly Pending[]): Record<string, Json>[] {
  const changes = new Map<string, Record<string, Json>>();
  for (const { item, field, value } of pending) {
    const change = changes.get(item.itemKey) ?? { itemKey: item.itemKey };
    changes.set(item.itemKey, { ...change, [field.inputName!]: value ?? null });
  }
  return [...changes.values()];
}
