/**
 * Triggers let an import pass for what it brought itself, and for nothing else: not for what was made here, not for another
 * stream, and not for whoever begins an import to get past a rule.
 */
import type pg from 'pg';
import { buildVersion, type BuiltVersion } from '../support/builders';
import { insertRows, rawScoping, rawVersion, REFERENCE } from '../support/log';
import { otherWorkflow, workflow, World } from '../support/world';

let world: World;
let approved: BuiltVersion;
const brought = rawVersion({ phase: 'SCOPING', version_number: 1, status: 'REJECTED' }, otherWorkflow);
beforeAll(async () => {
  world = await World.create();
  approved = await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED' });
  await asImport(otherWorkflow.workflowId, (client) => insertRows(client, 'phase_version', [brought]));
});
afterAll(() => world.destroy());

/** What the owner does in a transaction that has begun an import into one stream. */
const asImport = (stream: string, work: (client: pg.Client) => Promise<unknown>) =>
  world.session('owner', async (client) => {
    await client.query('begin');
    try {
      await client.query('select log.open_import($1, null, $2, $3, null)', [stream, 'import', 'As it was there.']);
      await work(client);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw error;
    }
  });

const rewrite = (version: string) => (client: pg.Client) =>
  client.query('update phase_version set approval_notes = gen_random_uuid()::text where version_id = $1', [version]);

test('what it brought it may bring otherwise, with its content', async () => {
  await asImport(otherWorkflow.workflowId, async (client) => {
    await rewrite(brought.version_id)(client);
    await insertRows(client, 'scoping_decisions', [rawScoping(brought)]);
  });
});

test.each([
  ['what was made here, in the commit of its own stream', workflow.workflowId],
  ['what was made here, in a commit of another workflow', otherWorkflow.workflowId],
  ['what was made here, in a commit of the reference data', REFERENCE],
])('it may not change %s', async (_, stream) => {
  const frozen = { code: 'PL005' };
  await expect(asImport(stream, rewrite(approved.versionId))).rejects.toMatchObject(frozen);
  await expect(
    asImport(stream, (client) =>
      client.query('delete from scoping_decisions where version_id = $1', [approved.versionId]),
    ),
  ).rejects.toMatchObject(frozen);
  await expect(
    asImport(stream, (client) => client.query('delete from item_decision where version_id = $1', [approved.versionId])),
  ).rejects.toMatchObject(frozen);
});

test('it may not end what is in force here without a successor: also that is asked when it is written', async () => {
  await expect(
    asImport(REFERENCE, async (client) => {
      await client.query(`update cycles set name = name || ' of this year'`);
      await client.query(`update phase_version set status = 'SUPERSEDED', effective_to = now() where version_id = $1`, [
        approved.versionId,
      ]);
    }),
  ).rejects.toMatchObject({ code: 'PL004' });
});

test('what it brought, nobody else may change: nor its own session, when its commit is sealed', async () => {
  const version = brought.version_id;
  await expect(world.session('owner', rewrite(version))).rejects.toMatchObject({ code: 'PL005' });
  await expect(asImport(REFERENCE, rewrite(version))).rejects.toMatchObject({ code: 'PL005' });
  await expect(
    asImport(otherWorkflow.workflowId, async (client) => {
      await rewrite(version)(client);
      await client.query('set constraints all immediate');
      await rewrite(version)(client);
    }),
  ).rejects.toMatchObject({ code: 'PL005' });
});

test('whoever else may write is asked the same', async () => {
  const draft = await buildVersion(world, { phase: 'SCOPING' });
  const guest = `guest_of_${process.pid}`;
  await world.sql(
    'superuser',
    `create role ${guest}; grant usage on schema public to ${guest}; grant select, update on phase_version to ${guest}`,
  );
  try {
    await world.session('superuser', async (client) => {
      await client.query('begin');
      await client.query(`set local role ${guest}`);
      await client.query('update public.phase_version set revision = revision + 1 where version_id = $1', [
        draft.versionId,
      ]);
      await expect(rewrite(approved.versionId)(client)).rejects.toMatchObject({ code: 'PL005' });
      await client.query('rollback');
    });
  } finally {
    await world.sql('superuser', `drop owned by ${guest}; drop role ${guest}`);
  }
});
