import { useState, type FormEvent } from 'react';
import * as t from '#text/bulk';
import type { FieldFragment, ItemFragment } from '../../../generated/graphql';
import { Control } from '../../../parts/Control';
import floating from '../../../parts/floating.module.css';
import { FormEnd } from '../../../parts/FormEnd';
import { Modal } from '../../../parts/Modal';
import { typed } from '../../../parts/typed';
import type { Unsaved } from './use-unsaved';

interface Props {
  items: readonly ItemFragment[];
  fields: readonly FieldFragment[];
  unsaved: Unsaved;
  onClose: () => void;
}

/** Sets one field of many items at once. The edits are unsaved: one undo reverts them all, and one save sends them all. */
export default function SetMany({ items, fields, unsaved, onClose }: Props) {
  const [name, setName] = useState(fields[0]?.name ?? '');
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const field = fields.find((one) => one.name === name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!field) return;
    const read = typed(text, field);
    if ('problem' in read) return setProblem(read.problem);
    unsaved.change(items.map((item) => ({ item, field, text })));
    onClose();
  };
  return (
    <Modal title={t.setAFieldOf(items.length)} description={t.itIsThenInThe} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <label className={floating.field}>
          {t.field}
          <select
            value={name}
            onChange={(event) => {
              setName(event.target.value);
              setText('');
              setProblem(undefined);
            }}
          >
            {fields.map((one) => (
              <option key={one.name} value={one.name}>
                {one.title}
              </option>
            ))}
          </select>
        </label>
        {field && (
          <div className={floating.field}>
            <label htmlFor="for-all">{field.title}</label>
            <Control id="for-all" field={{ ...field, isRequired: false }} value={text} onChange={setText} />
            <p id="for-all-note" className={floating.note}>
              {!field.isRequired && t.leaveItEmptyToRemove}
            </p>
          </div>
        )}
        <FormEnd problem={problem}>{t.setItInItem(items.length)}</FormEnd>
      </form>
    </Modal>
  );
}
