import { Popover } from '@base-ui/react/popover';
import { Columns3, X } from 'lucide-react';
import { useRef, type ReactNode } from 'react';
import { buttonLook } from '../../../parts/atoms';
import floating from '../../../parts/floating.module.css';
import { SearchField } from '../../../parts/SearchField';
import { shown } from '../../../parts/value';
import { useKeys } from '../../../shell/use-keys';
import { count, numeral } from '#text/words';
import type { Column } from './columns';
import styles from './ItemsGrid.module.css';
import type { ItemsView } from './use-view';
import type { Condition } from './where';

interface Props {
  columns: readonly Column[];
  of: ItemsView;
  found: number;
  total: number;
  /** Whether all items have loaded. */
  isComplete: boolean;
  children?: ReactNode;
}

/** The toolbar of the table: search, filters and columns. */
export function ItemsTools({ columns, of, found, total, isComplete, children }: Props) {
  const { view, set, narrow } = of;
  const search = useRef<HTMLInputElement>(null);
  useKeys({ '/': () => search.current?.focus() });
  const grouped = columns.find(({ name }) => name === view.group);
  const narrowed = columns.flatMap((column) => {
    const condition = view.where[column.name];
    return condition ? [{ column, condition }] : [];
  });
  return (
    <div className={styles.tools}>
      <SearchField
        ref={search}
        className={styles.search}
        label="Search in items"
        placeholder="Search items"
        hint="/"
        aria-keyshortcuts="/"
        value={view.q}
        maxLength={200}
        onChange={(text) => set({ q: text || undefined })}
      />
      <span role="status">
        {isComplete
          ? found < total
            ? `${numeral(found)} of ${count(total, 'item')}`
            : count(total, 'item')
          : `Loading ${count(total, 'item')} …`}
      </span>
      {grouped && (
        <Chip label="Do not group" onRemove={() => set({ group: undefined })}>
          By {grouped.title}
        </Chip>
      )}
      {narrowed.map(({ column, condition }) => (
        <Chip
          key={column.name}
          label={`Show all values of ${column.title}`}
          onRemove={() => narrow(column.name, undefined)}
        >
          {column.title} {sentence(condition, column)}
        </Chip>
      ))}
      <div className={styles.end}>
        {children}
        <Popover.Root>
          <Popover.Trigger className={buttonLook('quiet')}>
            <Columns3 size={14} aria-hidden /> Columns
          </Popover.Trigger>
          <Popover.Portal>
            <Popover.Positioner sideOffset={4} align="end" className={floating.over}>
              <Popover.Popup className={`${floating.popup} ${styles.menu}`}>
                <Popover.Title className={floating.label}>Columns that are shown</Popover.Title>
                <div className={styles.filter}>
                  {columns.slice(1).map(({ name, title }) => (
                    <label key={name} className={styles.tick}>
                      <input
                        type="checkbox"
                        checked={!of.isHidden(name)}
                        onChange={(event) => of.hide(name, !event.target.checked)}
                      />
                      <span>{title}</span>
                    </label>
                  ))}
                </div>
              </Popover.Popup>
            </Popover.Positioner>
          </Popover.Portal>
        </Popover.Root>
      </div>
    </div>
  );
}

/** "is High or Medium", "has “fee” in it", "from 1 to 5", "is not there". */
function sentence(condition: Condition, column: Column): string {
  const { in: values, contains, atLeast, atMost, isNull } = condition;
  const parts = [
    values && `is ${values.map((one) => shown(one, column)).join(' or ')}`,
    contains && `has “${contains}” in it`,
    atLeast !== undefined && `from ${shown(atLeast, column)}`,
    atMost !== undefined && `to ${shown(atMost, column)}`,
    isNull === true && 'is not there',
    isNull === false && 'is there',
  ];
  return parts.filter(Boolean).join(' ');
}

const Chip = ({ label, onRemove, children }: { label: string; onRemove: () => void; children: ReactNode }) => (
  <span className={styles.chip}>
    <span>{children}</span>
    <button type="button" aria-label={label} title={label} onClick={onRemove}>
      <X size={12} aria-hidden />
    </button>
  </span>
);
