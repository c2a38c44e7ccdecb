/**
 * The vocabulary of a phase's field table. One table feeds the GraphQL types and inputs, the SQL, validation, diff labels and the static
 * types, so each field is declared once.
 */
import type { ItemReviewStatus, Json, JsonObject, UserRole } from './model';

interface Described {
  /** The field's name for people. */
  readonly label: string;
  /** One sentence for the API's manual; defaults to the label. */
  readonly description?: string;
}

/** The kinds of things that a field can refer to. The field's name ends in Id; the API shows the object under the name without it. */
export type ReferenceKind = 'user' | 'lob' | 'version';

/** The kinds of stored values, with their forms in SQL, JSON and GraphQL; the GraphQL side is in graphql/phase/field-types.ts. */
export type StoredKind =
  | 'text'
  | 'uuid'
  | 'flag'
  | 'integer'
  | 'date'
  | 'instant'
  | 'json'
  | 'jsonList'
  | 'textList'
  | 'enumeration'
  | ReferenceKind;

export interface StoredField<T = unknown> extends Described {
  readonly source: 'input';
  readonly kind: StoredKind;
  readonly required: boolean;
  /** The value if none is given; such a field is never null. */
  readonly fallback?: Json;
  /** For enumerations: the name of the PostgreSQL and GraphQL type, and its values. */
  readonly enumeration?: { readonly name: string; readonly values: readonly string[] };
  /** For texts: long prose, which needs a large input. */
  readonly isLong?: boolean;
  /** For texts that are states or kinds: the usual values. Others are accepted too, since the old system had them. */
  readonly suggestions?: readonly string[];
  /**
   * Only the suggestions are accepted: for states and kinds on which something depends, where a typo could never be corrected. Imports may
   * bring other values from the old system.
   */
  readonly onlySuggested?: boolean;
  /**
   * For identities: the field that keeps the bank's own code, which is accepted in place of the UUID and from which the UUID is derived.
   */
  readonly codedIn?: string;
  /** For texts: the code that this identity was given as; null if it was given as a UUID. */
  readonly codeOf?: string;
  /** For people: they must be active and have one of these roles; without roles, being active is enough. */
  readonly takes?: readonly UserRole[];
  /** For people: they must be able to change records of the phase in this workflow, by role and assignment. */
  readonly actsHere?: boolean;
  /** For people: always whoever made the change that set it. */
  readonly isActor?: boolean;
  /** A value that only these roles may set; a new draft never takes it over from its parent. */
  readonly restricted?: { readonly value: Json; readonly to: readonly UserRole[] };
  /** Carries the static type; never set. */
  readonly value?: T;
}

/** Set by the service when the row's content is written. It describes the row, so it is not part of the content or its hash. */
export interface StampedField extends Described {
  readonly source: 'stamped';
  readonly stamp: 'actor' | 'instant';
  /** Whether the first stamp stays when the content is replaced. */
  readonly kept?: boolean;
}

/**
 * Given with the change that created a version of an audit-only phase. It describes the change, so it is neither content nor carried
 * forward.
 */
export interface ChangeField extends Described {
  readonly source: 'change';
  readonly kind: 'text' | 'json';
  /** Taken from the command's reason rather than from its input of the same name. */
  readonly isReason?: boolean;
}

/** Read from the decision that counts for the item, in the phase's own words. */
export interface DecisionField extends Described {
  readonly source: 'decision';
  readonly of: 'status' | 'decidedBy' | 'decidedAt' | 'notes';
  readonly enumeration?: {
    readonly name: string;
    readonly words: Readonly<Partial<Record<ItemReviewStatus, string>>>;
    /** The word for an undecided item while its version is a draft, if it differs. */
    readonly whileDraft?: string;
  };
}

/** The number of the version's items: all, or those with a flag set. */
export interface CountField extends Described {
  readonly source: 'count';
  readonly where?: string;
}

/** The item's earlier forms along its line of carried items, oldest first. */
export interface LineageField extends Described {
  readonly source: 'lineage';
}

/** Who approved the version, or when; null until then. */
export interface ApprovalField extends Described {
  readonly source: 'approval';
  readonly of: 'by' | 'at';
}

/** The signatures that the version's approval requires, as the phase declares them. */
export interface SignOffsField extends Described {
  readonly source: 'signOffs';
}

/** Hours between two instants of the content; null while one is missing. */
export interface DurationField extends Described {
  readonly source: 'duration';
  readonly from: string;
  readonly to: string;
}

/** Whether this is its record's latest version, not replaced by another record (as that one's field `by` says). */
export interface LatestField extends Described {
  readonly source: 'latest';
  readonly by: string;
}

/** A change of a record: two consecutive versions, and the change fields of the later one. */
export interface RecordChange {
  readonly versionId: string;
  readonly by: number;
  readonly at: string;
  /** The content before; null for the record's first version. */
  readonly before: JsonObject | null;
  readonly after: JsonObject;
  /** The later version's change fields. */
  readonly changeFields: JsonObject;
}

export interface EntryField extends Described {
  readonly kind: 'uuid' | 'text' | 'instant' | 'json' | 'textList' | 'user';
  readonly required: boolean;
  value(change: RecordChange): Json;
}

/** The changes of the record up to this version, oldest first, read from consecutive versions. */
export interface HistoryField extends Described {
  readonly source: 'history';
  /** The GraphQL type of an entry. */
  readonly type: string;
  /** Which changes are entries; all if omitted. */
  readonly where?: (change: RecordChange) => boolean;
  readonly entry: Readonly<Record<string, EntryField>>;
}

export type Field =
  | StoredField
  | StampedField
  | ChangeField
  | DecisionField
  | CountField
  | LineageField
  | ApprovalField
  | SignOffsField
  | DurationField
  | LatestField
  | HistoryField;
export type FieldTable = Readonly<Record<string, Field>>;

interface Options extends Pick<StoredField, 'isLong' | 'suggestions' | 'onlySuggested' | 'codedIn' | 'codeOf'> {
  readonly description?: string;
  readonly takes?: readonly UserRole[];
  readonly actsHere?: boolean;
  readonly isActor?: boolean;
}
const stored =
  <T>(kind: StoredKind, required: boolean) =>
  (label: string, options: Options = {}): StoredField<T> => ({ source: 'input', kind, required, label, ...options });

export const text = stored<string | null>('text', false);
export const requiredText = stored<string>('text', true);
export const uuid = stored<string | null>('uuid', false);
export const requiredUuid = stored<string>('uuid', true);
export const requiredFlag = stored<boolean>('flag', true);
export const integer = stored<number | null>('integer', false);
export const requiredInteger = stored<number>('integer', true);
export const date = stored<string | null>('date', false);
/** RFC 3339 in UTC with milliseconds, as a text, which is also what content and hashes contain. */
export const instant = stored<string | null>('instant', false);
export const requiredInstant = stored<string>('instant', true);
export const json = stored<JsonObject | null>('json', false);
export const requiredJson = stored<JsonObject>('json', true);
export const user = stored<number | null>('user', false);
export const requiredUser = stored<number>('user', true);
export const lob = stored<string | null>('lob', false);
/** A version of the same phase, of any record. */
export const version = stored<string | null>('version', false);

const withFallback =
  <T extends Json>(kind: StoredKind) =>
  (label: string, fallback: T, options: Options & Pick<StoredField, 'restricted'> = {}): StoredField<T> => ({
    source: 'input',
    kind,
    required: false,
    fallback,
    label,
    ...options,
  });

/** A text that is never null or blank, with the value to use if none is given. */
export const textOr = withFallback<string>('text');
export const flagOr = withFallback<boolean>('flag');
/** Lists are empty if none is given. */
export const textList = (label: string, options: Options = {}) =>
  withFallback<string[]>('textList')(label, [], options);
export const jsonList = (label: string, options: Options = {}) =>
  withFallback<JsonObject[]>('jsonList')(label, [], options);

export const enumeration = <const V extends readonly string[]>(
  label: string,
  name: string,
  values: V,
  options: Options = {},
): StoredField<V[number] | null> => ({
  ...stored<V[number] | null>('enumeration', false)(label, options),
  enumeration: { name, values },
});

export const requiredEnumeration = <const V extends readonly string[]>(
  ...said: Parameters<typeof enumeration<V>>
): StoredField<V[number]> => ({ ...(enumeration(...said) as StoredField<V[number]>), required: true });

type StampOptions = Options & Pick<StampedField, 'kept'>;
const stamped =
  (stamp: StampedField['stamp']) =>
  (label: string, options: StampOptions = {}): StampedField => ({ source: 'stamped', stamp, label, ...options });

export const stampedBy = stamped('actor');
export const stampedAt = stamped('instant');

/** Given with the command under the same name. */
export const givenWithChange = (kind: ChangeField['kind'], label: string, options: Options = {}): ChangeField => ({
  source: 'change',
  kind,
  label,
  ...options,
});
export const reasonOfChange = (label: string, options: Options = {}): ChangeField => ({
  ...givenWithChange('text', label, options),
  isReason: true,
});

export const decisionStatus = (
  label: string,
  name: string,
  words: Readonly<Partial<Record<ItemReviewStatus, string>>>,
  whileDraft?: string,
): DecisionField => ({ source: 'decision', of: 'status', label, enumeration: { name, words, whileDraft } });

export const decidedBy = (label: string): DecisionField => ({ source: 'decision', of: 'decidedBy', label });

export const decidedAt = (label: string): DecisionField => ({ source: 'decision', of: 'decidedAt', label });
export const decisionNotes = (label: string): DecisionField => ({ source: 'decision', of: 'notes', label });

export const count = (label: string, where?: string): CountField => ({ source: 'count', label, where });

export const lineage = (label: string, options: Options = {}): LineageField => ({
  source: 'lineage',
  label,
  ...options,
});

export const approvedBy = (label: string): ApprovalField => ({ source: 'approval', of: 'by', label });
export const approvedAt = (label: string): ApprovalField => ({ source: 'approval', of: 'at', label });
export const signOffs = (label: string): SignOffsField => ({ source: 'signOffs', label });

export const hoursBetween = (label: string, from: string, to: string): DurationField => ({
  source: 'duration',
  label,
  from,
  to,
});
export const isLatestBy = (label: string, by: string, options: Options = {}): LatestField => ({
  source: 'latest',
  label,
  by,
  ...options,
});

export const history = (
  label: string,
  type: string,
  entry: HistoryField['entry'],
  where?: HistoryField['where'],
): HistoryField => ({ source: 'history', label, type, entry, where });

/** A field of a history's entries. */
export const entry = (
  kind: EntryField['kind'],
  label: string,
  value: EntryField['value'],
  { required = true } = {},
): EntryField => ({ kind, label, value, required });

/** The static type of what a field table stores: `Content<typeof scoping.item.fields>`. */
export type Content<F extends FieldTable> = {
  [K in keyof F as F[K] extends StoredField ? K : never]: F[K] extends StoredField<infer T> ? T : never;
};

/** Cached by table, because this is called for every item of every answer. */
const known = new WeakMap<FieldTable, [name: string, field: StoredField][]>();

/** The stored fields of a table in order; content, hashes, diffs and inputs are made of them. */
export function contentFields(table: FieldTable): [name: string, field: StoredField][] {
  let fields = known.get(table);
  if (!fields) {
    fields = Object.entries(table).filter((entry): entry is [string, StoredField] => entry[1].source === 'input');
    known.set(table, fields);
  }
  return fields;
}

/** The fields with a column in the version's own table or the item's: content, stamps and change fields. */
export const columnFields = (table: FieldTable): [name: string, field: StoredField | StampedField | ChangeField][] =>
  Object.entries(table).filter((named): named is [string, StoredField | StampedField | ChangeField] =>
    ['input', 'stamped', 'change'].includes(named[1].source),
  );

/** The API name of a stored field: `dataOwnerId` is shown as `dataOwner`. */
export const shownAs = (name: string, kind: StoredKind): string => (isReference(kind) ? name.replace(/Id$/, '') : name);

export const isReference = (kind: string): kind is ReferenceKind =>
  kind === 'user' || kind === 'lob' || kind === 'version';

/** Whether a stored field always has a value. */
export const isAlwaysSet = (field: StoredField): boolean => field.required || field.fallback !== undefined;

/** The fields that a new draft does not take over from its parent, with their initial values. */
export const neverCarried = (table: FieldTable): JsonObject =>
  Object.fromEntries(
    contentFields(table).flatMap(([name, { restricted, fallback }]) => (restricted ? [[name, fallback ?? null]] : [])),
  );

/** The initial content of a new version. */
export const fallbacks = (table: FieldTable): JsonObject =>
  Object.fromEntries(
    contentFields(table).flatMap(([name, { fallback }]) => (fallback === undefined ? [] : [[name, fallback]])),
  );

/** The column name of a field. */
export const columnName = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
