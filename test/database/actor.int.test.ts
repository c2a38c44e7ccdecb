/**
 * Who did it. Only a session that logged in as the service can name a person; nothing that another session sets, calls or
 * pretends makes an actor. And the service's own role can do no more than the rules let it.
 */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { fullPhaseOf } from '../../src/phases';
import { recordOfPhase } from '../../src/services/start-draft';
import { buildVersion, transition, type BuiltVersion } from '../support/builders';
import { startAlone } from '../support/cluster';
import { insertRows, logFaults, rawAttribute, rawScoping, rawVersion, recording, transaction } from '../support/log';
import { ada, ben, olga, otherWorkflow, tess, workflow, World } from '../support/world';

let world: World;
const draft = rawVersion({ version_number: 1 }, otherWorkflow);
const item = rawAttribute(draft);
/** Scoping's versions in every status they can have. */
const versions: Record<string, BuiltVersion> = {};

beforeAll(async () => {
  // Here roles are given to others, which is of the whole server.
  world = await World.create({}, await startAlone());
  versions.SUPERSEDED = await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED' });
  versions.APPROVED = await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED' });
  versions.REJECTED = await buildVersion(world, { phase: 'SCOPING', status: 'REJECTED' });
  versions.PENDING_APPROVAL = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL' });
  versions.DRAFT = await buildVersion(world, { phase: 'SCOPING' });
  await world.session('owner', (client) =>
    transaction(client, async () => {
      await insertRows(client, 'phase_version', [draft]);
      await insertRows(client, 'attribute_decisions', [item]);
    }),
  );
}, 120_000);
afterAll(async () => {
  expect(await world.session('superuser', logFaults)).toEqual([]);
  await world.destroy();
});

const stream = otherWorkflow.workflowId;
const open = `select log.open('${stream}', ${olga}, 'approveVersion', 'because', 'request 1')`;
const write = `update attribute_decisions set label = label || '.' where item_id = '${item.item_id}'`;

interface Login {
  readonly name: string;
  readonly url: string;
}

/** A login role of this test's own, gone afterwards. */
async function withLogin<T>(
  rights: string,
  memberOf: readonly string[],
  work: (login: Login) => Promise<T>,
): Promise<T> {
  const name = `test_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const url = new URL(world.database.superuserUrl);
  [url.username, url.password] = [name, 'secret'];
  await world.sql('superuser', `create role ${name} login password 'secret' ${rights}`);
  await world.sql('superuser', memberOf.map((role) => `grant ${role} to ${name}`).join('; ') || 'select');
  try {
    return await work({ name, url: url.href });
  } finally {
    await world.sql('superuser', `drop role ${name}`);
  }
}

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The one commit that the work makes. */
async function commitOf(work: () => Promise<unknown>) {
  const { commits } = await recording(world, work);
  expect(commits).toHaveLength(1);
  return commits[0]!;
}
const inOne = (client: pg.Client, ...statements: string[]) =>
  transaction(client, async () => {
    for (const sql of statements) await client.query(sql);
  });

describe('no setting makes an actor of somebody', () => {
  test.each(['owner', 'superuser'] as const)('%s', async (role) => {
    const settings = ['actor', 'actor_id', 'user_id', 'origin', 'operation', 'reason', 'request_id'].flatMap((name) =>
      ['phaseledger', 'log', 'app', 'request', 'jwt.claims'].map(
        (prefix) => `select set_config('${prefix}.${name}', '3', true)`,
      ),
    );
    const commit = await commitOf(() =>
      world.session(role, (client) => inOne(client, ...settings, `set application_name = 'phaseledger'`, write)),
    );
    expect(commit).toMatchObject({
      actorId: null,
      origin: role === 'owner' ? 'db:phaseledger_owner' : 'db:postgres',
      operation: 'SQL',
      reason: null,
      requestId: null,
    });
  });
});

describe('only a session that logged in as the service can name a person:', () => {
  const nobody = { actorId: null, operation: 'SQL', reason: null, requestId: null };

  test('the service itself', async () => {
    expect(await commitOf(() => world.session('service', (client) => inOne(client, open, write)))).toMatchObject({
      actorId: olga,
      origin: 'api',
      operation: 'approveVersion',
      reason: 'because',
      requestId: 'request 1',
    });
  });

  test('the service, if it says nobody, is recorded as a role', async () => {
    expect(await commitOf(() => world.session('service', (client) => client.query(write)))).toMatchObject({
      ...nobody,
      origin: 'db:phaseledger_service',
    });
  });

  test('the service cannot change its mind within a commit', async () => {
    const attempt = world.session('service', (client) =>
      inOne(client, open, write, open.replace(`${olga},`, `${ada},`), write),
    );
    await expect(attempt).rejects.toMatchObject({ code: 'PL001' });
  });

  test('a login role that is a member of the service’s', () =>
    withLogin('', ['phaseledger_service'], async ({ url }) => {
      expect(await commitOf(() => connected(url, (client) => inOne(client, open, write)))).toMatchObject({
        actorId: olga,
        origin: 'api',
      });
    }));

  /** Whoever is not exactly the service is told so, before anything is written; without a name they write in their role's. */
  async function isRefused(run: (...statements: string[]) => Promise<unknown>, name: string): Promise<void> {
    const { commits } = await recording(world, () =>
      expect(run(open, write)).rejects.toMatchObject({ code: 'PL002', message: expect.stringContaining(name) }),
    );
    expect(commits).toEqual([]);
    expect(await commitOf(() => run(write))).toMatchObject({ ...nobody, origin: `db:${name}` });
  }

  test('not the owner', () =>
    world.session('owner', (client) =>
      isRefused((...statements) => inOne(client, ...statements), 'phaseledger_owner'),
    ));

  test('not a superuser, not even as a member or in the service’s role', async () => {
    await world.session('superuser', (client) =>
      isRefused((...statements) => inOne(client, 'set local role phaseledger_service', ...statements), 'postgres'),
    );
    await withLogin('superuser', ['phaseledger_service'], ({ name, url }) =>
      connected(url, (client) => isRefused((...statements) => inOne(client, ...statements), name)),
    );
  });

  test('not a member of the owner’s role', () =>
    withLogin('', ['phaseledger_owner'], ({ name, url }) =>
      connected(url, (client) =>
        isRefused((...statements) => inOne(client, 'set local role phaseledger_owner', ...statements), name),
      ),
    ));

  test('not somebody who can act as the owner, even if a member of the service’s role too', () =>
    withLogin('', ['phaseledger_owner', 'phaseledger_service'], ({ name, url }) =>
      connected(url, (client) => isRefused((...statements) => inOne(client, ...statements), name)),
    ));

  test('not the service itself any more, once it was given the owner’s role, also where it is connected already', () =>
    withLogin('', ['phaseledger_service'], ({ name, url }) =>
      connected(url, async (client) => {
        expect(await commitOf(() => inOne(client, open, write))).toMatchObject({ actorId: olga, origin: 'api' });
        await world.sql('superuser', `grant phaseledger_owner to ${name}`);
        await isRefused((...statements) => inOne(client, ...statements), name);
      }),
    ));

  test('and the owner cannot take the service’s role', () =>
    expect(world.sql('owner', 'set role phaseledger_service')).rejects.toMatchObject({ code: '42501' }));

  test('a stranger to both roles gets in nowhere', () =>
    withLogin('', [], ({ url }) =>
      expect(connected(url, (client) => client.query('select'))).rejects.toMatchObject({ code: '42501' }),
    ));
});

describe('the service that is given the owner’s role while it runs', () => {
  const grant = () => world.sql('superuser', 'grant phaseledger_owner to phaseledger_service');
  const revoke = () => world.sql('superuser', 'revoke phaseledger_owner from phaseledger_service');
  const ready = async () => {
    const response = await fetch(`${world.server.url}/health/ready`);
    const { problems } = (await response.json()) as { problems?: string[] };
    return { status: response.status, problems };
  };
  afterEach(revoke);
  test('commits nothing in nobody’s name, and is not ready until it is the service again', async () => {
    const { versionId, revision } = await buildVersion(world, { phase: 'PLANNING' });
    const submit = () =>
      world.codeOf(
        ada,
        'mutation ($input: VersionTransitionInput!) { submitVersion(input: $input) { version { id } } }',
        { input: { versionId, expectedRevision: revision } },
      );
    expect((await ready()).status).toBe(200);
    await grant();
    const { commits } = await recording(world, async () => expect(await submit()).toBe('INTERNAL_SERVER_ERROR'));
    expect(commits).toEqual([]);
    expect(await ready()).toMatchObject({
      status: 503,
      problems: expect.arrayContaining(['phaseledger_service can act as the owner, so its commits name nobody.']),
    });
    await revoke();
    expect(await submit()).toBeUndefined();
  });
});

describe('the owner forges no actor with the log’s own means:', () => {
  test.each([
    ['log.enter', `select log.enter('${stream}', ${olga}, 'api', 'approveVersion', 'because', 'request 1')`],
    [
      'the head of the stream, opened by hand',
      `update log.stream set is_open = true, xid = pg_current_xact_id()::text::bigint, opened_at = greatest(clock_timestamp(), committed_at + interval '1 ms'),
         actor_id = ${olga}, origin = 'api', operation = 'approveVersion' where stream_id = '${stream}'`,
    ],
    [
      'the head of the stream, after it was opened',
      `${write}; update log.stream set actor_id = ${olga}, origin = 'api', operation = 'approveVersion' where stream_id = '${stream}'`,
    ],
  ])('%s', async (_, forge) => {
    const { commits } = await recording(world, () =>
      world.session('owner', (client) => inOne(client, forge, write).catch(() => undefined)),
    );
    for (const commit of commits) expect(commit).toMatchObject({ actorId: null, origin: 'db:phaseledger_owner' });
  });
});

describe('the service’s role', () => {
  const refusals = (cases: [string, string][], code = '42501') =>
    test.each(cases)('cannot %s', async (_, sql) => {
      const { before, after, commits } = await recording(world, () =>
        expect(world.session('service', (client) => inOne(client, open, sql))).rejects.toMatchObject({ code }),
      );
      expect(after).toEqual(before);
      expect(commits).toEqual([]);
    });

  describe('does not own the log:', () => {
    const tables = ['log.stream', 'log.change_set', 'log.row_change'];
    refusals(
      tables.flatMap((table): [string, string][] => [
        [`insert into ${table}`, `insert into ${table} select * from ${table}`],
        [`update ${table}`, `update ${table} set sequence = sequence`],
        [`delete from ${table}`, `delete from ${table}`],
        [`truncate ${table}`, `truncate ${table}`],
        [`lock ${table} against others`, `select * from ${table} for update`],
        [`switch the triggers of ${table} off`, `alter table ${table} disable trigger all`],
      ]),
    );
    refusals([
      ['call log.enter', `select log.enter('${stream}', 3, 'api')`],
      ['call log.seal', `select log.seal()`],
      ['call log.actor', `select log.actor('${stream}')`],
      ['call log.capture_table', `select log.capture_table('users')`],
      [
        'replace log.enter',
        `create or replace function log.is_service() returns boolean language sql as 'select true'`,
      ],
      ['go into replica mode', `set session_replication_role = replica`],
      ['change an idempotency key', `update log.idempotency_key set version_id = version_id`],
      ['make a temporary table', `create temp table phase_version (id int)`],
      ['make a table', `create table public.mine (id int)`],
      ['make a function', `create function public.mine() returns int language sql as 'select 1'`],
    ]);
  });

  describe('writes to the register in an administrator’s name only:', () => {
    const register = ['users', 'user_roles', 'lobs', 'cycles', 'reports', 'workflows', 'workflow_testers'];
    const isKept = (table: string) => /_roles|_testers/.test(table);
    refusals(
      register.flatMap((table): [string, string][] => [
        [`insert into ${table}`, `insert into ${table} select * from ${table}`],
        isKept(table)
          ? [`delete from ${table}`, `delete from ${table}`]
          : [`update ${table}`, `update ${table} set stream_id = stream_id`],
      ]),
      'PL009',
    );
    refusals(
      register.flatMap((table): [string, string][] => [
        isKept(table)
          ? [`update ${table}`, `update ${table} set stream_id = stream_id`]
          : [`delete from ${table}`, `delete from ${table}`],
        [`truncate ${table}`, `truncate ${table} cascade`],
      ]),
    );
  });

  describe('writes no policies, no editors, and only adds decisions:', () => {
    const readOnly = ['phase_policy', 'phase_signature', 'phase_step', 'version_transition', 'version_editor'];
    refusals(
      readOnly.flatMap((table): [string, string][] => [
        [`insert into ${table}`, `insert into ${table} select * from ${table}`],
        [`update ${table}`, `update ${table} set stream_id = stream_id`],
        [`delete from ${table}`, `delete from ${table}`],
        [`truncate ${table}`, `truncate ${table} cascade`],
      ]),
    );
    refusals([
      ['update a decision', `update item_decision set notes = 'x'`],
      ['delete a decision', `delete from item_decision`],
      ['remove a version', `delete from phase_version`],
      ['truncate versions', `truncate phase_version cascade`],
      ['truncate items', `truncate scoping_decisions`],
      ['switch a trigger off', `alter table scoping_decisions disable trigger user`],
      ['switch the capture off', `alter table phase_version disable trigger a_capture_update`],
      ['drop a trigger', `drop trigger b_guard on phase_version`],
      ['drop a constraint', `alter table phase_version drop constraint one_version_in_force`],
      ['see passwords', `select * from pg_authid`],
      ['become the owner', `set role phaseledger_owner`],
    ]);
  });
});

// ── what the rules let the service write ────────────────────────────────────────────────────────────────────────────

/** Runs statements as the service, for a person, in a transaction that is always undone; says how the last one ended. */
async function tried(actor: number, streamId: string, ...statements: string[]): Promise<string> {
  return world.session('service', async (client) => {
    await client.query('begin');
    await client.query("select log.open($1, $2, $3, 'Because.', null)", [streamId, actor, 'test']);
    let outcome = 'done';
    for (const sql of statements) {
      try {
        const { rowCount } = await client.query(sql);
        outcome = rowCount === 0 ? 'no row' : 'done';
      } catch (error) {
        outcome = (error as pg.DatabaseError).code!;
        break;
      }
    }
    await client.query('rollback');
    return outcome;
  });
}

const supersedeCurrent = () =>
  `update phase_version set status = 'SUPERSEDED', effective_to = now() where version_id = '${versions.APPROVED!.versionId}'`;
const decide = (id: string, by: number, status = 'APPROVED', extra = '') =>
  `update phase_version set status = '${status}', reviewed_at = now(), reviewed_by = ${by}, approval_notes = 'why',
     effective_from = ${status === 'APPROVED' ? 'now()' : 'null'} ${extra} where version_id = '${id}'`;

/** Which steps there are, and which are none, is in transitions.int.test.ts; here is what a step needs besides. */
describe('a version’s status follows the lifecycle, whoever writes:', () => {
  test('a version that is deleted takes no step', async () => {
    const draft = `where version_id = '${versions.DRAFT!.versionId}'`;
    const remove = `update phase_version set is_deleted = true, deleted_at = now(), deleted_by = ${ada} ${draft}`;
    const submit = `update phase_version set status = 'PENDING_APPROVAL', submitted_at = now(), submitted_by = ${ada} ${draft}`;
    expect(await tried(ada, workflow.workflowId, submit)).toBe('done');
    expect(await tried(ada, workflow.workflowId, remove, submit)).toBe('PL004');
    const both = remove.replace('set', `set status = 'PENDING_APPROVAL', submitted_at = now(), submitted_by = 1,`);
    expect(await tried(ada, workflow.workflowId, both)).toBe('PL004');
  });

  test('only a draft or a rejected version can be deleted', async () => {
    const remove = (status: string) =>
      tried(
        ada,
        workflow.workflowId,
        `update phase_version set is_deleted = true, deleted_at = now(), deleted_by = ${ada} where version_id = '${versions[status]!.versionId}'`,
      );
    expect(await remove('DRAFT')).toBe('done');
    expect(await remove('REJECTED')).toBe('done');
    for (const status of ['PENDING_APPROVAL', 'APPROVED', 'SUPERSEDED'])
      expect(await remove(status)).toMatch(/^(PL005|23514)$/);
  });

  test('submitting needs a submitter, deciding a reviewer, rejecting a reason', async () => {
    const step2 = (from: string, assignments: string) =>
      tried(
        olga,
        workflow.workflowId,
        `update phase_version set ${assignments} where version_id = '${versions[from]!.versionId}'`,
      );
    expect(await step2('DRAFT', `status = 'PENDING_APPROVAL', submitted_at = now()`)).toBe('PL004');
    expect(await step2('DRAFT', `status = 'PENDING_APPROVAL', submitted_by = 1`)).toBe('PL004');
    const rejecting = `status = 'REJECTED', reviewed_at = now(), reviewed_by = ${olga}`;
    expect(await step2('PENDING_APPROVAL', rejecting)).toBe('PL004');
    expect(await step2('PENDING_APPROVAL', `status = 'REJECTED', reviewed_by = ${olga}, approval_notes = 'x'`)).toBe(
      'PL004',
    );
    expect(await step2('PENDING_APPROVAL', `status = 'REJECTED', reviewed_at = now(), approval_notes = 'x'`)).toBe(
      'PL004',
    );
  });

  test.each(['', ' ', '\t', '\n'])('a reason is no reason if it is blank: %j', async (reason) => {
    expect(
      await tried(
        olga,
        workflow.workflowId,
        `update phase_version set status = 'REJECTED', reviewed_at = now(), reviewed_by = ${olga}, approval_notes = '${reason}'
         where version_id = '${versions.PENDING_APPROVAL!.versionId}'`,
      ),
    ).toBe('PL004');
  });
});

describe('four eyes:', () => {
  const pending = () => versions.PENDING_APPROVAL!.versionId;
  let number = 60;
  /** A version that one person wrote, if anybody did, and another submitted. */
  async function submitted(editor: number | null, submitter: number): Promise<string> {
    const version = rawVersion({
      version_number: number++,
      phase: 'SCOPING',
      base_version_id: versions.APPROVED!.versionId,
    });
    await world.session('owner', (client) => insertRows(client, 'phase_version', [version]));
    const as = (actor: number, work: (client: pg.Client) => Promise<unknown>) =>
      world.session('service', (client) =>
        transaction(client, async () => {
          await client.query("select log.open($1, $2, $3, 'Because.', null)", [workflow.workflowId, actor, 'test']);
          await work(client);
        }),
      );
    if (editor) await as(editor, (client) => insertRows(client, 'scoping_decisions', [rawScoping(version)]));
    await as(submitter, (client) =>
      client.query(
        `update phase_version set status = 'PENDING_APPROVAL', submitted_at = now(), submitted_by = $2 where version_id = $1`,
        [version.version_id, submitter],
      ),
    );
    return version.version_id;
  }

  test.each(['APPROVED', 'REJECTED'])('who neither edited nor submitted may say %s', async (status) => {
    expect(await tried(olga, workflow.workflowId, supersedeCurrent(), decide(pending(), olga, status))).toBe('done');
  });
  test.each(['APPROVED', 'REJECTED'])('an editor may not say %s', async (status) => {
    expect(await tried(ada, workflow.workflowId, supersedeCurrent(), decide(pending(), ada, status))).toBe('PL006');
    const id = await submitted(olga, ada);
    expect(await tried(olga, workflow.workflowId, supersedeCurrent(), decide(id, olga, status))).toBe('PL006');
  });
  test.each(['APPROVED', 'REJECTED'])('a submitter who did not edit may not say %s', async (status) => {
    const id = await submitted(null, ben);
    expect(await tried(ben, workflow.workflowId, supersedeCurrent(), decide(id, ben, status))).toBe('PL006');
    expect(await tried(olga, workflow.workflowId, supersedeCurrent(), decide(id, olga, status))).toBe('done');
  });
  test.each(['APPROVED', 'REJECTED'])('nobody says %s in another’s name', async (status) => {
    expect(await tried(ada, workflow.workflowId, supersedeCurrent(), decide(pending(), olga, status))).toBe('PL006');
    expect(await tried(olga, workflow.workflowId, supersedeCurrent(), decide(pending(), tess, status))).toBe('PL006');
  });
  test('nobody decides without saying who acts', async () => {
    const attempt = world.session('service', (client) => inOne(client, supersedeCurrent(), decide(pending(), olga)));
    await expect(attempt).rejects.toMatchObject({ code: 'PL006' });
  });
  test('the owner is held to them as well', async () => {
    const attempt = (by: number) =>
      world.session('owner', (client) => inOne(client, supersedeCurrent(), decide(pending(), by)));
    await expect(attempt(ada)).rejects.toMatchObject({ code: 'PL006' });
  });
  test('nobody rewrites who submitted a version and then decides on it', async () => {
    const id = await submitted(null, ben);
    const rewrite = `update phase_version set submitted_by = ${ada} where version_id = '${id}'`;
    expect(await tried(ben, workflow.workflowId, rewrite, supersedeCurrent(), decide(id, ben))).not.toBe('done');
  });
  test('nobody submits in another’s name', async () => {
    const submit = (by: number) =>
      tried(
        olga,
        workflow.workflowId,
        `update phase_version set status = 'PENDING_APPROVAL', submitted_at = now(), submitted_by = ${by} where version_id = '${versions.DRAFT!.versionId}'`,
      );
    expect(await submit(olga)).toBe('done');
    expect(await submit(ada)).toBe('PL006');
  });
  test('Planning is attested by the one who prepared it', async () => {
    const planned = await buildVersion(world, { phase: 'PLANNING', status: 'PENDING_APPROVAL' });
    const [current] = await world.sql(
      'owner',
      `select version_id from phase_version where phase = 'PLANNING' and status = 'APPROVED' and stream_id = $1`,
      [workflow.workflowId],
    );
    const supersede = supersedeCurrent().replace(versions.APPROVED!.versionId, current.version_id as string);
    expect(await tried(ada, workflow.workflowId, supersede, decide(planned.versionId, ada))).toBe('done');
    await transition(world, ada, 'withdrawVersion', planned);
  });

  describe('items', () => {
    const decision = (id: string, by: number) =>
      `insert into item_decision (decision_id, stream_id, version_id, item_key, item_hash, status, decided_by, decided_at)
       select gen_random_uuid(), stream_id, version_id, item_key, item_hash, 'APPROVED'::"ItemReviewStatus", ${by}, now() from scoping_decisions where version_id = '${id}'`;
    test('are decided while their version is pending, by others than its editors, in their own name', async () => {
      expect(await tried(olga, workflow.workflowId, decision(pending(), olga))).toBe('done');
      expect(await tried(ada, workflow.workflowId, decision(pending(), ada))).toBe('PL006');
      expect(await tried(ada, workflow.workflowId, decision(pending(), olga))).toBe('PL006');
      expect(await tried(olga, workflow.workflowId, decision(pending(), tess))).toBe('PL006');
    });
    test.each(['DRAFT', 'APPROVED', 'REJECTED', 'SUPERSEDED'])(
      'are not decided in a version that is %s',
      async (status) => {
        expect(await tried(olga, workflow.workflowId, decision(versions[status]!.versionId, olga))).toBe('PL004');
      },
    );
    test('one forbidden decision among many refuses them all', async () => {
      expect(
        await tried(
          olga,
          workflow.workflowId,
          `${decision(pending(), olga)} union all ${decision(versions.DRAFT!.versionId, olga).split('\n')[1]}`,
        ),
      ).toBe('PL004');
    });
  });
});

describe('the shape of a record, whoever writes:', () => {
  const owner = (rows: object[]) =>
    world.session('owner', async (client) => {
      await client.query('begin');
      const outcome = await insertRows(client, 'phase_version', rows as Record<string, unknown>[]).then(
        () => 'done',
        (error: pg.DatabaseError) => error.constraint ?? error.code,
      );
      await client.query('rollback');
      return outcome;
    });
  const inForce = (number: number, from: string, to: string | null, more: object = {}) => ({
    ...rawVersion(
      { version_number: number, status: to ? 'SUPERSEDED' : 'APPROVED', effective_from: from },
      otherWorkflow,
    ),
    effective_to: to,
    ...more,
  });

  test('periods may touch', async () => {
    expect(
      await owner([
        inForce(2, '2026-10-01T00:00:00.000Z', '2026-10-02T00:00:00.000Z'),
        inForce(3, '2026-10-02T00:00:00.000Z', '2026-10-03T00:00:00.000Z'),
        inForce(4, '2026-10-03T00:00:00.000Z', null),
      ]),
    ).toBe('done');
  });
  test.each<[string, [string, string | null], [string, string | null]]>([
    ['for a millisecond', ['2026-10-01T00:00:00.000Z', '2026-10-02T00:00:00.001Z'], ['2026-10-02T00:00:00.000Z', null]],
    ['for ever', ['2026-10-01T00:00:00.000Z', null], ['2026-10-02T00:00:00.000Z', null]],
    [
      'one within the other',
      ['2026-10-01T00:00:00.000Z', '2026-10-09T00:00:00.000Z'],
      ['2026-10-02T00:00:00.000Z', '2026-10-03T00:00:00.000Z'],
    ],
    [
      'from the same instant',
      ['2026-10-01T00:00:00.000Z', null],
      ['2026-10-01T00:00:00.000Z', '2026-10-02T00:00:00.000Z'],
    ],
  ])('two versions are not in force at once: %s', async (_, [from1, to1], [from2, to2]) => {
    expect(await owner([inForce(2, from1, to1), inForce(3, from2, to2)])).toBe('one_version_in_force');
  });
  test('the service cannot bring a second version into force either', async () => {
    expect(await tried(olga, workflow.workflowId, decide(versions.PENDING_APPROVAL!.versionId, olga))).toBe('23P01');
  });
  test('an approval needs the base to be in force still', async () => {
    const current = `update phase_version set base_version_id = '${versions.SUPERSEDED!.versionId}' where version_id = '${versions.DRAFT!.versionId}'`;
    const submit = `update phase_version set status = 'PENDING_APPROVAL', submitted_at = now(), submitted_by = ${ada} where version_id = '${versions.DRAFT!.versionId}'`;
    const outcome = await world.session('owner', (client) =>
      inOne(client, current, submit, supersedeCurrent(), decide(versions.DRAFT!.versionId, olga)).catch(
        (error: pg.DatabaseError) => error.code,
      ),
    );
    expect(outcome).toBe('PL007');
  });
  test('a number is taken once', async () => {
    expect(await owner([rawVersion({ version_number: 1 }, otherWorkflow)])).toBe(
      'phase_version_master_record_id_version_number_key',
    );
  });
  test('a workflow has one record of a fully versioned phase', async () => {
    expect(await owner([rawVersion({ version_number: 2, master_record_id: randomUUID() }, otherWorkflow)])).toBe(
      'one_record_per_phase',
    );
  });
  test('a version is of the report and cycle of its workflow', async () => {
    expect(await owner([rawVersion({ version_number: 2, report_id: workflow.reportId }, otherWorkflow)])).toBe(
      'phase_version_stream_id_cycle_id_report_id_fkey',
    );
  });
  test('a record is of one phase and one workflow', async () => {
    const planning = recordOfPhase(otherWorkflow.workflowId, fullPhaseOf('PLANNING'));
    expect(
      await owner([rawVersion({ version_number: 2, phase: 'SCOPING', master_record_id: planning }, otherWorkflow)]),
    ).not.toBe('done');
    const scoping = recordOfPhase(workflow.workflowId, fullPhaseOf('SCOPING'));
    expect(
      await owner([rawVersion({ version_number: 99, phase: 'SCOPING', master_record_id: scoping }, otherWorkflow)]),
    ).not.toBe('done');
  });
  test('parent and base are of the same record', async () => {
    for (const column of ['parent_version_id', 'base_version_id'])
      expect(
        await owner([rawVersion({ version_number: 2, [column]: versions.APPROVED!.versionId }, otherWorkflow)]),
      ).toBe(`phase_version_${column}_master_record_id_fkey`);
  });
  test('numbers and revisions begin at one', async () => {
    expect(await owner([rawVersion({ version_number: 0 }, otherWorkflow)])).toBe('positive_numbers');
    expect(await owner([rawVersion({ version_number: 2, revision: 0 }, otherWorkflow)])).toBe('positive_numbers');
  });
  test('the versioning type is the phase’s', async () => {
    const row = rawVersion(
      { version_number: 2, versioning_type: 'AUDIT_ONLY', status: 'RECORDED', effective_from: '2026-10-01T00:00:00Z' },
      otherWorkflow,
    );
    expect(await owner([row])).toBe('phase_version_phase_versioning_type_fkey');
  });
});
