/**
 * What was typed into items and is not saved yet. Each field remembers what was saved when it was first typed into, so that what
 * somebody else saved meanwhile is known from what this person changed.
 */
import type { FieldFragment, ItemFragment } from '../../../generated/graphql';
import { asTyped, typed } from '../../../parts/typed';
import { valueOf, type Json } from '../../../parts/value';

interface Edit {
  readonly text: string;
  /** What was saved when it was first typed into. */
  readonly was: string;
}
/** By the keys of items and the names of fields. */
export type Edits = Readonly<Record<string, Readonly<Record<string, Edit>>>>;
export type Edited = Pick<ItemFragment, 'itemKey' | 'label' | 'content'>;
export interface Change {
  readonly item: Edited;
  readonly field: FieldFragment;
  readonly text: string;
}

/** A field that is not saved yet, held against what is saved. */
export interface Pending extends Change {
  readonly was: string;
  readonly saved: string;
  /** Whether somebody else saved something else here since it was typed into. */
  readonly isConflict: boolean;
  /** What is wrong with it. */
  readonly problem: string | undefined;
  readonly value: Json | undefined;
}

export const savedText = ({ content }: Edited, field: FieldFragment): string => asTyped(valueOf(content, field));

/** Edits with others added; what is typed back to what is saved is none. */
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

/** Edits of which the saved state was seen: they are meant to stand instead of it. */
export const insistedOn = (edits: Edits, { item, field, text }: Change): Edits => ({
  ...edits,
  [item.itemKey]: { ...edits[item.itemKey], [field.name]: { text, was: savedText(item, field) } },
});

/** What is left of edits when some of them are saved; what was typed on meanwhile stays. */
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

/** The items that are changed, as the API takes them: in part. */
export function asChanges(pending: readonly Pending[]): Record<string, Json>[] {
  const changes = new Map<string, Record<string, Json>>();
  for (const { item, field, value } of pending) {
    const change = changes.get(item.itemKey) ?? { itemKey: item.itemKey };
    changes.set(item.itemKey, { ...change, [field.inputName!]: value ?? null });
  }
  return [...changes.values()];
}
