import { useRef, type FormEvent, type ReactNode } from 'react';
import * as common from '#text/common';
import floating from './floating.module.css';
import { FormEnd } from './FormEnd';
import { useKept } from './kept';
import { Modal } from './Modal';
import type { CommandState } from './Outcome';

interface Props {
  title: string;
  /** Identifies the subject, as part of the key under which input is kept until it is sent. */
  about: string;
  /** The consequence of the action. */
  then: string;
  /** The label of the reason, and whether it is required. */
  label: string;
  isRequired: boolean;
  /** Further information for the decision. */
  children?: ReactNode;
  kind?: 'main' | 'bad';
  command: CommandState;
  /** Must call `taken` once the server has accepted the action; the kept input is then discarded. */
  onSubmit: (reason: string | null, taken: () => void) => void;
  onClose: () => void;
}

/** Asks for confirmation of an action on a whole version, and for the reason that is recorded in the log. */
export function ReasonDialog({
  title,
  about,
  then,
  label,
  isRequired,
  children,
  kind,
  command,
  onSubmit,
  onClose,
}: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText, forget] = useKept(`reason.${about}.${title}`, '', (value) => value === '');
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = text.trim() || null;
    if (isRequired && !reason) return field.current?.focus();
    onSubmit(reason, forget);
  };
  return (
    <Modal title={title} description={then} initialFocus={field} onClose={onClose}>
      {children}
      <form onSubmit={submit}>
        <label className={floating.field}>
          {label}
          <textarea
            ref={field}
            value={text}
            required={isRequired}
            aria-describedby="for-ever"
            onChange={(event) => setText(() => event.target.value)}
          />
          <span id="for-ever" className={floating.note}>
            {common.recordedPermanentlyInTheLog}
          </span>
        </label>
        <FormEnd of={command} {...(kind && { kind })}>
          {title}
        </FormEnd>
      </form>
    </Modal>
  );
}
