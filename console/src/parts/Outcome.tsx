/** What becomes of a command: that it is being sent, if that takes a while, or why it failed. Every form and button shows it in this way. */
import { createContext, useContext, useEffect, type ReactNode } from 'react';
import * as t from '#text/parts';
import { codeOf, isOutcomeUnknown, messageOf, retryAfterOf } from '../api/error';
import floating from './floating.module.css';
import { useAfter, useCountdown } from './use-after';

/** A command, as far as its outcome is shown. */
export interface CommandState {
  readonly error: Error | null;
  readonly isPending: boolean;
}
/** A page's own words for refusals by code, where it knows more than the API. */
export type Words = Readonly<Partial<Record<string, string>>>;

const once = t.itMayHaveBeenDone;

/** A failed command in words: what is known of it, and what to do. */
export function refusalOf(error: unknown, words: Words = {}): string {
  const code = codeOf(error);
  const own = words[code];
  if (own !== undefined) return own;
  if (code === 'OFFLINE') return t.noAnswerCameAndWhat(once);
  if (code === 'BUSY' && isOutcomeUnknown(error)) return t.theConnectionToTheDatabase(once);
  return isOutcomeUnknown(error) ? `${messageOf(error)} ${once}` : messageOf(error);
}

export const Problem = ({ children }: { children: ReactNode }) =>
  children ? (
    <p role="alert" className={floating.problem}>
      {children}
    </p>
  ) : null;

/** How a dialog learns that one of its commands is being sent, so that it stays open until the outcome is known. */
export const Holding = createContext<(isHeld: boolean) => void>(() => undefined);

const SENDING_MS = 600;
const LONG_MS = 6_000;

interface Props {
  of: CommandState;
  words?: Words;
  /** Whether it only reads, so that there is no question whether it was done. */
  isRead?: boolean;
  /** What is wrong with the input, which takes precedence. */
  problem?: ReactNode;
}

export function Outcome({ of: { error, isPending }, words, isRead = false, problem }: Props) {
  const hold = useContext(Holding);
  useEffect(() => {
    hold(isPending);
    return () => hold(false);
  }, [hold, isPending]);
  const isSeen = useAfter(SENDING_MS, isPending);
  const isLong = useAfter(LONG_MS, isPending);
  return (
    <>
      <p role="status" className={floating.sending}>
        {isPending && isSeen && (isLong ? t.theServerIsSlowTo : isRead ? t.onItsWay : t.sending)}
      </p>
      <Problem>{problem || (!isPending && error && (isRead ? messageOf(error) : refusalOf(error, words)))}</Problem>
      {!problem && error && <Again after={retryAfterOf(error)} cause={error} />}
    </>
  );
}

/** When a command that came too early can be sent again. */
function Again({ after = 0, cause }: { after: number | undefined; cause: unknown }) {
  const left = useCountdown(after, cause);
  if (after === 0) return null;
  return (
    <p className={floating.note}>
      {left > 0 ? t.itCanBeSentAgain(left) : <span role="status">{t.itCanBeSentAgainNow}</span>}
    </p>
  );
}
