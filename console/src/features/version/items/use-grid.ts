import { useLayoutEffect, useRef, useState, type FocusEvent, type KeyboardEvent } from 'react';
import { useRows } from '../../../parts/use-rows';

interface Place {
  readonly row: number;
  readonly column: number;
}
interface Options {
  rows: number;
  columns: number;
  /** The action of Enter in a cell; column headers are buttons and handle it themselves. */
  onAct: (row: number, column: number) => void;
}

/** The row index of the column headers. */
const HEAD = -1;

/**
 * The ARIA grid pattern: one cell is in the tab order; arrow keys, Home, End and Page Up/Down move the focus, also to rows that are not
 * rendered yet.
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
  /** The row whose cell is in the tab order. */
  const tabRow = isInView ? active.row : first;

  // A target row is rendered only after the table has scrolled, and the previous one may be gone; until then, the table itself handles
  // keys.
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

  /** The grid attributes of a cell. */
  const cell = (row: number, column: number) => ({
    'aria-colindex': column + 1,
    tabIndex: row === tabRow && column === active.column ? 0 : -1,
    onFocus: () => {
      isInside.current = true;
      setAsked((previous) => (previous.row === row && previous.column === column ? previous : { row, column }));
    },
  });
  /** Called when the focus leaves the grid. */
  const onBlur = ({ relatedTarget }: FocusEvent) => {
    if (relatedTarget instanceof Element && !scroller.current?.contains(relatedTarget)) isInside.current = false;
  };
  return { ...table, active, tabRow, go, cell, onKeyDown, onBlur };
}

/** Whether an element handles its own keys, as inputs and popups do. */
const isElsewhere = (target: EventTarget) =>
  target instanceof Element &&
  target.closest('input:not([type="checkbox"]), select, textarea, [role="dialog"]') !== null;
