import { useState } from 'react';
import * as t from '#text/parts';
import type { Noun } from '#text/words';
import { usePrinted } from '../shell/use-media';
import { Button } from './atoms';

/** The number of entries rendered at once. Long lists of varying height stay fast this way, and the browser can search them. */
const PAGE = 50;

export interface Part<T> {
  readonly shown: readonly T[];
  readonly left: number;
  readonly more: () => void;
  /** Renders enough entries to include a given one. */
  readonly reach: (place: number) => void;
}

/** The first entries of a long list, as many as requested; on paper all of them. */
export function useMore<T>(all: readonly T[]): Part<T> {
  const [pages, setPages] = useState(1);
  const isPrinted = usePrinted();
  const shown = isPrinted ? all : all.slice(0, pages * PAGE);
  return {
    shown,
    left: all.length - shown.length,
    more: () => setPages(pages + 1),
    reach: (place) => setPages(Math.max(pages, Math.ceil((place + 1) / PAGE))),
  };
}

/** Renders the next entries. */
export const More = ({ of: { left, more }, noun }: { of: Pick<Part<unknown>, 'left' | 'more'>; noun: Noun }) =>
  left > 0 && (
    <p>
      <Button onClick={more}>{t.showTheNextOfMore(Math.min(PAGE, left), left, noun)}</Button>
    </p>
  );
