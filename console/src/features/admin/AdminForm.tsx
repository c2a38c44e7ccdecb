import { useState, type FormEvent } from 'react';
import * as t from '#text/admin';
import * as common from '#text/common';
import { useCommand } from '../../api/command';
import { codeOf } from '../../api/error';
import { Button } from '../../parts/atoms';
import floating from '../../parts/floating.module.css';
import { FormEnd } from '../../parts/FormEnd';
import { Modal } from '../../parts/Modal';
import type { Words } from '../../parts/Outcome';
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
  CONFLICT: t.somebodyElseChangedThisIn,
  FOUR_EYES: t.nobodyChangesTheirOwnRoles,
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
  const title = row ? t.changeOne(row.name) : register.add;
  const hindrance =
    missing.length > 0
      ? t.notYetChoose(missing.map(({ title }) => t.aField(title)))
      : changed.length === 0 && t.youHaveNotChangedAnything;
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
            note={row && changed.includes(field) ? t.savedValue(shownValue(saved(field), field)) : field.note}
          />
        ))}
        <label className={floating.field}>
          {explained.length > 0 ? common.reason : common.reasonOptional}
          <textarea
            required={explained.length > 0}
            aria-describedby="for-ever"
            value={reason}
            onChange={(event) => explain(event.target.value)}
          />
        </label>
        <p id="for-ever" className={floating.note}>
          {common.recordedPermanentlyInTheLog}
          {explained.length > 0 && t.askedForBecauseOf(explained.map((field) => field.title).join(', '))}
        </p>
        <FormEnd
          of={command}
          words={refusals}
          problem={isAsked && hindrance}
          others={
            <Button kind="quiet" onClick={giveUp}>
              {common.cancel}
            </Button>
          }
          isBlocked={hindrance !== false}
        >
          {row ? t.save : register.add}
        </FormEnd>
      </form>
    </Modal>
  );
}
