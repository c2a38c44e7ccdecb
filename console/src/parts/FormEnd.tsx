import { Dialog } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import { Button } from './atoms';
import floating from './floating.module.css';

export const Problem = ({ children }: { children: ReactNode }) =>
  children ? (
    <p role="alert" className={floating.problem}>
      {children}
    </p>
  ) : null;

interface Props {
  /** What was refused, in words. */
  problem?: ReactNode;
  /** What else can be done than to send it; leaving the dialog, unless told otherwise. */
  others?: ReactNode;
  kind?: 'main' | 'bad';
  isBlocked: boolean;
  /** What the form does. */
  children: ReactNode;
}

/** What a form in a dialog ends with: what is wrong, the way out, and what it does. */
export function FormEnd({ problem, others, kind = 'main', isBlocked, children }: Props) {
  return (
    <>
      <Problem>{problem}</Problem>
      <div className={floating.actions}>
        {others ?? <Dialog.Close render={<Button kind="quiet">Cancel</Button>} />}
        <Button kind={kind} type="submit" aria-disabled={isBlocked}>
          {children}
        </Button>
      </div>
    </>
  );
}
