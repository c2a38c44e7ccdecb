import { useMemo, useRef, useState } from 'react';
import type { ItemFragment } from '../../../generated/graphql';

/** The selected items among those that are shown. Items that are no longer shown are not selected. */
export function useSelection<Item extends ItemFragment>(shown: readonly Item[]) {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const last = useRef<string>(undefined);
  const chosen = useMemo(() => shown.filter(({ itemKey }) => keys.has(itemKey)), [shown, keys]);
  const isAll = shown.length > 0 && chosen.length === shown.length;
  return {
    chosen,
    size: chosen.length,
    isAll,
    has: (itemKey: string) => keys.has(itemKey),
    /** `range` extends the selection from the previously toggled item. */
    toggle: (itemKey: string, range: boolean) => {
      const next = new Set(keys);
      const ends = [last.current, itemKey].map((key) => shown.findIndex((one) => one.itemKey === key));
      const [from = -1, to = -1] = ends.sort((a, b) => a - b);
      if (range && from >= 0) for (const one of shown.slice(from, to + 1)) next.add(one.itemKey);
      else if (!next.delete(itemKey)) next.add(itemKey);
      last.current = itemKey;
      setKeys(next);
    },
    toggleAll: () => setKeys(isAll ? new Set() : new Set(shown.map(({ itemKey }) => itemKey))),
    clear: () => setKeys(new Set()),
  };
}
export type Selection = ReturnType<typeof useSelection<ItemFragment>>;
