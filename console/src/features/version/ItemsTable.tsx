import { type KeyboardEvent } from 'react';
import type { FieldFragment, ItemFragment } from '../../generated/graphql';
import { State } from '../../parts/Glyph';
import { shown, valueOf, type Json } from '../../parts/value';
import { useRows } from '../../parts/use-rows';
import styles from './ItemsTable.module.css';

/** How wide a column is, by what its field holds. */
const widths: Partial<Record<FieldFragment['kind'], string>> = {
  FLAG: '6rem',
  INTEGER: '6rem',
  NUMBER: '7rem',
  DATE: '8rem',
  INSTANT: '14rem',
  ENUMERATION: '9rem',
  LONG_TEXT: '26rem',
};

interface Props {
  items: readonly ItemFragment[];
  fields: readonly FieldFragment[];
  /** Whether items are decided one by one in this phase. */
  areDecided: boolean;
  active: string | undefined;
  onOpen: (itemKey: string) => void;
}

/** A native table of which only what is in view is there, so that 2,000 rows scroll as 20 do. */
export function ItemsTable({ items, fields, areDecided, active, onOpen }: Props) {
  const { scroller, size, visible, above, below, scrollTo, nextPlace } = useRows(items.length);
  const columns = 1 + fields.length + Number(areDecided);

  const move = (event: KeyboardEvent<HTMLTableRowElement>, index: number) => {
    const next = nextPlace(event.key, index);
    if (event.key === 'Enter') onOpen(items[index]!.itemKey);
    if (next === undefined) return;
    event.preventDefault();
    scrollTo(next);
    // The row is there once the table has followed the scrolling.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus()),
    );
  };

  return (
    <div ref={scroller} className={styles.scroll}>
      <table aria-rowcount={items.length + 1}>
        <colgroup>
          <col style={{ width: '16rem' }} />
          {areDecided && <col style={{ width: '8rem' }} />}
          {fields.map(({ name, kind }) => (
            <col key={name} style={{ width: widths[kind] ?? '12rem' }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Item</th>
            {areDecided && <th scope="col">Decision</th>}
            {fields.map(({ name, title }) => (
              <th key={name} scope="col" title={title}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {above > 0 && (
            <tr aria-hidden>
              <td colSpan={columns} style={{ height: above }} />
            </tr>
          )}
          {visible.map(({ index }) => {
            const item = items[index]!;
            const content = item.content as Record<string, Json>;
            const isActive = item.itemKey === active;
            const focusable = isActive || (active === undefined && index === 0) || index === visible[0]?.index;
            return (
              <tr
                key={item.itemKey}
                data-index={index}
                data-active={isActive || undefined}
                aria-rowindex={index + 2}
                tabIndex={focusable ? 0 : -1}
                style={{ height: size }}
                onClick={() => onOpen(item.itemKey)}
                onKeyDown={(event) => move(event, index)}
              >
                <th scope="row" title={item.label}>
                  {item.label}
                </th>
                {areDecided && (
                  <td>
                    <State of={item.reviewStatus} />
                  </td>
                )}
                {fields.map((field) => {
                  const text = shown(valueOf(content, field), field);
                  return (
                    <td key={field.name} title={text} data-empty={text === '—' || undefined}>
                      {text}
                    </td>
                  );
                })}
              </tr>
            );
          })}
          {below > 0 && (
            <tr aria-hidden>
              <td colSpan={columns} style={{ height: below }} />
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}
