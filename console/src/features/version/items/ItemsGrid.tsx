import { ChevronDown, ChevronRight } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import type { ItemFragment } from '../../../generated/graphql';
import { State } from '../../../parts/Glyph';
import { shown } from '../../../parts/value';
import { useMedia } from '../../../shell/use-media';
import { count } from '../../../text/words';
import { ColumnMenu } from './ColumnMenu';
import { shownCell, type Column } from './columns';
import styles from './ItemsGrid.module.css';
import { useGrid } from './use-grid';
import type { ItemsView } from './use-view';
import type { Line } from './view';

interface Props {
  /** All of the version. */
  items: readonly ItemFragment[];
  /** What is shown of them. */
  lines: readonly Line<ItemFragment>[];
  allColumns: readonly Column[];
  of: ItemsView;
  closed: ReadonlySet<string>;
  onToggleGroup: (group: string) => void;
}

/**
 * The items as a grid that is gone through cell by cell. Of its rows only those in view are there, so that 2,000 scroll as 20 do;
 * on paper they all are.
 */
export function ItemsGrid({ items, lines, allColumns, of, closed, onToggleGroup }: Props) {
  const { shown: columns, view, openKey } = of;
  const isPrinted = useMedia('print');
  const groupColumn = allColumns.find(({ name }) => name === view.group);
  const act = (row: number) => {
    const line = lines[row];
    if (!line) return;
    if ('item' in line) of.set({ item: line.item.itemKey });
    else onToggleGroup(line.group);
  };
  const grid = useGrid({ rows: lines.length, columns: columns.length, onAct: act });
  const { scroller, size, visible, above, below } = grid;
  const all = useMemo(() => lines.map((_, index) => ({ index })), [lines]);

  const row = (index: number): ReactNode => {
    const line = lines[index];
    if (!line) return null;
    const common = { 'data-index': index, 'aria-rowindex': index + 2, style: { height: size } };
    if (!('item' in line)) {
      const isOpen = !closed.has(line.group);
      const Chevron = isOpen ? ChevronDown : ChevronRight;
      return (
        <tr key={`group ${line.group}`} {...common} data-group>
          <th
            {...grid.cell(index, 0)}
            scope="rowgroup"
            colSpan={columns.length}
            onClick={() => onToggleGroup(line.group)}
          >
            <button type="button" tabIndex={-1} aria-expanded={isOpen}>
              <Chevron size={14} aria-hidden />
              {groupColumn?.title}: <b>{shown(line.value, groupColumn)}</b> <span>{count(line.size, 'item')}</span>
            </button>
          </th>
        </tr>
      );
    }
    const { item } = line;
    return (
      <tr key={item.itemKey} {...common} data-active={item.itemKey === openKey || undefined} onClick={() => act(index)}>
        {columns.map((column, place) => {
          const cell = grid.cell(index, place);
          const text = shownCell(item, column);
          if (place === 0)
            return (
              <th key={column.name} {...cell} scope="row" title={text}>
                {text}
              </th>
            );
          return (
            <td key={column.name} {...cell} title={text} data-empty={text === '—' || undefined}>
              {column.name === 'reviewStatus' ? <State of={item.reviewStatus} /> : text}
            </td>
          );
        })}
      </tr>
    );
  };
  const filler = (height: number) =>
    height > 0 && (
      <tr aria-hidden>
        <td colSpan={columns.length} style={{ height }} />
      </tr>
    );

  return (
    <div ref={scroller} className={styles.scroll} onKeyDown={grid.onKeyDown} tabIndex={-1}>
      <table role="grid" aria-label="Items" aria-rowcount={lines.length + 1} aria-colcount={columns.length}>
        <colgroup>
          {columns.map(({ name, width }) => (
            <col key={name} style={{ width }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column, place) => (
              <ColumnMenu
                key={column.name}
                column={column}
                cell={grid.cell(-1, place)}
                items={items}
                allColumns={allColumns}
                of={of}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {isPrinted ? (
            all.map(({ index }) => row(index))
          ) : (
            <>
              {filler(above)}
              {visible.map(({ index }) => row(index))}
              {filler(below)}
            </>
          )}
        </tbody>
      </table>
    </div>
  );
}
