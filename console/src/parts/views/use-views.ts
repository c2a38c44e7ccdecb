import { keep, kept, useNoted } from '../kept';
import { isSame, opensWith, readKept, type Kept, type Search, type View } from './saved-views';

const aboutOf = (page: string) => `views.${page}`;
const keptViews = (page: string): Kept => readKept(kept(aboutOf(page)));

/** The default view, if the address has no parameters. */
export const firstView = (page: string, given: readonly View[], search: Search): Search | undefined =>
  isSame(search, {}) ? opensWith(keptViews(page), given)?.search : undefined;

/** The views of a page stored in this browser. */
export const useViews = (page: string) =>
  useNoted<Kept>(
    () => keptViews(page),
    (views) => keep(aboutOf(page), views),
  );
