import { useEffect, type KeyboardEvent } from 'react';
import * as common from '#text/common';
import * as t from '#text/review';
import { State } from '../../parts/Glyph';
import { useRows } from '../../parts/use-rows';
import type { Selection } from '../version/items/use-selection';
import styles from './ItemList.module.css';
import type { Row } from './use-review';

interface Props {
  rows: readonly Row[];
  active: string | undefined;
  selection: Selection;
  /** Whether this is a later round, in which only changes since this person's review are shown. */
  isSecondRound: boolean;
  /** False in the past, where nothing can be decided. */
  canSelect: boolean;
  onOpen: (itemKey: string) => void;
}

/** The items of a version, one line each: a dot if unseen, the extent of the changes, and the decision. */
export function ItemList({ rows, active, selection, isSecondRound, canSelect, onOpen }: Props) {
  const { scroller, size, visible, above, below, scrollTo, nextPlace } = useRows(rows.length);
  const place = rows.findIndex(({ itemKey }) => itemKey === active);
  useEffect(() => {
    if (place >= 0) scrollTo(place);
    // Scrolls to the open item. `scrollTo` is a new function on every render, so it is no dependency.
  }, [place, rows.length]);
  useEffect(() => {
    const list = scroller.current;
    if (list?.contains(document.activeElement))
      list.querySelector<HTMLElement>('tr[tabindex="0"]')?.focus({ preventScroll: true });
  }, [active]);

  const move = (event: KeyboardEvent) => {
    const to = nextPlace(event.key, place);
    if (to === undefined) return;
    event.preventDefault();
    onOpen(rows[to]!.itemKey);
  };
  return (
    <div className={styles.list}>
      {canSelect && (
        <label className={styles.all}>
          <input
            type="checkbox"
            checked={selection.isAll}
            ref={(box) => {
              if (box) box.indeterminate = selection.size > 0 && !selection.isAll;
            }}
            onChange={selection.toggleAll}
          />
          {rows.length === 1 ? t.selectIt : t.selectAllThatAreListed(rows.length)}
        </label>
      )}
      <div ref={scroller} className={styles.scroller}>
        <table role="grid" aria-label={t.items} aria-rowcount={rows.length} onKeyDown={move}>
          <colgroup>
            {canSelect && <col style={{ width: '2.25rem' }} />}
            <col />
            <col style={{ width: '4.5rem' }} />
            <col style={{ width: '2.5rem' }} />
          </colgroup>
          <tbody>
            {above > 0 && (
              <tr aria-hidden>
                <td style={{ height: above }} />
              </tr>
            )}
            {visible.map(({ index }) => {
              const row = rows[index]!;
              const isActive = row.itemKey === active;
              const change = isSecondRound ? row.mine : row.base;
              return (
                <tr
                  key={row.itemKey}
                  aria-rowindex={index + 1}
                  aria-selected={isActive}
                  tabIndex={isActive || (place < 0 && index === visible[0]!.index) ? 0 : -1}
                  style={{ height: size }}
                  onClick={() => onOpen(row.itemKey)}
                  onKeyDown={(event) => {
                    if (event.key === 'Enter') onOpen(row.itemKey);
                    if (event.key !== ' ' || !canSelect) return;
                    event.preventDefault();
                    selection.toggle(row.itemKey, event.shiftKey);
                  }}
                >
                  {canSelect && (
                    <td onClick={(event) => event.stopPropagation()}>
                      <input
                        type="checkbox"
                        tabIndex={-1}
                        aria-label={t.selectLabel(row.label)}
                        checked={selection.has(row.itemKey)}
                        onChange={(event) => selection.toggle(row.itemKey, (event.nativeEvent as MouseEvent).shiftKey)}
                      />
                    </td>
                  )}
                  <th scope="row" title={row.label} data-seen={row.seen || undefined}>
                    {!row.seen && <i aria-hidden />}
                    {row.label}
                    {!row.seen && <span className="hidden">{t.notSeenYet}</span>}
                  </th>
                  <td className={styles.fields}>
                    {change && (change.kind === 'ADDED' ? t.isNew : common.fieldCount(change.fields.length))}
                  </td>
                  <td className={styles.state} data-pending={row.pending || undefined}>
                    <State of={row.reviewStatus} bare />
                  </td>
                </tr>
              );
            })}
            {below > 0 && (
              <tr aria-hidden>
                <td style={{ height: below }} />
              </tr>
            )}
          </tbody>
        </table>
      </div>
    </div>
  );
}
