import type { FormEvent } from 'react';
import * as t from '#text/version';
import type { ItemFragment } from '../../../generated/graphql';
import { Button } from '../../../parts/atoms';
import { SetBy, useBlame } from '../../../parts/Blame';
import { Control } from '../../../parts/Control';
import floating from '../../../parts/floating.module.css';
import { Problem } from '../../../parts/Outcome';
import { shown, valueOf } from '../../../parts/value';
import { BothSides } from './BothSides';
import styles from './ItemDetail.module.css';
import { savedText } from './unsaved';
import type { Unsaved } from './use-unsaved';

interface Props {
  version: { versionId: string; contentHash: string };
  item: ItemFragment;
  unsaved: Unsaved;
}

/** An item's form by its declared fields. Form and table share the same unsaved edits. */
export function ItemForm({ version, item, unsaved }: Props) {
  const blame = useBlame(version, item.itemKey);
  const pending = unsaved.pending.filter((one) => one.item.itemKey === item.itemKey);
  const save = (event: FormEvent) => {
    event.preventDefault();
    unsaved.save(item.itemKey);
  };
  return (
    <form className={styles.form} onSubmit={save} noValidate>
      {unsaved.editable.map((field) => {
        const change = pending.find((one) => one.field.name === field.name);
        return (
          <div key={field.name} className={floating.field}>
            <label htmlFor={field.name}>{field.title}</label>
            <Control
              field={field}
              value={unsaved.textOf(item.itemKey, field.name) ?? savedText(item, field)}
              onChange={(text) => unsaved.change([{ item, field, text }])}
            />
            <div id={`${field.name}-note`} className={floating.note}>
              {change &&
                (change.isConflict ? (
                  <BothSides of={change} unsaved={unsaved} />
                ) : (
                  t.savedValue(shown(valueOf(item.content, field), field))
                ))}
            </div>
            {change && (
              <p className={styles.saved}>
                <SetBy of={blame.get(field.name)} />
                {!change.isConflict && (
                  <Button kind="quiet" onClick={() => unsaved.change([{ item, field, text: change.saved }])}>
                    {t.takeWhatIsSaved}
                  </Button>
                )}
              </p>
            )}
            {change?.problem && (
              <p role="alert" className={styles.wrong}>
                {change.problem}
              </p>
            )}
          </div>
        );
      })}
      <Problem>{unsaved.problem}</Problem>
      <div className={floating.actions}>
        {pending.length > 0 && (
          <Button kind="quiet" onClick={() => unsaved.discard(item.itemKey)}>
            {t.discard}
          </Button>
        )}
        <Button kind="main" type="submit" aria-disabled={pending.length === 0 || unsaved.isSaving}>
          {t.saveItem}
        </Button>
      </div>
      <p className="hidden" role="status">
        {unsaved.isSaved && pending.length === 0 && t.saved}
      </p>
    </form>
  );
}
