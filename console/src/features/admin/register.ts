/** What a page of the register is declared as: one list, one table and one form serve them all. */
import type { TypedDocumentString } from '../../generated/graphql';
import { day } from '../../text/time';

/** Something that can be chosen, as mutations and people name it. */
export interface Choice {
  readonly id: string | number;
  readonly name: string;
}
export type Value = string | boolean | null | Choice | readonly Choice[];
export type Values = Readonly<Record<string, Value>>;

export interface Row extends Choice {
  readonly revision: number;
  /** By the names of the fields. */
  readonly values: Values;
  /** The workflow that it is, if it is one. */
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

/** Where a field takes its values from: another page of the register, or those of it that can be named here. */
export interface Source {
  readonly register: Register;
  readonly filter?: object;
}

interface FieldBase {
  /** As the inputs of the mutations call it. */
  readonly name: string;
  readonly title: string;
  readonly isRequired?: boolean;
  /** Whether it is given once and for all, or cannot be given at the start. */
  readonly only?: 'create' | 'change';
  /** Whether giving it has to be explained, or only changing it later. */
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

/** What a mutation of the register answers. */
export interface Done {
  readonly changeSet?: { readonly sequence: number } | null;
  readonly stillNamed?: readonly { readonly position: string; readonly place: string }[];
}
type ChangeDocument = TypedDocumentString<{ done?: Done | null }, { input: never }>;

export interface Register {
  readonly title: string;
  /** What one of it is called, and what is done to add one. */
  readonly one: string;
  readonly add: string;
  readonly search: string;
  /** The tables of the log that say something of it. */
  readonly tables: readonly string[];
  readonly list: TypedDocumentString<unknown, ListVariables>;
  readonly read: (data: unknown) => ListPage;
  /** Under which name the mutation that changes one takes its id. */
  readonly id: string;
  readonly create: ChangeDocument;
  readonly update: ChangeDocument;
  readonly fields: readonly Field[];
  /** Whether some of it may not act any more. */
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

/** Forgets the types of one declaration: what reads it goes by its fields. */
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

/** A value as the mutations take it. What is empty is null. */
export function asInput(value: Value, { kind }: Field): unknown {
  if (isMany(value)) return value.map(({ id }) => id).sort();
  if (typeof value === 'object' && value !== null) return value.id;
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (text === '') return null;
  return kind === 'number' ? Number(text) : text;
}

/** What a field holds that nobody has touched. */
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

/** As people read it. */
export function shownValue(value: Value, { kind }: Field): string {
  if (isMany(value)) return value.map(({ name }) => name).join(', ') || '—';
  if (typeof value === 'object' && value !== null) return value.name;
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (!value) return '—';
  return kind === 'date' ? day(value) : value;
}
