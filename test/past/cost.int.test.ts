/** What reading the past costs, in statements, and what connections remember of it. */
import { Database } from '../../src/database/connection/database';
import { AsOfReader } from '../../src/database/log/as-of-reader';
import { versionsById } from '../../src/database/versions/versions';
import { buildVersion, itemKeys, mutate, sampleItem, transition, type BuiltVersion } from '../support/builders';
import { chance } from '../support/chance';
import { seed } from '../support/effort';
import { TEST_STATEMENT_TIMEOUT_MS } from '../support/server';
import { ada, aud, workflow, World } from '../support/world';
import { lastCommit, makeWorkflow, now, pass, type Place } from './support';

let world: World;
const FEW = 3;
const MANY = 30;
let place: Place;
let others: Place[];
let at: string;
const versions: BuiltVersion[] = [];
const instants: string[] = [];

beforeAll(async () => {
  world = await World.create();
  place = await makeWorkflow(world, workflow.cycleId);
  let version = await buildVersion(world, { phase: 'PLANNING', status: 'APPROVED', items: MANY, of: place });
  for (let n = 1; n <= MANY; n++) {
    versions.push(version);
    instants.push(await lastCommit(world, place.workflowId));
    await pass(instants.at(-1)!);
    if (n === MANY) break;
    const [itemKey] = await itemKeys(world, version.versionId);
    const draft = await mutate(world, ada, 'createVersion', 'CreateVersionInput', {
      cycleId: place.cycleId,
      reportId: place.reportId,
      phase: 'PLANNING',
      items: { attributeDecisions: [{ ...sampleItem('PLANNING', 1), itemKey, decisionReason: `Form ${n}` }] },
    });
    version = await transition(world, ada, 'approveVersion', await transition(world, ada, 'submitVersion', draft));
  }
  await buildVersion(world, { phase: 'SAMPLE_SELECTION', status: 'APPROVED', items: 1, of: place });
  for (let n = 0; n < MANY; n++)
    await mutate(world, ada, 'assignDataOwner', 'AssignDataOwnerInput', {
      cycleId: place.cycleId,
      reportId: place.reportId,
      dataOwnerId: 4,
      assignmentType: 'BACKUP',
    });
  others = await Promise.all(Array.from({ length: MANY }, () => makeWorkflow(world, workflow.cycleId)));
  for (const of of others) await buildVersion(world, { phase: 'PLANNING', items: 1, of });
  at = await now(world);
  await pass(at);
  // Everything is changed afterwards, so that nothing is read from the live tables alone.
  await world.sql('owner', `update users set name = name || ' later'`);
  await mutate(world, ada, 'createVersion', 'CreateVersionInput', {
    cycleId: place.cycleId,
    reportId: place.reportId,
    phase: 'PLANNING',
  });
});
afterAll(() => world.destroy());

async function asked(query: string, variables: object = {}) {
  await world.get(aud, query, variables); // the streams are closed now
  const { result, statements } = await world.counted(() => world.get(aud, query, variables));
  return { result, statements };
}
const size = ({ result }: { result: unknown }) => JSON.stringify(result).length;
const of = ({ cycleId, reportId }: Place) => `workflow(cycleId: "${cycleId}", reportId: "${reportId}")`;

const selections: Record<string, string> = {
  versions: `workflowPhase(phase: PLANNING) { history(first: $first) { totalCount nodes { versionId content createdBy { name roles } parent { versionNumber } current { versionNumber }
    items(first: 3) { totalCount nodes { label content reviewStatus decision { decidedBy { name } } carriedFromVersion { versionNumber } carriedFromItem { itemKey } ... on AttributeDecision { modificationHistory } } }
    changes(first: 2) { totalCount nodes { sequence actor { name } } } } } }`,
  items: `workflowPhase(phase: PLANNING) { history(last: 1) { nodes { items(first: $first) { totalCount nodes { label content reviewStatus carriedFromItem { itemId } } } } } }`,
  records: `workflowPhase(phase: DATA_OWNER_ID) { records(first: $first) { totalCount nodes { versionId content ... on DataOwnerAssignment { dataOwner { name roles } changeHistory { changeType changedBy { name } } } } } }`,
  commits: `changes(first: $first) { totalCount nodes { sequence hash actor { name } versions { versionNumber } rowChanges(first: 5) { totalCount nodes { table before after } } } }`,
};

describe('as many statements for much as for little:', () => {
  test.each(Object.entries(selections))(
    `${FEW} and ${MANY} %s, and no more than a fixed few more than live`,
    async (_, selection) => {
      const past = `query ($first: Int!, $at: DateTime!) @asOf(at: $at) { ${of(place)} { ${selection} } }`;
      const live = `query ($first: Int!) { ${of(place)} { ${selection} } }`;
      const [little, much] = [await asked(past, { first: FEW, at }), await asked(past, { first: MANY, at })];
      expect(size(much)).toBeGreaterThan(4 * size(little));
      expect(much.statements).toHaveLength(little.statements.length);
      const today = await asked(live, { first: MANY });
      // One for each look at whether streams are closed, of the operation and of the workflow; and the workflow, which is found before it is read.
      expect(much.statements.length - today.statements.length).toBeLessThanOrEqual(4);
    },
  );

  test(`${FEW} and ${MANY} versions, each at an instant of the field`, async () => {
    const query = `query ($first: Int!, $at: DateTime!) { ${of(place)} { workflowPhase(phase: PLANNING) { history(first: $first) { nodes { asOf(at: $at) { status items(first: 2) { nodes { content } } } current(asOf: $at) { versionNumber } } } } } }`;
    const [little, much] = [await asked(query, { first: FEW, at }), await asked(query, { first: MANY, at })];
    expect(size(much)).toBeGreaterThan(4 * size(little));
    expect(much.statements).toHaveLength(little.statements.length);
  });

  test(`${FEW} and ${MANY} workflows, on the operation and each at an instant of the field`, async () => {
    for (const query of [
      `query ($first: Int!, $at: DateTime!) @asOf(at: $at) { workflows(first: $first) { totalCount nodes { report { name } testers { name } changes { totalCount } phases { progress current { versionId } } } } }`,
      `query ($first: Int!, $at: DateTime!) { workflows(first: $first) { nodes { workflowPhase(phase: PLANNING) { current(asOf: $at) { versionId } records(asOf: $at) { nodes { versionId content } } } } } }`,
    ]) {
      const [little, much] = [await asked(query, { first: FEW, at }), await asked(query, { first: MANY, at })];
      expect(size(much)).toBeGreaterThan(4 * size(little));
      expect(much.statements).toHaveLength(little.statements.length);
      // Also when nothing is settled yet.
      const counts = [];
      for (const first of [FEW, MANY]) {
        const fresh = await now(world);
        const { statements } = await world.counted(() => world.get(aud, query, { first, at: fresh }));
        counts.push(statements.length);
      }
      expect(counts[1]).toBe(counts[0]);
    }
  });

  test(`${FEW} and ${MANY} nodes of every kind, of as many workflows`, async () => {
    const { workflows } = await world.get(
      aud,
      `{ workflows(first: ${MANY}) { nodes { id testers { id } changes { nodes { id } } workflowPhase(phase: PLANNING) { history(last: 1) { nodes { id items(first: 1) { nodes { id } } } } } } } }`,
    );
    const idsOf = (found: any[]) =>
      found.flatMap(({ id, testers, changes, workflowPhase }) => {
        const [version] = workflowPhase.history.nodes;
        return version ? [id, testers[0].id, changes.nodes.at(-1).id, version.id, version.items.nodes[0].id] : [];
      });
    const query = `query ($ids: [ID!]!, $at: DateTime!) @asOf(at: $at) { nodes(ids: $ids) { id ... on PhaseVersion { versionNumber } ... on VersionItem { label } ... on User { name } } }`;
    const ids = idsOf(workflows.nodes).slice(0, 100);
    const [little, much] = [await asked(query, { ids: ids.slice(0, 10), at }), await asked(query, { ids, at })];
    expect(much.result.nodes).toHaveLength(100);
    expect(much.result.nodes).not.toContain(null);
    expect(much.statements).toHaveLength(little.statements.length);
  });

  test('an instant asked of often costs as much as once; each further instant as much as the one before', async () => {
    const field = (n: number, instant: string) =>
      `v${n}: workflowPhase(phase: PLANNING) { current(asOf: "${instant}") { versionNumber } }`;
    const cost = async (chosen: string[]) =>
      (await asked(`{ ${of(place)} { ${chosen.map((instant, n) => field(n, instant)).join(' ')} } }`)).statements
        .length;
    const once = await cost([instants[3]!]);
    expect(await cost(Array<string>(20).fill(instants[3]!))).toBe(once);
    const [two, ten] = [await cost(instants.slice(0, 2)), await cost(instants.slice(0, 10))];
    expect(ten - once).toBe(9 * (two - once));
  });
});

test('rows are checked for later commits only in streams that have moved since', async () => {
  const db = new Database({
    url: world.database.serviceUrl,
    poolSize: 1,
    statementTimeoutMs: TEST_STATEMENT_TIMEOUT_MS,
  });
  const checks = async ({ workflowId }: Place) => {
    const past = new AsOfReader(db, new Date(at));
    await past.closeStreams([workflowId]);
    const plan = await past.query<object>(
      `explain (analyze, costs off, timing off) select version_id from phase_version where stream_id = '${workflowId}'`,
    );
    const text = plan.flatMap((row) => Object.values(row) as string[]).join('\n');
    const [check] = /SubPlan \d+\n[^]*?on row_change.*/.exec(text)!;
    return !check.endsWith('(never executed)');
  };
  try {
    expect(await checks(place)).toBe(true);
    expect(await checks(others[0]!)).toBe(false);
  } finally {
    await db.close();
  }
});

describe('a connection', () => {
  const field = (n: number, instant: string) =>
    `v${n}: ${of(place)} { workflowPhase(phase: PLANNING) { current(asOf: "${instant}") { versionId } } }`;

  test('that all instants of a request share shows each its own', async () => {
    const data = await world.get(aud, `{ ${instants.map((instant, n) => field(n, instant)).join(' ')} }`);
    expect(instants.map((_, n) => data[`v${n}`].workflowPhase.current.versionId)).toEqual(
      versions.map(({ versionId }) => versionId),
    );
  });

  test('that is the only one shows each of many readers their own instant', async () => {
    const db = new Database({
      url: world.database.serviceUrl,
      poolSize: 1,
      statementTimeoutMs: TEST_STATEMENT_TIMEOUT_MS,
    });
    try {
      const read = async (instant: string) => {
        const past = new AsOfReader(db, new Date(instant));
        await past.closeStreams([place.workflowId]);
        const statuses = [];
        for (let n = 0; n < 3; n++)
          statuses.push(
            (
              await versionsById(
                past,
                versions.map(({ versionId }) => versionId),
              )
            )
              .filter(({ status }) => status === 'APPROVED')
              .map(({ versionId }) => versionId),
          );
        return statuses;
      };
      const next = chance(seed);
      const order = [...instants, ...instants].sort(() => next() - 0.5);
      const seen = await Promise.all(order.map(read));
      for (const [n, instant] of order.entries()) {
        const { versionId } = versions[instants.indexOf(instant)]!;
        expect(seen[n]).toEqual([[versionId], [versionId], [versionId]]);
      }
    } finally {
      await db.close();
    }
  });

  test('on which a statement failed shows the next reader their own instant, and the present is the present', async () => {
    const db = new Database({ url: world.database.serviceUrl, poolSize: 1, statementTimeoutMs: 2_000 });
    try {
      const [early, late] = [new AsOfReader(db, new Date(instants[2]!)), new AsOfReader(db, new Date(instants[20]!))];
      await Promise.all([early.closeStreams([place.workflowId]), late.closeStreams([place.workflowId])]);
      const current = async (past: AsOfReader) =>
        (
          await past.query<{ n: number }>('select max(version_number)::int as n from phase_version where phase = $1', [
            'PLANNING',
          ])
        )[0]!.n;
      for (const failing of ['select 1 / 0', 'select * from nowhere', 'select pg_sleep(60)', `select 'x'::uuid`]) {
        const wrong = early.query(failing).catch((error: unknown) => error);
        const [outcome, next] = await Promise.all([wrong, current(late)]);
        expect(outcome).toBeInstanceOf(Error);
        expect(next).toBe(21);
        expect(await current(early)).toBe(3);
      }
      const [live] = await db.query<{ n: number }>(
        'select max(version_number)::int as n from phase_version where stream_id = $1 and phase = $2',
        [place.workflowId, 'PLANNING'],
      );
      expect(live!.n).toBe(MANY + 1);
    } finally {
      await db.close();
    }
  });

  test('that sees a stream only up to its commit does not see others at all', async () => {
    const past = new AsOfReader(world.db, new Date(at));
    await past.closeStreams([others[0]!.workflowId]);
    const rows = await past.query<{ streamId: string }>('select distinct stream_id from phase_version');
    expect(rows).toEqual([{ streamId: others[0]!.workflowId }]);
    const nothing = new AsOfReader(world.db, new Date(at));
    expect(await nothing.query('select * from users')).toEqual([]);
  });
});
