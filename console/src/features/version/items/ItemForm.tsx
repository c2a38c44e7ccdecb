import { useState, type FormEvent } from 'react';
import { useCommand } from '../../../api/client';
import { codeOf, messageOf } from '../../../api/error';
import {
  PutItemsDocument,
  type FieldFragment,
  type ItemFragment,
  type Phase,
  type PhaseItemChangesInput,
} from '../../../generated/graphql';
import { Button } from '../../../parts/atoms';
import { SetBy, useBlame } from '../../../parts/Blame';
import { Control } from '../../../parts/Control';
import floating from '../../../parts/floating.module.css';
import { Problem } from '../../../parts/FormEnd';
import { shown, valueOf, type Json } from '../../../parts/value';
import styles from './ItemDetail.module.css';
import { asTyped, typed } from '../../../parts/typed';

/** Under which name the items of a phase are put. */
const itemsOf: Partial<Record<Phase, string>> = {
  PLANNING: 'attributeDecisions',
  DATA_PROFILING: 'profilingRules',
  SCOPING: 'scopingDecisions',
  SAMPLE_SELECTION: 'samples',
  OBSERVATION_MANAGEMENT: 'observations',
  FINALIZE_TEST_REPORT: 'sections',
};

interface Props {
  version: { versionId: string; revision: number; contentHash: string; phase: Phase };
  item: ItemFragment;
  fields: readonly FieldFragment[];
}

/** An item in place, by what its fields are declared to hold. What is typed outlasts a reload until it is saved. */
export function ItemForm({ version, item, fields }: Props) {
  const kept = `phaseledger.item.${version.versionId}.${item.itemKey}`;
  const content = item.content as Record<string, Json>;
  const [texts, setTexts] = useState(() => JSON.parse(localStorage.getItem(kept) ?? '{}') as Record<string, string>);
  const [problems, setProblems] = useState<Record<string, string>>({});
  const put = useCommand(PutItemsDocument);
  const blame = useBlame(version, item.itemKey);
  const editable = fields.filter(({ inputName, kind }) => inputName !== null && !['OBJECTS', 'UUID'].includes(kind));
  const changed = editable.filter(
    (field) => texts[field.name] !== undefined && texts[field.name] !== asTyped(valueOf(content, field)),
  );
  const keep = (next: Record<string, string>) => {
    setTexts(next);
    if (Object.keys(next).length > 0) localStorage.setItem(kept, JSON.stringify(next));
    else localStorage.removeItem(kept);
  };
  const forget = ({ name }: FieldFragment) =>
    keep(Object.fromEntries(Object.entries(texts).filter(([one]) => one !== name)));
  const save = (event: FormEvent) => {
    event.preventDefault();
    const read = changed.map((field) => [field, typed(texts[field.name] ?? '', field)] as const);
    const wrong = read.flatMap(([{ name }, one]) => ('problem' in one ? [[name, one.problem] as const] : []));
    setProblems(Object.fromEntries(wrong));
    if (wrong.length > 0 || changed.length === 0) return;
    const values = read.flatMap(([{ inputName }, one]) => ('value' in one ? [[inputName!, one.value] as const] : []));
    const change = { itemKey: item.itemKey, ...Object.fromEntries(values) };
    // Which of the phases it is, is said by the name; each has its own fields.
    const changes = { [itemsOf[version.phase]!]: [change] } as unknown as PhaseItemChangesInput;
    const input = { versionId: version.versionId, expectedRevision: version.revision, changes };
    put.mutate({ input }, { onSuccess: () => keep({}) });
  };
  return (
    <form className={styles.form} onSubmit={save}>
      {editable.map((field) => (
        <div key={field.name} className={floating.field}>
          <label htmlFor={field.name}>{field.title}</label>
          <Control
            field={field}
            value={texts[field.name] ?? asTyped(valueOf(content, field))}
            onChange={(text) => keep({ ...texts, [field.name]: text })}
          />
          <p id={`${field.name}-note`} className={floating.note}>
            {changed.includes(field) && `Saved is: ${shown(valueOf(content, field), field)}`}
          </p>
          {changed.includes(field) && (
            <p className={styles.saved}>
              <SetBy of={blame.get(field.name)} />
              <Button kind="quiet" onClick={() => forget(field)}>
                Take what is saved
              </Button>
            </p>
          )}
          {problems[field.name] && (
            <p role="alert" className={styles.wrong}>
              {problems[field.name]}
            </p>
          )}
        </div>
      ))}
      <Problem>
        {codeOf(put.error) === 'CONFLICT'
          ? 'Somebody changed this version meanwhile. What is saved now stands below each field that you changed; save again to keep yours, or take it.'
          : put.error && messageOf(put.error)}
      </Problem>
      <div className={floating.actions}>
        {changed.length > 0 && (
          <Button kind="quiet" onClick={() => keep({})}>
            Undo
          </Button>
        )}
        <Button kind="main" type="submit" aria-disabled={changed.length === 0 || put.isPending}>
          Save item
        </Button>
      </div>
      <p className="hidden" role="status">
        {put.isSuccess && changed.length === 0 && 'Saved.'}
      </p>
    </form>
  );
}
