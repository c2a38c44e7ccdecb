import { useMemo } from 'react';
import type { ItemFragment } from '../../generated/graphql';
import { useKept } from '../../parts/kept';
import { print } from '../../parts/print';

/** So many are kept, the last ones: what was seen years ago is asked of nobody. */
const MAX_MARKS = 20_000;

/** Seen is said of a content, not of a key: whoever changes the item makes it unseen. */
const markOf = ({ itemKey, content }: ItemFragment): string => `${itemKey}:${print(JSON.stringify(content))}`;

/** What somebody has marked as seen. */
export function useSeen() {
  const [marks, change] = useKept<readonly string[]>('seen', []);
  const seen = useMemo(() => new Set(marks), [marks]);
  return {
    isSeen: (item: ItemFragment) => seen.has(markOf(item)),
    see: (items: readonly ItemFragment[], value = true) => {
      const these = new Set(items.map(markOf));
      change((previous) => [...previous.filter((mark) => !these.has(mark)), ...(value ? these : [])].slice(-MAX_MARKS));
    },
  };
}
