import { useState, type FormEvent } from 'react';
import * as common from '#text/common';
import * as t from '#text/webhooks';
import { operations, registerOperations } from '#text/words';
import { useCommand } from '../../api/command';
import { codeOf } from '../../api/error';
import {
  CreateWebhookDocument,
  UpdateWebhookDocument,
  type CreateWebhookMutation,
  type HookFragment,
  type WebhookFormat,
} from '../../generated/graphql';
import { Button } from '../../parts/atoms';
import { CheckList } from '../../parts/CheckList';
import floating from '../../parts/floating.module.css';
import { FormEnd } from '../../parts/FormEnd';
import { useKept } from '../../parts/kept';
import { Modal } from '../../parts/Modal';

type Made = { secret?: string | null; webhook: NonNullable<CreateWebhookMutation['done']>['webhook'] };
interface WebhookFormProps {
  /** The receiver to change; null to add one. */
  hook: HookFragment | undefined;
  onDone: (made: Made) => void;
  onClose: () => void;
}

interface Typed {
  readonly name: string;
  readonly url: string;
  readonly operations: readonly string[];
  readonly format: WebhookFormat;
  readonly isEnabled: boolean;
  readonly reason: string;
}

/** Adds or changes a receiver. Input survives a reload until it is saved or discarded. */
export function WebhookForm({ hook, onDone, onClose }: WebhookFormProps) {
  const create = useCommand(CreateWebhookDocument);
  const update = useCommand(UpdateWebhookDocument);
  const command = hook ? update : create;
  // A concurrent change since the form was opened is not overwritten unread.
  const [seen, setSeen] = useState(hook?.revision);
  const [isAsked, setAsked] = useState(false);
  const [typed, change, forget] = useKept<Typed>(`webhook.${hook?.webhookId ?? 'new'}`, {
    name: hook?.name ?? '',
    url: hook?.url ?? '',
    operations: hook?.operations ?? [],
    format: hook?.format ?? 'STANDARD',
    isEnabled: hook ? hook.status === 'ENABLED' : true,
    reason: '',
  });
  const set = (patch: Partial<Typed>) => change((previous) => ({ ...previous, ...patch }));
  const missing = (['name', 'url', 'reason'] as const).find((name) => !typed[name].trim());
  const done = (made: Made | null | undefined) => {
    forget();
    if (made) onDone(made);
    else onClose();
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (missing) return;
    const { isEnabled, ...others } = typed;
    const given = { ...others, operations: [...typed.operations] };
    if (!hook) return create.mutate({ input: given }, { onSuccess: (answer) => done(answer.done) });
    const expectedRevision = codeOf(command.error) === 'CONFLICT' ? hook.revision : (seen ?? hook.revision);
    update.mutate(
      { input: { ...given, isEnabled, webhookId: hook.webhookId, expectedRevision } },
      { onSuccess: (answer) => done(answer.done), onError: () => setSeen(hook.revision) },
    );
  };
  const giveUp = () => {
    forget();
    onClose();
  };
  const known = [...new Set([...operations, ...registerOperations, ...typed.operations])].sort();
  return (
    <Modal title={hook ? t.changeOne(hook.name) : t.addAReceiver} onClose={onClose}>
      <form onSubmit={save} noValidate autoComplete="off">
        <label className={floating.field}>
          {t.itsOwnerAndPurpose}
          <input required value={typed.name} onChange={({ target }) => set({ name: target.value })} />
        </label>
        <label className={floating.field}>
          {t.address}
          <input
            required
            inputMode="url"
            placeholder={t.https}
            value={typed.url}
            onChange={({ target }) => set({ url: target.value })}
          />
        </label>
        <CheckList
          legend={t.onlyTheseOperationsAllIf}
          options={known.map((operation) => [operation, operation])}
          chosen={typed.operations}
          onChange={(chosen) => set({ operations: chosen })}
        />
        <label className={floating.field}>
          {t.whatIsSent}
          <select value={typed.format} onChange={({ target }) => set({ format: target.value as WebhookFormat })}>
            <option value="STANDARD">{t.idsOnly}</option>
            <option value="OCSF">{t.eventsForASiemOcsf}</option>
          </select>
        </label>
        {hook && (
          <label className={floating.check}>
            <input
              type="checkbox"
              checked={typed.isEnabled}
              onChange={({ target }) => set({ isEnabled: target.checked })}
            />
            {t.enabledWhatWasMissedIn}
          </label>
        )}
        <label className={floating.field}>
          {common.reason}
          <textarea required value={typed.reason} onChange={({ target }) => set({ reason: target.value })} />
        </label>
        <p className={floating.note}>{t.theAddressAndTheReason}</p>
        <FormEnd
          of={command}
          words={{ CONFLICT: t.somebodyElseChangedThisIn }}
          problem={isAsked && missing && missed[missing]}
          others={
            <Button kind="quiet" onClick={giveUp}>
              {common.cancel}
            </Button>
          }
        >
          {hook ? t.save : t.addAReceiver}
        </FormEnd>
      </form>
    </Modal>
  );
}

const missed = { name: t.sayWhoseItIs, url: t.sayWhereItIsSent, reason: t.aReasonIsAskedFor };
