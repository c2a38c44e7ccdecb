/** Who has a version open, over two servers: as they come, do something else, go, lose their connection, their server or their sight of it. */
import pino from 'pino';
import { WebSocket } from 'ws';
import { Presences } from '../../src/database/live/presences';
import { buildVersion, transition } from '../support/builders';
import { clientOf, endAll, followed, Told, type Transport } from '../support/told';
import { foreign, waiting } from '../support/sessions';
import { until } from '../support/until';
import { ada, aud, ben, olga, stranger, token, World } from '../support/world';

let world: World;
let second: Awaited<ReturnType<World['secondServer']>>;
let versionId: string;

beforeAll(async () => {
  world = await World.create();
  second = await world.secondServer();
  versionId = (await buildVersion(world, { phase: 'PLANNING' })).versionId;
});
afterEach(async () => {
  await endAll();
  await emptied();
});
afterAll(async () => {
  await second.stop();
  await world.destroy();
});

const open = (activity = '', of = versionId) =>
  `subscription { versionPresence(versionId: "${of}"${activity && `, activity: ${activity}`}) { user { userId } activity } }`;
const follow = (
  userId: number,
  query: string,
  { url } = world.server,
  transport: Transport = 'socket',
): Promise<Told> => followed(transport, url, userId, query);

const shown = ({ answers }: Told) =>
  answers.map(({ data }) => data.versionPresence.map(({ user, activity }: any) => [user.userId, activity]));
const isShown = (told: Told, ...present: readonly (readonly [number, string])[]) =>
  told.until(() => JSON.stringify(shown(told).at(-1)) === JSON.stringify(present));
const rows = () => world.sql('superuser', 'select user_id, activity from log.presence order by since');
const emptied = () => until('nobody is present', async () => (await rows()).length === 0);
const filled = () => until('somebody is present', async () => (await rows()).length > 0);

test('whoever has it open is told of to all who have it open, once, at whichever server, until they leave', async () => {
  const told = await follow(olga, open('REVIEWING'));
  await isShown(told, [olga, 'REVIEWING']);
  const preparer = await clientOf('events', second.server.url, ada);
  const viewing = new Told(preparer.iterate({ query: open('VIEWING'), variables: {} }));
  await isShown(told, [olga, 'REVIEWING'], [ada, 'VIEWING']);
  await isShown(viewing, [olga, 'REVIEWING'], [ada, 'VIEWING']);
  // Something else is said by another one; of two, what matters more is told, and nobody goes in between.
  const editing = new Told(preparer.iterate({ query: open('EDITING'), variables: {} }));
  await isShown(told, [olga, 'REVIEWING'], [ada, 'EDITING']);
  await viewing.stop();
  await isShown(editing, [olga, 'REVIEWING'], [ada, 'EDITING']);
  await editing.stop();
  await isShown(told, [olga, 'REVIEWING']);
  expect(shown(told).map((present) => present.length)).toEqual([1, 2, 2, 1]);
});

test('whoever does not say what they do is told, and nobody is told of them', async () => {
  const auditor = await follow(aud, open());
  await isShown(auditor);
  const told = await follow(ben, open('VIEWING'), second.server);
  await isShown(auditor, [ben, 'VIEWING']);
  expect(shown(told).at(-1)).toEqual([[ben, 'VIEWING']]);
});

test('a connection that is cut, and a server that stops, take their people with them', async () => {
  const told = await follow(olga, open());
  const authorization = `Bearer ${await token(ada)}`;
  const cut = new WebSocket(`${world.server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  cut.on('open', () => cut.send(JSON.stringify({ type: 'connection_init', payload: { authorization } })));
  cut.once('message', () =>
    cut.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: open('EDITING') } })),
  );
  await isShown(told, [ada, 'EDITING']);
  cut.terminate();
  await isShown(told);
  const third = await world.secondServer();
  await follow(ben, open('VIEWING'), third.server);
  await isShown(told, [ben, 'VIEWING']);
  await third.stop();
  await isShown(told);
  expect(await rows()).toEqual([]);
});

test('of a server that died its people are gone when its lease has ended; of one that lives they stay', async () => {
  const told = await follow(olga, open('REVIEWING'));
  await isShown(told, [olga, 'REVIEWING']);
  await world.sql(
    'superuser',
    `insert into log.presence values (gen_random_uuid(), gen_random_uuid(), $1, $2, 'VIEWING', clock_timestamp(), clock_timestamp() + interval '1 h')`,
    [versionId, ben],
  );
  await isShown(told, [olga, 'REVIEWING'], [ben, 'VIEWING']);
  await world.sql('superuser', 'update log.presence set leased_until = clock_timestamp() where user_id = $1', [ben]);
  await isShown(told, [olga, 'REVIEWING']);
  // What the database has forgotten, each server says again; whether anybody looked in between is not ours to know.
  await world.sql('superuser', 'truncate log.presence');
  await filled();
  await isShown(told, [olga, 'REVIEWING']);
});

test('whoever leaves while others are being removed is removed as well', async () => {
  await world.sql(
    'owner',
    `create function held() returns trigger language plpgsql as 'begin perform pg_advisory_xact_lock(7); return null; end';
     create trigger held before delete on log.presence for each statement execute function held();
     grant execute on function held() to public`,
  );
  const presences = new Presences(world.db, pino({ level: 'silent' }));
  try {
    const [first, other] = [olga, ben].map((userId) =>
      presences.follow(versionId, userId, 'VIEWING', (present) => present),
    );
    await until('both are present', async () => (await rows()).length === 2);
    await foreign(world, async (client) => {
      await client.query('select pg_advisory_lock(7)');
      first!.end();
      await waiting(world, 1);
      other!.end();
    });
    await emptied();
  } finally {
    await presences.close();
    await world.sql('owner', 'drop function held cascade');
  }
});

test('a lost connection of the database ends nothing', async () => {
  const told = await follow(olga, open('REVIEWING'));
  await isShown(told, [olga, 'REVIEWING']);
  await world.sql(
    'superuser',
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'phaseledger_service'`,
  );
  const other = await (async function begin(): Promise<Told> {
    const begun = await follow(ben, open('VIEWING'), second.server, 'events');
    await begun.until(() => begun.isComplete || begun.answers.length > 0);
    return begun.answers[0]?.errors?.[0]?.extensions.code === 'BUSY' ? begin() : begun;
  })();
  await isShown(other, [olga, 'REVIEWING'], [ben, 'VIEWING']);
});

test('only those who may see the version are told who is there, also when that ends', async () => {
  const hidden = await follow(stranger, open('VIEWING'), world.server, 'events');
  await hidden.until(() => hidden.isComplete);
  expect(hidden.answers.map(({ errors }) => errors?.[0]?.extensions.code)).toEqual(['NOT_FOUND']);
  expect(await rows()).toEqual([]);

  const draft = await buildVersion(world, { phase: 'DATA_PROFILING' });
  const told = await follow(olga, open('REVIEWING', draft.versionId), world.server, 'events');
  await isShown(told, [olga, 'REVIEWING']);
  await transition(world, ada, 'deleteVersion', draft);
  const another = await follow(ada, open('VIEWING', draft.versionId), second.server);
  await told.until(() => told.isComplete);
  expect(told.answers.at(-1)!.errors![0]!.extensions.code).toBe('NOT_FOUND');
  await isShown(another, [ada, 'VIEWING']);
});

test('it is no commit, and costs one look a second, however many are there', async () => {
  const head = () => world.sql('owner', 'select stream_id, sequence from log.stream order by 1');
  const before = await head();
  const client = await clientOf('socket', world.server.url, ben);
  const many = Array.from({ length: 90 }, () => new Told(client.iterate({ query: open('VIEWING'), variables: {} })));
  for (const told of many) await told.until(() => told.answers.length > 0);
  // A look each second; once in a while, that those who are here are so still, and that others are not.
  await until('only one looks', async () => {
    const { statements, seconds } = await world.countedFor(5_000);
    const looks = statements.filter((sql) => sql.startsWith('select'));
    return looks.length <= seconds + 2 && statements.length <= seconds + 6;
  });
  expect(new Set(many.map(({ answers }) => answers.length))).toEqual(new Set([1]));
  expect(await head()).toEqual(before);
});
