import { useState } from 'react';
import * as common from '#text/common';
import * as t from '#text/notifications';
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
          <h1>{common.notifications}</h1>
          <p>{t.whenYouAreNotifiedOf}</p>
        </div>
        <Button kind="main" onClick={() => setOpen('new')}>
          {t.addARule}
        </Button>
      </header>
      {!rules ? (
        <Waiting rows={3} />
      ) : rules.length === 0 ? (
        <Notice title={t.youHaveNoNotifications}>{t.yourWaitingWorkIsListed}</Notice>
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
        {channel === 'EMAIL' ? t.byMailTo : t.inTheChatAt}
        <span className={styles.address}>{address}</span>
        {quietFrom !== null && quietUntil !== null && t.notFromTo(clock(quietFrom), clock(quietUntil))}
      </p>
      <State of={rule} />
      {sentAt && <p className={styles.quiet}>{t.sentLast(<Instant of={sentAt} />)}</p>}
      <p className={styles.actions}>
        <Button onClick={onChange}>{t.change}</Button>
        <Button aria-disabled={remove.isPending} onClick={() => remove.mutate({ input: { ruleId } })}>
          {t.remove}
        </Button>
      </p>
      <Outcome of={remove} />
    </li>
  );
}

function State({ of: { status, nextAt, suspendedAt, failingSince, lastFailure } }: { of: RuleFragment }) {
  if (status === 'DISABLED') return <p className={styles.quiet}>{t.stoppedNothingIsSent}</p>;
  if (status === 'SUSPENDED')
    return (
      <p className={styles.bad}>
        {t.stoppedSinceBecauseNothingGot(
          suspendedAt && <Instant of={suspendedAt} />,
          lastFailure && `: ${lastFailure}`,
        )}
      </p>
    );
  return (
    <p className={failingSince ? styles.bad : styles.quiet}>
      {failingSince && (
        <>
          {t.noMessageHasGotThrough(<Instant of={failingSince} />)}
          {lastFailure && `: ${lastFailure}`}.{' '}
        </>
      )}
      {t.dueNext(<Instant of={nextAt} />)}
    </p>
  );
}
