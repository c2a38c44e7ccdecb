import { Dialog } from '@base-ui/react/dialog';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, type FormEvent } from 'react';
import * as common from '#text/common';
import * as t from '#text/records';
import type { CommandFragment } from '../../generated/graphql';
import { Button } from '../../parts/atoms';
import floating from '../../parts/floating.module.css';
import { FormEnd } from '../../parts/FormEnd';
import { verbOf, type Target } from './commands';
import { RecordControl, type NumberedRecord } from './RecordControl';
import { useCommandForm } from './use-command-form';

interface Props {
  command: CommandFragment;
  target: Target;
  records: readonly NumberedRecord[];
  onDone: () => void;
}

/** A command's form, generated from its declared input. Input survives until the server accepts it. */
export function CommandForm({ command, target, records, onDone }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const navigate = useNavigate();
  const { fields, texts, sent, send, set, clear, problemOf, refused } = useCommandForm(command, target);
  const goTo = (name: string | undefined) => {
    const control = name === undefined ? null : form.current?.elements.namedItem(name);
    if (control instanceof HTMLElement) control.focus();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wrong = send((versionId) => {
      onDone();
      if (versionId) void navigate({ to: '/v/$versionId', params: { versionId } });
    });
    goTo(wrong);
  };
  useEffect(() => goTo(refused), [refused]);
  const problem = (name: string) =>
    problemOf(name) && (
      <p role="alert" className={floating.wrong}>
        {problemOf(name)}
      </p>
    );
  return (
    <form ref={form} onSubmit={submit} noValidate>
      {fields.map((field) => (
        <div key={field.input} className={floating.field}>
          <label htmlFor={field.input}>{field.title}</label>
          <RecordControl
            field={field}
            value={texts[field.input] ?? ''}
            records={records}
            onChange={(text) => set(field.input, text)}
          />
          {problem(field.input)}
          <p id={`${field.input}-note`} className={floating.note}>
            {field.description !== `${field.title}.` && field.description}
          </p>
        </div>
      ))}
      <div className={floating.field}>
        <label htmlFor="reason">{command.needsReason ? common.reason : common.reasonOptional}</label>
        <textarea
          id="reason"
          value={texts.reason ?? ''}
          required={command.needsReason}
          aria-describedby="reason-note"
          onChange={(event) => set('reason', event.target.value)}
        />
        {problem('reason')}
        <p id="reason-note" className={floating.note}>
          {common.recordedPermanentlyInTheLog}
        </p>
      </div>
      <FormEnd
        of={sent}
        others={
          <>
            {Object.values(texts).some(Boolean) && (
              <Button kind="quiet" onClick={clear}>
                {t.clear}
              </Button>
            )}
            <Dialog.Close render={<Button kind="quiet">{common.close}</Button>} />
          </>
        }
      >
        {verbOf(command.name)}
      </FormEnd>
    </form>
  );
}
