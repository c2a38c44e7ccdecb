import { sameJson } from '../../../src/versioning/diff';
import { isTree, type Json } from './value';

export interface TreeChanges {
  /** The differences by path; undefined where a side has no value. */
  changes: { path: string[]; before: Json | undefined; after: Json | undefined }[];
  /** The equal paths, as high in the tree as possible. */
  kept: string[][];
}

/** List positions count from one. */
const entriesOf = (tree: Json | undefined): Map<string, Json> =>
  new Map(
    Array.isArray(tree) ? tree.map((one, index) => [String(index + 1), one]) : isTree(tree) ? Object.entries(tree) : [],
  );

const isTreeOrNothing = (value: Json | undefined): boolean => value === null || value === undefined || isTree(value);
const areBoth = (is: (value: Json | undefined) => boolean, one: Json | undefined, other: Json | undefined): boolean =>
  is(one) && is(other);

/** Compares two objects or lists by path; equal parts are only named. */
export function treeChanges(before: Json | undefined, after: Json | undefined): TreeChanges {
  const found: TreeChanges = { changes: [], kept: [] };
  const walk = (path: string[], one: Json | undefined, other: Json | undefined): void => {
    const isWalked = path.length === 0 ? areBoth(isTreeOrNothing, one, other) : areBoth(isTree, one, other);
    const isLeaf = !isWalked || (isTree(one) && isTree(other) && Array.isArray(one) !== Array.isArray(other));
    if (path.length > 0 && sameJson(one, other)) found.kept.push(path);
    else if (isLeaf) found.changes.push({ path, before: one, after: other });
    else {
      const [left, right] = [entriesOf(one), entriesOf(other)];
      for (const key of new Set([...left.keys(), ...right.keys()])) walk([...path, key], left.get(key), right.get(key));
    }
  };
  walk([], before, after);
  return found;
}
