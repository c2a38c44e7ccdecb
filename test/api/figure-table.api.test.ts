/**
 * Figures over any versions: held against a plain recomputation over random histories, against the lists that they lead down to,
 * and against one small history worked out by hand. How many histories, and which, is said by support/effort.ts.
 */
import fc from 'fast-check';
import { groupBy } from '../../src/group-by';
import { lastCommit, pass } from '../past/support';
import { buildRecord, buildVersion, demandPhase, transition } from '../support/builders';
import { effort, seed } from '../support/effort';
import {
  counts,
  downTo,
  fields,
  historyOf,
  keys,
  recomputed,
  step,
  thirdWorkflow,
  write,
  type Group,
  type Key,
  type Told,
} from '../support/figure-histories';
import { ada, aud, ben, both, olga, stranger, tess, workflow, World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await World.create();
  await world.sql(
    'owner',
    `insert into cycles (cycle_id, name) values ('${thirdWorkflow.cycleId}', 'First quarter');
     insert into workflows (workflow_id, cycle_id, report_id, test_lead_id, report_owner_id, test_executive_id)
     values ('${thirdWorkflow.workflowId}', '${thirdWorkflow.cycleId}', '${thirdWorkflow.reportId}', ${ben}, ${olga}, ${tess})`,
  );
});
afterAll(() => world.destroy());

const ask = async (by: readonly string[], filter: object = {}, as = aud, to = world) =>
  (
    await to.get(
      as,
      `query ($by: [FigureGroupKey!], $filter: PhaseVersionFilter) { figures(by: $by, filter: $filter) {
         horizon { at workflows commits lately } groups { ${fields} } } }`,
      { by, filter },
    )
  ).figures;

/** How many versions each of the filters lists, in one request. */
async function listed(filters: readonly object[], as = aud): Promise<number[]> {
  const names = filters.map((_, n) => `f${n}`);
  const found = await world.get(
    as,
    `query (${names.map((name) => `$${name}: PhaseVersionFilter`).join(', ')}) {
       ${names.map((name) => `${name}: versions(first: 1, filter: $${name}) { totalCount }`).join(' ')} }`,
    Object.fromEntries(names.map((name, n) => [name, filters[n]])),
  );
  return names.map((name) => found[name].totalCount);
}

test('figures over random histories are what a plain recomputation says, and lead down to as many versions', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.subarray(Object.keys(keys) as Key[]),
      fc.nat(1000),
      async (steps, by, which) => {
        const history = historyOf(steps, Date.now());
        await write(world, history);
        const { horizon, groups } = await ask(by);
        const now = Date.parse(horizon.at);
        const there = history.filter(({ isDeleted }) => !isDeleted);
        const keyOf = (one: Told) => Object.assign({}, ...by.map((key) => keys[key](one))) as object;
        const plain = groupBy(there, (one) => JSON.stringify(keyOf(one)));
        if (by.length === 0 && there.length === 0) plain.set('{}', []);
        expect(groups).toHaveLength(plain.size);
        const none = { cycle: null, report: null, lob: null, phase: null, handedInBy: null };
        for (const [key, members] of plain)
          expect(groups).toContainEqual({ ...none, ...JSON.parse(key), ...recomputed(members, there, now) });
        if (groups.length === 0) return;
        const group = groups[which % groups.length] as Group;
        const filter = downTo(group, by);
        const figures = Object.entries(counts);
        expect(await listed(figures.map(([, figure]) => ({ ...filter, figure })))).toEqual(
          figures.map(([name]) => group[name]),
        );
        expect(
          await listed([
            { ...filter, figure: 'DECIDED', reviewedSince: horizon.lately },
            ...group.ages.map(({ since, until }: Group) => ({
              ...filter,
              figure: 'WAITING',
              waitingSince: since,
              waitingUntil: until,
            })),
          ]),
        ).toEqual([group.decidedLately, ...group.ages.map(({ waiting }: Group) => waiting)]);
      },
    ),
    { numRuns: effort.historiesOfFigures, seed, endOnFailure: true },
  );
});

test('a small history, worked out by hand', async () => {
  const day = 24 * 3_600_000;
  const now = Date.now();
  const common = {
    place: workflow,
    phase: 'PLANNING',
    record: 0,
    age: 0,
    waits: 0,
    takes: 0,
    submittedBy: ada,
    reviewedBy: olga,
    editors: [],
    isDeleted: false,
    fromParent: true,
    commits: false,
    isAnswered: false,
    signs: [],
  };
  // The first is approved 10 hours after it was submitted, and 30 after it was started; the second is rejected after 20 and 20,
  // by the one who submitted it; the third, started from that, is approved after 60 and 60, 40 days ago; the fourth waits, for five days.
  const [first, second, third, fourth] = historyOf(
    [
      { ...common, outcome: 'APPROVED', age: 50 * 24, waits: 20, takes: 10 },
      { ...common, outcome: 'REJECTED', age: 45 * 24, takes: 20, submittedBy: olga },
      { ...common, outcome: 'APPROVED', age: 42 * 24, takes: 60, editors: [olga] },
      { ...common, outcome: 'PENDING_APPROVAL', age: 5 * 24 },
    ],
    now,
  );
  await write(world, [first!, second!, third!, fourth!]);
  const { horizon, groups } = await ask(['PHASE']);
  expect(Date.parse(horizon.at) - Date.parse(horizon.lately)).toBe(28 * day);
  expect(horizon.workflows).toBe(3);
  expect(groups).toHaveLength(1);
  const [group] = groups;
  expect(group).toMatchObject({
    phase: 'PLANNING',
    versions: 4,
    approved: 2,
    rejected: 1,
    decided: 3,
    waiting: 1,
    firstTimeRight: 1,
    revised: 1,
    reassigned: 0,
    selfAttested: 1,
    signaturesOutdated: 0,
    answered: 0,
    rejectionRate: 1 / 3,
    firstTimeRightRate: 1 / 2,
    versionsPerApproval: 2,
    decidedLately: 0,
    decisionsPerWeek: 0,
    carryForwardRate: null,
    submissionToDecision: { count: 3, mean: 30, median: 20, p90: 52 },
    creationToDecision: { count: 3, mean: 110 / 3, median: 30, p90: 54 },
    turnaround: { count: 0, mean: null, median: null, p90: null },
  });
  expect(group.waitingTime.count).toBe(1);
  expect(group.waitingTime.mean).toBeCloseTo(120, 0);
  expect(group.ages.map(({ waiting }: Group) => waiting)).toEqual([0, 0, 1, 0, 0, 0]);
});

describe('over what was made as people make it', () => {
  let made: World;
  let then: string;
  beforeAll(async () => {
    made = await World.create();
    await demandPhase(made, 'SAMPLE_SELECTION', { of: workflow, preparer: ada });
    const rejected = await buildVersion(made, { phase: 'SCOPING', status: 'REJECTED' });
    await transition(made, ada, 'reviseVersion', rejected);
    await transition(made, ada, 'deleteVersion', await buildVersion(made, { phase: 'SCOPING' }));
    await buildRecord(made, { phase: 'TEST_EXECUTION' });
    then = await lastCommit(made, workflow.workflowId);
    await pass(then);
  });
  afterAll(() => made.destroy());

  test('what the figures of a phase of a workflow say as well is the same', async () => {
    const { workflow: found } = await made.get(
      aud,
      `{ workflow(cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}") { phases { phase metrics {
         versionCount approvedCount rejectedCount rejectionRate averageApprovalHours p90ApprovalHours carryForwardRate averageTurnaroundHours reassignmentCount revisionCount } } } }`,
    );
    const { groups } = await ask(['PHASE'], { reportIds: [workflow.reportId] }, aud, made);
    expect(groups.length).toBeGreaterThan(4);
    for (const group of groups) {
      const { metrics } = found.phases.find(({ phase }: Group) => phase === group.phase);
      expect(group).toMatchObject({
        versions: metrics.versionCount,
        approved: metrics.approvedCount,
        rejected: metrics.rejectedCount,
        rejectionRate: metrics.rejectionRate,
        carryForwardRate: metrics.carryForwardRate,
        reassigned: metrics.reassignmentCount,
        revised: metrics.revisionCount,
      });
      expect(group.turnaround.mean).toBe(metrics.averageTurnaroundHours);
      if (group.rejected === 0) expect(group.submissionToDecision.mean).toBe(metrics.averageApprovalHours);
    }
    expect(groups.some(({ carryForwardRate }: Group) => carryForwardRate !== null)).toBe(true);
  });

  test('as of an instant they are what they were then, with its horizon, also when much has come since', async () => {
    const at = () =>
      made.get(
        aud,
        `{ figures(by: [PHASE], asOf: "${then}") { horizon { at workflows commits lately } groups { ${fields} } } }`,
      );
    const before = await at();
    expect(before.figures.horizon.at).toBe(then);
    const present = (await ask([], {}, aud, made)).horizon;
    expect(before.figures.horizon.commits).toBe(present.commits);
    await buildVersion(made, { phase: 'SCOPING', status: 'PENDING_APPROVAL' });
    expect((await ask([], {}, aud, made)).horizon.commits).toBeGreaterThan(present.commits);
    expect(await at()).toEqual(before);
  });

  test('on whom the versions of a group wait is whose turn it is with each of them, now and then', async () => {
    await buildVersion(made, { phase: 'DATA_PROFILING', status: 'PENDING_APPROVAL' });
    await buildRecord(made, { phase: 'TEST_EXECUTION' });
    const asked = async (given: string) => {
      const { figures, versions } = await made.get(
        aud,
        `query ${given} {
           figures(by: [PHASE], filter: { figure: WAITING }) { groups { phase waiting waitsOn { versions user { userId } } } }
           versions(filter: { figure: WAITING }) { nodes { phase turn { people { userId } } } } }`,
      );
      for (const { phase, waiting: count, waitsOn } of figures.groups as Group[]) {
        const of = versions.nodes.filter((version: Group) => version.phase === phase);
        expect(of).toHaveLength(count);
        const people = of.flatMap(({ turn }: Group) => turn.people.map(({ userId }: Group) => userId as number));
        const times = [...groupBy(people, (userId) => userId)].map(([userId, { length }]) => ({
          versions: length,
          user: { userId },
        }));
        expect(waitsOn).toEqual(
          times.sort(
            (one, other) => other.versions - one.versions || Number(one.user.userId) - Number(other.user.userId),
          ),
        );
      }
      return figures.groups.map(({ phase }: Group) => phase) as string[];
    };
    const now = await asked('');
    expect(now).toEqual(expect.arrayContaining(['DATA_PROFILING', 'TEST_EXECUTION']));
    const before = await asked(`@asOf(at: "${then}")`);
    expect(before).toContain('TEST_EXECUTION');
    expect(before).not.toContain('DATA_PROFILING');
  });

  test('who sees one workflow is told of that one, and who sees none of none', async () => {
    const of = async (userId: number) => {
      const { horizon, groups } = await ask(['REPORT'], {}, userId, made);
      return [horizon.workflows, groups.map(({ report }: Group) => report.reportId)];
    };
    expect(await of(olga)).toEqual([1, [workflow.reportId]]);
    expect(await of(both)).toEqual([1, []]);
    expect(await of(stranger)).toEqual([0, []]);
    expect((await ask([], {}, stranger, made)).groups).toMatchObject([{ versions: 0, rejectionRate: null }]);
    expect((await of(aud))[0]).toBe(2);
  });

  test('is as many statements for one group as for many, and one more for what was carried', async () => {
    const statements = async (query: string) =>
      (await made.counted(() => made.get(aud, query))).statements.filter((sql) => !/from users u where/.test(sql));
    expect(await statements('{ figures { groups { versions approved } } }')).toHaveLength(1);
    expect(await statements('{ figures(by: [PHASE]) { groups { versions ages { waiting } } } }')).toHaveLength(1);
    expect(await statements('{ figures(by: [REPORT, PHASE]) { groups { carryForwardRate } } }')).toHaveLength(2);
    const one = await statements(
      '{ figures(filter: { phases: [TEST_EXECUTION] }) { groups { waitsOn { versions } } } }',
    );
    expect(await statements('{ figures(by: [REPORT, PHASE]) { groups { waitsOn { versions } } } }')).toHaveLength(
      one.length,
    );
    expect(one.length).toBeLessThanOrEqual(5);
    expect(
      await statements('{ figures(by: [REPORT, PHASE, CYCLE]) { groups { report { name } cycle { name } } } }'),
    ).toHaveLength(3);
    // As of an instant: which workflows there are, their heads, whether they are closed by then, and the figures.
    const of = (fields: string) =>
      `{ figures(by: [REPORT, PHASE], asOf: "${then}") { horizon { commits } groups { ${fields} } } }`;
    await statements(of('versions')); // closes the logs at the instant, once
    const asked = await statements(of('versions firstTimeRight signaturesOutdated'));
    expect(asked.filter((sql) => /select w\.workflow_id from workflows/.test(sql))).toHaveLength(1);
    expect(asked.length).toBeLessThanOrEqual(4);
    expect(await statements(of('versions'))).toHaveLength(asked.length);
  });

  test('on whom so many versions wait that nobody reads them is not told', async () => {
    await made.sql(
      'superuser',
      `alter table phase_version disable trigger all;
       insert into phase_version (version_id, stream_id, master_record_id, cycle_id, report_id, phase, versioning_type, version_number, status,
         created_at, created_by, submitted_at, submitted_by, approval_required, content_hash)
       select gen_random_uuid(), '${workflow.workflowId}', '${workflow.workflowId}', '${workflow.cycleId}', '${workflow.reportId}', 'OBSERVATION_MANAGEMENT', 'FULL', n,
         'PENDING_APPROVAL', now(), ${ada}, now(), ${ada}, true, '' from generate_series(1, 2001) n;
       alter table phase_version enable trigger all`,
    );
    const { figures } = await made.get(
      aud,
      '{ figures(by: [HANDED_IN_BY]) { groups { waiting waitsOn { versions } } } }',
    );
    expect(figures.groups.every(({ waitsOn }: Group) => waitsOn === null)).toBe(true);
    const [inTests] = (
      await made.get(
        aud,
        '{ figures(filter: { phases: [TEST_EXECUTION] }) { groups { waiting waitsOn { versions } } } }',
      )
    ).figures.groups;
    expect(inTests.waitsOn).not.toBeNull();
  });
});
