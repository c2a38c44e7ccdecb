import { lazy, useEffect, useState } from 'react';
import * as t from '#text/version';
import { loadCode } from '../../../api/load-code';
import type { FieldFragment } from '../../../generated/graphql';
import { Button } from '../../../parts/atoms';
import { OnDemand } from '../../../parts/OnDemand';
import type { Decidable } from './DecideMany';
import type { Selection } from './use-selection';
import type { Unsaved } from './use-unsaved';
import type { View } from './view';
import styles from './WorkBar.module.css';

// Few people who open a version need these dialogs. They are loaded when the bar appears, not when a button is pressed, because the
// connection may be lost by then.
const dialogs = [
  loadCode(() => import('./Conflicts')),
  loadCode(() => import('./DecideMany')),
  loadCode(() => import('./SetMany')),
] as const;
const Conflicts = lazy(dialogs[0]);
const DecideMany = lazy(dialogs[1]);
const SetMany = lazy(dialogs[2]);

interface Props {
  version: Decidable;
  view: View;
  fields: readonly FieldFragment[];
  itemFields: readonly FieldFragment[];
  selection: Selection | undefined;
  unsaved: Unsaved | undefined;
  mayDecide: boolean;
}

/** The bar below the table, shown while items are selected or edits are unsaved. */
export function WorkBar({ version, view, fields, itemFields, selection, unsaved, mayDecide }: Props) {
  const [asked, ask] = useState<'set' | 'decide' | 'conflicts'>();
  const close = () => ask(undefined);
  const isWorking = unsaved !== undefined && (unsaved.pending.length > 0 || unsaved.canUndo || unsaved.problem);
  const hasChosen = selection !== undefined && selection.size > 0;
  const isShown = Boolean(isWorking) || hasChosen;
  useEffect(() => {
    if (isShown) for (const load of dialogs) load().catch(() => undefined);
  }, [isShown]);
  if (!isShown) return null;
  return (
    <section className={styles.bar} aria-label={t.selectedAndUnsaved}>
      {hasChosen && (
        <div>
          <p role="status">{t.itemSelected(selection.size)}</p>
          {unsaved && <Button onClick={() => ask('set')}>{t.setAField}</Button>}
          {mayDecide && <Button onClick={() => ask('decide')}>{t.decide}</Button>}
          <Button kind="quiet" onClick={selection.clear}>
            {t.clear}
          </Button>
        </div>
      )}
      {isWorking && <UnsavedPart unsaved={unsaved} onCompare={() => ask('conflicts')} />}
      <OnDemand>
        {asked === 'set' && unsaved && selection && (
          <SetMany items={selection.chosen} fields={fields} unsaved={unsaved} onClose={close} />
        )}
        {asked === 'decide' && selection && (
          <DecideMany version={version} itemFields={itemFields} selection={selection} view={view} onClose={close} />
        )}
        {asked === 'conflicts' && unsaved && <Conflicts unsaved={unsaved} onClose={close} />}
      </OnDemand>
    </section>
  );
}

function UnsavedPart({ unsaved, onCompare }: { unsaved: Unsaved; onCompare: () => void }) {
  const { pending, conflicts, wrong, problem, left, canUndo, isSaving } = unsaved;
  const items = new Set(pending.map(({ item }) => item.itemKey)).size;
  const [first] = wrong;
  return (
    <div>
      <p role="status">
        {pending.length === 0 ? t.nothingIsUnsaved : t.ofNotSaved(pending.length, items)}
        {first && (
          <b>
            {first.item.label}: {first.problem} {wrong.length > 1 && t.andMore(wrong.length - 1)}
          </b>
        )}
        {!first && problem && <b>{problem}</b>}
        {left > 0 && <span>{t.pastedCellDidNotFit(left)}</span>}
      </p>
      {canUndo && <Button onClick={unsaved.undo}>{t.undo}</Button>}
      {pending.length > 0 && (
        <Button kind="quiet" onClick={() => unsaved.discard()}>
          {t.discardAll}
        </Button>
      )}
      {conflicts.length > 0 ? (
        <Button onClick={onCompare}>{t.compareField(conflicts.length)}</Button>
      ) : (
        pending.length > 0 && (
          <Button kind="main" aria-disabled={wrong.length > 0 || isSaving} onClick={() => unsaved.save()}>
            {t.saveItems(items)}
          </Button>
        )
      )}
    </div>
  );
}
