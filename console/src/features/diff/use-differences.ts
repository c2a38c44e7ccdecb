import { useMemo } from 'react';
import * as t from '#text/diff';
import { useRest } from '../../api/use-rest';
import {
  MoreDifferencesDocument,
  type ChangeFragment,
  type ChangeKind,
  type MoreDifferencesQuery,
  type MoreDifferencesQueryVariables,
  type WholeFragment,
} from '../../generated/graphql';
import type { Diff } from './compared';

export type Kind = ChangeKind;
/** One item that differs: its changed fields, or all of it. */
export type Difference = ChangeFragment | WholeFragment;

export const kinds = [
  ['CHANGED', '~', t.changed],
  ['ADDED', '+', t.added],
  ['REMOVED', '−', t.removed],
] as const;

type Asked = Omit<MoreDifferencesQueryVariables, 'kind' | 'after'>;

/** All items that differ: the changed, the added and the removed ones, each ordered by label. */
export function useDifferences(diff: Diff, asked: Asked): readonly Difference[] {
  const changed = useKind(diff.changed, asked, 'CHANGED');
  const added = useKind(diff.added, asked, 'ADDED');
  const removed = useKind(diff.removed, asked, 'REMOVED');
  return useMemo(() => [...changed, ...added, ...removed], [changed, added, removed]);
}

const useKind = (first: Diff['changed'] | Diff['added'], asked: Asked, kind: Kind): readonly Difference[] =>
  useRest<Difference, MoreDifferencesQuery, MoreDifferencesQueryVariables>(
    first,
    MoreDifferencesDocument,
    { ...asked, kind },
    undefined,
    (more) => more.phaseVersion?.diff?.items,
  );
