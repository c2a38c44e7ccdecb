/** Named views of a page: the search parameters of its address, kept in this browser. Some are built in; one of all can be the default. */
import * as t from '#text/views';

export type Search = Readonly<Record<string, unknown>>;
export interface View {
  readonly name: string;
  readonly search: Search;
}
export interface Kept {
  readonly views: readonly View[];
  /** The name of the default view; null for none. */
  readonly first: string | null;
}

/** Cursors and the instant are not part of a view. */
const passing = new Set(['after', 'at', 'rows']);
const asked = (search: Search) =>
  Object.entries(search)
    .filter(([name, value]) => value !== undefined && !passing.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));

/** The parts of an address that make a view. */
export const lasting = (search: Search): Search => Object.fromEntries(asked(search));
export const isSame = (a: Search, b: Search): boolean => JSON.stringify(asked(a)) === JSON.stringify(asked(b));

const nothing: Kept = { views: [], first: null };
const isView = (value: unknown): value is View =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as View).name === 'string' &&
  typeof (value as View).search === 'object';

/** Reads the stored views. Invalid data is ignored, since anybody can write to local storage. */
export function readKept(value: unknown): Kept {
  const { views, first } = (value ?? nothing) as Partial<Kept>;
  return {
    views: Array.isArray(views) ? views.filter(isView) : [],
    first: typeof first === 'string' ? first : null,
  };
}

/** The default view for an address without parameters; undefined if there is none. */
export const opensWith = ({ views, first }: Kept, given: readonly View[]): View | undefined =>
  [...given, ...views].find(({ name, search }) => name === first && asked(search).length > 0);

/** Why a name is not allowed for a view; null if it is. */
export function problemOf(name: string, others: readonly { readonly name: string }[]): string | null {
  const folded = name.trim().toLocaleLowerCase();
  if (!folded) return t.aViewNeedsAName;
  if (others.some((one) => one.name.trim().toLocaleLowerCase() === folded)) return t.thereIsAViewAlready(name.trim());
  return null;
}
