import { useState } from 'react';
import type { ItemFragment } from '../../generated/graphql';

const KEPT = 'phaseledger.seen';

/** Seen is said of a content, not of a key: whoever changes the item makes it unseen. */
function markOf({ itemKey, content }: ItemFragment): string {
  let hash = 5381;
  for (const char of JSON.stringify(content)) hash = (hash * 33) ^ char.charCodeAt(0);
  return `${itemKey}:${(hash >>> 0).toString(36)}`;
}

/** What this browser has marked as seen. */
export function useSeen() {
  const [marks, setMarks] = useState(() => new Set(JSON.parse(localStorage.getItem(KEPT) ?? '[]') as string[]));
  return {
    isSeen: (item: ItemFragment) => marks.has(markOf(item)),
    see: (items: readonly ItemFragment[], value = true) =>
      setMarks((previous) => {
        const next = new Set(previous);
        for (const item of items)
          if (value) next.add(markOf(item));
          else next.delete(markOf(item));
        localStorage.setItem(KEPT, JSON.stringify([...next]));
        return next;
      }),
  };
}
