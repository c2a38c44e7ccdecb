import { useState, type FormEvent } from 'react';
import * as common from '#text/common';
import * as t from '#text/webhooks';
import { useApi } from '../../api/client';
import { useCommand } from '../../api/command';
import { LogsDocument, ReplayWebhookDocument, type HookFragment } from '../../generated/graphql';
import floating from '../../parts/floating.module.css';
import { FormEnd } from '../../parts/FormEnd';
import { useKeptForm } from '../../parts/kept';
import { Modal } from '../../parts/Modal';

/** The next commit to deliver, by log. */
export interface From {
  readonly streamId: string;
  readonly sequence: number;
}
const REFERENCE = '00000000-0000-0000-0000-000000000000';
/** Refusals and reads of the log, which are numbered like the commits of a log. */
export const SECURITY_EVENTS = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

interface ReplayProps {
  hook: HookFragment;
  from?: From;
  onClose: () => void;
}

/** Replays a log from a chosen commit, or skips one that cannot be delivered. */
export function Replay({ hook: { webhookId, revision, name, format }, from, onClose }: ReplayProps) {
  const { data } = useApi(LogsDocument, {}, { now: true });
  const replay = useCommand(ReplayWebhookDocument);
  const [isAsked, setAsked] = useState(false);
  const { values, set, forget } = useKeptForm(`replay.${webhookId}.${from?.streamId ?? ''}.${from?.sequence ?? ''}`, {
    streamId: from?.streamId ?? REFERENCE,
    sequence: from ? String(from.sequence) : '',
    reason: '',
  });
  const logs = data?.workflows?.nodes ?? [];
  const isOther = ![REFERENCE, SECURITY_EVENTS, ...logs.map(({ workflowId }) => workflowId)].includes(values.streamId);
  const fromSequence = /^[1-9]\d{0,8}$/.test(values.sequence) ? Number(values.sequence) : null;
  const problem = fromSequence === null ? t.theCommitIsAWhole : values.reason.trim() ? null : t.aReasonIsAskedFor;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (problem || fromSequence === null) return;
    const reason = values.reason.trim();
    replay.mutate(
      { input: { webhookId, expectedRevision: revision, streamId: values.streamId, fromSequence, reason } },
      {
        onSuccess: () => {
          forget();
          onClose();
        },
      },
    );
  };
  return (
    <Modal title={t.deliverToAgain(name)} description={t.thisCommitIsSentNext} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <label className={floating.field}>
          {t.log}
          <select value={values.streamId} onChange={({ target }) => set({ streamId: target.value })}>
            <option value={REFERENCE}>{t.theReferenceData}</option>
            {format === 'OCSF' && <option value={SECURITY_EVENTS}>{t.securityEventsRefusalsAndWho}</option>}
            {logs.map(({ workflowId, report, cycle, lastChange }) => (
              <option key={workflowId} value={workflowId}>
                {t.upToCommit(report.name, cycle.name, lastChange?.sequence ?? 0)}
              </option>
            ))}
            {isOther && <option value={values.streamId}>{values.streamId}</option>}
          </select>
        </label>
        <label className={floating.field}>
          {t.fromCommit}
          <input
            inputMode="numeric"
            required
            value={values.sequence}
            onChange={({ target }) => set({ sequence: target.value })}
          />
        </label>
        <label className={floating.field}>
          {common.reason}
          <textarea required value={values.reason} onChange={({ target }) => set({ reason: target.value })} />
        </label>
        <FormEnd of={replay} problem={isAsked && problem}>
          {t.deliverAgain}
        </FormEnd>
      </form>
    </Modal>
  );
}
