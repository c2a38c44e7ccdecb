import { useState, type FormEvent } from 'react';
import { useCommand } from '../../../api/client';
import { messageOf } from '../../../api/error';
import { DecideItemsDocument, type ItemReviewStatus } from '../../../generated/graphql';
import { Segments } from '../../../parts/atoms';
import floating from '../../../parts/floating.module.css';
import { FormEnd } from '../../../parts/FormEnd';
import { Modal } from '../../../parts/Modal';
import { count } from '../../../text/words';
import type { Selection } from './use-selection';
import { asFilter, type View } from './view';

export interface Decidable {
  versionId: string;
  revision: number;
}
const verdicts: readonly { value: ItemReviewStatus; label: string }[] = [
  { value: 'APPROVED', label: 'Approve' },
  { value: 'MODIFIED', label: 'Accept as modified' },
  { value: 'REJECTED', label: 'Reject' },
  { value: 'PENDING', label: 'Take back' },
];

interface Props {
  version: Decidable;
  selection: Selection;
  view: View;
  onClose: () => void;
}

/**
 * One decision on many items. For all that match a filter, the server receives the filter and the expected number of items; if the number
 * has changed, it decides nothing.
 */
export function DecideMany({ version, selection, view, onClose }: Props) {
  const [status, setStatus] = useState<ItemReviewStatus>('APPROVED');
  const [notes, setNotes] = useState('');
  const [isAsked, setAsked] = useState(false);
  const decide = useCommand(DecideItemsDocument);
  const isMissing = status === 'REJECTED' && notes.trim() === '';
  const keys = selection.chosen.map(({ itemKey }) => itemKey);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (isMissing || decide.isPending) return;
    const filter = selection.isAll ? asFilter(view) : { itemKeys: keys };
    const matching = { filter, expectedCount: keys.length, status, notes: notes.trim() || null };
    const input = { versionId: version.versionId, expectedRevision: version.revision, matching };
    decide.mutate(
      { input },
      {
        onSuccess: () => {
          selection.clear();
          onClose();
        },
      },
    );
  };
  return (
    <Modal title={`Decide ${count(keys.length, 'item')}`} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <Segments label="Decision" value={status} options={verdicts} onChange={setStatus} />
        <label className={floating.field}>
          {status === 'REJECTED' ? 'What is wrong' : 'A note, if there is something to say'}
          <textarea value={notes} required={status === 'REJECTED'} onChange={(event) => setNotes(event.target.value)} />
        </label>
        <FormEnd
          problem={
            isAsked && isMissing
              ? 'Say what is wrong: it is what the tester gets to read.'
              : decide.error && messageOf(decide.error)
          }
          kind={status === 'REJECTED' ? 'bad' : 'main'}
          isBlocked={decide.isPending}
        >
          {verdicts.find(({ value }) => value === status)?.label} {count(keys.length, 'item')}
        </FormEnd>
      </form>
    </Modal>
  );
}
