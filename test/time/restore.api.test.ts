/** Restoring: an old version's content and items as a new draft, with nothing decided. */
import { randomUUID } from 'node:crypto';
import { fullPhases, phaseOf } from '../../src/phases';
import { neverCarried } from '../../src/versioning/fields';
import type { AuditOnlyPhase } from '../../src/versioning/phase';
import { RestoreVersionDocument, StandingDocument } from '../generated/graphql';
import { approverOf, buildRecord, buildVersion, sampleItem, transition, type BuiltVersion } from '../support/builders';
import { logFaults } from '../support/log';
import { ada, ben, eve, olga, root, stranger, tess, World } from '../support/world';
import { committing, contents, Drafts, editorsOf, recomputed } from './drafts';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(async () => {
  try {
    expect(await world.session('superuser', logFaults)).toEqual([]);
  } finally {
    await world.destroy();
  }
});

const restore = (version: BuiltVersion, by = ada) => transition(world, by, 'restoreVersion', version);
const refusal = async (version: BuiltVersion, by = ada, expectedRevision = version.revision) =>
  (
    await world.refusal(by, RestoreVersionDocument, {
      input: { versionId: version.versionId, expectedRevision },
    })
  )?.extensions.code;
/** A version as it stands now. */
const now = async (drafts: Drafts, version: BuiltVersion): Promise<BuiltVersion> => drafts.read(version);

describe.each(fullPhases.map(({ key }) => key))('of %s,', (phase) => {
  const declared = fullPhases.find(({ key }) => key === phase)!;
  const reviewed = declared.item.reviewed === 'BY_DECISIONS';
  let drafts: Drafts;
  let superseded: BuiltVersion;
  let approved: BuiltVersion;
  let rejected: BuiltVersion;

  beforeAll(async () => {
    drafts = new Drafts(world, phase);
    superseded = await buildVersion(world, { phase, status: 'APPROVED' });
    // Everything in it is carried with the approval it was given.
    const carrying = await drafts.start({ items: [sampleItem(phase, 7)] });
    approved = await drafts.approve(carrying);
    rejected = await drafts.reject(await drafts.start({ items: [sampleItem(phase, 8)] }));
    [superseded, approved, rejected] = [
      await now(drafts, superseded),
      await now(drafts, approved),
      await now(drafts, rejected),
    ];
  });

  test.each(['SUPERSEDED', 'APPROVED', 'REJECTED'])('a version that is %s comes back whole', async (status) => {
    const old = { SUPERSEDED: superseded, APPROVED: approved, REJECTED: rejected }[status]!;
    expect(old.status).toBe(status);
    const before = await drafts.read(old);
    const { result: draft, commits } = await committing(world, () => restore(old));

    expect(commits.map(({ operation, actorId }) => [operation, actorId])).toEqual([['restoreVersion', ada]]);
    expect(commits[0]!.versionIds).toEqual([draft.versionId]);
    const made = await drafts.read(draft);
    expect(made).toMatchObject({ status: 'DRAFT', revision: 1, masterRecordId: old.masterRecordId, isDeleted: false });
    expect(made.versionId).not.toBe(old.versionId);
    expect(made.parent).toEqual({ versionId: old.versionId });
    expect(made.base).toEqual({ versionId: approved.versionId });
    expect(made.content).toEqual({ ...before.content, ...neverCarried(declared.version.fields) });
    expect(contents(made)).toEqual(contents(before));
    expect(made.contentHash).toBe(recomputed(made));
    // The samples leave restricted fields at what they start with, so nothing tells the two contents apart.
    expect(made.contentHash).toBe(old.contentHash);

    expect(Object.keys(before.items).length).toBeGreaterThan(2);
    for (const [key, item] of Object.entries(made.items)) {
      const was = before.items[key]!;
      expect(item.label).toBe(was.label);
      expect(item.itemId).not.toBe(was.itemId);
      expect(item.carriedFromItem).toEqual({ itemId: was.itemId });
      expect(item.carriedFromVersion).toEqual({ versionId: old.versionId });
      expect(item.decision).toBeNull();
      expect(item.reviewStatus).toBe(reviewed ? 'PENDING' : was.reviewStatus);
    }
    // What was restored stays as it was.
    expect(await drafts.read(old)).toEqual(before);
  });

  test('what is restored can be approved again, its items decided anew', async () => {
    const draft = await restore(await now(drafts, superseded));
    const pending = await drafts.submit(draft);
    const undecided = (
      await world.run(approverOf(phase), StandingDocument, { versionId: pending.versionId })
    ).phaseVersion!.approvalRequirements.find(({ code }) => code === 'ITEMS_DECIDED')!.status;
    expect(undecided).toBe(reviewed ? 'UNSATISFIED' : 'SATISFIED');
    const again = await drafts.approve(await drafts.withdraw(pending));
    expect(again).toMatchObject({ status: 'APPROVED', contentHash: superseded.contentHash });
    expect(await now(drafts, approved)).toMatchObject({ status: 'SUPERSEDED' });
  });

  test('a draft and a version in review are refused, and nothing is written', async () => {
    const draft = await drafts.start();
    const { commits } = await committing(world, async () => expect(await refusal(draft)).toBe('INVALID_TRANSITION'));
    expect(commits).toEqual([]);
    const pending = await drafts.submit(draft);
    expect(await refusal(pending)).toBe('INVALID_TRANSITION');
    await drafts.withdraw(pending);
  });

  test('a deleted version is refused until it is undeleted', async () => {
    const deleted = await transition(world, ada, 'deleteVersion', await now(drafts, rejected));
    expect(await refusal(deleted)).toBe('INVALID_TRANSITION');
    rejected = await transition(world, ada, 'undeleteVersion', deleted);
    expect(await refusal(rejected)).toBeUndefined();
  });

  test('it is offered to who prepares the phase, and to nobody else', async () => {
    const offered = async (as: number) =>
      (await world.run(as, StandingDocument, { versionId: superseded.versionId })).phaseVersion!.availableActions;
    expect(await offered(ada)).toContain('RESTORE');
    expect(await offered(ben)).toContain('RESTORE');
    for (const person of [olga, tess, root]) {
      expect(await offered(person)).not.toContain('RESTORE');
      expect(await refusal(await now(drafts, superseded), person)).toBe('FORBIDDEN');
    }
  });

  test('a stale revision is a conflict, and a stranger finds nothing', async () => {
    const old = await now(drafts, superseded);
    expect(await refusal(old, ada, old.revision - 1)).toBe('CONFLICT');
    expect(await refusal(old, stranger)).toBe('NOT_FOUND');
  });

  test('a retry with the same key makes no second draft', async () => {
    const old = await now(drafts, superseded);
    const input = { versionId: old.versionId, expectedRevision: old.revision, idempotencyKey: randomUUID() };
    const { result, commits } = await committing(world, async () => {
      const answers = [];
      for (let i = 0; i < 3; i++)
        answers.push((await world.run(ada, RestoreVersionDocument, { input })).restoreVersion!.version.versionId);
      return answers;
    });
    expect(new Set(result).size).toBe(1);
    expect(commits).toHaveLength(1);
    const other = await world.refusal(ada, RestoreVersionDocument, { input: { ...input, reason: 'Another one.' } });
    expect(other?.extensions.code).toBe('IDEMPOTENCY_MISMATCH');
  });
});

test('a waiver is not restored: what only some may set starts anew', async () => {
  const drafts = new Drafts(world, 'FINALIZE_TEST_REPORT');
  const draft = await drafts.start({ carryForward: 'NONE', items: [sampleItem('FINALIZE_TEST_REPORT', 1)] });
  const waived = await drafts.approve(await drafts.update(draft, { requiresExecutiveApproval: false }, tess));
  const before = await drafts.read(waived);
  expect(before.content.requiresExecutiveApproval).toBe(false);
  const made = await drafts.read(await restore(waived));
  expect(made.content).toEqual({ ...before.content, requiresExecutiveApproval: true });
  expect(made.contentHash).toBe(recomputed(made));
  expect(made.contentHash).not.toBe(before.contentHash);
});

test('items that were rejected come back too, undecided', async () => {
  const drafts = new Drafts(world, 'SCOPING');
  const draft = await drafts.start({ carryForward: 'NONE', items: [1, 2].map((n) => sampleItem('SCOPING', n)) });
  const [kept, refused] = Object.keys((await drafts.read(draft)).items);
  const approved = await drafts.approve(draft, { [refused!]: 'REJECTED' });
  const made = await drafts.read(await restore(approved));
  expect(Object.keys(made.items).sort()).toEqual([kept, refused].sort());
  expect(Object.values(made.items).map(({ reviewStatus }) => reviewStatus)).toEqual(['PENDING', 'PENDING']);
});

test('who wrote what was rejected may not decide on it when it is restored', async () => {
  // Ben writes, ada restores; both are editors of what comes of it.
  const drafts = new Drafts(world, 'SCOPING');
  const written = await drafts.start({ by: ben, carryForward: 'NONE', items: [sampleItem('SCOPING', 1)] });
  const rejected = await drafts.reject(written);
  const made = await restore(rejected);
  expect(await editorsOf(world, made)).toEqual([ada, ben]);
});

test.each(['DATA_OWNER_ID', 'REQUEST_INFO', 'TEST_EXECUTION'])(
  '%s is recorded, so nothing is restored',
  async (key) => {
    const phase = phaseOf(key) as AuditOnlyPhase;
    const by = phase.preparedBy.includes('TESTER') ? ada : eve;
    const version = await buildRecord(world, { phase: key, by });
    expect(await refusal(version, by)).toBe('INVALID_TRANSITION');
    expect(await refusal(version, stranger)).toBe('NOT_FOUND');
  },
);
