import { useState, type FormEvent } from 'react';
import * as t from '#text/bulk';
import * as common from '#text/common';
import { useCommand } from '../../../api/command';
import { DecideItemsDocument, type FieldFragment, type ItemReviewStatus } from '../../../generated/graphql';
import { Segments } from '../../../parts/atoms';
import floating from '../../../parts/floating.module.css';
import { FormEnd } from '../../../parts/FormEnd';
import { useKeptForm } from '../../../parts/kept';
import { Modal } from '../../../parts/Modal';
import { askedReason, isRefusal, knows } from '../decisions';
import type { Selection } from './use-selection';
import { asFilter, type View } from './view';

export interface Decidable {
  versionId: string;
  revision: number;
}
const verdicts: readonly { value: ItemReviewStatus; label: string }[] = [
  { value: 'APPROVED', label: t.approve },
  { value: 'MODIFIED', label: t.acceptAsModified },
  { value: 'REJECTED', label: t.reject },
  { value: 'PENDING', label: t.takeBack },
];

interface Props {
  version: Decidable;
  itemFields: readonly FieldFragment[];
  selection: Selection;
  view: View;
  onClose: () => void;
}

/**
 * One decision on many items. For all that match a filter, the server receives the filter and the expected number of items; if the number
 * has changed, it decides nothing.
 */
export default function DecideMany({ version, itemFields, selection, view, onClose }: Props) {
  const [status, setStatus] = useState<ItemReviewStatus>('APPROVED');
  const { values, set, forget } = useKeptForm(`decide.${version.versionId}`, { notes: '' });
  const notes = values.notes.trim();
  const [isAsked, setAsked] = useState(false);
  const decide = useCommand(DecideItemsDocument);
  const isMissing = isRefusal(status) && notes === '';
  const offered = verdicts.filter(({ value }) => value !== 'MODIFIED' || knows(itemFields, value));
  const keys = selection.chosen.map(({ itemKey }) => itemKey);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (isMissing) return;
    const filter = selection.isAll ? asFilter(view) : { itemKeys: keys };
    const matching = { filter, expectedCount: keys.length, status, notes: notes || null };
    const input = { versionId: version.versionId, expectedRevision: version.revision, matching };
    decide.mutate(
      { input },
      {
        onSuccess: () => {
          forget();
          selection.clear();
          onClose();
        },
      },
    );
  };
  return (
    <Modal title={t.decideItems(keys.length)} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <Segments label={t.decision} value={status} options={offered} onChange={setStatus} />
        <label className={floating.field}>
          {status === 'REJECTED' ? t.whatIsWrong : isRefusal(status) ? t.whatHasToChange : t.noteOptional}
          <textarea
            value={values.notes}
            required={isRefusal(status)}
            onChange={(event) => set({ notes: event.target.value })}
          />
        </label>
        <FormEnd
          of={decide}
          problem={isAsked && isMissing && askedReason(status)}
          kind={status === 'REJECTED' ? 'bad' : 'main'}
        >
          {verdicts.find(({ value }) => value === status)?.label} {common.itemCount(keys.length)}
        </FormEnd>
      </form>
    </Modal>
  );
}
