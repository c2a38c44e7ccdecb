import { Popover } from '@base-ui/react/popover';
import { Columns3, X } from 'lucide-react';
import { useRef, type ReactNode } from 'react';
import * as common from '#text/common';
import * as t from '#text/version';
import { buttonLook } from '../../../parts/atoms';
import floating from '../../../parts/floating.module.css';
import { SearchField } from '../../../parts/SearchField';
import { shown } from '../../../parts/value';
import { useKeys } from '../../../shell/use-keys';
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
        label={t.searchInItems}
        placeholder={t.searchItems}
        hint="/"
        aria-keyshortcuts="/"
        value={view.q}
        maxLength={200}
        onChange={(text) => set({ q: text || undefined })}
      />
      <span role="status">
        {isComplete ? (found < total ? t.foundOfTotal(found, total) : common.itemCount(total)) : t.loadingItems(total)}
      </span>
      {grouped && (
        <Chip label={t.doNotGroup} onRemove={() => set({ group: undefined })}>
          {t.byTitle(grouped.title)}
        </Chip>
      )}
      {narrowed.map(({ column, condition }) => (
        <Chip key={column.name} label={t.showAllValuesOf(column.title)} onRemove={() => narrow(column.name, undefined)}>
          {column.title} {sentence(condition, column)}
        </Chip>
      ))}
      <div className={styles.end}>
        {children}
        <Popover.Root>
          <Popover.Trigger className={buttonLook('quiet')}>
            <Columns3 size={14} aria-hidden /> {t.columns}
          </Popover.Trigger>
          <Popover.Portal>
            <Popover.Positioner sideOffset={4} align="end" className={floating.over}>
              <Popover.Popup className={`${floating.popup} ${styles.menu}`}>
                <Popover.Title className={floating.label}>{t.columnsThatAreShown}</Popover.Title>
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
    values && t.isValues(values.map((one) => shown(one, column)).join(t.or)),
    contains && t.hasContainsInIt(contains),
    atLeast !== undefined && t.fromShown(shown(atLeast, column)),
    atMost !== undefined && t.toShown(shown(atMost, column)),
    isNull === true && t.isNotThere,
    isNull === false && t.isThere,
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
