/**
 * Random histories of all nine phases: every action that is offered succeeds, every action that is not offered is refused, and
 * it is always a rule that refuses. Where a constraint or a guard of the database has to, the rules have forgotten something,
 * whatever the refusal is worded like. How many histories, and which, is said
 * by support/effort.ts.
 *
 * @jest-environment node
 */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { fromPostgres, isRetryable } from '../../src/database/connection/postgres-errors';
import { fullPhases, fullPhaseOf, phases, phaseOf } from '../../src/phases';
import type { PhaseDeclaration } from '../../src/versioning/phase';
import { buildVersion, commandInput, sampleItem, sampleItems } from '../support/builders';
import { answerTo, deputies, draftDeeds, recordDeeds, type Deed } from '../support/deeds';
import { effort, seed } from '../support/effort';
import { insertRows, logFaults, rawVersion } from '../support/log';
import { workflow, World } from '../support/world';

/** What the database refused, as the driver has it. */
const mockRefusals: string[] = [];
jest.mock('../../src/database/connection/postgres-errors', () => {
  const actual = jest.requireActual<{ fromPostgres: typeof fromPostgres; isRetryable: typeof isRetryable }>(
    '../../src/database/connection/postgres-errors',
  );
  return {
    ...actual,
    fromPostgres(error: unknown) {
      const isOfPostgres = error instanceof Error && 'severity' in error;
      if (isOfPostgres && !actual.isRetryable(error)) mockRefusals.push(`${String(error)}`);
      return actual.fromPostgres(error);
    },
  };
});

const RUNS = effort.historiesOfOffers;
const STEPS = 12;

let world: World;
beforeAll(async () => {
  world = await World.create();
  await world.sql(
    'owner',
    `insert into users (user_id, name) select id, 'Deputy ' || id from unnest(array[${Object.values(deputies).join()}]) id;
     insert into user_roles (user_id, role) values (${deputies.test_lead}, 'TESTER'), (${deputies.report_owner}, 'REPORT_OWNER'),
       (${deputies.test_executive}, 'TEST_EXECUTIVE')`,
  );
});
afterAll(async () => {
  try {
    expect(await world.session('superuser', logFaults)).toEqual([]);
  } finally {
    await world.destroy();
  }
});

// ── a workflow of each history's own, in which its phase is open ────────────────────────────────────────────────────

interface Stage {
  readonly phase: PhaseDeclaration;
  readonly cycleId: string;
  readonly reportId: string;
  readonly workflowId: string;
  readonly people: readonly number[];
  readonly owners: readonly [number, number];
}

let nextPerson = 1000;

const comesBefore = (key: string, { prerequisites }: PhaseDeclaration): boolean =>
  prerequisites.some((needed) => needed === key || comesBefore(key, phaseOf(needed)));

async function setTheStage(phase: PhaseDeclaration): Promise<Stage> {
  const people = Array.from({ length: 7 }, () => nextPerson++);
  const [tester, second, lead, reportOwner, executive, owner, another] = people as [number, ...number[]];
  const place = { cycleId: workflow.cycleId, reportId: randomUUID(), workflowId: randomUUID() };
  await world.sql(
    'owner',
    `insert into users (user_id, name) select n, 'Person ' || n from generate_series(${tester}, ${another}) n;
     insert into user_roles (user_id, role) values (${tester}, 'TESTER'), (${second}, 'TESTER'), (${lead}, 'TESTER'),
       (${reportOwner}, 'REPORT_OWNER'), (${executive}, 'TEST_EXECUTIVE'), (${owner}, 'DATA_OWNER'), (${another}, 'DATA_OWNER');
     insert into reports (report_id, name, number) values ('${place.reportId}', 'A report', '${place.reportId}');
     insert into workflows (workflow_id, cycle_id, report_id, test_lead_id, report_owner_id, test_executive_id)
       values ('${place.workflowId}', '${place.cycleId}', '${place.reportId}', ${lead}, ${reportOwner}, ${executive});
     insert into workflow_testers (workflow_id, user_id) values ('${place.workflowId}', ${tester}), ('${place.workflowId}', ${second})`,
  );
  const needed = phases.filter(({ key }) => comesBefore(key, phase));
  const done = { status: 'APPROVED', submitted_at: '2026-10-01T10:00:00Z', reviewed_at: '2026-10-02T09:00:00Z' };
  const imported = needed
    .filter(({ versioning }) => versioning === 'FULL')
    .map(({ key }) =>
      rawVersion(
        {
          ...done,
          version_number: 1,
          phase: key,
          created_by: tester,
          submitted_by: tester,
          reviewed_by: reportOwner,
          effective_from: done.reviewed_at,
        },
        place,
      ),
    );
  if (imported.length > 0) await world.session('owner', (client) => insertRows(client, 'phase_version', imported));
  const stage = { ...place, phase, people, owners: [owner!, another!] as const };
  // Phases that are recorded have no version to import: their first record is made as anybody makes it.
  for (const one of needed.filter(({ versioning }) => versioning === 'AUDIT_ONLY'))
    expect(await startRecord({ ...stage, phase: one }, tester, 1)).toBe('accepted');
  return stage;
}

function startRecord({ phase, cycleId, reportId, owners }: Stage, by: number, n: number): Promise<string> {
  if (phase.versioning !== 'AUDIT_ONLY') throw new Error(`${phase.key} is drafted.`);
  const [mutation, { inputType }] = Object.entries(phase.commands).find(([, { action }]) => !action)!;
  return answerTo(
    world,
    by,
    { mutation, inputType },
    {
      cycleId,
      reportId,
      ...commandInput(phase, mutation, n),
      ...(phase.key === 'DATA_OWNER_ID' && { dataOwnerId: owners[n % 2], assignmentType: 'BACKUP' }),
    },
  );
}

/** Another version, from draft to what its approver says. */
function bringAnother(
  { phase: { key }, people, ...of }: Stage,
  status: 'PENDING_APPROVAL' | 'APPROVED' | 'REJECTED',
): Promise<unknown> {
  const { selfAttested, approvedBy } = fullPhaseOf(key);
  const [preparer, , , reportOwner, executive] = people;
  const approver = selfAttested ? preparer : approvedBy.includes('TEST_EXECUTIVE') ? executive : reportOwner;
  return buildVersion(world, { phase: key, of, status, items: 2, preparer, approver });
}

// ── steps ───────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Step {
  readonly n: number;
  readonly person: number;
  readonly version: number;
  readonly deed: number;
  /** Whether one of the actions on offer is taken, if there is one. */
  readonly takesOffer: boolean;
}
interface Standing {
  readonly versionId: string;
  readonly revision: number;
  readonly availableActions: readonly string[];
  readonly items: readonly { itemKey: string; content: Record<string, unknown> }[];
}

const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % list.length];
const taken = new Map<string, number>();

async function standing(stage: Stage, person: number, n: number): Promise<Standing | null> {
  const versions = await world.db.query<{ versionId: string }>(
    'select version_id from phase_version where stream_id = $1 and phase = $2::"Phase" order by version_number desc, version_id',
    [stage.workflowId, stage.phase.key],
  );
  const versionId = pick(versions, n)?.versionId;
  if (!versionId) return null;
  const { phaseVersion } = await world.get(
    person,
    `query ($id: UUID!) { phaseVersion(versionId: $id) { versionId revision availableActions items(first: 3) { nodes { itemKey content } } } }`,
    { id: versionId },
  );
  return phaseVersion && { ...phaseVersion, items: phaseVersion.items.nodes };
}

/** A new draft on whatever there is, or a new record. */
async function start(stage: Stage, { n, person, version }: Step): Promise<void> {
  const by = pick(stage.people, person)!;
  const { phase, cycleId, reportId } = stage;
  if (phase.versioning === 'AUDIT_ONLY') return void (await startRecord(stage, by, n));
  const parent = await standing(stage, by, version);
  await answerTo(
    world,
    by,
    { mutation: 'createVersion', inputType: 'CreateVersionInput' },
    {
      cycleId,
      reportId,
      phase: phase.key,
      items: sampleItems(phase.key, 1 + (n % 3), 1 + (n % 4)),
      carryForward: pick(['APPROVED_ITEMS', 'ALL_ITEMS', 'NONE'], n),
      ...(n % 3 > 0 && parent && { parentVersionId: parent.versionId }),
    },
  );
}

/** The input of a deed that would be right, if the deed may be done. */
function inputOf(deed: Deed, stage: Stage, { versionId, revision, items }: Standing, { n }: Step): object {
  const { phase } = stage;
  const at = { versionId, expectedRevision: revision };
  if (deed.mutation === 'putItems' && phase.versioning === 'FULL') {
    // Another item, or another content for one that is there, so that drafts have something to merge.
    const replaced = n % 3 > 0 && pick(items, n);
    const { identity, input } = phase.item;
    const kept = replaced && { itemKey: replaced.itemKey, ...(identity && { [identity]: replaced.content[identity] }) };
    return { ...at, items: { [input]: [{ ...sampleItem(phase.key, replaced ? n % 4 : 100 + n), ...kept }] } };
  }
  if (deed.mutation === 'transferDataOwner') return { ...at, reason: 'On leave.', toUserId: stage.owners[0] };
  // What is drafted is put into words of another phase where versions are recorded.
  const words = phase.versioning === 'FULL' ? phase : fullPhases[0]!;
  return { ...at, ...deed.input?.(words, pick(items, n)?.itemKey ?? randomUUID()) };
}

/** How a deed is answered; conflicts of a rebase are decided, one way or the other. */
async function attemptDeed(deed: Deed, stage: Stage, by: number, found: Standing, step: Step): Promise<string> {
  const input = inputOf(deed, stage, found, step);
  // Whoever has it already is not given it again: a delegation is taken back, data go to the other owner.
  const other = { delegateSignOff: by, transferDataOwner: stage.owners[1] }[deed.mutation];
  if (other !== undefined) {
    const answer = await answerTo(world, by, deed, input);
    return answer === 'BAD_USER_INPUT' ? answerTo(world, by, deed, { ...input, toUserId: other }) : answer;
  }
  if (deed.mutation !== 'rebaseVersion') return answerTo(world, by, deed, input);
  const rebase = (resolutions: object[]) =>
    world.ask(
      by,
      'mutation ($input: RebaseVersionInput!) { rebaseVersion(input: $input) { conflicts { itemKey path } } }',
      { input: { ...input, resolutions } },
    );
  const { data, errors } = await rebase([]);
  const conflicts = (data?.rebaseVersion?.conflicts ?? []) as { itemKey: string; path: string }[];
  if (conflicts.length === 0) return errors?.[0]!.extensions.code ?? 'accepted';
  const take = step.n % 2 ? 'OURS' : 'THEIRS';
  const resolved = await rebase(conflicts.map(({ itemKey, path }) => ({ itemKey, path, take })));
  return resolved.errors?.[0]!.extensions.code ?? 'accepted';
}

async function act(stage: Stage, step: Step): Promise<void> {
  const by = pick(stage.people, step.person)!;
  const found = await standing(stage, by, step.version % 3);
  if (!found) return;
  const { availableActions: offered, items } = found;
  const deeds: readonly Deed[] = [
    ...draftDeeds.filter(
      ({ where, action, needsItem }) =>
        // A waiver is part of editing, for one person; the transition table has it.
        action !== 'WAIVE' &&
        (stage.phase.versioning === 'FULL' ? (where?.(stage.phase) ?? true) : true) &&
        (!needsItem || items.length > 0),
    ),
    ...recordDeeds.filter(({ phase }) => phase === stage.phase.key),
  ];
  const candidates = deeds.filter(({ action }) => !step.takesOffer || offered.includes(action));
  const few = Math.min(...candidates.map(({ action }) => taken.get(action) ?? 0));
  const rare = candidates.filter(({ action }) => (taken.get(action) ?? 0) === few);
  const deed = pick(step.n % 2 ? rare : candidates, step.deed) ?? pick(deeds, step.deed)!;
  // A signature is offered for the roles it can be given for; which those are, only trying tells.
  const tried = deed.role ? deeds.filter(({ mutation }) => mutation === deed.mutation) : [deed];
  const answers: string[] = [];
  for (const one of tried)
    if (!answers.includes('accepted')) answers.push(await attemptDeed(one, stage, by, found, step));
  const isAccepted = answers.includes('accepted');
  const name = `${stage.phase.key}: ${deed.mutation} (${deed.action}) by ${by}, who is offered ${offered.join()}: ${answers.join()}`;
  expect([name, isAccepted]).toEqual([name, offered.includes(deed.action)]);
  if (isAccepted) taken.set(deed.action, (taken.get(deed.action) ?? 0) + 1);
}

const someStep = fc.record({
  n: fc.nat(1000),
  person: fc.nat(1000),
  version: fc.nat(1000),
  deed: fc.nat(1000),
  takesOffer: fc.integer({ min: 0, max: 3 }).map((chance) => chance > 0),
});

test(`every action that is offered succeeds, every other is refused, and always by a rule (${RUNS} histories, seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(1000), fc.array(someStep, { minLength: STEPS, maxLength: STEPS }), async (which, steps) => {
      const stage = await setTheStage(pick(phases, which)!);
      mockRefusals.length = 0;
      await start(stage, { ...steps[0]!, person: 0 });
      // In most of them there is another version since, of which something can be made that takes many steps to come by.
      const brought = pick(['PENDING_APPROVAL', 'REJECTED', 'APPROVED', null] as const, which);
      if (brought && stage.phase.versioning === 'FULL')
        await bringAnother(stage, brought === 'APPROVED' && stage.phase.signOffs ? 'PENDING_APPROVAL' : brought);
      for (const step of steps) {
        if (step.n % 6 === 0) await start(stage, step);
        else await act(stage, step);
        expect(mockRefusals).toEqual([]);
      }
    }),
    { numRuns: RUNS, seed, endOnFailure: true },
  );
  // The histories are worth something only if everything happens in them.
  if (RUNS >= 300)
    expect(
      [...draftDeeds, ...recordDeeds].map(({ action }) => action).filter((a) => a !== 'WAIVE' && !taken.has(a)),
    ).toEqual([]);
}, 900_000);
