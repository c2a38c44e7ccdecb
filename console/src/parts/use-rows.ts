import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { usePrinted } from '../shell/use-media';

const everyRow = ({ count }: Range): number[] => [...Array(count).keys()];

/** Virtualized rows with keyboard navigation, so that 2,000 scroll like 20; on paper they are all there. */
export function useRows(count: number) {
  const isPrinted = usePrinted();
  const scroller = useRef<HTMLDivElement>(null);
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const size = (matchMedia('(pointer: coarse)').matches ? 2.75 : 2) * rem;
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => size,
    overscan: 12,
    rangeExtractor: isPrinted ? everyRow : defaultRangeExtractor,
  });
  const visible = virtual.getVirtualItems();
  /** Undefined for keys that do not navigate. */
  const nextPlace = (key: string, place: number): number | undefined => {
    const page = Math.floor((scroller.current?.clientHeight ?? 0) / size) - 2;
    const steps: Record<string, number> = {
      ArrowDown: place + 1,
      ArrowUp: place - 1,
      Home: 0,
      End: count - 1,
      PageDown: place + page,
      PageUp: place - page,
    };
    const to = steps[key];
    return to === undefined ? undefined : Math.min(count - 1, Math.max(0, to));
  };
  return {
    scroller,
    /** The height of a row in pixels. */
    size,
    visible,
    /** The heights of the spacers above and below the rendered rows. */
    above: visible[0]?.start ?? 0,
    below: virtual.getTotalSize() - (visible.at(-1)?.end ?? 0),
    scrollTo: (place: number) => virtual.scrollToIndex(place),
    nextPlace,
  };
}
