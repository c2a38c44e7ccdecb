/**
 * The transition table of recorded phases: every state of a record × every mutation × everybody, whole or pairwise. What is
 * expected is written down here, apart from the rules, and that nothing the rules know is missing is a test too.
 */
import { auditOnlyPhases, phaseOf } from '../../src/phases';
import { contentFields } from '../../src/versioning/fields';
import { versionStatuses, type UserRole } from '../../src/versioning/model';
import type { AuditOnlyPhase } from '../../src/versioning/phase';
import { actionsOf } from '../../src/versioning/policy';
import { StandingDocument } from '../generated/graphql';
import { commandInput, demandPhase, sendCommand, type BuiltVersion } from '../support/builders';
import { assignDataOwners, canActAs, successor, type Cast, type Member } from '../support/cast';
import { effort } from '../support/effort';
import { attempt, draftDeeds, latestIs, recordDeeds, type RecordDeed } from '../support/deeds';
import { tryEverything } from '../support/matrix';
import { again, situations } from '../support/situations';
import { ada, ben, dan, eve, workflow, World } from '../support/world';

let world: World;
let casts: { standard: Cast; other: Cast };
beforeAll(async () => {
  world = await World.create();
  casts = await assignDataOwners(world);
  for (const { key } of auditOnlyPhases) await demandPhase(world, key, { of: workflow, preparer: ada });
});
afterAll(() => world.destroy());

// ── the table ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Who may do what, with an assignment to the workflow where that takes one. */
const doers: Record<string, readonly UserRole[]> = {
  TRANSFER: ['DATA_EXECUTIVE', 'TESTER'],
  DEACTIVATE: ['DATA_EXECUTIVE', 'TESTER'],
  REVISE_DOCUMENT: ['DATA_OWNER', 'TESTER'],
  REVIEW_DOCUMENT: ['TESTER'],
  RESPOND: ['TESTER', 'DATA_OWNER'],
};
interface RecordState {
  readonly status: 'RECORDED' | 'SUPERSEDED';
  /** What the content says of where the record stands. */
  readonly content?: Record<string, unknown>;
  /** What the record takes as it stands. */
  readonly takes: readonly string[];
  /** Who may not review it, because it is their own. */
  readonly own?: readonly number[];
  /** The version acted on; where that is not the record's latest, the latest too. */
  readonly bring: () => Promise<BuiltVersion | { version: BuiltVersion; latest: BuiltVersion }>;
}

const audited = (key: string) => phaseOf(key) as AuditOnlyPhase;
const start = (key: string, name: string, by: number, more: object = {}) =>
  sendCommand(world, by, audited(key), name, {
    cycleId: workflow.cycleId,
    reportId: workflow.reportId,
    ...commandInput(audited(key), name, 1),
    ...more,
  });
const go = (key: string, name: string, by: number, version: BuiltVersion, more: object = {}) =>
  sendCommand(world, by, audited(key), name, {
    versionId: version.versionId,
    expectedRevision: version.revision,
    ...commandInput(audited(key), name, 2),
    ...more,
  });

/** Assignments of somebody who sees the workflow anyway. */
const assigned = () => start('DATA_OWNER_ID', 'assignDataOwner', ada, { dataOwnerId: eve, assignmentType: 'BACKUP' });
const transferred = (version: BuiltVersion) =>
  go('DATA_OWNER_ID', 'transferDataOwner', ada, version, { toUserId: successor });
const submitted = (by = ada, more: object = {}) => start('REQUEST_INFO', 'submitDocument', by, more);
const revised = (by: number, version: BuiltVersion) => go('REQUEST_INFO', 'reviseDocument', by, version);
const reviewed = (by: number, status: string, version: BuiltVersion) =>
  go('REQUEST_INFO', 'reviewDocument', by, version, { status, notes: 'Page 2.' });
const asked = () => start('TEST_EXECUTION', 'requestTestAction', ada);
const answered = (version: BuiltVersion) => go('TEST_EXECUTION', 'respondToTestAction', dan, version);

/** The version that a record had before something was done, with its latest. */
async function followed(before: BuiltVersion, done: (version: BuiltVersion) => Promise<BuiltVersion>) {
  const after = await done(before);
  const { phaseVersion } = await world.get(
    ada,
    'query ($id: UUID!) { phaseVersion(versionId: $id) { current { versionId versionNumber } } }',
    { id: before.versionId },
  );
  const version = await again(world, before.versionId);
  return { version, latest: { ...after, ...(phaseVersion.current as BuiltVersion) } };
}
/** The version that a record has after something was done to it. */
const latestAfter = async (...given: Parameters<typeof followed>) =>
  again(world, (await followed(...given)).latest.versionId);

const table: Record<string, Record<string, RecordState>> = {
  DATA_OWNER_ID: {
    'an active assignment': {
      status: 'RECORDED',
      content: { assignmentStatus: 'ACTIVE' },
      takes: ['TRANSFER', 'DEACTIVATE'],
      bring: assigned,
    },
    'an assignment that was started by a transfer': {
      status: 'RECORDED',
      content: { assignmentStatus: 'ACTIVE' },
      takes: ['TRANSFER', 'DEACTIVATE'],
      bring: async () => transferred(await assigned()),
    },
    'an assignment that was transferred': {
      status: 'RECORDED',
      content: { assignmentStatus: 'TRANSFERRED' },
      takes: [],
      bring: async () => latestAfter(await assigned(), transferred),
    },
    'an assignment that was ended': {
      status: 'RECORDED',
      content: { assignmentStatus: 'INACTIVE' },
      takes: [],
      bring: async () => go('DATA_OWNER_ID', 'deactivateDataOwner', ada, await assigned()),
    },
    'what an assignment was before it was transferred': {
      status: 'SUPERSEDED',
      content: { assignmentStatus: 'ACTIVE' },
      takes: [],
      bring: async () => followed(await assigned(), transferred),
    },
    'what an assignment was before it was ended': {
      status: 'SUPERSEDED',
      content: { assignmentStatus: 'ACTIVE' },
      takes: [],
      bring: async () =>
        followed(await assigned(), (version) => go('DATA_OWNER_ID', 'deactivateDataOwner', eve, version)),
    },
  },
  REQUEST_INFO: {
    'a document handed in by a tester': {
      status: 'RECORDED',
      content: { submissionStatus: 'PENDING_REVIEW' },
      takes: ['REVISE_DOCUMENT', 'REVIEW_DOCUMENT'],
      own: [ada],
      bring: () => submitted(ada),
    },
    'a document handed in by a data owner': {
      status: 'RECORDED',
      content: { submissionStatus: 'PENDING_REVIEW' },
      takes: ['REVISE_DOCUMENT', 'REVIEW_DOCUMENT'],
      own: [dan],
      bring: () => submitted(dan),
    },
    'a document handed in by one tester and revised by another': {
      status: 'RECORDED',
      content: { submissionStatus: 'PENDING_REVIEW' },
      takes: ['REVISE_DOCUMENT', 'REVIEW_DOCUMENT'],
      own: [ada, ben],
      bring: async () => revised(ben, await submitted(ada)),
    },
    'a document revised after its review': {
      status: 'RECORDED',
      content: { submissionStatus: 'PENDING_REVIEW' },
      takes: ['REVISE_DOCUMENT', 'REVIEW_DOCUMENT'],
      own: [dan],
      bring: async () => revised(dan, await reviewed(ben, 'REVISION_REQUESTED', await submitted(dan))),
    },
    'a document that is to be revised': {
      status: 'RECORDED',
      content: { submissionStatus: 'REVISION_REQUESTED' },
      takes: ['REVISE_DOCUMENT'],
      own: [ada],
      bring: async () => reviewed(ben, 'REVISION_REQUESTED', await submitted(ada)),
    },
    'a document that was accepted': {
      status: 'RECORDED',
      content: { submissionStatus: 'ACCEPTED' },
      takes: ['REVISE_DOCUMENT'],
      own: [ada],
      bring: async () => reviewed(ben, 'ACCEPTED', await submitted(ada)),
    },
    'a document that was rejected': {
      status: 'RECORDED',
      content: { submissionStatus: 'REJECTED' },
      takes: ['REVISE_DOCUMENT'],
      own: [dan],
      bring: async () => reviewed(ada, 'REJECTED', await submitted(dan)),
    },
    'what a document was before its review': {
      status: 'SUPERSEDED',
      content: { submissionStatus: 'PENDING_REVIEW' },
      takes: [],
      own: [dan],
      bring: async () => followed(await submitted(dan), (version) => reviewed(ada, 'ACCEPTED', version)),
    },
    'what a document was before it was revised': {
      status: 'SUPERSEDED',
      content: { submissionStatus: 'PENDING_REVIEW' },
      takes: [],
      own: [ada],
      bring: async () => followed(await submitted(ada), (version) => revised(dan, version)),
    },
    'a document that waits, while another took its place': {
      status: 'RECORDED',
      content: { submissionStatus: 'PENDING_REVIEW' },
      takes: [],
      own: [ada],
      async bring() {
        const replaced = await submitted(ada);
        await submitted(dan, { replacesVersionId: replaced.versionId });
        return replaced;
      },
    },
    'a document that was rejected, and another that was accepted took its place': {
      status: 'RECORDED',
      content: { submissionStatus: 'REJECTED' },
      takes: [],
      own: [dan],
      async bring() {
        const replaced = await reviewed(ben, 'REJECTED', await submitted(dan));
        await reviewed(ada, 'ACCEPTED', await submitted(dan, { replacesVersionId: replaced.versionId }));
        return replaced;
      },
    },
    'a document whose place was taken by another that was revised since': {
      status: 'RECORDED',
      content: { submissionStatus: 'PENDING_REVIEW' },
      takes: [],
      own: [ada],
      async bring() {
        const replaced = await submitted(ada);
        await revised(dan, await submitted(dan, { replacesVersionId: replaced.versionId }));
        return replaced;
      },
    },
    'a document that took the place of another': {
      status: 'RECORDED',
      content: { submissionStatus: 'PENDING_REVIEW' },
      takes: ['REVISE_DOCUMENT', 'REVIEW_DOCUMENT'],
      own: [ben],
      bring: async () => submitted(ben, { replacesVersionId: (await submitted(ada)).versionId }),
    },
  },
  TEST_EXECUTION: {
    'an open request': { status: 'RECORDED', content: { respondedAt: null }, takes: ['RESPOND'], bring: asked },
    'a request that was answered': {
      status: 'RECORDED',
      content: { respondedAt: expect.any(String) },
      takes: [],
      bring: async () => answered(await asked()),
    },
    'what a request was before it was answered': {
      status: 'SUPERSEDED',
      content: { respondedAt: null },
      takes: [],
      bring: async () => followed(await asked(), answered),
    },
  },
};

type Tried = (typeof draftDeeds)[number] | RecordDeed;
/**
 * What is tried on a version of a record. That nothing is drafted there depends on no content, so what drafted versions take
 * is tried in one state of each status; a waiver is an update as any other to who has no such field.
 */
function deedsFor(phase: AuditOnlyPhase, state: RecordState): readonly Tried[] {
  const first = Object.values(table[phase.key]!).find(({ status }) => status === state.status);
  return [...(state === first ? draftDeeds.filter(({ action }) => action !== 'WAIVE') : []), ...recordDeeds];
}

function expected(
  deed: Tried,
  phase: AuditOnlyPhase,
  state: RecordState,
  member: Member,
  latest?: BuiltVersion,
): string {
  if (member.userId === null) return 'UNAUTHENTICATED';
  if (!member.sees) return 'NOT_FOUND';
  if (!('phase' in deed)) return canActAs(member, phase.preparedBy) ? 'INVALID_TRANSITION' : 'FORBIDDEN';
  if (deed.phase !== phase.key) return 'BAD_USER_INPUT';
  if (!canActAs(member, doers[deed.action]!)) return 'FORBIDDEN';
  if (latest) return latestIs(latest.versionNumber, latest.versionId);
  if (!state.takes.includes(deed.action)) return 'INVALID_TRANSITION';
  return deed.action === 'REVIEW_DOCUMENT' && state.own!.includes(member.userId) ? 'FOUR_EYES' : 'accepted';
}

describe('the table of this test', () => {
  test('has every recorded phase, every action that it knows, and who may do it', () => {
    const keys = auditOnlyPhases.map(({ key }) => key).sort();
    expect(Object.keys(table).sort()).toEqual(keys);
    const actions = auditOnlyPhases.flatMap(actionsOf);
    expect(Object.keys(doers).sort()).toEqual([...actions].sort());
    expect(recordDeeds.map(({ action }) => action).sort()).toEqual([...actions].sort());
    for (const deed of recordDeeds) expect(deed.input?.(undefined as never, '')).toBeDefined();
  });

  test.each(auditOnlyPhases.map((phase) => [phase.title, phase] as const))(
    'brings records of %s to where each of its actions is taken and each is not',
    (_, phase) => {
      const states = Object.values(table[phase.key]!);
      expect([...new Set(states.map(({ status }) => status))].sort()).toEqual(['RECORDED', 'SUPERSEDED']);
      const latest = states.filter(({ status }) => status === 'RECORDED');
      for (const action of actionsOf(phase))
        expect([...new Set(latest.map(({ takes }) => takes.includes(action)))]).toHaveLength(2);
    },
  );

  test.each(auditOnlyPhases.map((phase) => [phase.title, phase] as const))(
    'brings records of %s into every status that their content can say',
    (_, phase) => {
      for (const [name, { enumeration }] of contentFields(phase.version.fields)) {
        if (!enumeration) continue;
        const there = Object.values(table[phase.key]!).map(({ content }) => content![name]);
        expect([...new Set(there)].sort()).toEqual([...enumeration.values].sort());
      }
    },
  );

  test('has, with that of the drafted phases, every status that a version can have', () => {
    const states = [...Object.values(situations), ...Object.values(table).flatMap((of) => Object.values(of))];
    expect([...new Set(states.map(({ status }) => status))].sort()).toEqual([...versionStatuses].sort());
  });
});

test.each(['ADMIN', 'AUDITOR'])('a data owner who is also %s reads, and no longer acts', async (role) => {
  const document = await submitted(ada);
  await world.sql('owner', `insert into user_roles (user_id, role) values (${dan}, '${role}')`);
  try {
    const { phaseVersion } = await world.run(dan, StandingDocument, { versionId: document.versionId });
    expect(phaseVersion!.availableActions).toEqual([]);
    for (const deed of [...draftDeeds, ...recordDeeds.filter(({ phase }) => phase === 'REQUEST_INFO')])
      expect(await attempt(world, deed, dan, document, 'REQUEST_INFO')).toBe('FORBIDDEN');
  } finally {
    await world.sql('owner', `delete from user_roles where user_id = ${dan} and role = '${role}'`);
  }
});

describe.each(auditOnlyPhases.map((phase) => [phase.title, phase] as const))('%s', (_, phase) => {
  test.each(Object.entries(table[phase.key]!).map(([name, state], place) => [name, state, place] as const))(
    'what is offered for %s is what the mutations accept, for everybody',
    async (_, state, place) => {
      const bring = async () => {
        const brought = await state.bring();
        return 'latest' in brought ? brought : { version: brought, latest: undefined };
      };
      const { version, latest } = await bring();
      const { phaseVersion } = await world.get(
        ada,
        'query ($id: UUID!) { phaseVersion(versionId: $id) { status content } }',
        { id: version.versionId },
      );
      expect(phaseVersion).toMatchObject({ status: state.status, content: state.content });
      expect(latest === undefined).toBe(state.status === 'RECORDED');

      const answer = (deed: Tried, member: Member) => expected(deed, phase, state, member, latest);
      await tryEverything(world, {
        deeds: deedsFor(phase, state),
        tried: { place, oneIn: effort.transitionsOneIn },
        version,
        answer,
        phase: phase.key,
        cast: casts.standard,
        fresh: async () => (await bring()).version,
        offered: (member) =>
          member.sees
            ? recordDeeds
                .filter((deed) => answer(deed, member) === 'accepted')
                .map(({ action }) => action)
                .sort()
            : null,
        explained: (requirements) => expect(requirements).toEqual([]),
      });
    },
  );
});
