import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTold } from '../api/live';
import { MyWorkDocument, WaitingDocument } from '../generated/graphql';

/** How much waits for who is signed in, as it changes; the list of it is read again with it. */
export function useWaiting(): number {
  const queries = useQueryClient();
  const told = useTold(WaitingDocument, {}, { now: true })?.myWorkChanged;
  const first = useRef(true);
  useEffect(() => {
    if (!told) return;
    // What is told first is what the page has just read.
    if (!first.current) void queries.invalidateQueries({ queryKey: [String(MyWorkDocument)] });
    first.current = false;
  }, [told, queries]);
  return told?.totalCount ?? 0;
}
