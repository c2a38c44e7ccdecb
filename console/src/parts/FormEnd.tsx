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
  /** The refusal in words. */
  problem?: ReactNode;
  /** The secondary action; by default it closes the dialog. */
  others?: ReactNode;
  kind?: 'main' | 'bad';
  isBlocked: boolean;
  /** The label of the submit button. */
  children: ReactNode;
}

/** The end of a form in a dialog: error, secondary action and submit button. */
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
