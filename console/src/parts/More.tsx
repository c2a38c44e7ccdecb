import { useState } from 'react';
import { count } from '../text/words';
import { Button } from './atoms';

/** How many are drawn at once: what is long and of any height stays quick that way, and can be searched by the browser. */
const PAGE = 50;

export interface Part<T> {
  readonly shown: readonly T[];
  readonly left: number;
  readonly more: () => void;
  /** Draws as many as it takes to have one of them. */
  readonly reach: (place: number) => void;
}

/** As many of a long list as were asked for. */
export function useMore<T>(all: readonly T[]): Part<T> {
  const [pages, setPages] = useState(1);
  const shown = all.slice(0, pages * PAGE);
  return {
    shown,
    left: all.length - shown.length,
    more: () => setPages(pages + 1),
    reach: (place) => setPages(Math.max(pages, Math.ceil((place + 1) / PAGE))),
  };
}

/** Asks for the next ones. */
export const More = ({ of: { left, more }, one }: { of: Pick<Part<unknown>, 'left' | 'more'>; one: string }) =>
  left > 0 && (
    <p>
      <Button onClick={more}>
        Show the next {Math.min(PAGE, left)} of {count(left, `more ${one}`)}
      </Button>
    </p>
  );
