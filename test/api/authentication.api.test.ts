import { SignJWT, UnsecuredJWT } from 'jose';
import { TOKEN_AUDIENCE, TOKEN_ISSUER } from '../../src/transport/authenticate';
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

/** A token with its signature left out, changed or made of nothing. */
const signedAs = async (change: (parts: string[]) => string[]) => change((await token(ada)).split('.')).join('.');

const refused: [what: string, header: () => Promise<string | undefined> | string | undefined, message: RegExp][] = [
  ['no token', () => undefined, /Authorization: Bearer <token>/],
  ['an empty header', () => '', /Authorization: Bearer <token>/],
  ['another scheme', async () => `Basic ${await token(ada)}`, /Authorization: Bearer <token>/],
  ['a token without its scheme', () => token(ada), /Authorization: Bearer <token>/],
  ['a scheme without its token', () => 'Bearer ', /Authorization: Bearer <token>/],
  ['something that is no token', () => 'Bearer let-me-in', /Authorization: Bearer <token>/],
  ['three parts that are no token', () => 'Bearer a.b.c', /not valid/],
  ['two tokens', async () => `Bearer ${await token(ada)}, Bearer ${await token(aud)}`, /Authorization: Bearer <token>/],
  [
    'another secret',
    async () => `Bearer ${await token(ada, {}, 'another secret that is long enough, too')}`,
    /not valid/,
  ],
  [
    'a changed signature',
    async () =>
      `Bearer ${await signedAs(([h, p, s]) => [h!, p!, s!.startsWith('A') ? `B${s!.slice(1)}` : `A${s!.slice(1)}`])}`,
    /not valid/,
  ],
  [
    'changed claims',
    async () => `Bearer ${await signedAs(([h, , s]) => [h!, base64({ ...claims(), sub: String(aud) }), s!])}`,
    /not valid/,
  ],
  ['no signature', () => `Bearer ${new UnsecuredJWT(claims()).encode()}x`, /not valid/],
  [
    'the algorithm "none"',
    async () => `Bearer ${await signedAs(([, p, s]) => [base64({ alg: 'none' }), p!, s!])}`,
    /not valid/,
  ],
  [
    'the algorithm HS512',
    async () =>
      `Bearer ${await new SignJWT(claims()).setProtectedHeader({ alg: 'HS512' }).sign(new TextEncoder().encode(JWT_SECRET.padEnd(64, '.')))}`,
    /not valid/,
  ],
  [
    'the algorithm HS384 with the right secret',
    async () => `Bearer ${await new SignJWT(claims()).setProtectedHeader({ alg: 'HS384' }).sign(secret)}`,
    /not valid/,
  ],
  [
    'an unknown critical header',
    async () =>
      `Bearer ${await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', crit: ['mine'], mine: true }).sign(secret, { crit: { mine: true } })}`,
    /not valid/,
  ],
  ['a token that has expired', async () => `Bearer ${await token(ada, { exp: now() - 1 })}`, /expired/],
  ['a token that expires this second', async () => `Bearer ${await token(ada, { exp: now() })}`, /expired/],
  ['a token that never expires', async () => `Bearer ${await token(ada, { exp: undefined })}`, /not valid/],
  ['a token that is not valid yet', async () => `Bearer ${await token(ada, { nbf: now() + 600 })}`, /not valid/],
  ['another issuer', async () => `Bearer ${await token(ada, { iss: 'somebody-else' })}`, /not valid/],
  ['no issuer', async () => `Bearer ${await token(ada, { iss: undefined })}`, /not valid/],
  ['another audience', async () => `Bearer ${await token(ada, { aud: 'another-service' })}`, /not valid/],
  ['no audience', async () => `Bearer ${await token(ada, { aud: undefined })}`, /not valid/],
  ['no subject', async () => `Bearer ${await token(ada, { sub: undefined })}`, /not valid/],
  ['a person nobody knows', async () => `Bearer ${await token(4711)}`, /not known here/],
  ['a person who has left', async () => `Bearer ${await token(gone)}`, /no longer active/],
  ...['ada', '', ' 1', '1 ', '1.0', '-1', '0x1', '1e0', '١', '99999999999999999999', '1; drop table users'].map(
    (sub): (typeof refused)[number] => [
      `the subject ${JSON.stringify(sub)}`,
      async () => `Bearer ${await token(ada, { sub })}`,
      /not known here|not valid/,
    ],
  ),
];

test.each(refused)(
  '%s is UNAUTHENTICATED, and the answer says what to do and nothing else',
  async (_, header, message) => {
    const authorization = await header();
    const answer = await world.ask(null, query, undefined, authorization === undefined ? {} : { authorization });
    expect(answer.status).toBe(401);
    expect(answer.data ?? null).toBeNull();
    expect(answer.errors).toEqual([
      { message: expect.stringMatching(message), extensions: { code: 'UNAUTHENTICATED' } },
    ]);
    expect(answer.errors![0]!.message).not.toMatch(
      /jose|JWS|signature|select |at .*:\d+|node_modules|secret that only/i,
    );
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
  const now = Math.floor(Date.now() / 1000);
  const bearer = await token(dan, { exp: now + 2 });
  const asDan = () => world.ask(null, '{ viewer { userId } }', {}, { authorization: `Bearer ${bearer}` });
  expect((await asDan()).data.viewer.userId).toBe(dan);
  await world.sql('owner', `update users set is_active = false where user_id = ${dan}`);
  expect((await asDan()).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  await world.sql('owner', `update users set is_active = true where user_id = ${dan}`);
  const late = async () => {
    const { errors } = await asDan();
    return errors?.[0] && /expired/.test(errors[0].message);
  };
  while (!(await late())) await new Promise((resolve) => setTimeout(resolve, 50));
});
