/** Many commits that an import brings in one transaction: each is one as if it had come alone, and nothing gets past a rule with them. */
import type pg from 'pg';
import { buildVersion } from '../support/builders';
import { insertRows, logFaults, loggedCommits, rawScoping, rawVersion, transaction } from '../support/log';
import { ada, ben, olga, otherWorkflow, workflow, World } from '../support/world';

let world: World;
beforeAll(async () => (world = await World.create()));
afterAll(() => world.destroy());

interface Commit {
  readonly actor: number | null;
  readonly occurredAt: string | null;
  readonly reason: string;
}
const by = (actor: number | null, reason = 'As it was there.', occurredAt: string | null = '2025-03-01T09:00:00Z') => ({
  actor,
  occurredAt,
  reason,
});

const together = (
  commits: readonly Commit[],
  rows: Readonly<Record<string, number>>,
  work: (client: pg.Client) => Promise<unknown>,
  stream = otherWorkflow.workflowId,
) =>
  world.session('owner', (client) =>
    transaction(client, async () => {
      await client.query('select log.open_import($1, null, $2, $3, null, $4)', [
        stream,
        'import',
        'Together.',
        JSON.stringify({ commits, rows }),
      ]);
      await work(client);
    }),
  );

const count = () =>
  world.session('superuser', async (client) => (await client.query('select count(*) from log.row_change')).rows);

test('each is sealed as a commit of its own, with the rows, the person and the time that it names', async () => {
  const first = rawVersion({ phase: 'SCOPING', version_number: 1, status: 'REJECTED' }, otherWorkflow);
  const second = rawVersion(
    { phase: 'SCOPING', version_number: 2, parent_version_id: first.version_id },
    otherWorkflow,
  );
  const [items, versions] = [
    [rawScoping(first), rawScoping(second), rawScoping(second)],
    [first, second],
  ];
  const before = (await world.session('superuser', (client) => loggedCommits(client, otherWorkflow.workflowId))).length;
  await together(
    [by(ada, 'The first.'), by(ben, 'The second.', '2025-03-02T09:00:00Z')],
    { [first.version_id]: 0, [second.version_id]: 1 },
    async (client) => {
      await insertRows(client, 'phase_version', versions);
      await insertRows(client, 'scoping_decisions', items);
    },
  );
  await world.session('superuser', async (client) => {
    const commits = (await loggedCommits(client, otherWorkflow.workflowId)).slice(before);
    const said = commits.map(({ actorId, reason, occurredAt, versionIds, rows }) => ({
      actorId,
      reason,
      occurredAt,
      versionIds,
      rows: rows.map(({ tableName }) => tableName),
    }));
    expect(said).toEqual([
      {
        actorId: ada,
        reason: 'The first.',
        occurredAt: '2025-03-01T09:00:00.000Z',
        versionIds: [first.version_id],
        rows: ['phase_version', 'scoping_decisions', 'version_editor'],
      },
      {
        actorId: ben,
        reason: 'The second.',
        occurredAt: '2025-03-02T09:00:00.000Z',
        versionIds: [second.version_id],
        rows: ['phase_version', 'scoping_decisions', 'scoping_decisions', 'version_editor', 'version_editor'],
      },
    ]);
    expect(await logFaults(client)).toEqual([]);
    // What was made of content that was never approved keeps its editors, also where both come together.
    const { rows: editors } = await client.query(
      'select user_id from version_editor where version_id = $1 order by user_id',
      [second.version_id],
    );
    expect(editors).toEqual([ada, ben].sort((a, b) => a - b).map((user_id) => ({ user_id })));
  });
});

test('none is over before the time that it says has come', async () => {
  const many = Array.from({ length: 1_500 }, (_, n) => `row ${n}`);
  const rows = many.map((source_key) => ({
    table_name: 'old',
    source_key,
    stream_id: otherWorkflow.workflowId,
    import_id: 1,
    code: 'OLD',
    reason: 'It is old.',
    row: '{}',
  }));
  await together(
    many.map((reason) => by(null, reason, null)),
    Object.fromEntries(many.map((key, n) => [`old,${key}`, n])),
    (client) => insertRows(client, 'legacy.quarantine', rows),
  );
  await world.session('superuser', async (client) => {
    const { rows: ahead } = await client.query(
      'select stream_id from log.stream where committed_at > clock_timestamp()',
    );
    expect(ahead).toEqual([]);
  });
});

describe('they are refused whole', () => {
  const draft = rawVersion({ phase: 'DATA_PROFILING', version_number: 1 }, otherWorkflow);
  const bring = (client: pg.Client) => insertRows(client, 'phase_version', [draft]);
  const own = { [draft.version_id]: 0 };
  test.each<[string, string, () => Promise<unknown>]>([
    ['with a row that is of none of them', '23502', () => together([by(ada)], {}, bring)],
    [
      'with a row of a commit that they are not',
      'PL001',
      () =>
        together([by(ada)], { [draft.version_id]: 1 }, async (client) => {
          await bring(client);
        }),
    ],
    ['with one that has no rows', 'PL001', () => together([by(ada), by(ben)], own, bring)],
    ['when they are none', 'PL001', () => together([], own, bring)],
    ['where one names a person and not when', 'PL002', () => together([by(ada, 'No time.', null)], own, bring)],
    [
      'where they change what is there',
      'PL001',
      () =>
        together([by(ada)], own, async (client) => {
          await bring(client);
          await client.query('update phase_version set approval_notes = $2 where version_id = $1', [
            draft.version_id,
            'Other.',
          ]);
        }),
    ],
    [
      'where they take away what is there',
      'PL001',
      () =>
        together([by(ada)], own, async (client) => {
          await bring(client);
          await client.query('delete from phase_version where version_id = $1', [draft.version_id]);
        }),
    ],
    [
      'where it is said anew whose rows are whose',
      'PL002',
      () =>
        together([by(ada)], own, async (client) => {
          await bring(client);
          await client.query(`update log.stream set parts = $2 where stream_id = $1`, [
            otherWorkflow.workflowId,
            JSON.stringify({ commits: [by(olga)], rows: own }),
          ]);
        }),
    ],
  ])('%s', async (_, code, attempt) => {
    const before = await count();
    await expect(attempt()).rejects.toMatchObject({ code });
    expect(await count()).toEqual(before);
  });

  test('with content for what was approved here', async () => {
    const approved = await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED' });
    const version = { version_id: approved.versionId, stream_id: workflow.workflowId };
    await expect(
      together(
        [by(ada)],
        { [approved.versionId]: 0 },
        (client) => insertRows(client, 'scoping_decisions', [rawScoping(version)]),
        workflow.workflowId,
      ),
    ).rejects.toMatchObject({ code: 'PL005' });
  });
});
