/** Shares long work among people: each person runs one piece at a time, and is refused when too many wait. */
import { Share, type Bounds } from '../../packages/fair-share';
import { busy, type DomainError } from '../versioning/errors';

/** Longer than any turn takes. */
export const PATIENCE_MS = 60_000;
const RETRY_AFTER_SECONDS = 2;

export const tooMuch = (what: string): DomainError =>
  busy(`Too much is going on for ${what}. Ask again in a moment, or for less at once.`, RETRY_AFTER_SECONDS);

/** @param what names the work in the refusal */
export const oneAtATimeEach = (
  what: string,
  { patienceMs = PATIENCE_MS, ...bounds }: Pick<Bounds, 'size' | 'waiting'> & Partial<Pick<Bounds, 'patienceMs'>>,
): Share<number> => new Share({ ...bounds, each: 1, patienceMs, refusal: () => tooMuch(what) });
