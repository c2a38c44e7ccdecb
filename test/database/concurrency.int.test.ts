/**
 * Many writers at once, writers from outside the service, and clocks that go wrong: nothing is lost, nothing wins twice,
 * numbers have no gaps and stamps only grow.
 */
import pg from 'pg';
import { Database } from '../../src/database/connection/database';
import { putItems } from '../../src/services/put-items';
import { buildVersion, decideAll, mutate, sampleItem, transition, type BuiltVersion } from '../support/builders';
import {
  insertRows,
  logFaults,
  loggedCommits,
  rawAttribute,
  rawVersion,
  recording,
  setHead,
  transaction,
} from '../support/log';
import { TEST_STATEMENT_TIMEOUT_MS } from '../support/server';
import { foreign, waiting } from '../support/sessions';
import { ada, both, olga, otherWorkflow, workflow, World } from '../support/world';

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(async () => {
  try {
    expect(await world.session('superuser', logFaults)).toEqual([]);
  } finally {
    await world.destroy();
  }
});

const times = <T>(n: number, make: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: n }, (_, i) => make(i)));

const approve = (version: BuiltVersion) =>
  world.codeOf(
    olga,
    `mutation ($input: VersionTransitionInput!) { approveVersion(input: $input) { version { status } } }`,
    { input: { versionId: version.versionId, expectedRevision: version.revision } },
  );

const inForce = (of = workflow) =>
  world.sql<{ version_id: string }>(
    'owner',
    `select version_id from phase_version where stream_id = $1 and phase = 'SCOPING' and effective_from is not null and effective_to is null`,
    [of.workflowId],
  );

const rawDraft = async (of = otherWorkflow) => {
  const draft = rawVersion({ version_number: 1 }, of);
  const item = rawAttribute(draft);
  await world.session('owner', (client) =>
    transaction(client, async () => {
      await insertRows(client, 'phase_version', [draft]);
      await insertRows(client, 'attribute_decisions', [item]);
    }),
  );
  return { draft, item };
};

const put = (version: BuiltVersion, n: number, as = ada) =>
  mutate(world, as, 'putItems', 'PutItemsInput', {
    versionId: version.versionId,
    expectedRevision: version.revision,
    items: { attributeDecisions: [sampleItem('PLANNING', n)] },
  });

const revisionOf = async (versionId: string, as = ada): Promise<number> =>
  (await world.get(as, `query ($id: UUID!) { phaseVersion(versionId: $id) { revision } }`, { id: versionId }))
    .phaseVersion.revision;

/** Puts an item, reading the version again as often as somebody else was faster, or held it for long. */
async function putUntilItIsThere(version: BuiltVersion, n: number, as = ada): Promise<void> {
  for (;;) {
    const revision = await revisionOf(version.versionId, as);
    const code = await world.codeOf(
      as,
      `mutation ($input: PutItemsInput!) { putItems(input: $input) { version { revision } } }`,
      {
        input: {
          versionId: version.versionId,
          expectedRevision: revision,
          items: { attributeDecisions: [sampleItem('PLANNING', n)] },
        },
      },
    );
    if (code === undefined) return;
    expect(['CONFLICT', 'BUSY']).toContain(code);
  }
}

const stamps = (streamId = workflow.workflowId) =>
  world.session('owner', async (client) =>
    (await loggedCommits(client, streamId)).map(({ committedAt }) => committedAt),
  );

describe('of many sibling drafts that are approved at once', () => {
  const allowed = ['CONFLICT', 'STALE_BASE', 'INVALID_TRANSITION'];

  test('exactly one wins, and of the next ones exactly one supersedes it', async () => {
    const submitted: BuiltVersion[] = [];
    for (let i = 0; i < 30; i++) {
      const pending = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL', items: 1 });
      submitted.push(await decideAll(world, olga, pending, 'SCOPING'));
    }
    const codes = await Promise.all(submitted.map(approve));
    expect(codes.filter((code) => code === undefined)).toHaveLength(1);
    for (const code of codes.filter((one) => one !== undefined)) expect(allowed).toContain(code);
    expect(await inForce()).toHaveLength(1);

    const next: BuiltVersion[] = [];
    for (let i = 0; i < 5; i++) {
      const pending = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL', items: 1 });
      next.push(await decideAll(world, olga, pending, 'SCOPING'));
    }
    const again = await Promise.all(next.map(approve));
    expect(again.filter((code) => code === undefined)).toHaveLength(1);
    const [current] = await inForce();
    expect(next.map(({ versionId }) => versionId)).toContain(current!.version_id);

    // One period ends where the next begins.
    const periods = await world.sql<{ touches: boolean | null }>(
      'owner',
      `select effective_from = lag(effective_to) over (order by effective_from) as touches from phase_version
       where stream_id = $1 and phase = 'SCOPING' and effective_from is not null order by effective_from`,
      [workflow.workflowId],
    );
    expect(periods).toEqual([{ touches: null }, { touches: true }]);
  });

  test.each([
    ['before anything is in force', 'select'],
    [
      'each superseding what it finds',
      `update phase_version set status = 'SUPERSEDED', effective_to = greatest(clock_timestamp(), effective_from) where stream_id = '${otherWorkflow.workflowId}' and status = 'APPROVED'`,
    ],
  ])('by SQL of the owner, one is in force: %s', async (_, first) => {
    const versions = Array.from({ length: 12 }, (_unused, i) =>
      rawVersion(
        {
          version_number: i + 1,
          phase: 'SCOPING',
          status: 'PENDING_APPROVAL',
          submitted_by: both,
          submitted_at: '2026-10-01T09:00:00Z',
        },
        otherWorkflow,
      ),
    );
    await world.session('owner', (client) => insertRows(client, 'phase_version', versions));
    const outcomes = await times(12, (i) =>
      foreign(world, (client) =>
        transaction(client, async () => {
          await client.query(first);
          await client.query(
            `update phase_version set status = 'APPROVED', reviewed_at = now(), reviewed_by = ${olga}, effective_from = clock_timestamp() where version_id = $1`,
            [versions[i]!.version_id],
          );
        }).then(
          () => 'won',
          (error: pg.DatabaseError) => error.code!,
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'won')).toHaveLength(1);
    for (const outcome of outcomes) expect(['won', '23P01', 'PL007', '40P01']).toContain(outcome);
    expect(await inForce(otherWorkflow)).toHaveLength(1);
  });

  test('of an approval and a withdrawal at once, one wins', async () => {
    for (let i = 0; i < 5; i++) {
      const pending = await buildVersion(world, { phase: 'PLANNING', status: 'PENDING_APPROVAL' });
      const both2 = await Promise.all([
        transition(world, ada, 'approveVersion', pending).then(
          ({ status }) => status,
          () => null,
        ),
        transition(world, ada, 'withdrawVersion', pending).then(
          ({ status }) => status,
          () => null,
        ),
      ]);
      expect(both2.filter((status) => status !== null)).toHaveLength(1);
      const [row] = await world.sql('owner', 'select status from phase_version where version_id = $1', [
        pending.versionId,
      ]);
      expect(both2).toContain(row.status);
    }
  });
});

test('of 30 people who put an item at once and try again when told to, nobody’s is lost', async () => {
  const version = await buildVersion(world, { phase: 'PLANNING', items: 0 });
  expect(version.revision).toBe(1);
  await times(30, (i) => putUntilItIsThere(version, 1000 + i));
  const { phaseVersion } = await world.get(
    ada,
    `query ($id: UUID!) { phaseVersion(versionId: $id) { revision items(first: 100) { totalCount nodes { label } } } }`,
    { id: version.versionId },
  );
  expect(phaseVersion.revision).toBe(31);
  expect(phaseVersion.items.totalCount).toBe(30);
  expect(new Set(phaseVersion.items.nodes.map(({ label }: { label: string }) => label)).size).toBe(30);
  // One commit for each, in a row, each later than the one before; the refused ones left nothing.
  const instants = await stamps();
  expect(instants).toHaveLength(31);
  expect([...new Set(instants)].sort()).toEqual(instants);
});

test('30 versions started at once get 30 numbers', async () => {
  const versions = await times(30, () => buildVersion(world, { phase: 'PLANNING' }));
  expect(versions.map(({ versionNumber }) => versionNumber).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 30 }, (_, i) => i + 1),
  );
});

test('the same idempotency key used many times at once does the work once', async () => {
  const idempotencyKey = crypto.randomUUID();
  const ids = await times(10, () =>
    mutate(world, ada, 'createVersion', 'CreateVersionInput', {
      cycleId: workflow.cycleId,
      reportId: workflow.reportId,
      phase: 'PLANNING',
      carryForward: 'NONE',
      idempotencyKey,
    }).then(({ versionId }) => versionId),
  );
  expect(new Set(ids).size).toBe(1);
  expect(await stamps()).toHaveLength(1);
});

describe('writers outside the service', () => {
  test('two that lock each other out over two workflows leave the API’s writers unharmed', async () => {
    const version = await buildVersion(world, { phase: 'PLANNING', items: 1 });
    const { draft, item } = await rawDraft();
    const other = { ...version, versionId: draft.version_id, revision: 1 };
    const own = `update attribute_decisions set decision_reason = $1 where version_id = '${version.versionId}'`;
    const theirs = `update attribute_decisions set decision_reason = $1 where item_id = '${item.item_id}'`;
    const outcomes = await foreign(world, (first) =>
      foreign(world, async (second) => {
        await first.query('begin');
        await second.query('begin');
        await first.query(own, ['first']);
        await second.query(theirs, ['second']);
        const api = [
          ...[1, 2, 3].map((n) => putUntilItIsThere(version, 100 + n)),
          ...[1, 2, 3].map((n) => putUntilItIsThere(other, 100 + n, both)),
        ];
        await waiting(world, 2); // one for each workflow: those behind it wait in the server
        const finish = (client: pg.Client, sql: string, text: string) =>
          client.query(sql, [text]).then(
            () => client.query('commit').then(() => 'done'),
            (error: pg.DatabaseError) => client.query('rollback').then(() => error.code!),
          );
        const ended = await Promise.all([finish(first, theirs, 'first'), finish(second, own, 'second')]);
        await Promise.all(api);
        return ended;
      }),
    );
    // At least one of the two has to give way; which one, and whether to the other or to the API, is PostgreSQL's choice.
    expect(outcomes).toContain('40P01');
    for (const outcome of outcomes) expect(['40P01', 'done']).toContain(outcome);
    expect(await revisionOf(version.versionId)).toBe(4);
    expect(await revisionOf(draft.version_id, both)).toBe(4);
  });

  test('one that the API’s own transaction is deadlocked with: the API tries again and is done', async () => {
    // The owner's sessions look for deadlocks so late that the API is always the one that finds it and gives way.
    const name = new URL(world.database.ownerUrl).pathname.slice(1);
    await world.sql('superuser', `alter role phaseledger_owner in database ${name} set deadlock_timeout = '60s'`);
    const version = await buildVersion(world, { phase: 'PLANNING', items: 1 });
    await foreign(world, async (client) => {
      await client.query('begin');
      await client.query('select from phase_version where version_id = $1 for update', [version.versionId]);
      const statements: string[] = [];
      world.db.onStatement = (sql) => statements.push(sql);
      const api = put(version, 50);
      await waiting(world, 1); // it holds the head of the stream, and waits for the version
      await client.query(`update attribute_decisions set decision_reason = 'first' where version_id = $1`, [
        version.versionId,
      ]);
      await client.query('commit');
      expect(await api).toMatchObject({ revision: 2 });
      world.db.onStatement = undefined;
      expect(statements.filter((sql) => sql.startsWith('select log.open')).length).toBeGreaterThanOrEqual(2);
    });
    const commits = await world.session('owner', (client) => loggedCommits(client, workflow.workflowId));
    expect(commits.slice(-2).map(({ origin }) => origin)).toEqual(['db:phaseledger_owner', 'api']);
  });

  test('one that holds a stream makes the API wait, and the API takes the next number', async () => {
    const version = await buildVersion(world, { phase: 'PLANNING', items: 1 });
    await foreign(world, async (client) => {
      await client.query('begin');
      await client.query(`update attribute_decisions set decision_reason = 'held' where version_id = $1`, [
        version.versionId,
      ]);
      let answered = false;
      const api = put(version, 50).finally(() => (answered = true));
      await waiting(world, 1);
      expect(answered).toBe(false);
      await client.query('commit');
      await api;
    });
    const commits = await world.session('owner', (client) => loggedCommits(client, workflow.workflowId));
    expect(commits.map(({ sequence, origin }) => `${sequence} ${origin}`)).toEqual([
      '1 api',
      '2 db:phaseledger_owner',
      '3 api',
    ]);
  });

  test('one that rolls back leaves its number to the API', async () => {
    const version = await buildVersion(world, { phase: 'PLANNING', items: 1 });
    await foreign(world, async (client) => {
      await client.query('begin');
      await client.query(`update attribute_decisions set decision_reason = 'held' where version_id = $1`, [
        version.versionId,
      ]);
      const api = put(version, 50);
      await waiting(world, 1);
      await client.query('rollback');
      await api;
    });
    const commits = await world.session('owner', (client) => loggedCommits(client, workflow.workflowId));
    expect(commits.map(({ sequence, origin }) => `${sequence} ${origin}`)).toEqual(['1 api', '2 api']);
  });

  test('one that holds a stream for too long: the writer is told to try again, and nothing is written', async () => {
    const version = await buildVersion(world, { phase: 'PLANNING', items: 1 });
    const db = new Database({
      url: world.database.serviceUrl,
      poolSize: 2,
      statementTimeoutMs: TEST_STATEMENT_TIMEOUT_MS,
      lockTimeoutMs: 50,
    });
    const caller = {
      db,
      userId: ada,
      requestId: 'impatient',
      authenticatedAt: null,
      reauthenticationSeconds: 300,
      viewer: { userId: ada, name: 'Ada', isActive: true, roles: ['TESTER'] as const },
    };
    const write = (n: number) =>
      putItems(caller, {
        versionId: version.versionId,
        expectedRevision: version.revision,
        items: { attributeDecisions: [sampleItem('PLANNING', n)] },
      });
    try {
      await foreign(world, async (client) => {
        await client.query('begin');
        await client.query(`update attribute_decisions set decision_reason = 'held' where version_id = $1`, [
          version.versionId,
        ]);
        await expect(write(60)).rejects.toMatchObject({ code: 'BUSY', details: { retryable: true } });
        await client.query('rollback');
      });
      await write(61);
    } finally {
      await db.close();
    }
    expect(await stamps()).toHaveLength(2);
  });

  test('one that is killed in the middle of a commit leaves nothing', async () => {
    const version = await buildVersion(world, { phase: 'PLANNING', items: 1 });
    const { commits } = await recording(world, () =>
      foreign(world, async (client) => {
        const gone = new Promise((resolve) => client.on('error', resolve));
        await client.query('begin');
        await client.query(
          `update attribute_decisions set decision_reason = 'lost' where version_id = $1; set constraints all immediate`.replace(
            '$1',
            `'${version.versionId}'`,
          ),
        );
        const [{ pid }] = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows as [
          { pid: number },
        ];
        await world.sql('superuser', 'select pg_terminate_backend($1)', [pid]);
        await gone;
      }),
    );
    expect(commits).toEqual([]);
    await put(version, 70);
  });
});

describe('a clock that went back', () => {
  test.each(['committed_at', 'closed_at'])(
    'after %s an hour from now: stamps go on growing, and are the time of all that is written',
    async (column) => {
      const first = await buildVersion(world, { phase: 'PLANNING', status: 'APPROVED' });
      // committed_at belongs to a commit: the last one is moved with its head, as if the clock had been ahead when it was made.
      const [{ ahead }] = (await world.sql<{ ahead: string }>(
        'superuser',
        `select to_char(date_trunc('hour', now() at time zone 'UTC') + interval '2 hours', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ahead`,
      )) as [{ ahead: string }];
      await world.session('superuser', (client) => setHead(client, workflow.workflowId, `${column} = '${ahead}'`));

      const second = await buildVersion(world, { phase: 'PLANNING', status: 'APPROVED' });
      const instants = (await stamps()).filter((instant) => instant >= ahead);
      expect(instants).toHaveLength(3); // created, submitted, approved
      expect(instants.map((instant) => Date.parse(instant) - Date.parse(ahead))).toEqual([1, 2, 3]);
      const read = async ({ versionId }: BuiltVersion) =>
        (
          await world.get(
            ada,
            `query ($id: UUID!) { phaseVersion(versionId: $id) { createdAt submittedAt reviewedAt effectiveFrom effectiveTo status } }`,
            { id: versionId },
          )
        ).phaseVersion;
      expect(await read(second)).toEqual({
        status: 'APPROVED',
        createdAt: instants[0],
        submittedAt: instants[1],
        reviewedAt: instants[2],
        effectiveFrom: instants[2],
        effectiveTo: null,
      });
      expect(await read(first)).toMatchObject({ status: 'SUPERSEDED', effectiveTo: instants[2] });
      // Writers outside the service are stamped the same way.
      const { commits } = await recording(world, () =>
        world.sql(
          'owner',
          `insert into planning_phase_versions select version_id, stream_id from phase_version where false; update phase_version set is_deleted = false`,
        ),
      );
      expect(commits).toEqual([]);
    },
  );
});

describe('closing a stream at an instant', () => {
  const close = (at: string, streams = [workflow.workflowId]) =>
    world.sql('service', `select log.close($1::uuid[], ${at})`, [streams]);
  const head = async () =>
    (
      await world.sql<{ closed: string; committed: string; sequence: number }>(
        'owner',
        `select closed_at::text as closed, committed_at::text as committed, sequence from log.stream where stream_id = $1`,
        [workflow.workflowId],
      )
    )[0]!;

  test('makes later commits later than it, even if the clock goes back to it', async () => {
    const version = await buildVersion(world, { phase: 'PLANNING', items: 1 });
    const [{ at }] = (await world.sql<{ at: Date }>(
      'service',
      `select clock_timestamp()::timestamptz(3) - interval '1 ms' as at`,
    )) as [{ at: Date }];
    // Wait until the instant is past the last commit, as a reader's is.
    await world.sql('service', 'select log.close($1, $2)', [[workflow.workflowId], at]);
    await put(version, 20);
    const instants = await stamps();
    expect(Date.parse(instants.at(-1)!)).toBeGreaterThan(at.getTime());
    expect(await world.session('superuser', logFaults)).toEqual([]);
  });

  test('in the future is refused', async () => {
    await buildVersion(world, { phase: 'PLANNING' });
    const before = await head();
    for (const at of [`clock_timestamp() + interval '1 minute'`, `'infinity'::timestamptz`])
      await expect(close(at)).rejects.toMatchObject({ code: 'PL001' });
    expect(await head()).toEqual(before);
  });

  test('before or at its last commit changes nothing, and neither does an earlier instant than it is closed at', async () => {
    await buildVersion(world, { phase: 'PLANNING' });
    const before = await head();
    await close(`'-infinity'::timestamptz`);
    await close(`'2020-01-01'::timestamptz`);
    await close(`'${before.committed}'::timestamptz`);
    await close(`'${before.committed}'::timestamptz - interval '1 ms'`);
    await close('null::timestamptz');
    expect(await head()).toEqual(before);
    await world.session('superuser', (client) => setHead(client, workflow.workflowId, `closed_at = '2090-01-01'`));
    await close('clock_timestamp()');
    expect((await head()).closed).toContain('2090-01-01');
  });

  test('of no stream, an unknown one, or one twice is nothing special', async () => {
    await close('clock_timestamp()', []);
    await close('clock_timestamp()', [crypto.randomUUID()]);
    await buildVersion(world, { phase: 'PLANNING' });
    await close('clock_timestamp()', [workflow.workflowId, workflow.workflowId, otherWorkflow.workflowId]);
  });

  test('waits for a writer, who then is before it or after it, never at both', async () => {
    const version = await buildVersion(world, { phase: 'PLANNING', items: 1 });
    await foreign(world, async (client) => {
      await client.query('begin');
      await client.query(`update attribute_decisions set decision_reason = 'x' where version_id = $1`, [
        version.versionId,
      ]);
      const closing = close('clock_timestamp()');
      await waiting(world, 1);
      await client.query('commit');
      await closing;
    });
    const { closed, committed } = await head();
    expect(closed > committed).toBe(true);
    await put(version, 30);
    expect((await head()).committed > closed).toBe(true);
  });

  test('by a transaction that has opened its own commit there does not leave that commit behind the instant', async () => {
    const version = await buildVersion(world, { phase: 'PLANNING', items: 1 });
    await world
      .session('service', (client) =>
        transaction(client, async () => {
          await client.query('select log.open($1, $2, $3, null, null)', [workflow.workflowId, ada, 'test']);
          await client.query('select pg_sleep(0.005)'); // so that the clock is past the stamp
          await client.query('select log.close($1, clock_timestamp())', [[workflow.workflowId]]);
          await client.query(`update attribute_decisions set decision_reason = 'x' where version_id = $1`, [
            version.versionId,
          ]);
        }),
      )
      .catch((error: pg.DatabaseError) => expect(error.code).toBe('PL001'));
    const { closed, committed, sequence } = await head();
    expect(sequence === 1 || committed > closed).toBe(true);
  });
});
