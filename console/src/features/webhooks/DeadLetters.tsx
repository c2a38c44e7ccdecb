import * as t from '#text/webhooks';
import type { HookFragment } from '../../generated/graphql';
import { Age, Button } from '../../parts/atoms';
import { SECURITY_EVENTS, type From } from './Replay';
import styles from './WebhooksPage.module.css';

interface DeadLettersProps {
  of: HookFragment['deadLetters'];
  onReplay: (from: From) => void;
}

/** The commits that were given up, with the reason, and a button to send each again. */
export const DeadLetters = ({ of, onReplay }: DeadLettersProps) => (
  <details className={styles.dead}>
    <summary>{t.commitGivenUp(of.length)}</summary>
    <ul>
      {of.map(({ changeSetId, streamId, sequence, attempts, givenUpAt, lastFailure }) => (
        <li key={changeSetId}>
          <span>
            {streamId === SECURITY_EVENTS ? t.securityEvent : t.commit} {t.afterAttempt(sequence, attempts)}{' '}
            <Age of={givenUpAt} />
            <small>{lastFailure}</small>
          </span>
          <Button onClick={() => onReplay({ streamId, sequence })}>{t.deliverAgainFromOn(sequence)}</Button>
        </li>
      ))}
    </ul>
  </details>
);
