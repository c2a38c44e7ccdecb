import { Popover } from '@base-ui/react/popover';
import { ArrowDown, ArrowUp, ChevronDown, ListFilter } from 'lucide-react';
import { useState, type ComponentProps } from 'react';
import * as t from '#text/version';
import floating from '../../../parts/floating.module.css';
import { isNumber } from '../../../parts/value';
import { ColumnFilter } from './ColumnFilter';
import type { Column, Item } from './columns';
import styles from './ItemsGrid.module.css';
import type { ItemsView } from './use-view';

interface Props {
  column: Column;
  cell: ComponentProps<'th'>;
  items: readonly Item[];
  allColumns: readonly Column[];
  of: ItemsView;
}

/** A column header with its menu: sort, group, filter, hide. */
export function ColumnMenu({ column, cell, items, allColumns, of }: Props) {
  const { name, title, kind } = column;
  const { view, set, hide } = of;
  const [open, setOpen] = useState(false);
  const isUp = view.sort === name;
  const isDown = view.sort === `-${name}`;
  const isGrouped = view.group === name;
  const isTree = ['JSON', 'JSON_LIST', 'TEXT_LIST', 'OBJECTS'].includes(kind);
  const done = (act: () => void) => () => {
    act();
    setOpen(false);
  };
  return (
    <th
      {...cell}
      scope="col"
      aria-sort={isUp ? 'ascending' : isDown ? 'descending' : undefined}
      data-number={isNumber(kind) || undefined}
    >
      <Popover.Root open={open} onOpenChange={setOpen}>
        <Popover.Trigger
          className={styles.head}
          tabIndex={-1}
          title={title}
          data-narrowed={view.where[name] ? true : undefined}
        >
          <span>{title}</span>
          {view.where[name] && <ListFilter size={12} aria-hidden />}
          {isUp ? (
            <ArrowUp size={12} aria-hidden />
          ) : isDown ? (
            <ArrowDown size={12} aria-hidden />
          ) : (
            <ChevronDown size={12} aria-hidden className={styles.faint} />
          )}
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Positioner sideOffset={2} align="start" className={floating.over}>
            <Popover.Popup className={`${floating.popup} ${styles.menu}`}>
              <Popover.Title className={floating.label}>{title}</Popover.Title>
              {!isTree && (
                <>
                  <Choice isOn={isUp} onChoose={done(() => set({ sort: isUp ? undefined : name }))}>
                    <ArrowUp size={14} aria-hidden /> {t.inOrder}
                  </Choice>
                  <Choice isOn={isDown} onChoose={done(() => set({ sort: isDown ? undefined : `-${name}` }))}>
                    <ArrowDown size={14} aria-hidden /> {t.inReverseOrder}
                  </Choice>
                </>
              )}
              {!isTree && kind !== 'LONG_TEXT' && name !== 'label' && (
                <Choice isOn={isGrouped} onChoose={done(() => set({ group: isGrouped ? undefined : name }))}>
                  {t.groupByIt}
                </Choice>
              )}
              {name !== 'label' && (
                <Choice isOn={false} onChoose={done(() => hide(name, true))}>
                  {t.hideTheColumn}
                </Choice>
              )}
              <div className={floating.rule} />
              <ColumnFilter column={column} items={items} allColumns={allColumns} of={of} />
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
    </th>
  );
}

const Choice = ({
  isOn,
  onChoose,
  children,
}: {
  isOn: boolean;
  onChoose: () => void;
  children: ComponentProps<'b'>['children'];
}) => (
  <button type="button" className={floating.item} aria-pressed={isOn} onClick={onChoose}>
    {children}
    {isOn && <span className={floating.hint}>{t.on}</span>}
  </button>
);
