/** Stepping through the past by commits, and what a verification says: when, up to what, and of which instant. */
import path from 'node:path';
import { Checkpoints } from '../../src/proof/checkpoints';
import { buildVersion, transition, type BuiltVersion } from '../support/builders';
import { temporaryFolder } from '../support/temporary';
import { ada, aud, stranger, workflow, World } from '../support/world';

let world: World;
let checkpoints: Checkpoints;
let version: BuiltVersion;
/** All commits of the workflow, oldest first. */
let commits: { sequence: number; committedAt: string; hash: string }[];

beforeAll(async () => {
  checkpoints = new Checkpoints(path.join(temporaryFolder(), 'checkpoints'));
  world = await World.create({ checkpoints });
  await buildVersion(world, { phase: 'PLANNING', status: 'APPROVED' });
  version = await buildVersion(world, { phase: 'PLANNING' });
  const { changes } = await inWorkflow('changes(first: 100) { nodes { sequence committedAt hash } }');
  commits = changes.nodes.reverse();
});
afterAll(() => world.destroy());

const named = `cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}"`;
const inWorkflow = async (field: string, as = aud, directive = '') =>
  (await world.get(as, `query ${directive} { workflow(${named}) { ${field} } }`)).workflow;
const aroundOf = async (at: string, directive = '') => {
  const { changesAround } = await inWorkflow(
    `changesAround(at: "${at}") { before { sequence } at { sequence } after { sequence } }`,
    aud,
    directive,
  );
  return [changesAround.before, changesAround.at, changesAround.after].map((commit) => commit?.sequence ?? null);
};
const ms = (instant: string, by: number) => new Date(Date.parse(instant) + by).toISOString();

test('an instant lies behind the commit that left what was so then, and before the next', async () => {
  const last = commits.length;
  expect(last).toBeGreaterThan(3);
  expect(await aroundOf(commits[1]!.committedAt)).toEqual([1, 2, 3]);
  expect(await aroundOf(ms(commits[1]!.committedAt, -1))).toEqual([null, 1, 2]);
  expect(await aroundOf(ms(commits[0]!.committedAt, -1))).toEqual([null, null, 1]);
  expect(await aroundOf(commits[last - 1]!.committedAt)).toEqual([last - 1, last, null]);
  expect(await aroundOf('2100-01-01T00:00:00.000Z')).toEqual([last - 1, last, null]);
  // As of an instant there is nothing later.
  expect(await aroundOf(commits[1]!.committedAt, `@asOf(at: "${commits[1]!.committedAt}")`)).toEqual([1, 2, null]);
});

test('whoever looks around is noted as a reader of the log', async () => {
  const reads = async () => {
    const { changeLogReads } = await world.get(
      aud,
      `{ changeLogReads(${named}, first: 1) { totalCount nodes { field } } }`,
    );
    return changeLogReads;
  };
  const { totalCount } = await reads();
  await inWorkflow(`a: changesAround(at: "${commits[0]!.committedAt}") { at { sequence } }`);
  expect(await reads()).toEqual({ totalCount: totalCount + 1, nodes: [{ field: 'Workflow.changesAround' }] });
});

test('a workflow and a version are read as a commit left them, by its number', async () => {
  for (const { sequence, committedAt } of commits) {
    const phases =
      'phases { phase progress } phaseOfIt: workflowPhase(phase: PLANNING) { history(first: 9) { totalCount } }';
    const { bySequence, byInstant } = await inWorkflow(
      `bySequence: asOf(sequence: ${sequence}) { ${phases} } byInstant: asOf(at: "${committedAt}") { ${phases} }`,
    );
    expect(bySequence).toEqual(byInstant);
    const versionThen = async (when: string) =>
      (
        await world.get(
          aud,
          `{ phaseVersion(versionId: "${version.versionId}") { asOf(${when}) { status revision } } }`,
        )
      ).phaseVersion.asOf;
    expect(await versionThen(`sequence: ${sequence}`)).toEqual(await versionThen(`at: "${committedAt}"`));
  }
  const asOf = (when: string) => `{ workflow(${named}) { asOf(${when}) { workflowId } } }`;
  expect(await world.codeOf(aud, asOf('sequence: 1000000'))).toBe('NOT_FOUND');
  expect(await world.codeOf(aud, asOf('sequence: 0'))).toBe('NOT_FOUND');
  expect(await world.codeOf(aud, `{ workflow(${named}) { asOf { workflowId } } }`)).toBe('BAD_USER_INPUT');
  expect(await world.codeOf(aud, asOf(`sequence: 1, at: "${commits[0]!.committedAt}"`))).toBe('BAD_USER_INPUT');
  expect(
    (await world.get(stranger, `{ workflow(${named}) { asOf(sequence: 1) { workflowId } } }`)).workflow,
  ).toBeNull();
});

describe('a verification', () => {
  const proof =
    'valid changeSetsChecked headHash firstBrokenSequence problem checkedAt checkpointSequence checkpointNotedAt';
  const verify = async (directive = '') =>
    (await world.get(aud, `query ${directive} { verifyChangeLog(${named}) { ${proof} } }`)).verifyChangeLog;
  const upTo = (sequence: number) => verify(`@asOf(at: "${commits[sequence - 1]!.committedAt}")`);

  test('says when it was, and what a checkpoint outside the database has noted', async () => {
    const [{ before }] = (await world.sql('owner', 'select clock_timestamp() as before')) as [{ before: Date }];
    const unnoted = await verify();
    expect(unnoted).toMatchObject({ valid: true, checkpointSequence: null, checkpointNotedAt: null });
    expect(Date.parse(unnoted.checkedAt)).toBeGreaterThanOrEqual(before.getTime() - 1);
    await checkpoints.note(world.db);
    const noted = await verify();
    expect(noted).toMatchObject({ valid: true, checkpointSequence: commits.length });
    expect(noted.checkpointNotedAt <= noted.checkedAt).toBe(true);
    await transition(world, ada, 'deleteVersion', version);
    const { checkpointSequence, changeSetsChecked } = await verify();
    expect(checkpointSequence).toBe(commits.length);
    expect(changeSetsChecked).toBe(checkpointSequence + 1);
  });

  test('as of an instant is one of the commits up to then', async () => {
    for (const { sequence, hash } of commits)
      expect(await upTo(sequence)).toMatchObject({
        valid: true,
        changeSetsChecked: sequence,
        headHash: hash,
        checkpointSequence: sequence === commits.length ? sequence : null,
      });
    const before = await verify(`@asOf(at: "${ms(commits[0]!.committedAt, -1)}")`);
    expect(before).toMatchObject({ valid: true, changeSetsChecked: 0, headHash: null });
  });

  test('finds fault with what was tampered with, and with nothing before it', async () => {
    const broken = 3;
    await world.session('superuser', async (client) => {
      await client.query('alter table log.change_set disable trigger all');
      await client.query(`update log.change_set set reason = 'Another.' where stream_id = $1 and sequence = $2`, [
        workflow.workflowId,
        broken,
      ]);
    });
    expect(await verify()).toMatchObject({ valid: false, firstBrokenSequence: broken });
    expect(await upTo(broken)).toMatchObject({ valid: false, firstBrokenSequence: broken });
    expect(await upTo(broken - 1)).toMatchObject({
      valid: true,
      changeSetsChecked: broken - 1,
      headHash: commits[broken - 2]!.hash,
      firstBrokenSequence: null,
      problem: null,
    });
  });
});
