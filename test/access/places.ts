/**
 * Two workflows with the same people: one in which everything is that can be, and nothing is deleted; one in which a version
 * and a draft of each drafted phase are deleted, with what others carried on from them. Every text of what is to be hidden
 * holds a mark, so that it is found wherever it comes out.
 */
import { fullPhases, phases } from '../../src/phases';
import { contentFields, type FieldTable } from '../../src/versioning/fields';
import type { Json } from '../../src/versioning/model';
import type { AuditOnlyPhase, FullPhase } from '../../src/versioning/phase';
import {
  approverOf,
  buildVersion,
  fullCommandInput,
  itemKeys,
  mutate,
  sendCommand,
  sampleContent,
  sampleItem,
  signAll,
  type BuiltVersion,
} from '../support/builders';
import { assign } from '../support/cast';
import { ada, aud, ben, dan, eve, gone, olga, root, stranger, tess, workflow, World } from '../support/world';
import { importUntidyAssignment } from '../past/importing';
import { lastCommit, makeWorkflow, pass, type Place } from '../past/support';
import { unlimited } from './asking';

/** Whether a person … */
export interface Person {
  /** Null for somebody without a token. */
  readonly userId: number | null;
  readonly isSignedIn: boolean;
  readonly sees: boolean;
  readonly seesDeleted: boolean;
  readonly seesReferenceLog: boolean;
  /** What they may act as in the workflows. */
  readonly actsAs: readonly string[];
  /** The signatures that they may give, and those that they may delegate. */
  readonly signs: readonly string[];
  readonly delegates: readonly string[];
}

const lead = 41;
const formerTester = 42;
const formerOwner = 43;
const formerLead = 44;
const testingAuditor = 45;
const testingAdmin = 46;
const delegate = 47;
const formerDelegate = 48;
/** The one line of business there is. */
export const lobId = '0194d2a0-5c00-7000-8000-0000000000a1';

const signedIn = {
  isSignedIn: true,
  sees: false,
  seesDeleted: false,
  seesReferenceLog: false,
  actsAs: [],
  signs: [],
  delegates: [],
};
const seeing = (userId: number, ...actsAs: string[]): Person => ({ ...signedIn, userId, sees: true, actsAs });
const testing = (userId: number): Person => ({ ...seeing(userId, 'TESTER'), seesDeleted: true });
const keeping = (userId: number): Person => ({ ...seeing(userId), seesDeleted: true, seesReferenceLog: true });
const nobody: Person = { ...signedIn, userId: null, isSignedIn: false };

/** Everybody, by how they stand to the workflows. The report owner has delegated their signature. */
export const people: Readonly<Record<string, Person>> = {
  'without a token': nobody,
  'deactivated tester': { ...nobody, userId: gone },
  stranger: { ...signedIn, userId: stranger },
  'previous tester': { ...signedIn, userId: formerTester },
  'previous test lead': { ...signedIn, userId: formerLead },
  'previous data owner': { ...signedIn, userId: formerOwner },
  'previous delegate': { ...signedIn, userId: formerDelegate },
  tester: testing(ada),
  'test lead': { ...testing(lead), signs: ['test_lead'], delegates: ['test_lead'] },
  'report owner': { ...seeing(olga, 'REPORT_OWNER'), delegates: ['report_owner'] },
  'delegate of the report owner': { ...seeing(delegate, 'DELEGATE'), signs: ['report_owner'] },
  'data owner': seeing(dan, 'DATA_OWNER'),
  'data executive': seeing(eve, 'DATA_EXECUTIVE'),
  'test executive': { ...seeing(tess, 'TEST_EXECUTIVE'), signs: ['test_executive'], delegates: ['test_executive'] },
  administrator: keeping(root),
  auditor: keeping(aud),
  'auditor who is assigned as tester': keeping(testingAuditor),
  'administrator who is assigned as tester': keeping(testingAdmin),
};

export const MARK = 'quicksilver';

/** The same input with the mark in every text of it. */
function marked(fields: FieldTable, input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const within = (value: Json): Json => {
    if (typeof value === 'string') return `${value} ${MARK}`;
    if (Array.isArray(value)) return value.map(within);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, within(entry)]));
  };
  // What takes one of a few words keeps it, and what may be a code is one.
  const kinds = Object.fromEntries(
    contentFields(fields).map(([name, { kind, onlySuggested, codedIn }]) => [
      name,
      onlySuggested ? 'word' : codedIn ? 'code' : kind,
    ]),
  );
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      name === 'reason' || ['code', 'text', 'textList', 'json', 'jsonList'].includes(kinds[name]!)
        ? within(value as Json)
        : value,
    ]),
  );
}

const markedItem = ({ key, item }: FullPhase, n: number) => marked(item.fields, sampleItem(key, n));
const contentOf = ({ key, version }: FullPhase, n = 1) =>
  sampleContent(key, n)[version.input] as Record<string, unknown>;

interface DraftInput {
  readonly content: object;
  readonly items?: readonly object[];
  readonly parentVersionId?: string;
  readonly carryForward?: string;
  readonly reason?: string;
}

/** What a workflow's people do to its drafts, one after the other. */
class Desk {
  constructor(
    private readonly world: World,
    private readonly phase: FullPhase,
    private readonly of: Place,
  ) {}

  start(input: DraftInput, by = ada) {
    const { cycleId, reportId } = this.of;
    const { content, items, ...more } = input;
    return mutate(this.world, by, 'createVersion', 'CreateVersionInput', {
      cycleId,
      reportId,
      phase: this.phase.key,
      carryForward: 'NONE',
      reason: MARK,
      ...more,
      content: { [this.phase.version.input]: content },
      ...(items && { items: { [this.phase.item.input]: items } }),
    });
  }
  private change(version: BuiltVersion, userId: number, mutation: string, inputType: string, more: object) {
    const { versionId, revision } = version;
    return mutate(this.world, userId, mutation, inputType, {
      versionId,
      expectedRevision: revision,
      reason: MARK,
      ...more,
    });
  }
  put = (version: BuiltVersion, items: readonly object[]) =>
    this.change(version, ada, 'putItems', 'PutItemsInput', { items: { [this.phase.item.input]: items } });
  update = (version: BuiltVersion, content: object) =>
    this.change(version, ada, 'updateVersion', 'UpdateVersionInput', {
      content: { [this.phase.version.input]: content },
    });
  step = (version: BuiltVersion, mutation: string, userId = ada) =>
    this.change(version, userId, mutation, 'VersionTransitionInput', {});
  /** Decides items one by one, where that is done, saying the mark. */
  async decide(version: BuiltVersion, statuses: Readonly<Record<string, string>>) {
    if (this.phase.item.reviewed !== 'BY_DECISIONS') return version;
    return this.change(version, this.approver, 'decideItems', 'DecideItemsInput', {
      decisions: Object.entries(statuses).map(([itemKey, status]) => ({ itemKey, status, notes: MARK })),
    });
  }
  async decideAll(version: BuiltVersion, status = 'APPROVED') {
    const keys = await itemKeys(this.world, version.versionId);
    return this.decide(version, Object.fromEntries(keys.map((key) => [key, status])));
  }
  get approver() {
    return approverOf(this.phase.key);
  }
}

/** In force, then another that was rejected, then a draft made of that: with an item that was changed each time. */
async function fillDrafted(world: World, phase: FullPhase, place: Place): Promise<BuiltVersion> {
  const desk = new Desk(world, phase, place);
  const again = async (version: BuiltVersion, n: number) => {
    const [itemKey] = await itemKeys(world, version.versionId);
    const { identity } = phase.item;
    const kept = identity && { [identity]: markedItem(phase, 1)[identity] };
    return desk.put(version, [{ ...markedItem(phase, n), ...kept, itemKey }]);
  };
  let first = await desk.start({
    content: marked(phase.version.fields, contentOf(phase)),
    items: [1, 2].map((n) => markedItem(phase, n)),
  });
  first = await desk.decideAll(await desk.step(first, 'submitVersion'));
  await signAll(world, first, phase.key, { except: 'report_owner' });
  if (phase.signOffs)
    await world.sql(
      'owner',
      `insert into test_report_signoffs (sign_off_id, stream_id, version_id, sign_off_role, sign_off_user_id, sign_off_status,
         sign_off_date, sign_off_comments, delegated_from_id, delegated_from_name, delegation_reason, meaning, signer_name, signed_content_hash)
       select gen_random_uuid(), stream_id, version_id, 'report_owner', ${delegate}, 'SIGNED', clock_timestamp(),
         $2, ${olga}, $2, $2, $2, $2, content_hash from phase_version where version_id = $1`,
      [first.versionId, MARK],
    );
  await desk.step(first, 'approveVersion', desk.approver);
  const changed = marked(phase.version.fields, contentOf(phase, 2));
  let second = await desk.start({ content: changed, carryForward: 'APPROVED_ITEMS' });
  second = await desk.step(await again(second, 31), 'submitVersion');
  const [one] = await itemKeys(world, second.versionId);
  const rejected = await desk.step(await desk.decide(second, { [one!]: 'REJECTED' }), 'rejectVersion', desk.approver);
  return again(await desk.step(rejected, 'reviseVersion'), 51);
}

/** The report owner delegates their signature, thinks better of it, and delegates it to somebody else. */
async function delegateOwners(world: World, { versionId, revision }: BuiltVersion, reason: string): Promise<void> {
  for (const toUserId of [formerDelegate, olga, delegate])
    await mutate(world, olga, 'delegateSignOff', 'DelegateSignOffInput', {
      versionId,
      expectedRevision: revision,
      role: 'report_owner',
      toUserId,
      reason,
    });
}

async function fillRecorded(world: World, phase: AuditOnlyPhase, place: Place): Promise<void> {
  const { cycleId, reportId } = place;
  const run = (mutation: string, input: object, by = ada) =>
    sendCommand(world, by, phase, mutation, {
      ...marked(phase.commands[mutation]!.input, fullCommandInput(phase, mutation)),
      ...input,
    });
  const act = (mutation: string, { versionId, revision }: BuiltVersion, input: object = {}, by = ada) =>
    run(mutation, { versionId, expectedRevision: revision, ...input }, by);
  const start = (mutation: string, input: object = {}, by = ada) => run(mutation, { cycleId, reportId, ...input }, by);
  const story: Record<string, () => Promise<unknown>> = {
    async DATA_OWNER_ID() {
      const record = await start('assignDataOwner', { dataOwnerId: formerOwner, lobId });
      await act('transferDataOwner', record, { toUserId: dan });
      await act('deactivateDataOwner', await start('assignDataOwner', { dataOwnerId: formerOwner }));
    },
    async REQUEST_INFO() {
      let document = await start('submitDocument', {}, dan);
      document = await act('reviewDocument', document, { status: 'REVISION_REQUESTED' });
      document = await act('reviseDocument', document, {}, dan);
      document = await act('reviewDocument', document, { status: 'ACCEPTED' });
      await start('submitDocument', { replacesVersionId: document.versionId }, dan);
    },
    async TEST_EXECUTION() {
      await act('respondToTestAction', await start('requestTestAction'), {}, dan);
      await start('requestTestAction');
    },
  };
  await story[phase.key]!();
}

export interface Deleted {
  readonly phase: FullPhase;
  /** Deleted: a version that was decided on, from which others carried on, and a draft. */
  readonly version: BuiltVersion;
  readonly draft: BuiltVersion;
  /** What carried on: items of a draft, and items with their decisions. */
  readonly children: readonly BuiltVersion[];
}

/** A workflow's phase in which nothing that is to be seen ever held the mark. */
async function fillWithDeleted(world: World, phase: FullPhase, place: Place): Promise<Omit<Deleted, 'phase'>> {
  const desk = new Desk(world, phase, place);
  const plain = (content: object, version?: BuiltVersion) => ({
    content,
    carryForward: 'ALL_ITEMS',
    reason: 'Plain.',
    ...(version && { parentVersionId: version.versionId }),
  });
  const inForce = await buildVersion(world, { phase: phase.key, of: place, status: 'APPROVED' });
  let version = await desk.start({
    ...plain(contentOf(phase)),
    carryForward: 'NONE',
    items: [1, 2].map((n) => sampleItem(phase.key, n)),
  });
  const [one, two] = await itemKeys(world, version.versionId);
  const early = await desk.start(plain(contentOf(phase, 3), version), ben);
  const kept = phase.item.identity && { [phase.item.identity]: sampleItem(phase.key, 1)[phase.item.identity] };
  const children = [
    await mutate(world, ada, 'putItems', 'PutItemsInput', {
      versionId: early.versionId,
      expectedRevision: early.revision,
      items: { [phase.item.input]: [{ ...sampleItem(phase.key, 40), ...kept, itemKey: one }] },
    }),
  ];
  version = await desk.update(version, marked(phase.version.fields, contentOf(phase, 2)));
  version = await desk.put(version, [markedItem(phase, 3)]);
  const keys = await itemKeys(world, version.versionId);
  const third = keys.find((key) => key !== one && key !== two)!;
  version = await desk.decide(await desk.step(version, 'submitVersion'), {
    [one!]: 'APPROVED',
    [two!]: 'APPROVED',
    [third]: 'REJECTED',
  });
  version = await desk.step(version, 'rejectVersion', desk.approver);
  if (phase.item.reviewed === 'BY_DECISIONS')
    children.push(await desk.start({ ...plain(contentOf(phase, 4), version), carryForward: 'APPROVED_ITEMS' }));
  const draft = await desk.start({
    content: marked(phase.version.fields, contentOf(phase, 5)),
    items: [markedItem(phase, 6)],
    parentVersionId: inForce.versionId,
  });
  return { version, draft, children };
}

export interface Places {
  /** Nothing in it is deleted, and every text of it holds the mark. */
  readonly whole: Place;
  /** What is deleted in it holds the mark, and nothing else does. */
  readonly torn: Place;
  readonly deleted: readonly Deleted[];
  /** Instants of the past: when those were assigned who are not any more, and before anything was deleted. */
  readonly instants: readonly string[];
}

export async function makePlaces(world: World): Promise<Places> {
  await world.sql(
    'owner',
    `insert into users (user_id, name, is_active) values (${lead}, 'Lea Lead', true), (${formerTester}, 'Theo Tester', true),
       (${formerOwner}, 'Otto Owner', true), (${formerLead}, 'Lars Lead', true), (${testingAuditor}, 'Anna Auditor', true),
       (${testingAdmin}, 'Adam Admin', true), (${delegate}, 'Dora Deputy', true), (${formerDelegate}, 'Fritz Deputy', true);
     insert into user_roles (user_id, role) values (${lead}, 'TESTER'), (${formerTester}, 'TESTER'), (${formerLead}, 'TESTER'),
       (${formerOwner}, 'DATA_OWNER'), (${testingAuditor}, 'TESTER'), (${testingAdmin}, 'TESTER'),
       (${delegate}, 'REPORT_OWNER'), (${formerDelegate}, 'REPORT_OWNER');`,
  );
  const make = () =>
    makeWorkflow(world, workflow.cycleId, {
      testers: [ada, ben, gone, formerTester, testingAuditor, testingAdmin],
      lead: formerLead,
      owner: olga,
      executive: tess,
    });
  await world.sql('owner', `update users set is_active = true where user_id = ${gone}`);
  const [whole, torn] = [await make(), await make()];
  await world.sql(
    'owner',
    `update users set is_active = false where user_id = ${gone};
     insert into user_roles (user_id, role) values (${testingAuditor}, 'AUDITOR'), (${testingAdmin}, 'ADMIN');
     update cycles set end_date = '2026-12-31';
     update reports set owner_id = ${olga}, lob_id = '${lobId}' where report_id in ('${whole.reportId}', '${torn.reportId}');`,
  );
  await importUntidyAssignment(world, whole, MARK);
  for (const phase of phases)
    if (phase.versioning === 'AUDIT_ONLY') await fillRecorded(world, phase, whole);
    else {
      const draft = await fillDrafted(world, phase, whole);
      if (phase.signOffs) await delegateOwners(world, draft, MARK);
    }
  await buildVersion(world, { phase: fullPhases.at(-1)!.key, of: torn, status: 'APPROVED' });
  await assign(world, dan, { of: torn });
  const { versionId, revision } = await assign(world, formerOwner, { of: torn });
  await mutate(world, ada, 'deactivateDataOwner', 'DeactivateDataOwnerInput', {
    versionId,
    expectedRevision: revision,
    reason: 'Left.',
  });
  const built: Deleted[] = [];
  for (const phase of fullPhases) {
    const filled = await fillWithDeleted(world, phase, torn);
    built.push({ phase, ...filled });
    if (phase.signOffs) await delegateOwners(world, filled.children[0]!, 'On leave.');
  }
  const settled = async () => {
    const instants = await Promise.all([whole, torn].map(({ workflowId }) => lastCommit(world, workflowId)));
    const latest = instants.sort().at(-1)!;
    await pass(latest);
    return latest;
  };
  for (const { cycleId, reportId } of [whole, torn])
    await world.get(ada, `mutation { refreshMetrics(cycleId: "${cycleId}", reportId: "${reportId}") }`);
  const { createWebhook } = await world.get(
    root,
    `mutation { createWebhook(input: { name: "A receiver", url: "https://hooks.bank.example", reason: "To see who sees it." }) {
       webhook { webhookId } } }`,
  );
  // As it is left when a receiver has refused a commit for days.
  await world.sql(
    'owner',
    `insert into log.dead_letter (webhook_id, stream_id, sequence, change_set_id, attempts, last_failure, given_up_at)
     values ($1::uuid, '00000000-0000-0000-0000-000000000000', 1, gen_random_uuid(), 20, 'it answered 500', now())`,
    [createWebhook.webhook.webhookId],
  );
  // As a pack is left that was made, without its bytes.
  await world.sql(
    'owner',
    `with asked as (insert into pack_requests (pack_id, stream_id, as_of, requested_by, requested_at)
       values (gen_random_uuid(), $1, now(), ${aud}, now()) returning pack_id)
     insert into log.pack_job (pack_id, steps_done, finished_at, kept_until, bytes, sha256)
     select pack_id, 12, now(), 'infinity', 1, repeat('0', 64) from asked`,
    [whole.workflowId],
  );
  // Everybody has a rule of what they are told, by which nothing is sent.
  await world.sql(
    'owner',
    `with ruled as (insert into notification_rules (rule_id, user_id, channel, zone, hour)
       select gen_random_uuid(), user_id, 'CHAT', 'UTC', 8 from users returning rule_id)
     insert into log.notice_state (rule_id, address, next_at) select rule_id, 'https://chat.bank.example', 'infinity' from ruled`,
  );
  const before = await settled();
  const deleted: Deleted[] = [];
  for (const { version, draft, phase, ...more } of built) {
    const desk = new Desk(world, phase, torn);
    deleted.push({
      phase,
      ...more,
      version: await desk.step(version, 'deleteVersion'),
      draft: await desk.step(draft, 'deleteVersion'),
    });
  }
  await world.sql(
    'owner',
    `update workflows set test_lead_id = ${lead} where workflow_id in ('${whole.workflowId}', '${torn.workflowId}');
     delete from workflow_testers where user_id = ${formerTester};`,
  );
  return { whole, torn, deleted, instants: [before, await settled()] };
}

/** A world in which they are, made once in a run of the tests; whatever is asked there, it is allowed to be much. */
export async function placesInAWorld(): Promise<{ world: World; places: Places }> {
  const { world, told: places } = await World.like('places', unlimited, makePlaces);
  return { world, places };
}
