/** Figures over many workflows, worked out by hand on one small history, and again, plainly, on another. */
import { buildRecord, buildVersion, demandPhase, transition } from '../support/builders';
import { ada, aud, ben, both, dan, eve, olga, otherWorkflow, stranger, workflow, World } from '../support/world';

const { cycleId, reportId } = workflow;
let world: World;
let builtAt: string;

beforeAll(async () => {
  world = await World.create();
  await demandPhase(world, 'SAMPLE_SELECTION', { of: workflow, preparer: ada });
  await transition(world, ada, 'deleteVersion', await buildVersion(world, { phase: 'SCOPING' }));
  await buildVersion(world, { phase: 'SCOPING', status: 'REJECTED' });
  await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL' });
  await buildRecord(world, { phase: 'TEST_EXECUTION' });
  builtAt = new Date().toISOString();
});
afterAll(() => world.destroy());

const timeline = async (args: string, userId = aud) =>
  (
    await world.get(
      userId,
      `{ metricsTimeline(${args}) { start versionsCreated approvals rejections averageApprovalHours } }`,
    )
  ).metricsTimeline;
const bottlenecks = async (userId = aud, args = '') =>
  (await world.get(userId, `{ bottlenecks${args} { phase waitingVersions oldestWaitingHours averageApprovalHours } }`))
    .bottlenecks;
const activity = async (args: string, userId = aud) =>
  (
    await world.get(
      userId,
      `{ actorActivity(${args}) { user { userId } versionsCreated submissions approvals rejections } }`,
    )
  ).actorActivity as ({ user: { userId: number } } & Record<string, number>)[];
const everything = 'since: "2000-01-01T00:00:00Z", until: "2100-01-01T00:00:00Z"';

interface Told {
  phase: string;
  status: string;
  createdAt: string;
  submittedAt: string | null;
  reviewedAt: string | null;
  effectiveFrom: string | null;
  versioningType: string;
  createdBy: { userId: number };
  submittedBy: { userId: number } | null;
  reviewedBy: { userId: number } | null;
}

/** All versions of the workflow that were not deleted, as a reader of the API has them. */
async function versions(): Promise<Told[]> {
  const { workflow: found } = await world.get(
    aud,
    `{ workflow(cycleId: "${cycleId}", reportId: "${reportId}") { phases { phase history(first: 100) { nodes {
       phase status createdAt submittedAt reviewedAt effectiveFrom versioningType createdBy { userId } submittedBy { userId } reviewedBy { userId } } } } } }`,
  );
  return found.phases.flatMap(({ history }: { history: { nodes: Told[] } }) => history.nodes);
}

const hours = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 3_600_000;
const mean = (numbers: number[]) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
const isApproved = (version: Told) => version.versioningType === 'FULL' && version.effectiveFrom !== null;
const isRejected = ({ status }: Told) => status === 'REJECTED';

test('what a timeline counts is what a plain recomputation counts, in each period that an event may begin', async () => {
  const all = await versions();
  const happened = all.flatMap(({ createdAt, reviewedAt }) => [createdAt, ...(reviewedAt ? [reviewedAt] : [])]).sort();
  for (const [since, until] of [
    [happened[0]!, happened.at(-1)!],
    [happened[3]!, '2040-01-01T00:00:00Z'],
    ['2020-02-10T13:00:00Z', happened[7]!],
  ] as const) {
    const within = (at: string | null) =>
      at !== null && Date.parse(at) >= Date.parse(since) && Date.parse(at) < Date.parse(until);
    const buckets = await timeline(`interval: MONTH, since: "${since}", until: "${until}"`);
    const sum = (name: string) =>
      buckets.reduce((total: number, bucket: Record<string, number>) => total + bucket[name]!, 0);
    expect(sum('versionsCreated')).toBe(all.filter(({ createdAt }) => within(createdAt)).length);
    expect(sum('approvals')).toBe(all.filter((version) => isApproved(version) && within(version.reviewedAt)).length);
    expect(sum('rejections')).toBe(all.filter((version) => isRejected(version) && within(version.reviewedAt)).length);
    expect(buckets[0].start).toBe(`${since.slice(0, 7)}-01T00:00:00.000Z`);
  }
});

test('what each person did is what a plain recomputation says', async () => {
  const all = await versions();
  const told = await activity(everything);
  const people = [
    ...new Set(all.flatMap(({ createdBy, submittedBy, reviewedBy }) => [createdBy, submittedBy, reviewedBy])),
  ]
    .flatMap((person) => (person ? [person.userId] : []))
    .filter((userId, index, all) => all.indexOf(userId) === index)
    .sort((one, other) => one - other);
  expect(people.length).toBeGreaterThan(1);
  const by = (person: keyof Told, which: (version: Told) => boolean, userId: number) =>
    all.filter((version) => (version[person] as { userId: number } | null)?.userId === userId && which(version)).length;
  expect(told).toEqual(
    people
      .map((userId) => ({
        user: { userId },
        versionsCreated: by('createdBy', () => true, userId),
        submissions: by('submittedBy', () => true, userId),
        approvals: by('reviewedBy', isApproved, userId),
        rejections: by('reviewedBy', isRejected, userId),
      }))
      .filter(({ user: _, ...counts }) => Object.values(counts).some((count) => count > 0)),
  );
});

test('what waits, for how long, and how long approvals take otherwise', async () => {
  const all = await versions();
  const told = await bottlenecks();
  expect(told.map(({ phase, waitingVersions }: Record<string, unknown>) => [phase, waitingVersions]).sort()).toEqual([
    ['REQUEST_INFO', 1],
    ['SCOPING', 1],
    ['TEST_EXECUTION', 1],
  ]);
  const scoping = told.find(({ phase }: { phase: string }) => phase === 'SCOPING');
  const waiting = all.find(({ phase, status }) => phase === 'SCOPING' && status === 'PENDING_APPROVAL')!;
  const now = hours(waiting.submittedAt!, new Date().toISOString());
  expect(scoping.oldestWaitingHours).toBeGreaterThan(0);
  expect(scoping.oldestWaitingHours).toBeLessThanOrEqual(now);
  const took = all
    .filter((version) => version.phase === 'SCOPING' && isApproved(version))
    .map(({ submittedAt, reviewedAt }) => hours(submittedAt!, reviewedAt!));
  expect(scoping.averageApprovalHours).toBeCloseTo(mean(took), 10);
  expect(told.find(({ phase }: { phase: string }) => phase === 'TEST_EXECUTION').averageApprovalHours).toBeNull();
});

test('as of an instant, they are what they were then, also when much has come since', async () => {
  const ask = async () =>
    world.get(
      aud,
      `query @asOf(at: "${builtAt}") { bottlenecks { phase waitingVersions oldestWaitingHours }
         actorActivity(${everything}) { user { userId } versionsCreated submissions approvals rejections }
         metricsTimeline(interval: MONTH, since: "2026-01-01T00:00:00Z", until: "2028-01-01T00:00:00Z") { start versionsCreated approvals } }`,
    );
  const then = await ask();
  expect(then.bottlenecks).toHaveLength(3);
  await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL' });
  expect((await bottlenecks()).find(({ phase }: { phase: string }) => phase === 'SCOPING').waitingVersions).toBe(2);
  expect(await ask()).toEqual(then);
});

test('who sees one workflow is told of that one, and who sees none of none', async () => {
  expect(await bottlenecks(olga)).toHaveLength(3);
  for (const userId of [stranger, both]) {
    expect(await bottlenecks(userId)).toEqual([]);
    expect(await activity(everything, userId)).toEqual([]);
  }
  expect(
    await bottlenecks(aud, `(cycleId: "${otherWorkflow.cycleId}", reportId: "${otherWorkflow.reportId}")`),
  ).toEqual([]);
  const [bucket] = await timeline(
    `interval: MONTH, since: "2026-01-01T00:00:00Z", until: "2026-01-02T00:00:00Z"`,
    stranger,
  );
  expect(bucket).toMatchObject({ versionsCreated: 0, approvals: 0, averageApprovalHours: null });
});

test('times that run backwards and timelines that nobody could read are refused', async () => {
  const code = (query: string) => world.codeOf(aud, query);
  const backwards = 'since: "2026-02-01T00:00:00Z", until: "2026-02-01T00:00:00Z"';
  expect(await code(`{ actorActivity(${backwards}) { submissions } }`)).toBe('BAD_USER_INPUT');
  expect(await code(`{ metricsTimeline(interval: DAY, ${backwards}) { approvals } }`)).toBe('BAD_USER_INPUT');
  expect(await code(`{ metricsTimeline(interval: DAY, ${everything}) { approvals } }`)).toBe('LIMIT_EXCEEDED');
});

test('each is two statements, however much there is', async () => {
  for (const query of [
    '{ bottlenecks { phase } }',
    `{ actorActivity(${everything}) { submissions } }`,
    `{ metricsTimeline(interval: MONTH, since: "2026-01-01T00:00:00Z", until: "2027-01-01T00:00:00Z") { approvals } }`,
  ]) {
    const { statements } = await world.counted(() => world.get(aud, query));
    expect(statements.filter((sql) => !/from users u where/.test(sql))).toHaveLength(2);
  }
});

test('a small history, worked out by hand', async () => {
  const small = await World.create();
  try {
    const { versionId: approved } = await buildVersion(small, { phase: 'PLANNING', status: 'APPROVED' });
    const { versionId: rejected } = await buildVersion(small, { phase: 'PLANNING', status: 'REJECTED' });
    const { versionId: waiting } = await buildVersion(small, { phase: 'PLANNING', status: 'PENDING_APPROVAL' });
    // When each of them happened is set by hand, past all triggers.
    const set = (versionId: string, created: string, submitted: string, reviewed: string | null) =>
      small.sql(
        'superuser',
        `begin; alter table phase_version disable trigger user;
         update phase_version set created_at = '${created}', submitted_at = '${submitted}', reviewed_at = ${reviewed && `'${reviewed}'`},
           created_by = ${dan}, submitted_by = ${eve}, reviewed_by = ${reviewed && ben} where version_id = '${versionId}';
         alter table phase_version enable trigger user; commit`,
      );
    await set(approved, '2026-03-01T23:30:00Z', '2026-03-02T08:00:00Z', '2026-03-02T20:00:00Z');
    await set(rejected, '2026-03-02T21:00:00Z', '2026-03-03T00:00:00Z', '2026-03-04T00:00:00Z');
    await set(waiting, '2026-03-04T10:00:00Z', '2026-03-04T11:00:00Z', null);

    const ask = async (query: string) => small.get(aud, query);
    const march = 'since: "2026-03-01T00:00:00Z", until: "2026-03-05T00:00:00Z"';
    const none = { versionsCreated: 0, approvals: 0, rejections: 0, averageApprovalHours: null };
    const fields = 'start versionsCreated approvals rejections averageApprovalHours';
    const { metricsTimeline: days } = await ask(`{ metricsTimeline(interval: DAY, ${march}) { ${fields} } }`);
    expect(days).toEqual([
      { ...none, start: '2026-03-01T00:00:00.000Z', versionsCreated: 1 },
      { ...none, start: '2026-03-02T00:00:00.000Z', versionsCreated: 1, approvals: 1, averageApprovalHours: 12 },
      { ...none, start: '2026-03-03T00:00:00.000Z' },
      { ...none, start: '2026-03-04T00:00:00.000Z', versionsCreated: 1, rejections: 1 },
    ]);
    // The 1st of March 2026 is a Sunday: its week began in February, and what came before `since` does not count.
    const { metricsTimeline: weeks } = await ask(`{ metricsTimeline(interval: WEEK, ${march}) { ${fields} } }`);
    expect(weeks).toEqual([
      { ...none, start: '2026-02-23T00:00:00.000Z', versionsCreated: 1 },
      { start: '2026-03-02T00:00:00.000Z', versionsCreated: 2, approvals: 1, rejections: 1, averageApprovalHours: 12 },
    ]);
    const { actorActivity } = await ask(
      `{ actorActivity(${march}) { user { userId } versionsCreated submissions approvals rejections } }`,
    );
    const did = { versionsCreated: 0, submissions: 0, approvals: 0, rejections: 0 };
    expect(actorActivity).toEqual(
      [
        { ...did, user: { userId: dan }, versionsCreated: 3 },
        { ...did, user: { userId: eve }, submissions: 3 },
        { ...did, user: { userId: ben }, approvals: 1, rejections: 1 },
      ].sort((one, other) => one.user.userId - other.user.userId),
    );
    const [{ oldestWaitingHours, ...bottleneck }] = (
      await ask('{ bottlenecks { phase waitingVersions oldestWaitingHours averageApprovalHours } }')
    ).bottlenecks;
    expect(bottleneck).toEqual({ phase: 'PLANNING', waitingVersions: 1, averageApprovalHours: 12 });
    expect(oldestWaitingHours).toBeCloseTo(hours('2026-03-04T11:00:00Z', new Date().toISOString()), 0);
  } finally {
    await small.destroy();
  }
});
