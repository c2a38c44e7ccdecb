import { Dialog } from '@base-ui/react/dialog';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { useCommand } from '../../api/client';
import { messageOf } from '../../api/error';
import { StartDraftDocument, type CarryForward, type Phase } from '../../generated/graphql';
import { Button } from '../../parts/atoms';
import floating from '../../parts/floating.module.css';
import { FormEnd } from '../../parts/FormEnd';
import { useKeptForm } from '../../parts/kept';

interface Props {
  ids: { cycleId: string; reportId: string; phase: Phase };
  title: string;
  /** The version in force that the draft starts from, if any, with its number of items. */
  from: { versionNumber: number; items: { totalCount: number } } | null;
}

const choicesOf = ({ items }: NonNullable<Props['from']>): [CarryForward, string][] => [
  ['APPROVED_ITEMS', 'The approved items, with their approval'],
  ['ALL_ITEMS', `All ${items.totalCount} items`],
  ['NONE', 'Nothing: an empty draft'],
];

/** Starts a draft, and asks for its starting content and a reason. */
export function StartDraft({ ids, title, from }: Props) {
  const [open, setOpen] = useState(false);
  const start = useCommand(StartDraftDocument);
  const navigate = useNavigate();
  const { values, set, forget } = useKeptForm(`start.${ids.cycleId}.${ids.reportId}.${ids.phase}`, {
    carry: 'APPROVED_ITEMS',
    reason: '',
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const carryForward = from ? (values.carry as CarryForward) : 'APPROVED_ITEMS';
    const reason = values.reason.trim() || null;
    start.mutate(
      { input: { ...ids, carryForward, reason } },
      {
        onSuccess: ({ createVersion }) => {
          forget();
          const versionId = createVersion?.version.versionId;
          if (versionId) void navigate({ to: '/v/$versionId', params: { versionId } });
        },
      },
    );
  };
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger render={<Button kind="main">Start a draft</Button>} />
      <Dialog.Portal>
        <Dialog.Backdrop className={floating.backdrop} />
        <Dialog.Popup className={floating.dialog}>
          <Dialog.Title className={floating.title}>Start a draft of {title}</Dialog.Title>
          <p>
            {from === null
              ? 'The first version of this phase. Nothing counts until it is approved.'
              : `Version ${from.versionNumber} stays in force until the new one is approved.`}
          </p>
          <form onSubmit={submit}>
            {from && (
              <label className={floating.field}>
                It begins with
                <select value={values.carry} onChange={(event) => set({ carry: event.target.value })}>
                  {choicesOf(from).map(([value, label]) => (
                    <option key={value} value={value}>
                      {label}
                    </option>
                  ))}
                </select>
              </label>
            )}
            <label className={floating.field}>
              Why
              <textarea value={values.reason} onChange={(event) => set({ reason: event.target.value })} />
              <span className={floating.note}>Stands in the log for ever, with your name.</span>
            </label>
            <FormEnd problem={start.error && messageOf(start.error)} isBlocked={start.isPending}>
              Start the draft
            </FormEnd>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
