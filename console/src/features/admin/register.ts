/** The declaration of a register page. One list, one table and one form serve all of them. */
import * as t from '#text/admin';
import { day } from '#text/time';
import type { TypedDocumentString } from '../../generated/graphql';

/** An option, with its value for mutations and its label for people. */
export interface Choice {
  readonly id: string | number;
  readonly name: string;
}
export type Value = string | boolean | null | Choice | readonly Choice[];
export type Values = Readonly<Record<string, Value>>;

export interface Row extends Choice {
  readonly revision: number;
  /** Values by field name. */
  readonly values: Values;
  /** The workflow's id, if the entry is a workflow. */
  readonly workflow?: { readonly cycleId: string; readonly reportId: string };
}

export interface ListVariables {
  search: string | null;
  first: number;
  after: string | null;
}
export interface ListPage {
  readonly totalCount: number;
  readonly next: string | null;
  readonly rows: readonly Row[];
}

/** The options of a field: another register page, or those of its entries that are allowed here. */
export interface Source {
  readonly register: Register;
  readonly filter?: object;
}

interface FieldBase {
  /** The name in the mutation input. */
  readonly name: string;
  readonly title: string;
  readonly isRequired?: boolean;
  /** Whether the field can be set only on creation, or only afterwards. */
  readonly only?: 'create' | 'change';
  /** Whether a reason is required always, or only for later changes. */
  readonly takesReason?: 'always' | 'change';
  readonly note?: string;
}
export type Field = FieldBase &
  (
    | { readonly kind: 'text' | 'number' | 'date' | 'flag' }
    | { readonly kind: 'word'; readonly options: readonly Choice[] }
    | { readonly kind: 'set'; readonly options: readonly Choice[] }
    | { readonly kind: 'one'; readonly from: Source }
    | { readonly kind: 'many'; readonly from: Source }
  );

/** The payload of a register mutation. */
export interface Done {
  readonly changeSet?: { readonly sequence: number } | null;
  readonly stillNamed?: readonly { readonly position: string; readonly place: string }[];
}
type ChangeDocument = TypedDocumentString<{ done?: Done | null }, { input: never }>;

export interface Register {
  readonly title: string;
  /** The noun for an entry, and the label of the button that adds one. */
  readonly one: string;
  readonly add: string;
  readonly search: string;
  /** The log tables that record changes of this list. */
  readonly tables: readonly string[];
  readonly list: TypedDocumentString<unknown, ListVariables>;
  readonly read: (data: unknown) => ListPage;
  /** The name of the id in the update mutation's input. */
  readonly id: string;
  readonly create: ChangeDocument;
  readonly update: ChangeDocument;
  readonly fields: readonly Field[];
  /** Whether entries can be inactive. */
  readonly hasInactive?: boolean;
}

interface Listed<Node> {
  list?: {
    totalCount: number;
    pageInfo: { hasNextPage: boolean; endCursor?: string | null };
    nodes: readonly Node[];
  } | null;
}
interface Declared<Node, Create, Update> extends Omit<Register, 'list' | 'read' | 'create' | 'update'> {
  readonly list: TypedDocumentString<Listed<Node>, ListVariables>;
  readonly create: TypedDocumentString<{ done?: Done | null }, { input: Create }>;
  readonly update: TypedDocumentString<{ done?: Done | null }, { input: Update }>;
  readonly row: (node: Node) => Row;
}

/** Erases the types of a declaration: its readers access fields by name. */
export function register<Node, Create, Update>({ row, ...declared }: Declared<Node, Create, Update>): Register {
  return {
    ...declared,
    create: declared.create,
    update: declared.update,
    read: (data) => {
      const list = (data as Listed<Node>).list;
      return {
        totalCount: list?.totalCount ?? 0,
        next: list?.pageInfo.hasNextPage ? (list.pageInfo.endCursor ?? null) : null,
        rows: (list?.nodes ?? []).map(row),
      };
    },
  };
}

export const isMany = (value: Value): value is readonly Choice[] => Array.isArray(value);

/** A form value as mutation input; empty values become null. */
export function asInput(value: Value, { kind }: Field): unknown {
  if (isMany(value)) return value.map(({ id }) => id).sort();
  if (typeof value === 'object' && value !== null) return value.id;
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (text === '') return null;
  return kind === 'number' ? Number(text) : text;
}

/** The initial value of an untouched field. */
export function emptyOf(field: Field): Value {
  switch (field.kind) {
    case 'many':
    case 'set':
      return [];
    case 'one':
      return null;
    case 'flag':
      return false;
    case 'word':
      return String(field.options[0]?.id ?? '');
    default:
      return '';
  }
}

export const isSame = (a: Value, b: Value, field: Field): boolean =>
  JSON.stringify(asInput(a, field)) === JSON.stringify(asInput(b, field));

/** A value as text for people. */
export function shownValue(value: Value, field: Field): string {
  if (isMany(value)) return value.map(({ name }) => name).join(', ') || '—';
  if (typeof value === 'object' && value !== null) return value.name;
  if (typeof value === 'boolean') return value ? t.yes : t.no;
  if (!value) return '—';
  if (field.kind === 'word') return field.options.find(({ id }) => id === value)?.name ?? value;
  return field.kind === 'date' ? day(value) : value;
}
