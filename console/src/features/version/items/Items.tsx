import { useMemo, useState } from 'react';
import * as t from '#text/version';
import type { VersionAction, VersionQuery } from '../../../generated/graphql';
import { Button } from '../../../parts/atoms';
import { Notice } from '../../../parts/Notices';
import { useAt } from '../../../shell/use-at';
import { columnsOf } from './columns';
import { ItemDetail } from './ItemDetail';
import { ItemForm } from './ItemForm';
import styles from './Items.module.css';
import { ItemsGrid } from './ItemsGrid';
import { ItemsTools } from './ItemsTools';
import { useItems } from '../use-items';
import { useSelection } from './use-selection';
import { useUnsaved } from './use-unsaved';
import { useView } from './use-view';
import { grouped, matching, sorted } from './view';
import { WorkBar } from './WorkBar';

type Version = NonNullable<VersionQuery['phaseVersion']>;

/** The items of a version: the table, and the details of one item beside it. */
export function Items({ version }: { version: Version }) {
  const items = useItems(version);
  const { at } = useAt();
  const { itemFields } = version.workflowPhase.config;
  const areDecided = version.approvalRequirements.some(({ code }) => code === 'ITEMS_DECIDED');
  const columns = useMemo(() => columnsOf(itemFields, areDecided), [itemFields, areDecided]);
  const of = useView(version.phase, columns);
  const { view } = of;
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const found = useMemo(() => sorted(matching(items, columns, view), columns, view.sort), [items, columns, view]);
  const lines = useMemo(
    () =>
      grouped(
        found,
        columns.find(({ name }) => name === view.group),
        closed,
      ),
    [found, columns, view.group, closed],
  );
  const open = items.find(({ itemKey }) => itemKey === of.openKey);
  const may = (action: VersionAction) => !at && version.availableActions.includes(action);
  const typedInto = useUnsaved(version, items, itemFields);
  const unsaved = may('EDIT') ? typedInto : undefined;
  const selectedItems = useSelection(found);
  const selection = may('EDIT') || may('DECIDE_ITEMS') ? selectedItems : undefined;
  const { totalCount } = version.items;
  return (
    <div className={styles.items} data-open={open ? true : undefined}>
      <ItemsTools
        columns={columns}
        of={of}
        found={found.length}
        total={totalCount}
        isComplete={items.length >= totalCount}
      />
      {found.length === 0 ? (
        <Notice
          bare
          title={totalCount === 0 ? t.noItemsYet : view.q ? t.nothingMatches(view.q) : t.nothingMatchesTitle}
          action={totalCount > 0 && <Button onClick={of.showAll}>{t.showAll(totalCount)}</Button>}
        />
      ) : (
        <ItemsGrid
          items={items}
          lines={lines}
          allColumns={columns}
          of={of}
          unsaved={unsaved}
          selection={selection}
          closed={closed}
          onToggleGroup={(group) => setClosed((previous) => new Set(previous).symmetricDifference(new Set([group])))}
        />
      )}
      {open && (
        <div className={styles.detail}>
          <ItemDetail
            version={version}
            item={open}
            fields={itemFields.filter(({ isContent }) => isContent)}
            areDecided={areDecided}
            onClose={() => of.set({ item: undefined })}
          >
            {unsaved && <ItemForm key={open.itemKey} version={version} item={open} unsaved={unsaved} />}
          </ItemDetail>
        </div>
      )}
      <div className={styles.bar}>
        <WorkBar
          version={version}
          view={view}
          fields={typedInto.editable}
          itemFields={itemFields}
          selection={selection}
          unsaved={unsaved}
          mayDecide={may('DECIDE_ITEMS')}
        />
      </div>
    </div>
  );
}
