import { useState } from 'react';
import type { ItemFragment } from '../../generated/graphql';
import { print } from '../../parts/print';

const KEPT = 'phaseledger.seen';

/** Seen is said of a content, not of a key: whoever changes the item makes it unseen. */
const markOf = ({ itemKey, content }: ItemFragment): string => `${itemKey}:${print(JSON.stringify(content))}`;

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
