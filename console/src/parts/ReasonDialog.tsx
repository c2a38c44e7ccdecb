import { useRef, type FormEvent, type ReactNode } from 'react';
import { messageOf } from '../api/error';
import floating from './floating.module.css';
import { FormEnd } from './FormEnd';
import { Modal } from './Modal';

interface Props {
  title: string;
  /** The consequence. */
  then: string;
  /** The label of the reason, and whether it is required. */
  label: string;
  isRequired: boolean;
  /** Further information for the decision. */
  children?: ReactNode;
  kind?: 'main' | 'bad';
  command: { readonly error: Error | null; readonly isPending: boolean };
  onSubmit: (reason: string | null) => void;
  onClose: () => void;
}

/** Confirms an action on a whole version, and asks for the reason that is recorded in the log. */
export function ReasonDialog({ title, then, label, isRequired, children, kind, command, onSubmit, onClose }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = field.current?.value.trim() || null;
    if (isRequired && !reason) return field.current?.focus();
    onSubmit(reason);
  };
  return (
    <Modal title={title} description={then} initialFocus={field} onClose={onClose}>
      {children}
      <form onSubmit={submit}>
        <label className={floating.field}>
          {label}
          <textarea ref={field} required={isRequired} aria-describedby="for-ever" />
        </label>
        <p id="for-ever" className={floating.note}>
          Stands in the log for ever, with your name.
        </p>
        <FormEnd
          problem={command.error && messageOf(command.error)}
          {...(kind && { kind })}
          isBlocked={command.isPending}
        >
          {title}
        </FormEnd>
      </form>
    </Modal>
  );
}
