import { Lock } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import * as common from '#text/common';
import * as t from '#text/webhooks';
import { allOf } from '#text/words';
import { useApi } from '../../api/client';
import { useCommand } from '../../api/command';
import { NOW_AND_THEN_MS } from '../../api/live';
import { RotateWebhookSecretDocument, WebhooksDocument, type HookFragment } from '../../generated/graphql';
import { Age, Button, Instant } from '../../parts/atoms';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import { ReasonDialog } from '../../parts/ReasonDialog';
import { useViewer } from '../../shell/use-viewer';
import adminStyles from '../admin/AdminPage.module.css';
import { History } from '../admin/History';
import { Pages } from '../admin/Pages';
import { DeadLetters } from './DeadLetters';
import { Replay, type From } from './Replay';
import { Secret } from './Secret';
import { WebhookForm } from './WebhookForm';
import styles from './WebhooksPage.module.css';

/** The open dialog. */
type Open =
  | { readonly what: 'new' }
  | { readonly what: 'change' | 'secret'; readonly webhookId: string }
  | { readonly what: 'replay'; readonly webhookId: string; readonly from?: From }
  | { readonly what: 'told'; readonly name: string; readonly secret: string };

/** The webhook receivers, their delivery state and their dead letters; for administrators. */
export default function WebhooksPage() {
  const viewer = useViewer();
  if (!viewer) return <Waiting page />;
  if (!viewer.roles.includes('ADMIN'))
    return (
      <Notice page icon={Lock} title={t.webhooksAreManagedByAdministrators}>
        {t.askAnAdministratorToAdd}
      </Notice>
    );
  return <Webhooks />;
}

function Webhooks() {
  const { data, error, refetch } = useApi(WebhooksDocument, {}, { now: true, every: NOW_AND_THEN_MS });
  const [open, setOpen] = useState<Open | null>(null);
  const [history, setHistory] = useState(false);
  if (error && !data) return <Failure page error={error} retry={() => void refetch()} />;
  const hooks = data?.webhooks;
  const close = () => setOpen(null);
  return (
    <div className={adminStyles.page}>
      <Pages />
      <header className={adminStyles.head}>
        <h1>{t.webhooks}</h1>
        <Button aria-pressed={history} onClick={() => setHistory(!history)}>
          {t.history}
        </Button>
        <Button kind="main" onClick={() => setOpen({ what: 'new' })}>
          {t.addAReceiver}
        </Button>
      </header>
      {!hooks ? (
        <Waiting rows={3} />
      ) : hooks.length === 0 ? (
        <Notice title={t.thereAreNoWebhooks}>{t.aReceiverGetsASigned}</Notice>
      ) : (
        <ul className={styles.hooks}>
          {hooks.map((hook) => (
            <Hook key={hook.webhookId} hook={hook} onOpen={setOpen} />
          ))}
        </ul>
      )}
      {history && <History tables={['webhooks']} />}
      {open && hooks && <Dialogs open={open} hooks={hooks} onOpen={setOpen} onClose={close} />}
    </div>
  );
}

function Hook({ hook, onOpen }: { hook: HookFragment; onOpen: (open: Open) => void }) {
  const { webhookId, name, url, operations, deadLetters, secretId, waiting, deliveredAt } = hook;
  return (
    <li className={styles.hook}>
      <header>
        <h2>{name}</h2>
        <p className={styles.state} data-state={stateOf(hook)}>
          {stateWords(hook)}
        </p>
      </header>
      <dl>
        <Fact name={t.sentTo}>
          <code>{url}</code>
        </Fact>
        <Fact name={t.deliveredCommits}>{operations.length === 0 ? t.everyCommit : allOf(operations)}</Fact>
        <Fact name={t.takenLast}>{deliveredAt ? <Age of={deliveredAt} /> : t.nothingYet}</Fact>
        <Fact name={t.notYetDelivered}>{common.commitCount(waiting)}</Fact>
        <Fact name={t.secret}>
          <code>{secretId}</code>
        </Fact>
      </dl>
      {deadLetters.length > 0 && (
        <DeadLetters of={deadLetters} onReplay={(from) => onOpen({ what: 'replay', webhookId, from })} />
      )}
      <p className={styles.actions}>
        <Button onClick={() => onOpen({ what: 'change', webhookId })}>{t.change}</Button>
        <Button onClick={() => onOpen({ what: 'secret', webhookId })}>{t.newSecret}</Button>
        <Button onClick={() => onOpen({ what: 'replay', webhookId })}>{t.deliverAgainDots}</Button>
      </p>
    </li>
  );
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

const stateOf = ({ status, failingSince }: HookFragment) =>
  status === 'ENABLED' ? (failingSince ? 'failing' : 'well') : 'off';

function stateWords({ status, failingSince, lastFailure, suspendedAt }: HookFragment): ReactNode {
  if (status === 'DISABLED') return t.disabledNothingIsSentAnd;
  if (status === 'SUSPENDED')
    return (
      <>
        {t.suspendedSinceBecauseNothingGot(
          suspendedAt && <Instant of={suspendedAt} />,
          lastFailure && `: ${lastFailure}`,
        )}
      </>
    );
  if (failingSince)
    return (
      <>
        {t.noMessageHasGotThrough(<Instant of={failingSince} />)}
        {lastFailure && `: ${lastFailure}`}.
      </>
    );
  return t.enabled;
}

interface DialogsProps {
  open: Open;
  /** The latest data; the open dialog refers to a receiver by id, so that it shows changes by others. */
  hooks: readonly HookFragment[];
  onOpen: (open: Open) => void;
  onClose: () => void;
}
function Dialogs({ open, hooks, onOpen, onClose }: DialogsProps) {
  if (open.what === 'told') return <Secret name={open.name} secret={open.secret} onClose={onClose} />;
  const hook = open.what === 'new' ? undefined : hooks.find(({ webhookId }) => webhookId === open.webhookId);
  if (open.what === 'replay' && hook)
    return <Replay hook={hook} {...(open.from && { from: open.from })} onClose={onClose} />;
  if (open.what === 'secret' && hook) return <NewSecret hook={hook} onOpen={onOpen} onClose={onClose} />;
  return (
    <WebhookForm
      hook={hook}
      onDone={({ secret, webhook: { name } }) => (secret ? onOpen({ what: 'told', name, secret }) : onClose())}
      onClose={onClose}
    />
  );
}

function NewSecret({ hook, onOpen, onClose }: Omit<DialogsProps, 'open' | 'hooks'> & { hook: HookFragment }) {
  const rotate = useCommand(RotateWebhookSecretDocument);
  const { webhookId, revision, name } = hook;
  const submit = (reason: string | null, taken: () => void) =>
    rotate.mutate(
      { input: { webhookId, expectedRevision: revision, reason: reason ?? '' } },
      {
        onSuccess: ({ done }) => {
          taken();
          if (done?.secret) onOpen({ what: 'told', name: done.webhook.name, secret: done.secret });
          else onClose();
        },
      },
    );
  return (
    <ReasonDialog
      title={t.makeANewSecret}
      about={webhookId}
      then={t.messagesToCarryTwoSignatures(name)}
      label={common.reason}
      isRequired
      command={rotate}
      onSubmit={submit}
      onClose={onClose}
    />
  );
}
