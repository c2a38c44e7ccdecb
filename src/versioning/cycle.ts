/**
 * What a closed cycle means: nothing begins in it any more, until an Administrator opens it again and says why. What is under
 * way can be finished: drafts are edited, submitted, decided and signed, records that are there go on. The status of a cycle is
 * otherwise in the words of whoever keeps it.
 */
import { DomainError } from './errors';
import { nameKey, tidied } from './identity';
import { verdict, type Rule, type StandingFacts } from './rules';

/** How a cycle is called in which nothing begins any more; the database knows it by this word. */
export const CLOSED = 'CLOSED';

/** The status of a cycle as it is kept: what reads as closed, in whatever case, is. */
export const cycleStatus = (said: string): string => (nameKey(said) === nameKey(CLOSED) ? CLOSED : tidied(said));

export const cycleClosed = (what: string): DomainError =>
  new DomainError(
    'CYCLE_CLOSED',
    `The cycle is closed: ${what} in it. What is under way can be finished. An Administrator can open the cycle again (updateCycle, with a reason).`,
  );

/** Something new begins: a draft, or a record. */
export const cycleIsOpen: Rule<StandingFacts> = ({ assignment: { isCycleClosed } }) =>
  verdict(!isCycleClosed, isCycleClosed ? 'The cycle is closed.' : 'The cycle is not closed.', ['ADMIN'], () =>
    cycleClosed('nothing new begins'),
  );
