import { useState } from 'react';
import { isSame, opensWith, readKept, type Kept, type Search, type View } from './saved-views';

const keyOf = (page: string) => `phaseledger.views.${page}`;
export const keptViews = (page: string): Kept => readKept(localStorage.getItem(keyOf(page)));

/** The view that an address means which asks for nothing, as somebody comes to the page. */
export const firstView = (page: string, given: readonly View[], search: Search): Search | undefined =>
  isSame(search, {}) ? opensWith(keptViews(page), given)?.search : undefined;

/** The views of a page that this browser keeps. */
export function useViews(page: string): [Kept, (next: Kept) => void] {
  const [kept, setKept] = useState(() => keptViews(page));
  return [
    kept,
    (next) => {
      localStorage.setItem(keyOf(page), JSON.stringify(next));
      setKept(next);
    },
  ];
}
