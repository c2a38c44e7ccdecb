import { requireFreshAuthentication } from '../../src/services/fresh-authentication';
import { DomainError } from '../../src/versioning/errors';

const now = new Date('2026-11-22T10:00:00.000Z');
const ago = (ms: number) => new Date(now.getTime() - ms);

function refusalOf(authenticatedAt: Date | null, reauthenticationSeconds = 300): DomainError | null {
  try {
    requireFreshAuthentication({ authenticatedAt, reauthenticationSeconds }, now);
    return null;
  } catch (error) {
    return error as DomainError;
  }
}

test('somebody who signed in just now may sign, up to the last millisecond', () => {
  for (const ms of [0, 1, 299_999, 300_000]) expect(refusalOf(ago(ms))).toBeNull();
});

test('a clock that is a little ahead of ours does no harm', () => {
  expect(refusalOf(ago(-4000))).toBeNull();
});

test('somebody who signed in longer ago is told how old a sign-in may be, and to sign in again', () => {
  expect(refusalOf(ago(300_001))).toMatchObject({
    code: 'REAUTHENTICATION_REQUIRED',
    message: 'This needs a sign-in that is at most 300 seconds old. Sign in again, then repeat.',
    details: { maxAgeSeconds: 300 },
  });
});

test('a token that does not say when is as good as an old one', () => {
  expect(refusalOf(null)).toMatchObject({
    code: 'REAUTHENTICATION_REQUIRED',
    message: expect.stringContaining('does not say when you signed in') as string,
  });
});

test('where it is not asked, anybody may sign', () => {
  expect(refusalOf(null, 0)).toBeNull();
  expect(refusalOf(ago(86_400_000), 0)).toBeNull();
});

test('without another instant, it is asked for this moment', () => {
  const caller = { authenticatedAt: new Date(Date.now() - 5000), reauthenticationSeconds: 4 };
  expect(() => requireFreshAuthentication(caller)).toThrow(/4 seconds/);
  expect(() => requireFreshAuthentication({ ...caller, reauthenticationSeconds: 60 })).not.toThrow();
});
