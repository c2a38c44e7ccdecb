import { useMemo } from 'react';
import type { ItemFragment } from '../../generated/graphql';
import { useKept } from '../../parts/kept';
import { print } from '../../parts/print';

/** The maximum number of marks kept; the oldest go first. */
const MAX_MARKS = 20_000;

/** A mark refers to the content hash, so a changed item is unseen again. */
const markOf = ({ itemKey, content }: ItemFragment): string => `${itemKey}:${print(JSON.stringify(content))}`;

/** The items that the viewer marked as seen. */
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
