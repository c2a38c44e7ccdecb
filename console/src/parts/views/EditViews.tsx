import { Trash2 } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import * as t from '#text/views';
import { Button } from '../atoms';
import { FormEnd } from '../FormEnd';
import { Modal } from '../Modal';
import { problemOf, type Kept, type View } from './saved-views';
import styles from './Views.module.css';

interface EditViewsProps {
  given: readonly View[];
  kept: Kept;
  onSave: (next: Kept) => void;
  onClose: () => void;
}

/** A view being edited, identified by its original name while the name is typed. */
interface Edited extends View {
  readonly was: string;
}

/** Renames and deletes views, and chooses the default one; nothing is stored until it is saved. */
export function EditViews({ given, kept, onSave, onClose }: EditViewsProps) {
  const [views, setViews] = useState<readonly Edited[]>(() => kept.views.map((view) => ({ ...view, was: view.name })));
  const known = [...given.map(({ name }) => name), ...views.map(({ was }) => was)];
  const [chosen, setFirst] = useState(kept.first ?? given[0]!.name);
  const first = known.includes(chosen) ? chosen : given[0]!.name;
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = views
      .map((view) => problemOf(view.name, [...given, ...views.filter((one) => one !== view)]))
      .find((one) => one !== null);
    setProblem(found ?? null);
    if (found) return;
    const named = views.find(({ was }) => was === first)?.name.trim() ?? first;
    onSave({
      views: views.map(({ name, search }) => ({ name: name.trim(), search })),
      first: named === given[0]!.name ? null : named,
    });
  };
  return (
    <Modal title={t.views} description={t.whichOneThePageOpens} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <ul className={styles.edited}>
          {given.map(({ name }) => (
            <li key={name}>
              <First name={name} first={first} onFirst={setFirst} />
              <span>{name}</span>
            </li>
          ))}
          {views.map((view) => (
            <li key={view.was}>
              <First name={view.was} first={first} onFirst={setFirst} />
              <input
                aria-label={t.nameOf(view.was)}
                maxLength={60}
                value={view.name}
                onChange={(event) =>
                  setViews(views.map((one) => (one === view ? { ...one, name: event.target.value } : one)))
                }
              />
              <Button
                kind="quiet"
                aria-label={t.deleteWas(view.was)}
                onClick={() => setViews(views.filter((one) => one !== view))}
              >
                <Trash2 size={14} aria-hidden />
              </Button>
            </li>
          ))}
        </ul>
        {views.length === 0 && <p className={styles.none}>{t.noneOfYourOwnYet}</p>}
        <FormEnd problem={problem}>{t.saveTheViews}</FormEnd>
      </form>
    </Modal>
  );
}

interface FirstProps {
  name: string;
  first: string;
  onFirst: (name: string) => void;
}
const First = ({ name, first, onFirst }: FirstProps) => (
  <input
    type="radio"
    name="first"
    aria-label={t.openThePageWith(name)}
    checked={name === first}
    onChange={() => onFirst(name)}
  />
);
