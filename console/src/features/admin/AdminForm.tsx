import { useState, type FormEvent } from 'react';
import { useCommand } from '../../api/command';
import { codeOf } from '../../api/error';
import { Button } from '../../parts/atoms';
import floating from '../../parts/floating.module.css';
import { FormEnd } from '../../parts/FormEnd';
import { Modal } from '../../parts/Modal';
import type { Words } from '../../parts/Outcome';
import { allOf } from '#text/words';
import { AdminControl } from './AdminControl';
import { asInput, emptyOf, isSame, shownValue, type Done, type Field, type Register, type Row } from './register';
import { useTyped } from './use-typed';

interface Props {
  register: Register;
  /** The entry to change; null to add one. */
  row: Row | undefined;
  onClose: (done?: Done) => void;
}

/** What to do about a refusal, where the API can only say what was refused. */
const refusals: Words = {
  CONFLICT:
    'Somebody else changed this in the meantime. The saved value is shown below each field that you changed; save again to keep yours.',
  FOUR_EYES: 'Nobody changes their own roles, or whether they may sign in. Another administrator can.',
};

/** Adds or changes an entry of the register. Input survives a reload until it is saved or discarded. */
export function AdminForm({ register, row, onClose }: Props) {
  const { typed, type, reason, explain, forget } = useTyped(`${register.id}.${row?.id ?? 'new'}`);
  // The revision when the form was opened, so that a concurrent change is not overwritten unread.
  const [seen, setSeen] = useState(row?.revision);
  const [isAsked, setAsked] = useState(false);
  const command = useCommand(row ? register.update : register.create);
  const fields = register.fields.filter(({ only }) => only !== (row ? 'create' : 'change'));
  const saved = (field: Field) => row?.values[field.name] ?? emptyOf(field);
  const valueOf = (field: Field) => typed[field.name] ?? saved(field);
  const changed = fields.filter((field) => !isSame(valueOf(field), saved(field), field));
  const missing = fields.filter((field) => field.kind === 'one' && field.isRequired && valueOf(field) === null);
  const explained = changed.filter(({ takesReason }) => takesReason === 'always' || (takesReason === 'change' && row));
  const title = row ? `Change ${row.name}` : register.add;
  const hindrance =
    missing.length > 0
      ? `Not yet: choose ${allOf(missing.map((field) => `a ${field.title.toLowerCase()}`))}.`
      : changed.length === 0 && 'You have not changed anything yet.';
  const code = codeOf(command.error);

  const save = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (hindrance) return;
    const given = row ? changed : fields.filter((field) => field.kind === 'word' || changed.includes(field));
    const input = {
      ...Object.fromEntries(given.map((field) => [field.name, asInput(valueOf(field), field)])),
      ...(row && { [register.id]: row.id, expectedRevision: code === 'CONFLICT' ? row.revision : seen }),
      reason: reason.trim() || null,
    };
    command.mutate(
      { input: input as never },
      {
        onSuccess: ({ done }) => {
          forget();
          onClose(done ?? {});
        },
        onError: () => setSeen(row?.revision),
      },
    );
  };
  const giveUp = () => {
    forget();
    onClose();
  };
  return (
    <Modal title={title} onClose={onClose}>
      <form onSubmit={save} autoComplete="off">
        {fields.map((field) => (
          <AdminControl
            key={field.name}
            field={field}
            value={valueOf(field)}
            onChange={(value) => type(field.name, value)}
            note={row && changed.includes(field) ? `Saved value: ${shownValue(saved(field), field)}` : field.note}
          />
        ))}
        <label className={floating.field}>
          {explained.length > 0 ? 'Reason' : 'Reason (optional)'}
          <textarea
            required={explained.length > 0}
            aria-describedby="for-ever"
            value={reason}
            onChange={(event) => explain(event.target.value)}
          />
        </label>
        <p id="for-ever" className={floating.note}>
          Recorded permanently in the log, with your name.
          {explained.length > 0 && ` Asked for because of: ${explained.map((field) => field.title).join(', ')}.`}
        </p>
        <FormEnd
          of={command}
          words={refusals}
          problem={isAsked && hindrance}
          others={
            <Button kind="quiet" onClick={giveUp}>
              Cancel
            </Button>
          }
          isBlocked={hindrance !== false}
        >
          {row ? 'Save' : register.add}
        </FormEnd>
      </form>
    </Modal>
  );
}
