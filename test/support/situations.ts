/**
 * The transition table of drafted phases, specified independently of the rules: every situation of a version, the result of each action
 * there for those who may perform it, and how a version gets there.
 */
import { randomUUID } from 'node:crypto';
import { recordOfPhase } from '../../src/services/start-draft';
import type { VersionStatus } from '../../src/versioning/model';
import type { FullPhase } from '../../src/versioning/phase';
import type { DraftAction } from '../../src/versioning/draft-rules';
import {
  buildVersion,
  decideAll,
  mutate,
  sampleItem,
  sampleItems,
  signAll,
  transition,
  type BuiltVersion,
  type VersionWanted,
} from './builders';
import { canActAs, closedWorkflow, standardCast, type Cast, type Member } from './cast';
import type { DraftDeed } from './deeds';
import { transaction } from './log';
import { aud, ben, olga, tess, workflow, type World } from './world';

/** A phase in a workflow, with the people of it. */
export interface Scene {
  readonly phase: FullPhase;
  readonly place: typeof workflow;
  readonly preparer: number;
  readonly approver: number;
  readonly cast: Cast;
}

type Answers = Partial<Record<DraftAction, string>>;

export interface Situation {
  /** Where it can come about; everywhere if left out. */
  readonly where?: (scene: Scene) => boolean;
  readonly status: VersionStatus;
  readonly isDeleted?: true;
  readonly isEmpty?: true;
  /** In the workflow where all but the first phase are closed. */
  readonly isClosed?: true;
  /** The signatures of its content, if its phase requires any, and the waived one. */
  readonly signed?: readonly string[];
  readonly waived?: string;
  /** The results of the actions for those who may perform them; all other actions are no transition from here. */
  readonly answers: Answers | ((phase: FullPhase) => Answers);
  readonly bring: (world: World, scene: Scene) => Promise<BuiltVersion>;
}

type Built = NonNullable<VersionWanted['status']>;
const build = (world: World, { phase, place, preparer, approver }: Scene, status: Built, items = 2) =>
  buildVersion(world, { phase: phase.key, of: place, preparer, approver, status, items });

const decided = async (world: World, scene: Scene) =>
  decideAll(world, scene.approver, await build(world, scene, 'PENDING_APPROVAL'), scene.phase.key);

async function signed(world: World, scene: Scene): Promise<BuiltVersion> {
  const version = await decided(world, scene);
  await signAll(world, version, scene.phase.key);
  return version;
}

const at = ({ versionId, revision }: BuiltVersion) => ({ versionId, expectedRevision: revision });

/**
 * The same version in a workflow whose earlier phases have nothing in force, written as an import would write it: the API could not have
 * started it there.
 */
async function transplanted(world: World, { phase }: Scene, { versionId }: BuiltVersion): Promise<BuiltVersion> {
  const version = {
    version_id: randomUUID(),
    stream_id: closedWorkflow.workflowId,
    parent_version_id: null,
    base_version_id: null,
    carried_from_item_id: null,
    merged_from_item_id: null,
    carried_decision_id: null,
  };
  const header = {
    master_record_id: recordOfPhase(closedWorkflow.workflowId, phase),
    cycle_id: closedWorkflow.cycleId,
    report_id: closedWorkflow.reportId,
  };
  await world.session('owner', (client) =>
    transaction(client, async () => {
      const { rows } = await client.query<{ n: number }>(
        'select coalesce(max(version_number), 0) + 1 as n from phase_version where master_record_id = $1',
        [header.master_record_id],
      );
      const copies: [table: string, key: string, changes: object][] = [
        ['phase_version', 'version_id', { ...header, version_number: rows[0]!.n }],
        [phase.version.table, 'version_id', {}],
        [phase.item.table, 'item_id', {}],
        ['item_decision', 'decision_id', {}],
        ...(phase.signOffs ? ([['test_report_signoffs', 'sign_off_id', {}]] as [string, string, object][]) : []),
      ];
      for (const [table, key, changes] of copies)
        await client.query(
          `insert into ${table} select c.* from ${table} t, jsonb_populate_record(null::${table},
             to_jsonb(t) || jsonb_build_object('${key}', gen_random_uuid()) || $1::jsonb) c where t.version_id = $2`,
          [JSON.stringify({ ...version, ...changes }), versionId],
        );
    }),
  );
  return again(world, version.version_id);
}

/** A version as it is now. */
export async function again(world: World, versionId: string): Promise<BuiltVersion & { readonly isDeleted: boolean }> {
  const { phaseVersion } = await world.get(
    aud,
    `query ($id: UUID!) { phaseVersion(versionId: $id) {
       versionId masterRecordId versionNumber revision status contentHash isDeleted } }`,
    { id: versionId },
  );
  return phaseVersion;
}

const OK = 'accepted';
const drafted: Answers = { EDIT: OK, WAIVE: OK, DELETE: OK };
const pending: Answers = { WITHDRAW: OK, REJECT: OK, DECIDE_ITEMS: OK };
const signers = ['test_lead', 'report_owner', 'test_executive'];
const signs = ({ phase }: Scene) => phase.signOffs !== undefined;
/** Whether the phase waits for others, in the workflow that has a twin where they are missing. */
const canBeClosed = ({ phase, place }: Scene) => place === workflow && phase.prerequisites.length > 0;

export const situations: Readonly<Record<string, Situation>> = {
  'a draft': {
    status: 'DRAFT',
    answers: { ...drafted, SUBMIT: OK },
    bring: (world, scene) => build(world, scene, 'DRAFT'),
  },
  'a draft on a base that is no longer in force': {
    status: 'DRAFT',
    answers: { ...drafted, SUBMIT: 'STALE_BASE', REBASE: OK },
    async bring(world, scene) {
      const version = await build(world, scene, 'DRAFT');
      await build(world, scene, 'APPROVED');
      return version;
    },
  },
  'a draft without items': {
    status: 'DRAFT',
    isEmpty: true,
    answers: ({ item }) => ({ ...drafted, ...(item.atLeast === 0 && { SUBMIT: OK }) }),
    bring: (world, scene) => build(world, scene, 'DRAFT', 0),
  },
  'a draft of a phase that is not open': {
    where: canBeClosed,
    isClosed: true,
    status: 'DRAFT',
    answers: { ...drafted, SUBMIT: 'PREREQUISITE_MISSING' },
    bring: async (world, scene) => transplanted(world, scene, await build(world, scene, 'DRAFT')),
  },
  'a draft whose items say no decision yet': {
    where: ({ phase }) => phase.item.reviewed !== 'BY_DECISIONS',
    status: 'DRAFT',
    answers: { ...drafted, SUBMIT: 'ITEMS_UNDECIDED' },
    async bring(world, scene) {
      const { reviewed, input } = scene.phase.item;
      if (reviewed === 'BY_DECISIONS') throw new Error(`${scene.phase.title} is decided in the review`);
      return mutate(world, scene.preparer, 'putItems', 'PutItemsInput', {
        ...at(await build(world, scene, 'DRAFT', 0)),
        items: { [input]: [{ ...sampleItem(scene.phase.key, 1), [reviewed.byField]: null }] },
      });
    },
  },
  'submitted, its items undecided': {
    where: ({ phase }) => phase.item.reviewed === 'BY_DECISIONS',
    status: 'PENDING_APPROVAL',
    answers: { ...pending, APPROVE: 'ITEMS_UNDECIDED' },
    bring: (world, scene) => build(world, scene, 'PENDING_APPROVAL'),
  },
  'submitted without items': {
    where: ({ phase }) => phase.item.atLeast === 0,
    status: 'PENDING_APPROVAL',
    isEmpty: true,
    answers: { ...pending, APPROVE: OK, DECIDE_ITEMS: 'BAD_USER_INPUT' },
    bring: (world, scene) => build(world, scene, 'PENDING_APPROVAL', 0),
  },
  'submitted and decided': {
    status: 'PENDING_APPROVAL',
    answers: ({ signOffs }) => ({ ...pending, APPROVE: signOffs ? 'SIGN_OFFS_MISSING' : OK }),
    bring: decided,
  },
  'submitted, decided and signed': {
    where: signs,
    signed: signers,
    status: 'PENDING_APPROVAL',
    answers: { ...pending, APPROVE: OK },
    bring: signed,
  },
  'submitted, decided and signed by all but the executive': {
    where: signs,
    signed: ['test_lead', 'report_owner'],
    status: 'PENDING_APPROVAL',
    answers: { ...pending, APPROVE: 'SIGN_OFFS_MISSING' },
    async bring(world, scene) {
      const version = await decided(world, scene);
      await signAll(world, version, scene.phase.key, { except: 'test_executive' });
      return version;
    },
  },
  'submitted, decided and signed by all but the executive, whose signature was waived': {
    where: signs,
    signed: ['test_lead', 'report_owner'],
    waived: 'test_executive',
    status: 'PENDING_APPROVAL',
    answers: { ...pending, APPROVE: OK },
    async bring(world, scene) {
      const { phase, preparer, approver } = scene;
      const waived = await waive(world, scene, await build(world, scene, 'DRAFT'));
      const version = await transition(world, preparer, 'submitVersion', waived);
      const ready = await decideAll(world, approver, version, phase.key);
      await signAll(world, ready, phase.key, { except: 'test_executive' });
      return ready;
    },
  },
  'signed in another form than it was submitted in': {
    where: signs,
    status: 'PENDING_APPROVAL',
    answers: { ...pending, APPROVE: 'SIGN_OFFS_MISSING' },
    async bring(world, scene) {
      const { phase, preparer, approver } = scene;
      const draft = await transition(world, preparer, 'withdrawVersion', await signed(world, scene));
      const edited = await mutate(world, preparer, 'putItems', 'PutItemsInput', {
        ...at(draft),
        items: sampleItems(phase.key, 1, 50),
      });
      return decideAll(world, approver, await transition(world, preparer, 'submitVersion', edited), phase.key);
    },
  },
  'ready to be approved in a phase that is not open': {
    where: canBeClosed,
    signed: signers,
    isClosed: true,
    status: 'PENDING_APPROVAL',
    answers: { ...pending, APPROVE: 'PREREQUISITE_MISSING' },
    bring: async (world, scene) => transplanted(world, scene, await signed(world, scene)),
  },
  'ready to be approved, on a base that is no longer in force': {
    signed: signers,
    status: 'PENDING_APPROVAL',
    answers: { ...pending, APPROVE: 'STALE_BASE' },
    async bring(world, scene) {
      const version = await signed(world, scene);
      await build(world, scene, 'APPROVED');
      return version;
    },
  },
  approved: { status: 'APPROVED', answers: { RESTORE: OK }, bring: (world, scene) => build(world, scene, 'APPROVED') },
  superseded: {
    status: 'SUPERSEDED',
    answers: { RESTORE: OK },
    async bring(world, scene) {
      const { versionId } = await build(world, scene, 'APPROVED');
      await build(world, scene, 'APPROVED');
      return again(world, versionId);
    },
  },
  rejected: {
    status: 'REJECTED',
    answers: { REVISE: OK, RESTORE: OK, DELETE: OK },
    bring: (world, scene) => build(world, scene, 'REJECTED'),
  },
  'rejected in a phase that is not open': {
    where: canBeClosed,
    isClosed: true,
    status: 'REJECTED',
    answers: { REVISE: 'PREREQUISITE_MISSING', RESTORE: 'PREREQUISITE_MISSING', DELETE: OK },
    bring: async (world, scene) => transplanted(world, scene, await build(world, scene, 'REJECTED')),
  },
  'a draft that was deleted': {
    status: 'DRAFT',
    isDeleted: true,
    answers: { UNDELETE: OK },
    bring: async (world, scene) =>
      transition(world, scene.preparer, 'deleteVersion', await build(world, scene, 'DRAFT')),
  },
  'rejected and deleted': {
    status: 'REJECTED',
    isDeleted: true,
    answers: { UNDELETE: OK },
    bring: async (world, scene) =>
      transition(world, scene.preparer, 'deleteVersion', await build(world, scene, 'REJECTED')),
  },
};

/** The test executive does without their own signature. */
export const waive = (world: World, { phase }: Pick<Scene, 'phase'>, draft: BuiltVersion): Promise<BuiltVersion> =>
  mutate(world, tess, 'updateVersion', 'UpdateVersionInput', {
    ...at(draft),
    content: { [phase.version.input]: { requiresExecutiveApproval: false } },
    reason: 'A small report.',
  });

// ── who may do what ─────────────────────────────────────────────────────────────────────────────────────────────────

const deciding: readonly DraftAction[] = ['APPROVE', 'REJECT', 'DECIDE_ITEMS'];

export const canSee = ({ sees, seesDeleted }: Member, { isDeleted }: Situation): boolean =>
  sees && (!isDeleted || seesDeleted);

/** Who the people are to a version in this situation; in the closed workflow nobody owns data. */
export const castOf = (scene: Scene, { isClosed }: Situation): Cast => (isClosed ? standardCast : scene.cast);

/** How a deed is answered, as the table has it. */
export function expectedAnswer(
  { action, needsItem, role }: DraftDeed,
  situation: Situation,
  { phase, preparer }: Scene,
  member: Member,
): string {
  if (member.userId === null) return 'UNAUTHENTICATED';
  if (!canSee(member, situation)) return 'NOT_FOUND';
  if (role) return expectedOfSignature(action, role, situation, member);
  const isTestExecutive = canActAs(member, ['TEST_EXECUTIVE']);
  const may =
    canActAs(member, deciding.includes(action) ? phase.approvedBy : phase.preparedBy) ||
    (action === 'WAIVE' && isTestExecutive);
  if (!may) return 'FORBIDDEN';
  if (action === 'DECIDE_ITEMS' && phase.item.reviewed !== 'BY_DECISIONS') return 'BAD_USER_INPUT';
  const isOwn = member.userId === preparer && !phase.selfAttested;
  if (deciding.includes(action) && situation.status === 'PENDING_APPROVAL' && isOwn) return 'FOUR_EYES';
  const answers = typeof situation.answers === 'function' ? situation.answers(phase) : situation.answers;
  const answer = answers[action] ?? 'INVALID_TRANSITION';
  if (answer !== OK) return answer;
  if (action === 'WAIVE' && !isTestExecutive) return 'FORBIDDEN';
  // An item that does not exist cannot be named.
  return needsItem && situation.isEmpty ? 'BAD_USER_INPUT' : OK;
}

/** Who signs in the standard workflow and in its closed twin, the only ones where phases with signatures are tried. */
const signatories: Record<string, number> = { test_lead: ben, report_owner: olga, test_executive: tess };

function expectedOfSignature(
  action: DraftAction,
  role: string,
  { status, isDeleted, signed = [], waived }: Situation,
  { userId }: Member,
): string {
  if (role === waived) return 'INVALID_TRANSITION';
  if (userId !== signatories[role]) return 'FORBIDDEN';
  const isOpen = status === 'PENDING_APPROVAL' || (action === 'DELEGATE_SIGN_OFF' && status === 'DRAFT');
  return isOpen && !isDeleted && !signed.includes(role) ? OK : 'INVALID_TRANSITION';
}

/** The actions offered to somebody: those whose mutations would succeed with the right input. A waiver is part of editing. */
export function expectedActions(
  deeds: readonly DraftDeed[],
  situation: Situation,
  scene: Scene,
  member: Member,
): DraftAction[] {
  const withItems = { ...situation, isEmpty: undefined };
  const offered = deeds.filter((deed) => expectedAnswer(deed, withItems, scene, member) === OK);
  return [...new Set(offered.map(({ action }) => action))].filter((action) => action !== 'WAIVE').sort();
}
