import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import * as common from '#text/common';
import { useApi } from '../../api/client';
import { sendCommand } from '../../api/command';
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
import { stateWord } from '../../parts/states';
import { useItems } from '../version/use-items';
import { useSeen } from './seen';

export type ReviewedVersion = NonNullable<ReviewQuery['phaseVersion']>;
export type Row = ItemFragment & {
  /** Changes since the viewer's last review. */
  mine: MyChangeFragment | undefined;
  /** Changes since the base version. */
  base: ChangeFragment | undefined;
  seen: boolean;
  /** Whether a decision was sent and is not answered yet. */
  pending: boolean;
};
interface Decision {
  readonly itemKey: string;
  readonly status: ItemReviewStatus;
  readonly notes: string | null;
}
/** A decision that was made, and the previous state of its items. */
export interface Decided {
  readonly what: string;
  readonly first: string;
  readonly before: readonly Decision[];
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
  const [sent, setSent] = useState<ReadonlyMap<string, Decision>>(new Map());
  const [done, setDone] = useState<readonly Decided[]>([]);
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
        seen: isSeen(item) || isDecidedAsItIs(item, version, me, mine.has(item.itemKey)),
        pending: decided !== undefined,
      };
    });
  }, [items, version, sinceMine, sinceBase, sent, isSeen, me]);

  /** Sends decisions one after the other, because each needs the revision that results from the previous one. */
  function put(decisions: readonly Decision[]): Promise<boolean> {
    const keys = new Set(decisions.map(({ itemKey }) => itemKey));
    setError(undefined);
    setSent((previous) => new Map([...previous, ...decisions.map((one) => [one.itemKey, one] as const)]));
    const key = [String(ReviewDocument), { versionId }];
    const forget = () => setSent((previous) => new Map([...previous].filter(([one]) => !keys.has(one))));
    const turn = line.current.then(async () => {
      const now = queries.getQueryData<ReviewQuery>(key)?.phaseVersion;
      try {
        const input = { versionId, expectedRevision: now?.revision ?? 0, decisions };
        const answer = await sendCommand<DecideItemsMutation>(String(DecideItemsDocument), { input });
        const left = answer.decideItems?.version;
        queries.setQueryData<ReviewQuery>(key, (old) => settled(old, decisions, left));
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

  async function decide(targets: readonly Row[], status: ItemReviewStatus, note: string): Promise<boolean> {
    see(targets);
    const before = targets.map(({ itemKey, reviewStatus, decision }) => ({
      itemKey,
      status: reviewStatus,
      notes: reviewStatus === 'PENDING' ? null : (decision?.notes ?? null),
    }));
    const [first] = targets;
    const subject = targets.length === 1 ? first!.label : common.itemCount(targets.length);
    const step = { what: `${subject}: ${stateWord(status).toLowerCase()}`, first: first!.itemKey, before };
    const isDone = await put(before.map(({ itemKey }) => ({ itemKey, status, notes: note || null })));
    if (isDone) setDone((previous) => [...previous, step]);
    return isDone;
  }

  /** Undoes the last decision: its items are undecided again, or have their previous decision. */
  async function takeBack(): Promise<boolean> {
    const step = done.at(-1);
    if (!step) return false;
    setDone((previous) => previous.filter((one) => one !== step));
    return put(step.before);
  }

  return { query, version, rows, see, decide, last: done.at(-1), takeBack, error };
}

/** Whether the viewer decided on an item that nobody has changed since, so that it counts as seen. A submitted version cannot change. */
function isDecidedAsItIs(
  { decision }: ItemFragment,
  version: ReviewedVersion | null | undefined,
  me: number | undefined,
  isChanged: boolean,
): boolean {
  if (decision?.decidedBy.userId !== me) return false;
  return !isChanged || decision?.decidedInVersion.versionNumber === version?.versionNumber;
}

/** The data as it is after a decision. */
function settled(
  old: ReviewQuery | undefined,
  decisions: readonly Decision[],
  left: object | undefined,
): ReviewQuery | undefined {
  if (!old?.phaseVersion || !old.viewer) return old;
  const { versionNumber } = old.phaseVersion;
  const made = new Map(decisions.map((one) => [one.itemKey, one]));
  const decidedBy = old.viewer;
  const decidedAt = new Date().toISOString(); // until the data is read again
  const nodes = old.phaseVersion.items.nodes.map((item) => {
    const { status, notes } = made.get(item.itemKey) ?? {};
    if (status === undefined) return item;
    const decision =
      status === 'PENDING'
        ? null
        : { status, notes: notes ?? null, decidedAt, decidedBy, decidedInVersion: { versionNumber } };
    return { ...item, reviewStatus: status, decision };
  });
  const items = { ...old.phaseVersion.items, nodes };
  return { ...old, phaseVersion: { ...old.phaseVersion, ...left, items } };
}
