import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useSubscription } from '../api/live';
import { MyWorkDocument, WaitingDocument } from '../generated/graphql';

/** The number of waiting items of the viewer, live; each change also refreshes the list. */
export function useWaiting(): number {
  const queries = useQueryClient();
  const told = useSubscription(WaitingDocument, {}, { now: true })?.myWorkChanged;
  const first = useRef(true);
  useEffect(() => {
    if (!told) return;
    // The first event repeats what the page has just read.
    if (!first.current) void queries.invalidateQueries({ queryKey: [String(MyWorkDocument)] });
    first.current = false;
  }, [told, queries]);
  return told?.totalCount ?? 0;
}
