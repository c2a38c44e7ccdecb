import { createHmac, createPublicKey } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import {
  authenticator,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
  type IdentityProvider,
} from '../../src/transport/auth/authenticate';
import type { RunningServer } from '../../src/transport/server';
import { AUDIENCE, ISSUER, TestProvider, type Algorithm } from '../support/identity-provider';
import { startTestServer } from '../support/server';
import { ada, ben, gone, JWT_SECRET, token as localToken, World, type GraphQLAnswer } from '../support/world';

let world: World;
let provider: TestProvider;
/** Accepts the provider's tokens, with the times of the product. */
let server: RunningServer;
beforeAll(async () => {
  world = await World.create();
  provider = await TestProvider.start();
  await provider.addKey('main');
  server = await serve();
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
  await world.destroy();
});

const serve = (changes?: Partial<IdentityProvider>, of = provider) =>
  startTestServer(world.db, { tokens: of.rules(changes) });

async function ask(token: string, of = server, query = '{ viewer { userId roles } }'): Promise<GraphQLAnswer> {
  const response = await fetch(`${of.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, headers: response.headers, ...((await response.json()) as { data: any }) };
}

const accepted = (userId = ada) =>
  expect.objectContaining({ status: 200, data: { viewer: expect.objectContaining({ userId }) } });
const refused = (message: RegExp, code = 'UNAUTHENTICATED', status = 401) =>
  expect.objectContaining({
    status,
    errors: [{ message: expect.stringMatching(message), extensions: expect.objectContaining({ code }) }],
  });
const busy = refused(/keys of the identity provider could not be read. Try again/, 'BUSY', 503);

/** What is done some time later, by the clock that keys are aged by. */
async function later<T>(ms: number, work: () => Promise<T>): Promise<T> {
  const clock = performance.now.bind(performance);
  const shifted = jest.spyOn(performance, 'now').mockImplementation(() => clock() + ms);
  return work().finally(() => shifted.mockRestore());
}

const now = () => Math.floor(Date.now() / 1000);
const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const goodClaims = () => ({ sub: String(ada), iss: ISSUER, aud: AUDIENCE, iat: now(), exp: now() + 3600 });

/** A token made by hand: the header as one likes, signed with HMAC as a library that believes it would check it. */
function forged(header: object, key: string | Buffer): string {
  const signed = `${base64({ kid: 'main', ...header })}.${base64(goodClaims())}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}
const publicJwk = () => provider.key('main').publicJwk;
const pem = (type: 'spki') =>
  createPublicKey({ key: publicJwk() as import('node:crypto').JsonWebKey, format: 'jwk' }).export({
    type,
    format: 'pem',
  });

describe('a token of the identity provider', () => {
  test.each<Algorithm>(['RS256', 'PS256', 'ES256', 'EdDSA'])('signed with %s names the person', async (alg) => {
    await provider.addKey(alg, alg);
    // Its key is new, so it is fetched; by a server of its own, because this one may be cooling down.
    const fresh = await serve();
    try {
      expect(await ask(await provider.token(alg), fresh)).toEqual(accepted());
    } finally {
      await fresh.stop();
      provider.removeKey(alg);
    }
  });

  test('may be meant for several audiences, and its clock a little ahead or behind', async () => {
    expect(await ask(await provider.token('main', { aud: ['other', AUDIENCE] }))).toEqual(accepted());
    expect(await ask(await provider.token('main', { exp: now() - 2 }))).toEqual(accepted());
    expect(await ask(await provider.token('main', { nbf: now() + 3, auth_time: now() + 3 }))).toEqual(accepted());
  });

  const refusals: [what: string, token: () => Promise<string> | string, message: RegExp][] = [
    ['expired', () => provider.token('main', { exp: now() - 6 }), /expired at \d{4}-.*Z\. /],
    ['not valid yet', () => provider.token('main', { nbf: now() + 60 }), /not valid before \d{4}-.*Z\. /],
    ['for another audience', () => provider.token('main', { aud: 'another' }), /another audience, "another"\. /],
    [
      'from another issuer',
      () => provider.token('main', { iss: 'https://id.example/' }),
      /unknown issuer, "https:\/\/id\.example\/"\. /,
    ],
    [
      'of our own issuer and audience',
      () => provider.token('main', { iss: TOKEN_ISSUER, aud: TOKEN_AUDIENCE }),
      /unknown issuer, "phaseledger"\. /,
    ],
    ...['exp', 'sub', 'iss', 'aud'].map((claim): [string, () => Promise<string>, RegExp] => [
      `without ${claim}`,
      () => provider.token('main', { [claim]: undefined }),
      new RegExp(`lacks the claim ${claim}\\.`),
    ]),
    ['with an exp that is no number', () => provider.token('main', { exp: '2099-01-01' }), /claim exp is wrong/],
    ['signed in the future', () => provider.token('main', { auth_time: now() + 60 }), /auth_time/],
    ['with an auth_time that is no number', () => provider.token('main', { auth_time: 'yesterday' }), /auth_time/],
    ['of an unknown key', () => provider.token('main', {}, { kid: 'never-heard-of' }), /known keys/],
    [
      'of another key under a known name',
      async () => {
        const other = await TestProvider.start();
        await other.addKey('main');
        await other.stop();
        return other.token('main');
      },
      /its signature is wrong/,
    ],
    [
      'with another critical header',
      () => provider.token('main', {}, { crit: ['mine'], mine: true }),
      /requires an extension that is not supported/,
    ],
    [
      'of algorithm none',
      () => `${base64({ alg: 'none', kid: 'main' })}.${base64(goodClaims())}.`,
      /the algorithm "none" are not accepted/,
    ],
    [
      'of algorithm none, with something where the signature is',
      () => `${base64({ alg: 'none', kid: 'main' })}.${base64(goodClaims())}.AAAA`,
      /not valid/,
    ],
    [
      'signed with the public key as if it were a secret',
      () => forged({ alg: 'HS256' }, pem('spki')),
      /the algorithm "HS256" are not accepted/,
    ],
    [
      'signed with the public key as it is published',
      () => forged({ alg: 'HS256' }, JSON.stringify(publicJwk())),
      /not valid/,
    ],
    [
      "signed with the public key's coordinates",
      () => forged({ alg: 'HS256' }, Buffer.from(publicJwk().x!, 'base64url')),
      /not valid/,
    ],
    ['signed with nothing', () => forged({ alg: 'HS256' }, ''), /not valid/],
    [
      'that brings its own key',
      () => forged({ alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } }, Buffer.from([0, 0, 0])),
      /not valid/,
    ],
    ['signed with the secret of local tokens', () => localToken(ada), /not valid/],
    ['signed with that secret in the name of the provider', () => localToken(ada, goodClaims()), /not valid/],
    ['that names another algorithm than its key has', () => forged({ alg: 'RS256' }, 'x'), /known keys/],
    ['longer than allowed', () => provider.token('main', { padding: 'x'.repeat(8192) }), /longer than 8192/],
    ['whose header is no JSON', () => 'bm90.anNvbg.AAAA', /not a token/],
    ['with an empty header', () => `${base64({})}.${base64(goodClaims())}.AAAA`, /not a token/],
    ['of somebody nobody knows', () => provider.token('main', { sub: '4711' }), /unknown or no longer active/],
    ['of somebody who has left', () => provider.token('main', { sub: String(gone) }), /no longer active/],
    ['whose sub is a name', () => provider.token('main', { sub: 'ada' }), /unknown or no longer active/],
  ];
  test.each(refusals)('%s is UNAUTHENTICATED', async (_, token, message) => {
    const answer = await ask(await token());
    expect(answer).toEqual(refused(message));
    expect(answer.errors![0]!.message).not.toMatch(/jose|JWS|JWK|npm run|select |at .*\.[jt]s:\d+|127\.0\.0\.1/);
  });

  test('is not accepted by a server of local tokens', async () => {
    const asLocal = await provider.token('main', { iss: TOKEN_ISSUER, aud: TOKEN_AUDIENCE });
    for (const token of [await provider.token('main'), asLocal])
      expect(await ask(token, world.server)).toEqual(refused(/not valid/));
  });

  test('of an algorithm that is not on the list is refused, although its key is published', async () => {
    for (const alg of ['RS512', 'ES384'] as const) {
      await provider.addKey(alg, alg);
      const fresh = await serve();
      expect(await ask(await provider.token(alg), fresh)).toEqual(
        refused(/the algorithm "(RS512|ES384)" are not accepted/),
      );
      await fresh.stop();
      provider.removeKey(alg);
    }
  });

  test('gives no role, whatever it claims', async () => {
    const roles = ['ADMIN', 'AUDITOR'];
    const token = await provider.token('main', { roles, groups: roles, realm_access: { roles }, scope: 'admin' });
    expect((await ask(token)).data.viewer.roles).toEqual(['TESTER']);
    expect(await ask(token, server, '{ referenceChanges { totalCount } }')).toMatchObject({
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
  });

  test('that was checked before does not outlast a role, or its person', async () => {
    const token = await provider.token('main', { sub: String(ben) });
    expect((await ask(token)).data.viewer.roles).toEqual(['TESTER']);
    await world.sql('owner', `delete from user_roles where user_id = ${ben}`);
    expect((await ask(token)).data.viewer.roles).toEqual([]);
    await world.sql('owner', `update users set is_active = false where user_id = ${ben}`);
    expect(await ask(token)).toEqual(refused(/no longer active/));
  });

  test('that was checked before is refused once it has expired', async () => {
    const strict = await serve({ clockToleranceSeconds: 0 });
    for (let seconds = 2, isInTime = false; !isInTime; seconds *= 2) {
      const exp = now() + seconds;
      const token = await provider.token('main', { exp });
      const answer = await ask(token, strict);
      isInTime = now() < exp;
      if (isInTime) expect(answer).toEqual(accepted());
      while (now() <= exp) await sleep(50);
      expect(await ask(token, strict)).toEqual(refused(/expired at/));
    }
    await strict.stop();
  });

  test('may hold the userId in a claim of its own', async () => {
    const byNumber = await serve({ userClaim: 'employee_number' });
    const named = (value: unknown) => provider.token('main', { sub: 'a3f7-ben', employee_number: value });
    expect(await ask(await named(String(ada)), byNumber)).toEqual(accepted());
    expect(await ask(await named(ada), byNumber)).toEqual(accepted());
    for (const odd of [[ada], { id: ada }, true, 1.5, -1, '', 'ada'])
      expect(await ask(await named(odd), byNumber)).toEqual(refused(/unknown or no longer active/));
    expect(await ask(await named(undefined), byNumber)).toEqual(refused(/lacks the claim employee_number/));
    await byNumber.stop();
  });
});

describe('when the person signed in', () => {
  const asked = async (claims: Record<string, unknown>) => {
    const authenticate = authenticator(world.db, provider.rules(), pino({ level: 'silent' }));
    return (await authenticate(`Bearer ${await provider.token('main', claims)}`)).authenticatedAt;
  };
  test('is what auth_time says, and unknown without it', async () => {
    const at = now() - 90;
    expect(await asked({ auth_time: at })).toEqual(new Date(at * 1000));
    expect(await asked({})).toBeNull();
  });
  test('is told by local tokens as well', async () => {
    const authenticate = authenticator(world.db, { secret: JWT_SECRET }, pino({ level: 'silent' }));
    const at = now() - 90;
    const { authenticatedAt, userId, person } = await authenticate(
      `Bearer ${await localToken(ada, { auth_time: at })}`,
    );
    expect({ authenticatedAt, userId }).toEqual({ authenticatedAt: new Date(at * 1000), userId: ada });
    expect((await person()).userId).toBe(ada);
    await expect(authenticate(`Bearer ${await localToken(ada, { auth_time: now() + 60 })}`)).rejects.toThrow(
      /auth_time/,
    );
  });
});

describe('the keys of the identity provider', () => {
  let own: TestProvider;
  let itsServer: RunningServer | undefined;
  beforeEach(async () => {
    own = await TestProvider.start();
    await own.addKey('first');
  });
  afterEach(async () => {
    await itsServer?.stop();
    await own.stop();
  });
  const start = async (timing: IdentityProvider['timing']) => (itsServer = await serve({ timing }, own));

  const broken: [what: string, answer: NonNullable<TestProvider['answer']>][] = [
    ['a failure', (response) => response.writeHead(500).end('{"keys": []}')],
    ['a page', (response) => response.end('<html>Sign in</html>')],
    ['something else in JSON', (response) => response.end('{"keys": "none"}')],
    ['null', (response) => response.end('null')],
    ['another address', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/jwks' }).end()],
    ['nothing, by hanging up', (response) => response.destroy()],
    ['nothing, for ever', () => undefined],
    ['a beginning without an end', (response) => void response.write('{"keys": [')],
  ];

  /** Does something with each of them, broken in each way: all at the same time, since most of it is waiting. */
  async function whenBroken(
    timing: IdentityProvider['timing'],
    work: (it: TestProvider, at: RunningServer, answer: NonNullable<TestProvider['answer']>) => Promise<void>,
  ): Promise<void> {
    const outcomes = await Promise.allSettled(
      broken.map(async ([, answer]) => {
        const it = await TestProvider.start();
        await it.addKey('first');
        const at = await serve({ timing }, it);
        await work(it, at, answer).finally(async () => {
          await at.stop();
          await it.stop();
        });
      }),
    );
    const failed = outcomes.flatMap((outcome, n) =>
      outcome.status === 'rejected' ? [`${broken[n]![0]}: ${outcome.reason}`] : [],
    );
    expect(failed).toEqual([]);
  }

  test('cannot be read, in whatever way it is broken: BUSY, soon, until they can', async () => {
    await whenBroken({ timeout: 1000, cooldown: 400 }, async (it, at, answer) => {
      it.answer = answer;
      const token = await it.token('first');
      expect(await ask(token, at)).toEqual(busy);
      expect((await ask(token, at)).errors![0]!.extensions).toEqual({
        code: 'BUSY',
        retryable: true,
        retryAfterSeconds: 5,
      });
      it.answer = null;
      // Soon: when the cooldown is over, and the provider answers in time.
      for (let answer = await ask(token, at); answer.status !== 200; answer = await ask(token, at)) {
        expect(answer).toEqual(busy);
        await sleep(50);
      }
      expect(await ask(token, at)).toEqual(accepted());
    });
  });

  test('go on working for a while, in whatever way it is broken', async () => {
    await world.sql('owner', `update users set is_active = true where user_id = ${ben}`);
    await whenBroken({ refreshAfter: 200, cooldown: 10, timeout: 1000 }, async (it, at, answer) => {
      const [seen, unseen] = [await it.token('first'), await it.token('first', { sub: String(ben), jti: 'unseen' })];
      while ((await ask(seen, at)).status === 503) await sleep(50); // on a busy machine it does not answer in time
      expect(await ask(seen, at)).toEqual(accepted());
      const asked = it.asked;
      it.answer = answer;
      await sleep(300);
      expect(await ask(seen, at)).toEqual(accepted());
      expect(await ask(unseen, at)).toEqual(accepted(ben));
      expect(it.asked).toBeGreaterThan(asked);
      expect(await ask(await it.token('first', {}, { kid: 'new' }), at)).toEqual(busy);
      it.answer = null;
      await sleep(20);
      expect(await ask(await it.token('first', { jti: 'later' }), at)).toEqual(accepted());
    });
  });

  test('do not go on working for ever', async () => {
    const keptFor = 60_000;
    const at = await start({ refreshAfter: 10, cooldown: 10, keptFor });
    const token = await own.token('first');
    expect(await ask(token, at)).toEqual(accepted());
    own.answer = (response) => response.writeHead(500).end();
    expect(await ask(token, at)).toEqual(accepted());
    await later(keptFor, async () => {
      expect(await ask(token, at)).toEqual(busy);
      own.answer = null;
      await sleep(20);
      expect(await ask(token, at)).toEqual(accepted());
    });
  });

  test('cannot be read when nobody is there at all', async () => {
    const at = await start({ timeout: 300 });
    const token = await own.token('first');
    await own.stop();
    expect(await ask(token, at)).toEqual(busy);
    own = await TestProvider.start();
  });

  test('are rotated: a new one is fetched when it is first used, and the old one works until it is removed', async () => {
    const at = await start({ cooldown: 0 });
    const old = await own.token('first');
    expect(await ask(old, at)).toEqual(accepted());
    await own.addKey('second', 'RS256');
    expect(await ask(await own.token('second'), at)).toEqual(accepted());
    expect(await ask(old, at)).toEqual(accepted());
    expect(own.asked).toBe(2);
  });

  test('are no good any more once they were removed and the keys were fetched anew', async () => {
    const at = await start({ refreshAfter: 300, cooldown: 0 });
    const [seen, unseen] = [await own.token('first'), await own.token('first', { jti: 'unseen' })];
    expect(await ask(seen, at)).toEqual(accepted());
    await own.addKey('second');
    own.removeKey('first');
    await sleep(300);
    expect(await ask(seen, at)).toEqual(refused(/known keys/));
    expect(await ask(unseen, at)).toEqual(refused(/known keys/));
    expect(await ask(await own.token('second'), at)).toEqual(accepted());
  });

  test('that were changed under the same name are the new ones', async () => {
    const at = await start({ refreshAfter: 200, cooldown: 0 });
    const token = await own.token('first');
    expect(await ask(token, at)).toEqual(accepted());
    await own.addKey('first');
    await sleep(200);
    expect(await ask(token, at)).toEqual(refused(/its signature is wrong/));
    expect(await ask(await own.token('first'), at)).toEqual(accepted());
  });

  test('are asked for once, however many made-up names are sent', async () => {
    const at = await start({ cooldown: 60_000 });
    const madeUp = await Promise.all(
      Array.from({ length: 50 }, (_, n) => own.token('first', {}, { kid: `made-up-${n}` })),
    );
    for (const answer of await Promise.all(madeUp.map((token) => ask(token, at))))
      expect(answer).toEqual(refused(/known keys/));
    expect(await ask(await own.token('first'), at)).toEqual(accepted());
    expect(own.asked).toBe(1);
  });

  test('are asked for once by many who come at the same time, and again only when they are due', async () => {
    const at = await start({ refreshAfter: 60_000 });
    const token = await own.token('first');
    for (let round = 0; round < 3; round++)
      for (const answer of await Promise.all(Array.from({ length: 20 }, () => ask(token, at))))
        expect(answer).toEqual(accepted());
    expect(own.asked).toBe(1);
  });

  test('that are secrets, or for encryption, or too short, sign nothing', async () => {
    const at = await start({ cooldown: 0 });
    const { privateKey, publicJwk: jwk } = own.key('first');
    own.answer = (response) =>
      response.end(
        JSON.stringify({
          keys: [
            { ...jwk, use: 'enc' },
            { kty: 'oct', kid: 'main', alg: 'HS256', k: base64({}) },
          ],
        }),
      );
    expect(await ask(await own.token('first', {}, {}, { ...own.key('first'), privateKey }), at)).toEqual(
      refused(/known keys/),
    );
    expect(await ask(forged({ alg: 'HS256' }, Buffer.from(base64({}), 'base64url')), at)).toEqual(
      refused(/the algorithm "HS256" are not accepted/),
    );
  });

  test('one that cannot be read makes tokens of it BUSY, and those of others are not held up', async () => {
    const at = await start({ cooldown: 0 });
    await own.addKey('second');
    const good = own.key('second').publicJwk;
    own.answer = (response) =>
      response.end(JSON.stringify({ keys: [{ ...own.key('first').publicJwk, x: 'AA' }, good] }));
    expect(await ask(await own.token('first'), at)).toEqual(busy);
    expect(await ask(await own.token('second'), at)).toEqual(accepted());
  });
});
