import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { send, useApi } from '../../api/client';
import { useRest } from '../../api/use-rest';
import {
  DecideItemsDocument,
  MoreSinceBaseDocument,
  MoreSinceMyReviewDocument,
  ReviewDocument,
  type ChangeFragment,
  type DecideItemsMutation,
  type ItemFragment,
  type ItemReviewStatus,
  type MyChangeFragment,
  type ReviewQuery,
} from '../../generated/graphql';
import { useItems } from '../version/use-items';
import { useSeen } from './seen';

export type ReviewedVersion = NonNullable<ReviewQuery['phaseVersion']>;
export type Row = ItemFragment & {
  /** Changes since the viewer's last review. */
  mine: MyChangeFragment | undefined;
  /** Changes since the base version. */
  base: ChangeFragment | undefined;
  seen: boolean;
  /** Decisions that were sent and not answered yet. */
  pending: boolean;
};
interface Sent {
  status: ItemReviewStatus;
  notes: string | null;
}

/** A version for its reviewer, with pending decisions applied. */
export function useReview(versionId: string) {
  const query = useApi(ReviewDocument, { versionId });
  const version = query.data?.phaseVersion;
  const items = useItems(version);
  const given = { versionId };
  const sinceBase = useRest(
    version?.sinceBase?.items,
    MoreSinceBaseDocument,
    given,
    version?.revision,
    (more) => more.phaseVersion?.diff?.items,
  );
  const sinceMine = useRest(
    version?.mine?.items,
    MoreSinceMyReviewDocument,
    given,
    version?.revision,
    (more) => more.phaseVersion?.changesSinceMyReview?.items,
  );
  const { isSeen, see } = useSeen();
  const [sent, setSent] = useState<ReadonlyMap<string, Sent>>(new Map());
  const [error, setError] = useState<unknown>();
  const queries = useQueryClient();
  const line = useRef<Promise<unknown>>(Promise.resolve());

  const me = query.data?.viewer?.userId;
  const rows = useMemo<Row[]>(() => {
    const mine = new Map(sinceMine.map((change) => [change.itemKey, change]));
    const base = new Map(sinceBase.map((change) => [change.itemKey, change]));
    return items.map((item) => {
      const decided = sent.get(item.itemKey);
      return {
        ...item,
        reviewStatus: decided?.status ?? item.reviewStatus,
        mine: mine.get(item.itemKey),
        base: base.get(item.itemKey),
        // Items that the viewer decided, and nobody changed since, count as seen.
        seen: isSeen(item) || (!mine.has(item.itemKey) && item.decision?.decidedBy.userId === me),
        pending: decided !== undefined,
      };
    });
  }, [items, sinceMine, sinceBase, sent, isSeen, me]);

  /** Decisions are sent one after the other, since each needs the revision that the previous one produced. */
  function decide(targets: readonly Row[], status: ItemReviewStatus, note: string): Promise<boolean> {
    const notes = note || null;
    const keys = targets.map(({ itemKey }) => itemKey);
    setError(undefined);
    setSent((previous) => new Map([...previous, ...keys.map((key) => [key, { status, notes }] as const)]));
    see(targets);
    const key = [String(ReviewDocument), { versionId }];
    const forget = () => setSent((previous) => new Map([...previous].filter(([one]) => !keys.includes(one))));
    const turn = line.current.then(async () => {
      const now = queries.getQueryData<ReviewQuery>(key)?.phaseVersion;
      try {
        const decisions = keys.map((itemKey) => ({ itemKey, status, notes }));
        const input = { versionId, expectedRevision: now?.revision ?? 0, decisions };
        const answer = await send<DecideItemsMutation>(String(DecideItemsDocument), { input });
        const left = answer.decideItems?.version;
        queries.setQueryData<ReviewQuery>(key, (old) => settled(old, new Set(keys), status, left));
        void queries.invalidateQueries({ refetchType: 'none', predicate: (one) => one.queryKey[0] !== key[0] });
        return true;
      } catch (problem) {
        setError(problem);
        await query.refetch();
        return false;
      } finally {
        forget();
      }
    });
    line.current = turn;
    return turn;
  }

  return { query, version, rows, see, decide, error };
}

/** The data as it is after a decision. */
function settled(
  old: ReviewQuery | undefined,
  keys: ReadonlySet<string>,
  reviewStatus: ItemReviewStatus,
  left: object | undefined,
): ReviewQuery | undefined {
  if (!old?.phaseVersion) return old;
  const nodes = old.phaseVersion.items.nodes.map((item) => (keys.has(item.itemKey) ? { ...item, reviewStatus } : item));
  const items = { ...old.phaseVersion.items, nodes };
  return { ...old, phaseVersion: { ...old.phaseVersion, ...left, items } };
}
