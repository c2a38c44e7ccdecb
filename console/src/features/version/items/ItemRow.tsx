import type { ComponentProps } from 'react';
import * as t from '#text/version';
import type { ItemFragment } from '../../../generated/graphql';
import { State } from '../../../parts/Glyph';
import { typed } from '../../../parts/typed';
import { isNumber, shown } from '../../../parts/value';
import { CellEditor, type Onward } from './CellEditor';
import { shownCell, type Column } from './columns';
import { savedText, type Pending } from './unsaved';

export interface RowProps {
  item: ItemFragment;
  columns: readonly Column[];
  /** The grid attributes of each cell, starting with the first data column. */
  cells: readonly ComponentProps<'td'>[];
  row: ComponentProps<'tr'> & { 'data-index': number };
  /** The cell of the selection check box, if items can be selected. */
  select?: { cell: ComponentProps<'td'>; isOn: boolean; toggle: (range: boolean) => void } | undefined;
  pending: readonly Pending[];
  /** The column being edited. */
  editing: string | undefined;
  onDone: (place: number, text: string | undefined, onward: Onward | undefined) => void;
  onEdit: (place: number) => void;
}

/** One item as a row; one of its cells may be in edit mode. */
export function ItemRow({ item, columns, cells, row, select, pending, editing, onDone, onEdit }: RowProps) {
  return (
    <tr {...row} aria-selected={select?.isOn}>
      {select && (
        <td {...select.cell} onClick={(event) => (event.stopPropagation(), select.toggle(event.shiftKey))}>
          <input type="checkbox" tabIndex={-1} aria-label={t.selectLabel(item.label)} checked={select.isOn} readOnly />
        </td>
      )}
      {columns.map((column, place) => {
        const { name, field } = column;
        const change = pending.find((one) => one.field.name === name);
        const cell = { ...cells[place], onDoubleClick: () => onEdit(place) };
        if (field && name === editing)
          return (
            <td key={name} {...cell} data-editing>
              <CellEditor
                field={field}
                label={t.titleOfLabel(field.title, item.label)}
                value={change?.text ?? savedText(item, field)}
                onDone={(text, onward) => onDone(place, text, onward)}
              />
            </td>
          );
        const text = change ? typedText(change) : shownCell(item, column);
        if (place === 0)
          return (
            <th key={name} {...cell} scope="row" title={text}>
              {text}
            </th>
          );
        return (
          <td
            key={name}
            {...cell}
            title={hint(change) ?? text}
            data-number={isNumber(column.kind) || undefined}
            data-empty={text === '—' || undefined}
            data-pending={markOf(change)}
          >
            {name === 'reviewStatus' ? <State of={item.reviewStatus} /> : text}
            {change && <span className="hidden">, {hint(change)}</span>}
          </td>
        );
      })}
    </tr>
  );
}

function typedText({ field, text }: Pending): string {
  const read = typed(text, field);
  return 'value' in read ? shown(read.value, field) : text;
}
function markOf(change: Pending | undefined) {
  if (!change) return undefined;
  return change.problem !== undefined ? 'wrong' : change.isConflict ? 'conflict' : 'fine';
}
function hint(change: Pending | undefined): string | undefined {
  if (!change) return undefined;
  return change.problem ?? (change.isConflict ? t.somebodyElseChangedItToo : t.notSavedYet);
}
