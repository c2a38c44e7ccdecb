import { Dialog } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import * as common from '#text/common';
import { Button } from './atoms';
import floating from './floating.module.css';
import { Outcome, type CommandState, type Words } from './Outcome';

/** The state of a form that sends nothing. */
const idle: CommandState = { error: null, isPending: false };

interface Props {
  /** The command that the form sends, if it sends one. */
  of?: CommandState;
  /** The form's own words for refusals. */
  words?: Words;
  /** What is wrong with the input. */
  problem?: ReactNode;
  /** The secondary action; by default it closes the dialog. Null outside of dialogs. */
  others?: ReactNode;
  kind?: 'main' | 'bad' | 'plain';
  /** Whether the input cannot be sent as it is. */
  isBlocked?: boolean;
  /** The label of the submit button. */
  children: ReactNode;
}

/** The end of a form: what became of it, a secondary action, and the submit button. */
export function FormEnd({ of = idle, words, problem, others, kind = 'main', isBlocked = false, children }: Props) {
  return (
    <>
      <Outcome of={of} {...(words && { words })} problem={problem} />
      <div className={floating.actions}>
        {others === undefined ? <Dialog.Close render={<Button kind="quiet">{common.cancel}</Button>} /> : others}
        <Button kind={kind} type="submit" aria-disabled={isBlocked || of.isPending}>
          {children}
        </Button>
      </div>
    </>
  );
}
