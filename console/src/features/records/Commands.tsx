import { Dialog } from '@base-ui/react/dialog';
import { useState } from 'react';
import type { CommandFragment } from '../../generated/graphql';
import { Button } from '../../parts/atoms';
import floating from '../../parts/floating.module.css';
import { CommandForm, type Target } from './CommandForm';
import { isKnown, verbOf } from './commands';
import type { NumberedRecord } from './RecordControl';

interface Props {
  /** Those that are offered. */
  of: readonly CommandFragment[];
  target: Target;
  /** Records of the phase, where one of them can be named. */
  records?: readonly NumberedRecord[];
}

/** What this person may record here now, each in a dialog with the form that its declaration makes. */
export function Commands({ of, target, records = [] }: Props) {
  const [asked, setAsked] = useState<CommandFragment | null>(null);
  return (
    <>
      {of.filter(isKnown).map((command, index) => (
        <Button key={command.name} kind={index === 0 ? 'main' : 'plain'} onClick={() => setAsked(command)}>
          {verbOf(command.name)}
        </Button>
      ))}
      <Dialog.Root open={asked !== null} onOpenChange={(open) => !open && setAsked(null)}>
        <Dialog.Portal>
          <Dialog.Backdrop className={floating.backdrop} />
          <Dialog.Popup className={floating.dialog}>
            {asked && (
              <>
                <Dialog.Title className={floating.title}>{verbOf(asked.name)}</Dialog.Title>
                <Dialog.Description>{asked.description}</Dialog.Description>
                <CommandForm
                  key={asked.name}
                  command={asked}
                  target={target}
                  records={records}
                  onDone={() => setAsked(null)}
                />
              </>
            )}
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
    </>
  );
}
