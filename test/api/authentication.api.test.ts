import { createHmac } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { challengeTo, TOKEN_AUDIENCE, TOKEN_ISSUER } from '../../src/transport/auth/authenticate';
import { ada, aud, dan, gone, JWT_SECRET, token, workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.destroy());

const query = '{ viewer { userId name roles } }';
const now = () => Math.floor(Date.now() / 1000);
const claims = () => ({ sub: String(ada), iss: TOKEN_ISSUER, aud: TOKEN_AUDIENCE, iat: now(), exp: now() + 3600 });
const secret = new TextEncoder().encode(JWT_SECRET);
const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Any claims with a right signature. */
function signedByHand(payload: string): string {
  const text = `${base64({ alg: 'HS256' })}.${Buffer.from(payload).toString('base64url')}`;
  return `${text}.${createHmac('sha256', JWT_SECRET).update(text).digest('base64url')}`;
}

/** A token with its signature left out, changed or made of nothing. */
const signedAs = async (change: (parts: string[]) => string[]) => change((await token(ada)).split('.')).join('.');

const at = (seconds: number) => new Date(seconds * 1000).toISOString();
const inAnHour = now() + 3600;
const anHourAgo = now() - 3600;
const other = 'another secret that is long enough, too';
const signed = (alg: string, key = secret) =>
  new SignJWT(claims())
    .setProtectedHeader({ alg })
    .sign(key)
    .then((jwt) => `Bearer ${jwt}`);

/** What is wrong, as the answer has to say it. */
const refused: [what: string, header: () => Promise<string | undefined> | string | undefined, words: string][] = [
  ['no token', () => undefined, 'This needs a token.'],
  ['an empty header', () => '', 'This needs a token.'],
  ['another scheme', async () => `Basic ${await token(ada)}`, 'does not begin with "Bearer"'],
  ['a token without its scheme', () => token(ada), 'does not begin with "Bearer"'],
  ['a scheme without its token', () => 'Bearer ', 'holds no token after "Bearer"'],
  ['two tokens', async () => `Bearer ${await token(ada)}, Bearer ${await token(aud)}`, 'more than "Bearer"'],
  ['two spaces', async () => `Bearer  ${await token(ada)}`, 'no token after "Bearer"'],
  ['something that is no token', () => 'Bearer let-me-in', 'is not a token. A JWT has three parts'],
  ['two parts', () => 'Bearer YQ.Yg', 'is not a token. A JWT has three parts'],
  ['four parts', () => 'Bearer YQ.Yg.Yw.ZA', 'is not a token. A JWT has three parts'],
  ['three parts that are no base64url', () => 'Bearer a+b.c/d.e=', 'is not a token. A JWT has three parts'],
  ['three parts that are no token', () => 'Bearer a.b.c', 'is not a token. Its parts are not JSON in base64url.'],
  [
    'a header that is no object',
    async () => `Bearer ${await signedAs(([, p, s]) => ['WzFd', p!, s!])}`,
    'is not a token',
  ],
  ['claims that are no JSON', () => `Bearer ${signedByHand('hello')}`, 'is not a token. Its parts are not JSON'],
  ['claims that are a list', () => `Bearer ${signedByHand('[1]')}`, 'is not a token. Its parts are not JSON'],
  ['a token that is too long', async () => `Bearer ${await token(ada, { all: 'x'.repeat(8000) })}`, 'longer than 8192'],
  ['another secret', async () => `Bearer ${await token(ada, {}, other)}`, 'its signature is wrong'],
  [
    'a changed signature',
    async () =>
      `Bearer ${await signedAs(([h, p, s]) => [h!, p!, s!.startsWith('A') ? `B${s!.slice(1)}` : `A${s!.slice(1)}`])}`,
    'its signature is wrong',
  ],
  [
    'changed claims',
    async () => `Bearer ${await signedAs(([h, , s]) => [h!, base64({ ...claims(), sub: String(aud) }), s!])}`,
    'its signature is wrong',
  ],
  // Of claims that nobody vouches for nothing is said.
  [
    'another secret, expired',
    async () => `Bearer ${await token(ada, { exp: anHourAgo }, other)}`,
    'its signature is wrong',
  ],
  [
    'another secret and issuer',
    async () => `Bearer ${await token(ada, { iss: 'x' }, other)}`,
    'its signature is wrong',
  ],
  ['another secret, of nobody', async () => `Bearer ${await token(4711, {}, other)}`, 'its signature is wrong'],
  ['no signature', () => `Bearer ${new UnsecuredJWT(claims()).encode()}`, 'the algorithm "none" are not accepted'],
  [
    'no signature but something in its place',
    () => `Bearer ${new UnsecuredJWT(claims()).encode()}x`,
    'the algorithm "none" are not accepted',
  ],
  [
    'the algorithm "none" over a signature',
    async () => `Bearer ${await signedAs(([, p, s]) => [base64({ alg: 'none' }), p!, s!])}`,
    'the algorithm "none" are not accepted',
  ],
  ['no algorithm', async () => `Bearer ${await signedAs(([, p, s]) => [base64({}), p!, s!])}`, 'is not a token'],
  [
    'the algorithm HS512',
    () => signed('HS512', new TextEncoder().encode(JWT_SECRET.padEnd(64, '.'))),
    'the algorithm "HS512" are not accepted',
  ],
  ['the algorithm HS384 with the right secret', () => signed('HS384'), 'the algorithm "HS384" are not accepted'],
  [
    'an unknown critical header',
    async () =>
      `Bearer ${await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', crit: ['mine'], mine: true }).sign(secret, { crit: { mine: true } })}`,
    'requires an extension that is not supported',
  ],
  [
    'a token that has expired',
    async () => `Bearer ${await token(ada, { exp: anHourAgo })}`,
    `expired at ${at(anHourAgo)}.`,
  ],
  [
    'a token that expires this second',
    async () => `Bearer ${await token(ada, { exp: now() })}`,
    'The token expired at ',
  ],
  [
    'a token that expired before there were calendars',
    async () => `Bearer ${await token(ada, { exp: -1e300 })}`,
    'expired at -1e+300.',
  ],
  ['a token that never expires', async () => `Bearer ${await token(ada, { exp: undefined })}`, 'lacks the claim exp.'],
  [
    'an end that is no number',
    async () => `Bearer ${await token(ada, { exp: '2099-01-01' })}`,
    'its claim exp is wrong.',
  ],
  [
    'a token that is not valid yet',
    async () => `Bearer ${await token(ada, { nbf: inAnHour })}`,
    `is not valid before ${at(inAnHour)}.`,
  ],
  [
    'another issuer',
    async () => `Bearer ${await token(ada, { iss: 'somebody-else' })}`,
    'unknown issuer, "somebody-else".',
  ],
  ['no issuer', async () => `Bearer ${await token(ada, { iss: undefined })}`, 'lacks the claim iss.'],
  ['another audience', async () => `Bearer ${await token(ada, { aud: ['a', 'b'] })}`, 'another audience, ["a","b"].'],
  ['no audience', async () => `Bearer ${await token(ada, { aud: undefined })}`, 'lacks the claim aud.'],
  ['no subject', async () => `Bearer ${await token(ada, { sub: undefined })}`, 'lacks the claim sub.'],
  [
    'a sign-in that is yet to come',
    async () => `Bearer ${await token(ada, { auth_time: inAnHour })}`,
    'its claim auth_time',
  ],
  ['a person nobody knows', async () => `Bearer ${await token(4711)}`, 'unknown or no longer active'],
  ['a person who has left', async () => `Bearer ${await token(gone)}`, 'unknown or no longer active'],
  ...['ada', '', ' 1', '1 ', '1.0', '-1', '0x1', '1e0', '١', '99999999999999999999', '1; drop table users'].map(
    (sub): (typeof refused)[number] => [
      `the subject ${JSON.stringify(sub)}`,
      async () => `Bearer ${await token(ada, { sub })}`,
      'unknown or no longer active',
    ],
  ),
];

test.each(refused)(
  '%s is UNAUTHENTICATED, and the answer says what is wrong and what to do',
  async (_, header, words) => {
    const authorization = await header();
    const answer = await world.ask(null, query, undefined, authorization === undefined ? {} : { authorization });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, challengeTo(authorization)]);
    expect(answer.data ?? null).toBeNull();
    expect(answer.errors).toEqual([
      { message: expect.stringContaining(words) as string, extensions: { code: 'UNAUTHENTICATED' } },
    ]);
    const { message } = answer.errors![0]!;
    expect(message).toMatch(
      / Send the header "Authorization: Bearer <token>"; for a local user.*| Ask an Administrator\.$/,
    );
    // Nothing of ours: not the library's words, not a statement, not a place in a file, not what would be accepted.
    expect(message).not.toMatch(/jose|JWS|select |at .*\.[jt]s:\d+|node_modules|secret that only|"phaseledger"|HS256/i);
  },
);

test('a refused caller learns nothing of the operation either: it is not even validated', async () => {
  for (const operation of ['{ nothingLikeThis }', '{ broken', 'mutation { deleteVersion }'])
    expect(await world.codeOf(null, operation)).toBe('UNAUTHENTICATED');
});

test('a mutation without a token does nothing', async () => {
  const input = { cycleId: workflow.cycleId, reportId: workflow.reportId, phase: 'PLANNING' };
  const answer = await world.ask(
    null,
    `mutation ($input: CreateVersionInput!) { createVersion(input: $input) { version { versionId } } }`,
    { input },
  );
  expect(answer.status).toBe(401);
  expect(await world.sql('owner', 'select count(*)::int as count from phase_version')).toEqual([{ count: 0 }]);
});

test('a valid token names the person, in whatever case the scheme is written', async () => {
  for (const scheme of ['Bearer', 'bearer', 'BEARER'])
    expect(await world.ask(null, query, undefined, { authorization: `${scheme} ${await token(ada)}` })).toMatchObject({
      status: 200,
      data: { viewer: { userId: ada, roles: ['TESTER'] } },
    });
});

test('roles come from the table, not from the token', async () => {
  const authorization = `Bearer ${await token(ada, { roles: ['ADMIN', 'AUDITOR'], role: 'ADMIN', scope: 'admin' })}`;
  expect(await world.ask(null, query, undefined, { authorization })).toMatchObject({
    data: { viewer: { roles: ['TESTER'] } },
  });
  const { errors } = await world.ask(null, '{ referenceChanges { totalCount } }', undefined, { authorization });
  expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
});

test('a role that is given or taken, and a person who leaves, count from the next request on', async () => {
  const ask = async () => world.ask(null, query, undefined, { authorization: `Bearer ${await token(ada)}` });
  await world.sql('owner', `insert into user_roles (user_id, role) values (${ada}, 'REPORT_OWNER')`);
  expect((await ask()).data.viewer.roles).toEqual(['TESTER', 'REPORT_OWNER']);
  await world.sql('owner', `delete from user_roles where user_id = ${ada} and role = 'REPORT_OWNER'`);
  expect((await ask()).data.viewer.roles).toEqual(['TESTER']);
  await world.sql('owner', `update users set is_active = false where user_id = ${ada}`);
  expect((await ask()).status).toBe(401);
  await world.sql('owner', `update users set is_active = true where user_id = ${ada}`);
  expect((await ask()).status).toBe(200);
});

test.each([
  ['/health/live', 200],
  ['/health/ready', 200],
  ['/nothing-here', 404],
  ['/graphql/nothing-here', 404],
  ['/playground/', 404],
])('%s answers %i without a token', async (path, status) => {
  const response = await fetch(`${world.server.url}${path}`);
  expect(response.status).toBe(status);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await response.text()).not.toBe('');
});

test('a token that was good is refused once it has expired, and a person who has left at once', async () => {
  const asDan = (bearer: string) => world.ask(null, '{ viewer { userId } }', {}, { authorization: `Bearer ${bearer}` });
  let bearer = '';
  // On a busy machine it may have expired before it was asked with.
  for (let seconds = 2, isInTime = false; !isInTime; seconds *= 2) {
    const exp = now() + seconds;
    bearer = await token(dan, { exp });
    const { data } = await asDan(bearer);
    isInTime = now() < exp;
    if (isInTime) expect(data.viewer.userId).toBe(dan);
  }
  await world.sql('owner', `update users set is_active = false where user_id = ${dan}`);
  expect((await asDan(bearer)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  await world.sql('owner', `update users set is_active = true where user_id = ${dan}`);
  const late = async () => {
    const { errors } = await asDan(bearer);
    return errors?.[0] && /expired/.test(errors[0].message);
  };
  while (!(await late())) await new Promise((resolve) => setTimeout(resolve, 50));
});
