/**
 * The words a phase's field table is written in. One table feeds the GraphQL types and inputs, the SQL that stores them,
 * validation, diff labels and the static types, so a field is said once.
 */
import type { ItemReviewStatus, Json, JsonObject } from './model';

interface Described {
  /** What a person calls the field. */
  readonly label: string;
  /** One sentence for the API's manual; defaults to the label. */
  readonly description?: string;
}

/** How a stored value looks in SQL, in JSON and in GraphQL; the GraphQL side is in graphql/phase/field-types.ts. */
export type StoredKind =
  'text' | 'uuid' | 'flag' | 'integer' | 'date' | 'json' | 'jsonList' | 'textList' | 'enumeration';

export interface StoredField<T = unknown> extends Described {
  readonly source: 'input';
  readonly kind: StoredKind;
  readonly required: boolean;
  /** What stands there when nothing is given; such a field is never null. */
  readonly fallback?: Json;
  /** For enumerations: the name of the PostgreSQL and GraphQL type, and its values. */
  readonly enumeration?: { readonly name: string; readonly values: readonly string[] };
  /** Carries the static type; never set. */
  readonly value?: T;
}

/** Set by the service when the item is put, not by the client; about the item, so not part of its content or hash. */
export interface StampedField extends Described {
  readonly source: 'stamped';
  readonly stamp: 'actor' | 'instant';
}

/** Read from the decision that counts for the item, in the phase's own words. */
export interface DecisionField extends Described {
  readonly source: 'decision';
  readonly of: 'status' | 'decidedBy' | 'decidedAt' | 'notes';
  readonly enumeration?: { readonly name: string; readonly words: Readonly<Partial<Record<ItemReviewStatus, string>>> };
}

/** How many items the version has, all or those whose flag is set. */
export interface CountField extends Described {
  readonly source: 'count';
  readonly where?: string;
}

/** The item's earlier forms along its line of carried items, oldest first. */
export interface LineageField extends Described {
  readonly source: 'lineage';
}

export type Field = StoredField | StampedField | DecisionField | CountField | LineageField;
export type FieldTable = Readonly<Record<string, Field>>;

type Options = { readonly description?: string };
const stored =
  <T>(kind: StoredKind, required: boolean) =>
  (label: string, options: Options = {}): StoredField<T> => ({ source: 'input', kind, required, label, ...options });

export const text = stored<string | null>('text', false);
export const requiredText = stored<string>('text', true);
export const requiredUuid = stored<string>('uuid', true);
export const requiredFlag = stored<boolean>('flag', true);
export const integer = stored<number | null>('integer', false);
export const json = stored<JsonObject | null>('json', false);
export const requiredJson = stored<JsonObject>('json', true);

/** A list of texts, empty when nothing is given. */
export const textList = (label: string, options: Options = {}): StoredField<string[]> => ({
  source: 'input',
  kind: 'textList',
  required: false,
  fallback: [],
  label,
  ...options,
});

export const enumeration = <const V extends readonly string[]>(
  label: string,
  name: string,
  values: V,
  options: Options = {},
): StoredField<V[number] | null> => ({
  source: 'input',
  kind: 'enumeration',
  required: false,
  label,
  enumeration: { name, values },
  ...options,
});

export const stampedBy = (label: string, options: Options = {}): StampedField => ({
  source: 'stamped',
  stamp: 'actor',
  label,
  ...options,
});

export const stampedAt = (label: string, options: Options = {}): StampedField => ({
  source: 'stamped',
  stamp: 'instant',
  label,
  ...options,
});

export const decisionStatus = (
  label: string,
  name: string,
  words: Readonly<Partial<Record<ItemReviewStatus, string>>>,
): DecisionField => ({ source: 'decision', of: 'status', label, enumeration: { name, words } });

export const decidedBy = (label: string): DecisionField => ({ source: 'decision', of: 'decidedBy', label });

export const decidedAt = (label: string): DecisionField => ({ source: 'decision', of: 'decidedAt', label });
export const decisionNotes = (label: string): DecisionField => ({ source: 'decision', of: 'notes', label });

export const count = (label: string, where?: string): CountField => ({ source: 'count', label, where });

export const lineage = (label: string, options: Options = {}): LineageField => ({
  source: 'lineage',
  label,
  ...options,
});

/** The static type of what a field table stores: `Content<typeof scoping.item.fields>`. */
export type Content<F extends FieldTable> = {
  [K in keyof F as F[K] extends StoredField ? K : never]: F[K] extends StoredField<infer T> ? T : never;
};

/** Asked for every item of every answer, so each table is looked through once. */
const known = new WeakMap<FieldTable, [name: string, field: StoredField][]>();

/** The stored fields of a table, in order: what content, hashes, diffs and inputs are made of. */
export function contentFields(table: FieldTable): [name: string, field: StoredField][] {
  let fields = known.get(table);
  if (!fields) {
    fields = Object.entries(table).filter((entry): entry is [string, StoredField] => entry[1].source === 'input');
    known.set(table, fields);
  }
  return fields;
}

/** Whether a stored field always has a value. */
export const isAlwaysSet = (field: StoredField): boolean => field.required || field.fallback !== undefined;

/** What a new version's content starts with. */
export const fallbacks = (table: FieldTable): JsonObject =>
  Object.fromEntries(
    contentFields(table).flatMap(([name, { fallback }]) => (fallback === undefined ? [] : [[name, fallback]])),
  );

/** A GraphQL field name in the database's spelling. */
export const columnName = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
