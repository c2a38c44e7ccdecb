import { createClient, type Client } from 'graphql-sse';
import { useEffect, useRef, useState } from 'react';
import type { TypedDocumentString } from '../generated/graphql';
import { useAt } from '../shell/use-at';
import { currentToken } from './session';

/** How often a page is read again that shows the work of many, in milliseconds. */
export const NOW_AND_THEN_MS = 20_000;

/** What is first seen of a page comes first. */
const BEGIN_MS = 2_000;

const client = (): Client =>
  createClient({
    url: '/graphql',
    // One stream for each thing that is followed: they are few, and nothing has to be set up before.
    singleConnection: false,
    credentials: 'omit',
    headers: (): Record<string, string> => {
      const token = currentToken();
      return token === null ? {} : { authorization: `Bearer ${token}` };
    },
    // A connection that is lost is made again, each time after a little longer.
    retryAttempts: Infinity,
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

/**
 * What was told last of something that is followed; nothing in the past, where nothing happens any more.
 * @param given whatever of it changes begins anew; after which commit it begins does not
 */
export function useTold<Result, Variables extends { afterSequence?: number | null | undefined }>(
  document: TypedDocumentString<Result, Variables>,
  given: Omit<Variables, 'afterSequence'>,
  afterSequence: number | undefined,
): Result | null {
  const { at } = useAt();
  const seen = useIsSeen();
  const [told, setTold] = useState<Result | null>(null);
  const from = useRef(afterSequence);
  from.current = afterSequence;
  const query = String(document);
  const what = JSON.stringify(given);
  const follows = seen && !at;
  useEffect(() => {
    setTold(null);
    if (!follows) return;
    let end: (() => void) | null = null;
    const timer = setTimeout(() => {
      const followed = client();
      const stop = followed.subscribe<Result>(
        { query, variables: { ...(JSON.parse(what) as object), afterSequence: from.current } },
        {
          next: ({ data }) => void (data && setTold(data)),
          // Whoever may not see it any more is told by the page itself, when it is read the next time.
          error: () => undefined,
          complete: () => undefined,
        },
      );
      end = () => {
        stop();
        followed.dispose();
      };
    }, BEGIN_MS);
    return () => {
      clearTimeout(timer);
      end?.();
    };
  }, [query, what, follows]);
  return told;
}
