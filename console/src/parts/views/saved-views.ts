/**
 * Views of a page that have a name: what its address has, kept in this browser. The page has some of its own; of all of them, one can be
 * what the page opens with.
 */
export type Search = Readonly<Record<string, unknown>>;
export interface View {
  readonly name: string;
  readonly search: Search;
}
export interface Kept {
  readonly views: readonly View[];
  /** The name of the one that the page opens with; null for the page as it is. */
  readonly first: string | null;
}

/** Where in a list somebody is, and when it is read, is no part of what they look at. */
const passing = new Set(['after', 'at', 'rows']);
const asked = (search: Search) =>
  Object.entries(search)
    .filter(([name, value]) => value !== undefined && !passing.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));

/** What of an address makes a view. */
export const lasting = (search: Search): Search => Object.fromEntries(asked(search));
export const isSame = (a: Search, b: Search): boolean => JSON.stringify(asked(a)) === JSON.stringify(asked(b));

const nothing: Kept = { views: [], first: null };
const isView = (value: unknown): value is View =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as View).name === 'string' &&
  typeof (value as View).search === 'object';

/** What was kept; what is none is as if nothing had been, since anybody can write into a browser. */
export function readKept(value: unknown): Kept {
  const { views, first } = (value ?? nothing) as Partial<Kept>;
  return {
    views: Array.isArray(views) ? views.filter(isView) : [],
    first: typeof first === 'string' ? first : null,
  };
}

/** What a page opens with at an address that asks for nothing; undefined where that is the page as it is. */
export const opensWith = ({ views, first }: Kept, given: readonly View[]): View | undefined =>
  [...given, ...views].find(({ name, search }) => name === first && asked(search).length > 0);

/** Why a view cannot be called so; null if it can. */
export function problemOf(name: string, others: readonly { readonly name: string }[]): string | null {
  const folded = name.trim().toLocaleLowerCase();
  if (!folded) return 'A view needs a name.';
  if (others.some((one) => one.name.trim().toLocaleLowerCase() === folded))
    return `There is a view “${name.trim()}” already.`;
  return null;
}
