/** Signing needs the person rather than a token that is still valid on an unlocked desk, so the sign-in must be recent. */
import { DomainError } from '../versioning/errors';
import type { Caller } from './commit';

/**
 * Refuses callers who signed in too long ago, or whose token does not say when (claim `auth_time`).
 * @param now this machine's clock rather than a commit's stamp: `auth_time` comes from an identity provider's clock, and the stamp may run
 * ahead of both. Nothing stored depends on it.
 */
export function requireFreshAuthentication(
  { authenticatedAt, reauthenticationSeconds }: Pick<Caller, 'authenticatedAt' | 'reauthenticationSeconds'>,
  now = new Date(),
): void {
  if (reauthenticationSeconds === 0) return;
  if (authenticatedAt && now.getTime() - authenticatedAt.getTime() <= reauthenticationSeconds * 1000) return;
  throw new DomainError(
    'REAUTHENTICATION_REQUIRED',
    `This needs a sign-in that is at most ${reauthenticationSeconds} seconds old${authenticatedAt ? '' : ', and your token does not say when you signed in'}. Sign in again, then repeat.`,
    { maxAgeSeconds: reauthenticationSeconds },
  );
}
