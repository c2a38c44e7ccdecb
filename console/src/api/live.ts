import { useEffect, useRef, useState } from 'react';
import type { TypedDocumentString } from '../generated/graphql';
import { useAt } from '../shell/use-at';
import { useToken } from './use-watched';

/** The polling interval in milliseconds for pages that show the work of many people. */
export const NOW_AND_THEN_MS = 20_000;

/** Subscriptions start after this delay, so that the first queries of a page go first. */
const BEGIN_MS = 2_000;
/** The delay before an ended subscription is started again, in milliseconds. */
const AGAIN_MS = 5_000;

const isSeen = (): boolean => document.visibilityState === 'visible';

/** Whether the page is visible: hidden pages do not subscribe. */
function useIsSeen(): boolean {
  const [seen, setSeen] = useState(isSeen);
  useEffect(() => {
    const look = () => setSeen(isSeen());
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return seen;
}

interface Following {
  /** The commit to resume after. It is read once; a change of any other option restarts the subscription. */
  after?: number | undefined;
  /** Subscribe even if the page shows the past. */
  now?: boolean;
}

/** The latest event of a subscription; undefined in the past, where nothing changes. */
export function useSubscription<Result, Variables extends object>(
  document: TypedDocumentString<Result, Variables>,
  given: Omit<Variables, 'afterSequence'>,
  { after, now = false }: Following = {},
): Result | null {
  const { at } = useAt();
  const seen = useIsSeen();
  const token = useToken();
  const [told, setTold] = useState<Result | null>(null);
  const from = useRef(after);
  from.current = after;
  const query = String(document);
  const what = JSON.stringify(given);
  const follows = token !== null && seen && (now || !at);
  useEffect(() => {
    if (!follows) return;
    let isOver = false;
    let end: (() => void) | null = null;
    const again = () => {
      if (!isOver) timer = setTimeout(begin, AGAIN_MS);
    };
    const subscribe = ({ socket }: typeof import('./socket')) => {
      if (isOver) return;
      const after = from.current === undefined ? {} : { afterSequence: from.current };
      end = socket.subscribe<Result>(
        { query, variables: { ...(JSON.parse(what) as object), ...after } },
        {
          next: ({ data }) => void (data && setTold(data)),
          // If access was lost, the page says so when it is read the next time.
          error: () => undefined,
          // A server that shuts down completes its subscriptions; another server takes over.
          complete: again,
        },
      );
    };
    // No first view needs the socket's code.
    const begin = () => void import('./socket').then(subscribe, again);
    let timer = setTimeout(begin, BEGIN_MS);
    return () => {
      isOver = true;
      end?.();
      clearTimeout(timer);
      setTold(null);
    };
  }, [query, what, follows]);
  return told;
}
