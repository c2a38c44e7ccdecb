import { useState } from 'react';
import { useApi } from '../../api/client';
import { useCommand } from '../../api/command';
import { NotificationRulesDocument, RemoveNotificationRuleDocument, type RuleFragment } from '../../generated/graphql';
import { Button, Instant } from '../../parts/atoms';
import { Outcome } from '../../parts/Outcome';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import styles from './NotificationsPage.module.css';
import { RuleForm } from './RuleForm';
import { clock, whatOf, whenOf } from './words';

/** The viewer's own notification rules; nobody else can see them. */
export default function NotificationsPage() {
  const { data, error, refetch } = useApi(NotificationRulesDocument, {}, { now: true });
  const [open, setOpen] = useState<string | null>(null);
  if (error && !data) return <Failure page error={error} retry={() => void refetch()} />;
  const rules = data?.notificationRules;
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div>
          <h1>Notifications</h1>
          <p>
            When you are notified of waiting work, by mail or in a chat. These rules are yours: nobody else sees or
            changes them.
          </p>
        </div>
        <Button kind="main" onClick={() => setOpen('new')}>
          Add a rule
        </Button>
      </header>
      {!rules ? (
        <Waiting rows={3} />
      ) : rules.length === 0 ? (
        <Notice title="You have no notifications">
          Your waiting work is listed under My work, with its number beside it.
        </Notice>
      ) : (
        <ul className={styles.rules}>
          {rules.map((rule) => (
            <Rule key={rule.ruleId} rule={rule} onChange={() => setOpen(rule.ruleId)} />
          ))}
        </ul>
      )}
      {open !== null && <RuleForm rule={rules?.find(({ ruleId }) => ruleId === open)} onClose={() => setOpen(null)} />}
    </div>
  );
}

function Rule({ rule, onChange }: { rule: RuleFragment; onChange: () => void }) {
  const remove = useCommand(RemoveNotificationRuleDocument);
  const { ruleId, channel, address, quietFrom, quietUntil, sentAt } = rule;
  return (
    <li className={styles.rule}>
      <h2>{whenOf(rule)}</h2>
      <p>{whatOf(rule)}</p>
      <p>
        {channel === 'EMAIL' ? 'By mail to ' : 'In the chat at '}
        <span className={styles.address}>{address}</span>
        {quietFrom !== null && quietUntil !== null && `, not from ${clock(quietFrom)} to ${clock(quietUntil)}`}
      </p>
      <State of={rule} />
      {sentAt && (
        <p className={styles.quiet}>
          Sent last <Instant of={sentAt} />
        </p>
      )}
      <p className={styles.actions}>
        <Button onClick={onChange}>Change…</Button>
        <Button aria-disabled={remove.isPending} onClick={() => remove.mutate({ input: { ruleId } })}>
          Remove
        </Button>
      </p>
      <Outcome of={remove} />
    </li>
  );
}

function State({ of: { status, nextAt, suspendedAt, failingSince, lastFailure } }: { of: RuleFragment }) {
  if (status === 'DISABLED') return <p className={styles.quiet}>Stopped: nothing is sent.</p>;
  if (status === 'SUSPENDED')
    return (
      <p className={styles.bad}>
        Stopped since {suspendedAt && <Instant of={suspendedAt} />}, because nothing got through
        {lastFailure && `: ${lastFailure}`}. Save it again when that is fixed.
      </p>
    );
  return (
    <p className={failingSince ? styles.bad : styles.quiet}>
      {failingSince && (
        <>
          No message has got through since <Instant of={failingSince} />
          {lastFailure && `: ${lastFailure}`}.{' '}
        </>
      )}
      Due next <Instant of={nextAt} />
    </p>
  );
}
