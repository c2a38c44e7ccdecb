import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import * as common from '#text/common';
import * as t from '#text/phase';
import { useCommand } from '../../api/command';
import { StartDraftDocument, type CarryForward, type Phase } from '../../generated/graphql';
import { Button } from '../../parts/atoms';
import floating from '../../parts/floating.module.css';
import { FormEnd } from '../../parts/FormEnd';
import { useKeptForm } from '../../parts/kept';
import { Modal } from '../../parts/Modal';

interface Props {
  ids: { cycleId: string; reportId: string; phase: Phase };
  title: string;
  /** The version in force that the draft starts from, if any, with its number of items. */
  from: { versionNumber: number; items: { totalCount: number } } | null;
}

const choicesOf = ({ items }: NonNullable<Props['from']>): [CarryForward, string][] => [
  ['APPROVED_ITEMS', t.theApprovedItemsWithTheir],
  ['ALL_ITEMS', t.allItems(items.totalCount)],
  ['NONE', t.nothingAnEmptyDraft],
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
    <>
      <Button kind="main" onClick={() => setOpen(true)}>
        {t.startADraft}
      </Button>
      {open && (
        <Modal
          title={t.startADraftOf(title)}
          description={from === null ? t.theFirstVersionOfThis : t.versionStaysInForceUntil(from.versionNumber)}
          onClose={() => setOpen(false)}
        >
          <form onSubmit={submit}>
            {from && (
              <label className={floating.field}>
                {t.itBeginsWith}
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
              {t.why}
              <textarea value={values.reason} onChange={(event) => set({ reason: event.target.value })} />
              <span className={floating.note}>{common.recordedPermanentlyInTheLog}</span>
            </label>
            <FormEnd of={start}>{t.startTheDraft}</FormEnd>
          </form>
        </Modal>
      )}
    </>
  );
}
