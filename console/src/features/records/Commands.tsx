import { useState } from 'react';
import type { CommandFragment } from '../../generated/graphql';
import { Button } from '../../parts/atoms';
import { Modal } from '../../parts/Modal';
import { CommandForm } from './CommandForm';
import { isKnown, verbOf, type Target } from './commands';
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
      {asked && (
        <Modal title={verbOf(asked.name)} description={asked.description} onClose={() => setAsked(null)}>
          <CommandForm
            key={asked.name}
            command={asked}
            target={target}
            records={records}
            onDone={() => setAsked(null)}
          />
        </Modal>
      )}
    </>
  );
}
