import { Dialog } from '@base-ui/react/dialog';
import { useState } from 'react';
import type { CommandFragment } from '../../generated/graphql';
import { Button } from '../../parts/atoms';
import floating from '../../parts/floating.module.css';
import { CommandForm, type Target } from './CommandForm';
import { isKnown, verbOf } from './commands';
import type { NumberedRecord } from './RecordControl';

interface Props {
  /** The commands on offer. */
  of: readonly CommandFragment[];
  target: Target;
  /** Records of the phase that a field can refer to. */
  records?: readonly NumberedRecord[];
}

/** The commands that the viewer can run now, each with a dialog generated from its declaration. */
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
