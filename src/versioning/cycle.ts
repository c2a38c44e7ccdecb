/**
 * Closed cycles: nothing new begins in one, until an Administrator reopens it with a reason. Work in progress can be finished: drafts are
 * edited, submitted, decided and signed, and existing records continue. Apart from that, a cycle's status is free text.
 */
import { DomainError } from './errors';
import { nameKey, tidied } from './identity';
import { verdict, type Rule, type ActorFacts } from './rules';

/** The status of a closed cycle; the database knows this word. */
export const CLOSED = 'CLOSED';

/** Normalizes a cycle's status: any spelling of closed becomes CLOSED. */
export const cycleStatus = (said: string): string => (nameKey(said) === nameKey(CLOSED) ? CLOSED : tidied(said));

export const cycleClosed = (what: string): DomainError =>
  new DomainError(
    'CYCLE_CLOSED',
    `The cycle is closed: ${what} in it. Work in progress can be finished. An Administrator can reopen the cycle (updateCycle, with a reason).`,
  );

/** Something new begins: a draft, or a record. */
export const cycleIsOpen: Rule<ActorFacts> = ({ assignment: { isCycleClosed } }) =>
  verdict(!isCycleClosed, isCycleClosed ? 'The cycle is closed.' : 'The cycle is not closed.', ['ADMIN'], () =>
    cycleClosed('nothing new begins'),
  );
