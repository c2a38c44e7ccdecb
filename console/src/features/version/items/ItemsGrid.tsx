import { ChevronDown, ChevronRight } from 'lucide-react';
import { useMemo, useState, type ClipboardEvent, type KeyboardEvent, type ReactNode } from 'react';
import * as common from '#text/common';
import * as t from '#text/version';
import type { ItemFragment } from '../../../generated/graphql';
import { shown } from '../../../parts/value';
import { fitsCell, type Onward } from './CellEditor';
import { ColumnMenu } from './ColumnMenu';
import type { Column } from './columns';
import { ItemRow } from './ItemRow';
import styles from './ItemsGrid.module.css';
import { cellsOf, laidOver } from './pasted';
import { isEditable, type Unsaved } from './use-unsaved';
import { useGrid } from './use-grid';
import type { Selection } from './use-selection';
import type { ItemsView } from './use-view';
import type { Line } from './view';

interface Props {
  /** All items of the version. */
  items: readonly ItemFragment[];
  /** The rows to show. */
  lines: readonly Line<ItemFragment>[];
  allColumns: readonly Column[];
  of: ItemsView;
  /** Whether cells can be edited. */
  unsaved: Unsaved | undefined;
  /** Whether items can be selected. */
  selection: Selection | undefined;
  closed: ReadonlySet<string>;
  onToggleGroup: (group: string) => void;
}
interface Place {
  readonly itemKey: string;
  readonly name: string;
}

/** The items as a grid with keyboard navigation by cell. */
export function ItemsGrid({ items, lines, allColumns, of, unsaved, selection, closed, onToggleGroup }: Props) {
  const { shown: columns, view, openKey } = of;
  const [editing, setEditing] = useState<Place>();
  const groupColumn = allColumns.find(({ name }) => name === view.group);
  const before = Number(selection !== undefined);
  const width = columns.length + before;

  const mayType = (column: Column | undefined) =>
    unsaved !== undefined && column?.field !== undefined && isEditable(column.field) && fitsCell(column.field);
  const open = (item: ItemFragment) => of.set({ item: item.itemKey });
  const edit = (item: ItemFragment, column: Column | undefined) => {
    if (mayType(column)) setEditing({ itemKey: item.itemKey, name: column!.name });
    else open(item);
  };
  const act = (row: number, place: number) => {
    const line = lines[row];
    if (!line) return;
    if (!('item' in line)) onToggleGroup(line.group);
    else if (place < before) selection?.toggle(line.item.itemKey, false);
    else edit(line.item, columns[place - before]);
  };
  const grid = useGrid({ rows: lines.length, columns: width, onAct: act });
  const { scroller, size, visible, above, below, active } = grid;

  /** Pastes cells of a spreadsheet into the table, starting at the focused cell. */
  const onPaste = (event: ClipboardEvent) => {
    if (!unsaved || isField(event.target) || active.row < 0) return;
    event.preventDefault();
    const rows = lines.slice(active.row).map((line) => ('item' in line ? line.item : null));
    const fields = columns
      .slice(Math.max(0, active.column - before))
      .map((column) => (mayType(column) ? column.field! : null));
    void cellsOf(event.clipboardData.getData('text/plain')).then((cells) =>
      unsaved.paste(laidOver(cells, { rows, fields })),
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const line = lines[active.row];
    const isFree = !isField(event.target);
    if (isFree && unsaved && event.key === 'z' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      unsaved.undo();
    } else if (isFree && event.key === ' ' && selection && active.row >= 0 && line && 'item' in line) {
      event.preventDefault();
      selection.toggle(line.item.itemKey, event.shiftKey);
    } else if (isFree && event.key === 'F2' && line && 'item' in line) edit(line.item, columns[active.column - before]);
    else grid.onKeyDown(event);
  };
  // Scrolling changes nothing but which rows are there, so each is made once: React skips an element that is the same as before.
  const made = useMemo(
    () => new Map<string, ReactNode>(),
    [lines, allColumns, of, unsaved, selection, closed, onToggleGroup, editing, active.row, active.column, size],
  );
  const row = (index: number): ReactNode => {
    const key = `${index} ${index === grid.tabRow}`;
    if (!made.has(key)) made.set(key, makeRow(index));
    return made.get(key);
  };
  const makeRow = (index: number): ReactNode => {
    const line = lines[index];
    if (!line) return null;
    const place = { 'data-index': index, 'aria-rowindex': index + 2, style: { height: size } };
    if (!('item' in line))
      return (
        <GroupRow
          key={`group ${line.group}`}
          row={place}
          cell={{ ...grid.cell(index, 0), colSpan: width }}
          isOpen={!closed.has(line.group)}
          onToggle={() => onToggleGroup(line.group)}
        >
          {groupColumn?.title}: <b>{shown(line.value, groupColumn)}</b> <span>{common.itemCount(line.size)}</span>
        </GroupRow>
      );
    const { item } = line;
    const done = (place: number, text: string | undefined, onward: Onward | undefined) => {
      setEditing(undefined);
      const field = columns[place]?.field;
      if (text !== undefined && field) unsaved?.change([{ item, field, text }]);
      if (onward) grid.go(after({ row: index, column: place + before }, onward, lines.length, width));
    };
    // In edit mode, a click selects a cell and the name opens the item; otherwise the whole row opens it.
    const opens = (place: number) => (unsaved === undefined || place === 0 ? { onClick: () => open(item) } : {});
    return (
      <ItemRow
        key={item.itemKey}
        item={item}
        columns={columns}
        cells={columns.map((_, place) => ({ ...grid.cell(index, place + before), ...opens(place) }))}
        row={Object.assign(place, { 'data-active': item.itemKey === openKey || undefined })}
        select={
          selection && {
            cell: grid.cell(index, 0),
            isOn: selection.has(item.itemKey),
            toggle: (range) => selection.toggle(item.itemKey, range),
          }
        }
        pending={unsaved?.pendingOf(item.itemKey) ?? nothing}
        editing={editing?.itemKey === item.itemKey ? editing.name : undefined}
        onDone={done}
        onEdit={(place) => edit(item, columns[place])}
      />
    );
  };
  const filler = (height: number) =>
    height > 0 && (
      <tr aria-hidden>
        <td colSpan={width} style={{ height }} />
      </tr>
    );

  return (
    <div
      ref={scroller}
      className={styles.scroll}
      data-selectable={selection ? true : undefined}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onPaste={onPaste}
      onBlur={grid.onBlur}
    >
      <table
        role="grid"
        aria-label={t.items}
        aria-rowcount={lines.length + 1}
        aria-colcount={width}
        aria-multiselectable={selection ? true : undefined}
      >
        <colgroup>
          {selection && <col style={{ width: '2.5rem' }} />}
          {columns.map(({ name, width: wide }) => (
            <col key={name} style={{ width: wide }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {selection && (
              <th {...grid.cell(-1, 0)} scope="col" className={styles.all}>
                <input
                  type="checkbox"
                  tabIndex={-1}
                  aria-label={t.selectAllThatAreShown}
                  checked={selection.isAll}
                  ref={(box) => {
                    if (box) box.indeterminate = selection.size > 0 && !selection.isAll;
                  }}
                  onChange={selection.toggleAll}
                />
              </th>
            )}
            {columns.map((column, place) => (
              <ColumnMenu
                key={column.name}
                column={column}
                cell={grid.cell(-1, place + before)}
                items={items}
                allColumns={allColumns}
                of={of}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {filler(above)}
          {visible.map(({ index }) => row(index))}
          {filler(below)}
        </tbody>
      </table>
    </div>
  );
}
const nothing: readonly never[] = [];

const isField = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('input:not([type="checkbox"]), select, textarea') !== null;

/** The position of the next cell, if there is one. */
function after(from: { row: number; column: number }, onward: Onward, rows: number, columns: number) {
  const { row, column } = from;
  if (onward === 'down') return { row: Math.min(rows - 1, row + 1), column };
  if (onward === 'right') return { row, column: Math.min(columns - 1, column + 1) };
  return onward === 'left' ? { row, column: Math.max(0, column - 1) } : from;
}

interface GroupProps {
  row: React.ComponentProps<'tr'>;
  cell: React.ComponentProps<'th'>;
  isOpen: boolean;
  onToggle: () => void;
  children: ReactNode;
}
function GroupRow({ row, cell, isOpen, onToggle, children }: GroupProps) {
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <tr {...row} data-group>
      <th {...cell} scope="rowgroup" onClick={onToggle}>
        <button type="button" tabIndex={-1} aria-expanded={isOpen}>
          <Chevron size={14} aria-hidden />
          {children}
        </button>
      </th>
    </tr>
  );
}
