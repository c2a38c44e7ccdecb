/**
 * The past does not change: what was answered about an instant is answered again, whoever writes in between, however long
 * they take, and whatever the clock does.
 */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { buildVersion, mutate, sampleItem, type BuiltVersion } from '../support/builders';
import { chance } from '../support/chance';
import { seed } from '../support/effort';
import { insertRows, logFaults, rawVersion, REFERENCE } from '../support/log';
import { waiting } from '../support/sessions';
import { ada, aud, ben, otherWorkflow, stranger, workflow, World, type GraphQLAnswer } from '../support/world';
import { lastCommit, makeWorkflow, now, pass, pause, plus, type Place } from './support';

const HASTE_MS = 500;

let world: World;
/** A server that does not wait long for a commit in flight. */
let hasty: Awaited<ReturnType<World['secondServer']>>;
beforeAll(async () => {
  world = await World.create();
  hasty = await world.secondServer(4, { lockTimeoutMs: HASTE_MS });
});
afterAll(async () => {
  await hasty.stop();
  try {
    expect(await world.session('superuser', logFaults)).toEqual([]);
  } finally {
    await world.destroy();
  }
});

const put = (version: BuiltVersion, n: number) =>
  mutate(world, ada, 'putItems', 'PutItemsInput', {
    versionId: version.versionId,
    expectedRevision: version.revision,
    items: { attributeDecisions: [sampleItem('PLANNING', n)] },
  });

const draftIn = (place: Place) => buildVersion(world, { phase: 'PLANNING', items: 1, of: place });

const content = ({ cycleId, reportId }: Place) =>
  `workflow(cycleId: "${cycleId}", reportId: "${reportId}") { testers { userId name roles } changes { totalCount nodes { sequence hash committedAt } }
    workflowPhase(phase: PLANNING) { progress history { nodes { revision status contentHash items(first: 100) { nodes { itemKey content } } } } } }`;

/** Asks for a workflow at an instant, again where commits are in flight for longer than that is waited for; the text of the answer. */
async function textAt(place: Place, at: string, userId = aud): Promise<string> {
  const { data, errors } = await world.ask(userId, `query @asOf(at: "${at}") { ${content(place)} }`);
  if (errors?.every(({ extensions }) => extensions.code === 'AS_OF_UNSETTLED')) return textAt(place, at, userId);
  expect(errors).toBeUndefined();
  return JSON.stringify(data);
}

const askAt = (place: Place, at: string): Promise<GraphQLAnswer> =>
  world.ask(aud, `query @asOf(at: "${at}") { ${content(place)} }`);

/** The same at the server that does not wait long. */
const askHastily = (query: string): Promise<GraphQLAnswer> => world.at(hasty.server).ask(aud, query);

/** A session of the owner that changes a workflow, and keeps what it did to itself until it is told to commit. */
async function writing<T>(
  write: (client: pg.Client) => Promise<unknown>,
  meanwhile: (commit: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: world.database.ownerUrl });
  await client.connect();
  try {
    await client.query('begin');
    await write(client);
    return await meanwhile(async () => void (await client.query('commit')));
  } finally {
    await client.end();
  }
}

const editing = (version: BuiltVersion, text: string) => (client: pg.Client) =>
  client.query('update attribute_decisions set decision_reason = $2 where version_id = $1', [version.versionId, text]);

const heads = () =>
  world.sql<{ stream: string; committed: string; closed: string }>(
    'superuser',
    'select stream_id as stream, committed_at::text as committed, closed_at::text as closed from log.stream order by 1',
  );

describe('while others write', () => {
  test('the answer at an instant stays the same, byte for byte', async () => {
    const places = await Promise.all([1, 2, 3].map(() => makeWorkflow(world, workflow.cycleId)));
    const versions = await Promise.all(places.map(draftIn));
    const seen: { place: Place; at: string; text: string }[] = [];
    let writing = true;
    const next = chance(seed);
    const writers = versions.map(async (made) => {
      for (let n = 2, version = made; n < 60; n++) version = await put(version, n);
    });
    const reader = async () => {
      while (writing) {
        const place = places[Math.floor(next() * places.length)]!;
        const at = await now(world);
        seen.push({ place, at, text: await textAt(place, at) });
        const earlier = seen[Math.floor(next() * seen.length)]!;
        expect(await textAt(earlier.place, earlier.at)).toBe(earlier.text);
      }
    };
    const readers = [reader(), reader(), reader()];
    await Promise.all(writers).finally(() => (writing = false));
    await Promise.all(readers);
    expect(seen.length).toBeGreaterThan(10);
    expect(new Set(seen.map(({ text }) => text)).size).toBeGreaterThan(5);
    for (const { place, at, text } of seen) expect(await textAt(place, at)).toBe(text);
  });

  test('a commit in flight is waited for, and is in the answer from then on', async () => {
    const place = await makeWorkflow(world, workflow.cycleId);
    const version = await draftIn(place);
    await writing(editing(version, 'in flight'), async (commit) => {
      await pause(5);
      const at = await now(world);
      const answers = Promise.all([textAt(place, at), textAt(place, at), textAt(place, at)]);
      await waiting(world, 1);
      await commit();
      const [first, ...others] = await answers;
      expect(first).toContain('in flight');
      expect(others).toEqual([first, first]);
      expect(await textAt(place, at)).toBe(first);
      expect(await textAt(place, plus(await lastCommit(world, place.workflowId), -1))).not.toContain('in flight');
    });
  });

  test('a commit in flight that takes long makes the past unsettled, which is worth another try', async () => {
    const place = await makeWorkflow(world, workflow.cycleId);
    const version = await draftIn(place);
    const settled = await now(world);
    await pass(settled);
    const early = await textAt(place, settled);
    await writing(editing(version, 'taking long'), async (commit) => {
      await pause(5);
      const at = await now(world);
      const started = Date.now();
      const { status, errors, data } = await askHastily(`query @asOf(at: "${at}") { ${content(place)} }`);
      expect(Date.now() - started).toBeGreaterThan(0.75 * HASTE_MS);
      expect(data.workflow).toBeNull();
      expect(errors![0]!.extensions).toMatchObject({ code: 'AS_OF_UNSETTLED', retryable: true });
      expect(status).toBe(200);
      const nested = await askHastily(
        `{ phaseVersion(versionId: "${version.versionId}") { revision asOf(at: "${at}") { revision } } }`,
      );
      expect(nested.errors![0]!.extensions).toMatchObject({ code: 'AS_OF_UNSETTLED', retryable: true });
      expect(nested.data.phaseVersion).toEqual({ revision: 1, asOf: null });
      // What was settled before is answered at once.
      expect(await textAt(place, settled)).toBe(early);
      await commit();
      const answer = await textAt(place, at);
      expect(answer).toContain('taking long');
      expect(await textAt(place, at)).toBe(answer);
      expect(await textAt(place, settled)).toBe(early);
    });
  });

  test('a commit in flight that is given up was never there', async () => {
    const place = await makeWorkflow(world, workflow.cycleId);
    const version = await draftIn(place);
    const at = await writing(editing(version, 'given up'), async () => {
      await pause(5);
      return now(world);
    });
    const answer = await textAt(place, at);
    expect(answer).not.toContain('given up');
    await put(version, 7);
    expect(await textAt(place, at)).toBe(answer);
  });

  test('a change of people in flight is waited for as well', async () => {
    const place = await makeWorkflow(world, workflow.cycleId);
    await draftIn(place);
    await writing(
      (client) => client.query(`update users set name = 'Ada Renamed' where user_id = $1`, [ada]),
      async (commit) => {
        await pause(5);
        const at = await now(world);
        const answers = Promise.all([textAt(place, at), textAt(place, at)]);
        await waiting(world, 1);
        await commit();
        const [one, two] = await answers;
        expect(one).toContain('Ada Renamed');
        expect(two).toBe(one);
        expect(
          await textAt(place, plus(await lastCommit(world, '00000000-0000-0000-0000-000000000000'), -1)),
        ).not.toContain('Ada Renamed');
      },
    );
  });

  test('the first commit of a workflow in flight is either in the answer for ever or never', async () => {
    for (const commits of [true, false]) {
      const place = await makeWorkflow(world, workflow.cycleId);
      const draft = rawVersion({ version_number: 1, content_hash: 'first' }, place);
      await writing(
        (client) => insertRows(client, 'phase_version', [draft]),
        async (commit) => {
          await pause(5);
          const at = await now(world);
          if (!commits) return void (await askHastily(`query @asOf(at: "${at}") { ${content(place)} }`));
          const first = textAt(place, at);
          await waiting(world, 1);
          await commit();
          const answer = await first;
          expect(answer).toContain('"first"');
          expect(await textAt(place, at)).toBe(answer);
        },
      );
      if (commits) continue;
      // Nobody has ever written to it; what comes later does not change what was.
      const at = await now(world);
      const empty = await textAt(place, at);
      await draftIn(place);
      expect(await textAt(place, at)).toBe(empty);
      expect(await textAt(place, await now(world))).not.toBe(empty);
    }
  });

  test('a workflow nobody has written to is closed by reading it, so its first commit comes later', async () => {
    const place = await makeWorkflow(world, workflow.cycleId);
    const at = await now(world);
    const empty = await textAt(place, at);
    await draftIn(place);
    expect((await lastCommit(world, place.workflowId)) > at).toBe(true);
    expect(await textAt(place, at)).toBe(empty);
  });

  test('reading a workflow that somebody is changing holds up nobody in another one', async () => {
    const [busy, free] = [await makeWorkflow(world, workflow.cycleId), await makeWorkflow(world, workflow.cycleId)];
    const [inBusy, inFree] = [await draftIn(busy), await draftIn(free)];
    await writing(editing(inBusy, 'busy'), async (commit) => {
      await pause(5);
      const at = await now(world);
      const list = world.ask(
        aud,
        `query @asOf(at: "${at}") { workflows(first: 100) { nodes { changes { totalCount } } } }`,
      );
      await waiting(world, 1);
      // The reader waits for one workflow, and holds neither the other one nor the people.
      await world.sql('superuser', 'select from log.stream where stream_id = any($1) for update nowait', [
        [free.workflowId, REFERENCE],
      ]);
      await put(inFree, 5);
      await world.sql('owner', `update users set name = name || '.' where user_id = $1`, [ben]);
      expect(await textAt(free, at)).toBe(await textAt(free, at));
      await commit();
      expect((await list).errors).toBeUndefined();
    });
  });

  test('of two workflows in one request only the one that is being changed is unsettled', async () => {
    const [busy, free] = [await makeWorkflow(world, workflow.cycleId), await makeWorkflow(world, workflow.cycleId)];
    const [inBusy] = [await draftIn(busy), await draftIn(free)];
    await writing(editing(inBusy, 'busy'), async (commit) => {
      await pause(5);
      const at = await now(world);
      const field = ({ cycleId, reportId }: Place) =>
        `workflow(cycleId: "${cycleId}", reportId: "${reportId}") { changes { totalCount } }`;
      const { data, errors } = await askHastily(
        `query @asOf(at: "${at}") { busy: ${field(busy)} free: ${field(free)} }`,
      );
      expect(data).toEqual({ busy: null, free: { changes: { totalCount: 1 } } });
      expect(errors!.map(({ path, extensions: { code } }) => [path, code])).toEqual([[['busy'], 'AS_OF_UNSETTLED']]);
      await commit();
    });
  });
});

describe('when the clock steps back', () => {
  /** Makes the last commit of a stream one of an hour from now, as if the clock had been set back since. */
  async function stepBack(streamId: string, column: 'committed_at' | 'closed_at' = 'committed_at'): Promise<string> {
    const [{ ahead }] = (await world.session('superuser', async (client) => {
      await client.query('begin');
      await client.query(`set local session_replication_role = replica`);
      await client.query(
        'alter table log.change_set disable trigger refuse_change; alter table log.stream disable trigger guard_head',
      );
      const { rows } = await client.query<{ ahead: Date }>(
        `update log.stream set ${column} = clock_timestamp() + interval '1 hour' where stream_id = $1 returning ${column} as ahead`,
        [streamId],
      );
      if (column === 'committed_at')
        await client.query(
          'update log.change_set c set committed_at = s.committed_at from log.stream s where c.stream_id = $1 and s.stream_id = $1 and c.sequence = s.sequence',
          [streamId],
        );
      await client.query(
        'alter table log.change_set enable always trigger refuse_change; alter table log.stream enable always trigger guard_head',
      );
      await client.query('commit');
      return rows;
    })) as [{ ahead: Date }];
    return ahead.toISOString();
  }

  test('a commit ahead of the clock is read at its own instant, on the operation and nested, and stays what it is', async () => {
    const own = await World.create();
    const shared = world;
    world = own;
    try {
      const place = await makeWorkflow(world, workflow.cycleId);
      const version = await draftIn(place);
      const ahead = await stepBack(place.workflowId);
      const answer = await textAt(place, ahead);
      expect(answer).toContain(ahead);
      expect(await textAt(place, plus(ahead, -1))).not.toContain(ahead);
      const nested = `{ phaseVersion(versionId: "${version.versionId}") { asOf(at: "${ahead}") { revision } } }`;
      expect((await world.get(aud, nested)).phaseVersion.asOf).toEqual({ revision: 1 });
      // Past the newest commit of all nothing has come yet.
      expect((await askAt(place, plus(ahead, 1))).errors![0]!.extensions.code).toBe('BAD_USER_INPUT');
      // Later commits are stamped later, of this workflow, of the people it shows, and of any other that was read at it.
      await put(version, 4);
      expect((await lastCommit(world, place.workflowId)) > ahead).toBe(true);
      await world.sql('owner', `update users set name = 'Later' where user_id = $1`, [ada]);
      await world.sql('owner', 'insert into workflow_testers (workflow_id, user_id) values ($1, $2)', [
        place.workflowId,
        stranger,
      ]);
      expect(await textAt(place, ahead)).toBe(answer);
      const empty = await textAt(otherWorkflow, ahead);
      await buildVersion(world, { phase: 'PLANNING', of: otherWorkflow, preparer: 10 });
      expect(await textAt(otherWorkflow, ahead)).toBe(empty);
      expect(await textAt(place, ahead)).toBe(answer);
    } finally {
      world = shared;
      await own.destroy();
    }
  });

  test('an instant that was closed is not committed to, although the clock says it is still to come', async () => {
    const place = await makeWorkflow(world, workflow.cycleId);
    const version = await draftIn(place);
    const closed = await stepBack(place.workflowId, 'closed_at');
    const at = await now(world);
    const answer = await textAt(place, at);
    await put(version, 4);
    expect((await lastCommit(world, place.workflowId)) > closed).toBe(true);
    expect(await textAt(place, at)).toBe(answer);
  });
});

test('an instant that is settled is read without closing anything', async () => {
  const place = await makeWorkflow(world, workflow.cycleId);
  const version = await draftIn(place);
  const at = await now(world);
  const answer = await textAt(place, at);
  await put(version, 3);
  const before = await heads();
  for (let n = 0; n < 3; n++) expect(await textAt(place, at)).toBe(answer);
  expect(await heads()).toEqual(before);
});

test('asking for things that are not there closes nothing but the reference data', async () => {
  const place = await makeWorkflow(world, workflow.cycleId);
  await draftIn(place);
  const before = await heads();
  const at = await now(world);
  const nothing = await world.get(
    aud,
    `query @asOf(at: "${at}") { phaseVersion(versionId: "${randomUUID()}") { status } workflow(cycleId: "${workflow.cycleId}", reportId: "${randomUUID()}") { id } }`,
  );
  expect(nothing).toEqual({ phaseVersion: null, workflow: null });
  expect((await heads()).slice(1)).toEqual(before.slice(1));
});
