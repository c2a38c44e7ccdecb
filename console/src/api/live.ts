import { createClient, type Client } from 'graphql-ws';
import { useEffect, useRef, useState } from 'react';
import type { TypedDocumentString } from '../generated/graphql';
import { useAt } from '../shell/use-at';
import { currentToken, useToken } from './session';

/** How often a page is read again that shows the work of many, in milliseconds. */
export const NOW_AND_THEN_MS = 20_000;

/** What is first seen of a page comes first. */
const BEGIN_MS = 2_000;
/** What has ended begins again, in milliseconds. */
const AGAIN_MS = 5_000;

/** Longer than any connection is tried to be made again in a row, in milliseconds. */
const LATER_MS = 30_000;

/**
 * One connection for all that is followed in this page: a browser has few to a server, and several pages are open. It is made when
 * something is followed, and ends when nothing is any more.
 */
const connection: Client = createClient({
  url: () => new URL('/graphql', location.href.replace(/^http/, 'ws')).href,
  connectionParams: () => ({ authorization: `Bearer ${currentToken() ?? ''}` }),
  lazyCloseTimeout: 1_000,
  // A connection that is lost is made again, each time after a little longer; with a token, there is always one that may be.
  retryAttempts: Infinity,
  retryWait: (retries) =>
    new Promise((resolve) => setTimeout(resolve, Math.min(LATER_MS, 500 * 2 ** retries) * (0.5 + Math.random() / 2))),
  shouldRetry: () => currentToken() !== null,
});

const isSeen = (): boolean => document.visibilityState === 'visible';

/** Whether somebody looks at this page: what nobody sees follows nothing. */
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
  /** Behind which commit it begins; whatever else is given, what of it changes begins anew, but for this. */
  after?: number | undefined;
  /** Also where the page is of the past. */
  now?: boolean;
}

/** What was told last of something that is followed; nothing in the past, where nothing happens any more. */
export function useTold<Result, Variables extends object>(
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
    const begin = () => {
      const after = from.current === undefined ? {} : { afterSequence: from.current };
      end = connection.subscribe<Result>(
        { query, variables: { ...(JSON.parse(what) as object), ...after } },
        {
          next: ({ data }) => void (data && setTold(data)),
          // Whoever may not see it any more is told by the page itself, when it is read the next time.
          error: () => undefined,
          // A server that stops says that this was all; another one goes on.
          complete: () => {
            if (!isOver) timer = setTimeout(begin, AGAIN_MS);
          },
        },
      );
    };
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
