import { useState, type FormEvent } from 'react';
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
  const problem =
    fromSequence === null
      ? 'The commit is a whole number from 1 on.'
      : values.reason.trim()
        ? null
        : 'A reason is asked for.';
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
    <Modal
      title={`Deliver to ${name} again`}
      description="This commit is sent next, followed by all later ones, with the ids that they had."
      onClose={onClose}
    >
      <form onSubmit={submit} noValidate>
        <label className={floating.field}>
          Log
          <select value={values.streamId} onChange={({ target }) => set({ streamId: target.value })}>
            <option value={REFERENCE}>The reference data</option>
            {format === 'OCSF' && (
              <option value={SECURITY_EVENTS}>Security events: refusals, and who read the log</option>
            )}
            {logs.map(({ workflowId, report, cycle, lastChange }) => (
              <option key={workflowId} value={workflowId}>
                {report.name}, {cycle.name} (up to commit {lastChange?.sequence ?? 0})
              </option>
            ))}
            {isOther && <option value={values.streamId}>{values.streamId}</option>}
          </select>
        </label>
        <label className={floating.field}>
          From commit
          <input
            inputMode="numeric"
            required
            value={values.sequence}
            onChange={({ target }) => set({ sequence: target.value })}
          />
        </label>
        <label className={floating.field}>
          Reason
          <textarea required value={values.reason} onChange={({ target }) => set({ reason: target.value })} />
        </label>
        <FormEnd of={replay} problem={isAsked && problem}>
          Deliver again
        </FormEnd>
      </form>
    </Modal>
  );
}
