import { useLayoutEffect, useRef, useState, type FocusEvent, type KeyboardEvent } from 'react';
import { useRows } from '../../../parts/use-rows';

interface Place {
  readonly row: number;
  readonly column: number;
}
interface Options {
  rows: number;
  columns: number;
  /** What Enter does in a cell; the heads of columns are buttons, and do it themselves. */
  onAct: (row: number, column: number) => void;
}

/** The row that the heads of the columns are in. */
const HEAD = -1;

/**
 * The grid pattern of ARIA: one cell takes part in the order of Tab, and arrows, Home, End and pages lead on from it, also to rows
 * that are not there yet.
 */
export function useGrid({ rows, columns, onAct }: Options) {
  const table = useRows(rows);
  const { scroller, visible, scrollTo, nextPlace } = table;
  const [asked, setAsked] = useState<Place>({ row: 0, column: 0 });
  const wanted = useRef(false);
  const isInside = useRef(false);
  const active: Place = {
    row: Math.min(asked.row, rows - 1),
    column: Math.min(asked.column, columns - 1),
  };
  const first = visible.at(0)?.index ?? 0;
  const isInView = active.row === HEAD || (active.row >= first && active.row <= (visible.at(-1)?.index ?? 0));

  // A row that was scrolled to is there only once the table has followed, and one that was scrolled away is not there any more:
  // meanwhile keys are heard by the table itself.
  useLayoutEffect(() => {
    if (isInside.current && document.activeElement === document.body) scroller.current?.focus({ preventScroll: true });
    if (!wanted.current) return;
    const row = active.row === HEAD ? 'thead tr' : `tr[data-index="${active.row}"]`;
    const cells = scroller.current?.querySelector(row)?.children;
    const cell = cells?.[Math.min(active.column, cells.length - 1)];
    if (!(cell instanceof HTMLElement)) return;
    wanted.current = false;
    cell.focus();
  });

  const go = (to: Place) => {
    wanted.current = true;
    setAsked(to);
    if (to.row !== HEAD) scrollTo(to.row);
  };

  function target({ key, ctrlKey, metaKey }: KeyboardEvent): Place | undefined {
    const { row, column } = active;
    const isFar = ctrlKey || metaKey;
    const last = columns - 1;
    if (key === 'ArrowLeft') return { row, column: isFar ? 0 : Math.max(0, column - 1) };
    if (key === 'ArrowRight') return { row, column: isFar ? last : Math.min(last, column + 1) };
    if (key === 'Home') return isFar ? { row: 0, column: 0 } : { row, column: 0 };
    if (key === 'End') return isFar ? { row: rows - 1, column: last } : { row, column: last };
    if (key === 'ArrowUp' && row <= 0) return { row: HEAD, column };
    if (row === HEAD) return key === 'ArrowDown' && rows > 0 ? { row: 0, column } : undefined;
    const next = nextPlace(key, row);
    return next === undefined ? undefined : { row: next, column };
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || isElsewhere(event.target)) return;
    if (event.key === 'Enter' && active.row === HEAD) {
      event.preventDefault();
      scroller.current?.querySelectorAll<HTMLElement>('thead tr > *')[active.column]?.querySelector('button')?.click();
      return;
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      onAct(active.row, active.column);
      return;
    }
    const to = target(event);
    if (!to) return;
    event.preventDefault();
    go(to);
  };

  /** What a cell takes part in all this by. */
  const cell = (row: number, column: number) => ({
    'aria-colindex': column + 1,
    tabIndex: (isInView ? row === active.row : row === first) && column === active.column ? 0 : -1,
    onFocus: () => {
      isInside.current = true;
      setAsked((previous) => (previous.row === row && previous.column === column ? previous : { row, column }));
    },
  });
  /** The focus has left for another part of the page. */
  const onBlur = ({ relatedTarget }: FocusEvent) => {
    if (relatedTarget instanceof Element && !scroller.current?.contains(relatedTarget)) isInside.current = false;
  };
  return { ...table, active, go, cell, onKeyDown, onBlur };
}

/** Fields have keys of their own, and so does what floats. */
const isElsewhere = (target: EventTarget) =>
  target instanceof Element &&
  target.closest('input:not([type="checkbox"]), select, textarea, [role="dialog"]') !== null;
