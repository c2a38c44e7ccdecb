import { useRef, type FormEvent, type ReactNode } from 'react';
import { messageOf } from '../api/error';
import floating from './floating.module.css';
import { FormEnd } from './FormEnd';
import { useKept } from './kept';
import { Modal } from './Modal';

interface Props {
  title: string;
  /** What it is about: by it what is typed is kept, until it is sent. */
  about: string;
  /** What happens then. */
  then: string;
  /** The label of the reason, and whether it is required. */
  label: string;
  isRequired: boolean;
  /** Further information for the decision. */
  children?: ReactNode;
  kind?: 'main' | 'bad';
  command: { readonly error: Error | null; readonly isPending: boolean };
  /** `taken` is to be called when it was: then it is kept no more. */
  onSubmit: (reason: string | null, taken: () => void) => void;
  onClose: () => void;
}

/** Asks once more before something is done to a whole version, and for the words that stand in the log with it. */
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
            Stands in the log for ever, with your name.
          </span>
        </label>
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
