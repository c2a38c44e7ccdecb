import { useState, type FormEvent } from 'react';
import * as t from '#text/views';
import floating from '../floating.module.css';
import { FormEnd } from '../FormEnd';
import { Modal } from '../Modal';
import { problemOf, type View } from './saved-views';

interface SaveViewProps {
  others: readonly View[];
  onSave: (name: string, first: boolean) => void;
  onClose: () => void;
}

/** Saves the current view under a name. */
export function SaveView({ others, onSave, onClose }: SaveViewProps) {
  const [name, setName] = useState('');
  const [first, setFirst] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = problemOf(name, others);
    setProblem(found);
    if (!found) onSave(name.trim(), first);
  };
  return (
    <Modal title={t.saveThisView} description={t.storedInThisBrowserAnybody} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <label className={floating.field}>
          {t.name}
          <input required maxLength={60} value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        <label className={floating.check}>
          <input type="checkbox" checked={first} onChange={(event) => setFirst(event.target.checked)} />
          {t.openThePageWithIt}
        </label>
        <FormEnd problem={problem}>{t.saveTheView}</FormEnd>
      </form>
    </Modal>
  );
}
