import { useState } from 'react';
import type { FieldFragment } from '../../../generated/graphql';
import { Button } from '../../../parts/atoms';
import { count } from '../../../text/words';
import { Conflicts } from './Conflicts';
import { DecideMany, type Decidable } from './DecideMany';
import { SetMany } from './SetMany';
import type { Selection } from './use-selection';
import type { Unsaved } from './use-unsaved';
import type { View } from './view';
import styles from './WorkBar.module.css';

interface Props {
  version: Decidable;
  view: View;
  fields: readonly FieldFragment[];
  selection: Selection | undefined;
  unsaved: Unsaved | undefined;
  mayDecide: boolean;
}

/** The bar below the table with the selection and the unsaved edits; hidden if there are neither. */
export function WorkBar({ version, view, fields, selection, unsaved, mayDecide }: Props) {
  const [asked, ask] = useState<'set' | 'decide' | 'conflicts'>();
  const close = () => ask(undefined);
  const isWorking = unsaved !== undefined && (unsaved.pending.length > 0 || unsaved.canUndo || unsaved.problem);
  const hasChosen = selection !== undefined && selection.size > 0;
  if (!isWorking && !hasChosen) return null;
  return (
    <section className={styles.bar} aria-label="Selected and unsaved">
      {hasChosen && (
        <div>
          <p role="status">{count(selection.size, 'item')} selected</p>
          {unsaved && <Button onClick={() => ask('set')}>Set a field…</Button>}
          {mayDecide && <Button onClick={() => ask('decide')}>Decide…</Button>}
          <Button kind="quiet" onClick={selection.clear}>
            Clear
          </Button>
        </div>
      )}
      {isWorking && <UnsavedPart unsaved={unsaved} onCompare={() => ask('conflicts')} />}
      {asked === 'set' && unsaved && selection && (
        <SetMany items={selection.chosen} fields={fields} unsaved={unsaved} onClose={close} />
      )}
      {asked === 'decide' && selection && (
        <DecideMany version={version} selection={selection} view={view} onClose={close} />
      )}
      {asked === 'conflicts' && unsaved && <Conflicts unsaved={unsaved} onClose={close} />}
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
        {pending.length === 0
          ? 'Nothing is unsaved'
          : `${count(pending.length, 'field')} of ${count(items, 'item')} not saved`}
        {first && (
          <b>
            {first.item.label}: {first.problem} {wrong.length > 1 && `And ${wrong.length - 1} more.`}
          </b>
        )}
        {!first && problem && <b>{problem}</b>}
        {left > 0 && (
          <span>{count(left, 'pasted cell')} had no place: they lie over what is not typed into, or past the end.</span>
        )}
      </p>
      {canUndo && <Button onClick={unsaved.undo}>Undo</Button>}
      {pending.length > 0 && (
        <Button kind="quiet" onClick={() => unsaved.discard()}>
          Discard all
        </Button>
      )}
      {conflicts.length > 0 ? (
        <Button onClick={onCompare}>Compare {count(conflicts.length, 'field')}</Button>
      ) : (
        pending.length > 0 && (
          <Button kind="main" aria-disabled={wrong.length > 0 || isSaving} onClick={() => unsaved.save()}>
            Save {count(items, 'item')}
          </Button>
        )
      )}
    </div>
  );
}
