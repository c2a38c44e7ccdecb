/**
 * Random histories, several at once, held against a model that keeps what was answered after each commit: whoever asks as of
 * then, or of any instant up to the next commit, is answered the same, byte for byte, while everybody goes on writing.
 * How many histories, and which, is said by support/effort.ts.
 */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { print } from 'graphql';
import pg from 'pg';
import { fullPhaseOf } from '../../src/phases';
import {
  BriefWorkflowAsOfDocument,
  BriefWorkflowDocument,
  BriefWorkflowPartsFragmentDoc,
  type BriefWorkflowPartsFragment,
} from '../generated/graphql';
import { sampleContent, sampleItem, sampleItems } from '../support/builders';
import { effort, seed } from '../support/effort';
import { insertRows, logFaults, rawVersion, REFERENCE, transaction } from '../support/log';
import { aud, workflow, World } from '../support/world';
import { pass, withoutInstants, type Place } from './support';

const RUNS = effort.historiesOfThePast;
const AT_ONCE = 4;

let world: World;
let owners: pg.Pool;
beforeAll(async () => {
  world = await World.create();
  owners = new pg.Pool({ connectionString: world.database.ownerUrl, max: AT_ONCE });
});
afterAll(async () => {
  await owners.end();
  await world.destroy();
});

// ── people and a workflow of each history's own ─────────────────────────────────────────────────────────────────────

interface Stage extends Place {
  readonly tester: number;
  readonly lead: number;
  readonly owner: number;
  readonly executive: number;
  readonly dataOwner: number;
  /** Whether also the lists of its phases are asked for. */
  readonly whole: boolean;
}

/** Writes in one transaction; says how it is stamped, or null where nothing was changed. */
async function written(streamId: string, write: (client: pg.Client) => Promise<unknown>): Promise<string | null> {
  const client = (await owners.connect()) as pg.PoolClient & pg.Client;
  try {
    return await transaction(client, async () => {
      await write(client);
      const { rows } = await client.query<{ at: Date }>(
        'select opened_at as at from log.stream where stream_id = $1 and is_open',
        [streamId],
      );
      return rows[0]?.at.toISOString() ?? null;
    });
  } finally {
    client.release();
  }
}

let nextPerson = 1000;

/** A workflow in which data have been profiled and samples selected, as an import brings it. */
async function setTheStage(): Promise<{ stage: Stage; at: string }> {
  const first = nextPerson;
  nextPerson += 5;
  const [tester, lead, owner, executive, dataOwner] = [first, first + 1, first + 2, first + 3, first + 4];
  const stage = {
    cycleId: workflow.cycleId,
    reportId: randomUUID(),
    workflowId: randomUUID(),
    whole: first % 3 === 0,
    tester,
    lead,
    owner,
    executive,
    dataOwner,
  };
  const { reportId, workflowId, cycleId } = stage;
  const reference = await written(REFERENCE, (client) =>
    client.query(
      `insert into users (user_id, name) select n, 'Person ' || n from generate_series(${tester}, ${dataOwner}) n;
       insert into user_roles (user_id, role) select n, 'TESTER' from generate_series(${tester}, ${dataOwner}) n;
       insert into user_roles (user_id, role) values (${owner}, 'REPORT_OWNER'),
         (${executive}, 'TEST_EXECUTIVE'), (${executive}, 'DATA_OWNER'), (${dataOwner}, 'DATA_OWNER');
       insert into reports (report_id, name, number) values ('${reportId}', 'A report', '${reportId}');
       insert into workflows (workflow_id, cycle_id, report_id, test_lead_id, report_owner_id, test_executive_id)
         values ('${workflowId}', '${cycleId}', '${reportId}', ${lead}, ${owner}, ${executive});
       insert into workflow_testers (workflow_id, user_id) values ('${workflowId}', ${tester})`,
    ),
  );
  await pass(reference!);
  const imported = ['DATA_PROFILING', 'SAMPLE_SELECTION'].map((phase) =>
    rawVersion(
      {
        version_number: 1,
        phase,
        status: 'APPROVED',
        created_by: tester,
        submitted_by: tester,
        submitted_at: '2026-10-01T10:00:00Z',
        reviewed_by: owner,
        reviewed_at: '2026-10-02T09:00:00Z',
        effective_from: '2026-10-02T09:00:00Z',
      },
      stage,
    ),
  );
  const at = await written(workflowId, (client) => insertRows(client, 'phase_version', imported));
  return { stage, at: at! };
}

// ── what can happen ─────────────────────────────────────────────────────────────────────────────────────────────────

type Answer = BriefWorkflowPartsFragment;
type Version = Answer['changes']['nodes'][number]['versions'][number];

/** What a step did: when it was committed, and what was answered then. */
interface Taken {
  readonly at: string;
  readonly text: string;
}
const tally = { commits: 0, reads: 0 };
const taken = new Map<string, number>();

const live = async ({ cycleId, reportId, whole }: Stage): Promise<string> =>
  JSON.stringify((await world.run(aud, BriefWorkflowDocument, { cycleId, reportId, whole })).workflow);

async function readAt({ cycleId, reportId, whole }: Stage, at: string): Promise<string> {
  tally.reads++;
  return JSON.stringify((await world.run(aud, BriefWorkflowAsOfDocument, { cycleId, reportId, whole, at })).workflow);
}

const parts = print(BriefWorkflowPartsFragmentDoc);

/** Runs a mutation. What it answers is the state it left, where the caller sees as much as the reader does. */
async function mutated(stage: Stage, by: number, name: string, type: string, input: object): Promise<Taken | null> {
  const seesAll = by === stage.tester || by === stage.lead;
  const { data, errors } = await world.ask(
    by,
    seesAll
      ? `mutation ($input: ${type}!, $whole: Boolean!) { ${name}(input: $input) { changeSet { committedAt workflow { ...BriefWorkflowParts } } } } ${parts}`
      : `mutation ($input: ${type}!) { ${name}(input: $input) { changeSet { committedAt } } }`,
    { input, ...(seesAll && { whole: stage.whole }) },
  );
  const broken = errors?.some(({ extensions: { code } }) => /INTERNAL|GRAPHQL/.test(code));
  if (broken) throw new Error(`${name}: ${JSON.stringify(errors)}`);
  if (errors) return null;
  const { committedAt, workflow: found } = data[name].changeSet;
  return { at: committedAt, text: seesAll ? JSON.stringify(found) : await live(stage) };
}

/** The versions a workflow has, and one of those that fit. */
function choices({ changes }: Answer, n: number) {
  const versions = new Map<string, Version>();
  for (const commit of changes.nodes) for (const version of commit.versions) versions.set(version.versionId, version);
  const pick = <T>(from: readonly T[]): T | undefined => from[n % Math.max(from.length, 1)];
  const ofPhase = (...phases: string[]) => [...versions.values()].filter(({ phase }) => phases.includes(phase));
  const drafted = ofPhase('PLANNING', 'SCOPING');
  return {
    pick,
    inStatus: (...statuses: string[]) =>
      pick(drafted.filter(({ status, isDeleted }) => statuses.includes(status) && !isDeleted)),
    deleted: pick(drafted.filter(({ isDeleted }) => isDeleted)),
    record: (phase: string) => pick(ofPhase(phase).filter(({ status }) => status === 'RECORDED')),
  };
}

type Step = (stage: Stage, n: number, answer: Answer) => Promise<Taken | null> | null;

const onVersion = (
  stage: Stage,
  by: number,
  name: string,
  version: Version | undefined,
  input: object = {},
  type = 'VersionTransitionInput',
) =>
  version
    ? mutated(stage, by, name, type, { versionId: version.versionId, expectedRevision: version.revision, ...input })
    : null;

const approverOf = ({ tester, owner }: Stage, version: Version | undefined): number =>
  version?.phase === 'PLANNING' ? tester : owner;

/** Writes without the service. */
async function sql(stage: Stage, streamId: string, text: string, ...parameters: unknown[]): Promise<Taken | null> {
  const at = await written(streamId, (client) => client.query(text, parameters));
  return at === null ? null : { at, text: await live(stage) };
}

const itemSql =
  (make: (table: string, n: number) => string): Step =>
  (stage, n, answer) => {
    const draft = choices(answer, n).inStatus('DRAFT');
    return draft ? sql(stage, stage.workflowId, make(fullPhaseOf(draft.phase).item.table, n), draft.versionId) : null;
  };

const steps: Readonly<Record<string, Step>> = {
  create(stage, n, { planning }) {
    const { cycleId, reportId, tester, lead } = stage;
    const phase = planning.current && n % 3 > 0 ? 'SCOPING' : 'PLANNING';
    return mutated(stage, n % 2 ? tester : lead, 'createVersion', 'CreateVersionInput', {
      cycleId,
      reportId,
      phase,
      carryForward: ['APPROVED_ITEMS', 'ALL_ITEMS', 'NONE'][n % 3],
      content: sampleContent(phase, n),
      items: sampleItems(phase, 1 + (n % 3), 10 * n),
    });
  },
  put(stage, n, answer) {
    const draft = choices(answer, n).inStatus('DRAFT');
    return onVersion(stage, stage.tester, 'putItems', draft, draft && { items: sampleItems(draft.phase, 2, 7 * n) }, 'PutItemsInput'); // prettier-ignore
  },
  replace(stage, n, answer) {
    const { inStatus, pick } = choices(answer, n);
    const draft = inStatus('DRAFT');
    const there = draft && pick<{ itemKey: string; content: Record<string, unknown> }>(draft.items.nodes);
    if (!draft || !there) return null;
    const { identity, input } = fullPhaseOf(draft.phase).item;
    const item = { ...sampleItem(draft.phase, n), itemKey: there.itemKey };
    const items = { [input]: [{ ...item, ...(identity && { [identity]: there.content[identity] }) }] };
    return onVersion(stage, stage.tester, 'putItems', draft, { items }, 'PutItemsInput');
  },
  remove(stage, n, answer) {
    const { inStatus, pick } = choices(answer, n);
    const draft = inStatus('DRAFT');
    const there = draft && pick<{ itemKey: string }>(draft.items.nodes);
    return there ? onVersion(stage, stage.lead, 'removeItems', draft, { itemKeys: [there.itemKey] }, 'RemoveItemsInput') : null; // prettier-ignore
  },
  update(stage, n, answer) {
    const draft = choices(answer, n).inStatus('DRAFT');
    return onVersion(stage, stage.lead, 'updateVersion', draft, draft && { content: sampleContent(draft.phase, n) }, 'UpdateVersionInput'); // prettier-ignore
  },
  submit: (stage, n, answer) => onVersion(stage, stage.tester, 'submitVersion', choices(answer, n).inStatus('DRAFT')),
  withdraw: (stage, n, answer) =>
    onVersion(stage, stage.tester, 'withdrawVersion', choices(answer, n).inStatus('PENDING_APPROVAL')),
  decide(stage, n, answer) {
    const pending = choices(answer, n).inStatus('PENDING_APPROVAL');
    if (pending?.phase !== 'SCOPING' || pending.items.nodes.length === 0) return null;
    const decisions = (pending.items.nodes as readonly { itemKey: string }[])
      .slice(0, 1 + (n % 4))
      .map(({ itemKey }, i) => ({ itemKey, status: (n + i) % 5 ? 'APPROVED' : 'REJECTED', notes: `Said ${n}.` }));
    return onVersion(stage, stage.owner, 'decideItems', pending, { decisions }, 'DecideItemsInput');
  },
  approve(stage, n, answer) {
    const pending = choices(answer, n).inStatus('PENDING_APPROVAL');
    return onVersion(stage, approverOf(stage, pending), 'approveVersion', pending, { reason: 'Good.' });
  },
  reject(stage, n, answer) {
    const pending = choices(answer, n).inStatus('PENDING_APPROVAL');
    return onVersion(stage, approverOf(stage, pending), 'rejectVersion', pending, { reason: 'Not yet.' });
  },
  revise: (stage, n, answer) =>
    onVersion(stage, stage.tester, 'reviseVersion', choices(answer, n).inStatus('REJECTED')),
  delete: (stage, n, answer) =>
    onVersion(stage, stage.tester, 'deleteVersion', choices(answer, n).inStatus('DRAFT', 'REJECTED'), {
      reason: 'Begun by mistake.',
    }),
  undelete: (stage, n, answer) => onVersion(stage, stage.tester, 'undeleteVersion', choices(answer, n).deleted),
  restore: (stage, n, answer) =>
    onVersion(
      ...([stage, stage.tester, 'restoreVersion'] as const),
      choices(answer, n).inStatus('SUPERSEDED', 'APPROVED', 'REJECTED'),
    ),
  assign: (stage, n) =>
    mutated(stage, stage.tester, 'assignDataOwner', 'AssignDataOwnerInput', {
      cycleId: stage.cycleId,
      reportId: stage.reportId,
      dataOwnerId: stage.dataOwner,
      assignmentType: n % 2 === 0 ? 'BACKUP' : 'DEPUTY',
    }),
  transfer: (stage, n, answer) =>
    onVersion(
      ...([stage, stage.tester, 'transferDataOwner', choices(answer, n).record('DATA_OWNER_ID')] as const),
      ...([{ toUserId: stage.executive, reason: 'Moved.' }, 'TransferDataOwnerInput'] as const),
    ),
  deactivate: (stage, n, answer) =>
    onVersion(
      ...([stage, stage.tester, 'deactivateDataOwner', choices(answer, n).record('DATA_OWNER_ID')] as const),
      ...([{ reason: 'Left.' }, 'DeactivateDataOwnerInput'] as const),
    ),
  document: (stage, n, answer) =>
    choices(answer, n).record('DATA_OWNER_ID')
      ? mutated(stage, n % 2 ? stage.dataOwner : stage.tester, 'submitDocument', 'SubmitDocumentInput', {
          cycleId: stage.cycleId,
          reportId: stage.reportId,
          documentId: randomUUID(),
          submissionType: 'LETTER',
        })
      : null,
  reviewDocument: (stage, n, answer) =>
    onVersion(
      ...([stage, stage.lead, 'reviewDocument', choices(answer, n).record('REQUEST_INFO')] as const),
      ...([{ status: 'ACCEPTED' }, 'ReviewDocumentInput'] as const),
    ),
  request: (stage, n, answer) =>
    choices(answer, n).record('REQUEST_INFO')
      ? mutated(stage, stage.tester, 'requestTestAction', 'RequestTestActionInput', {
          cycleId: stage.cycleId,
          reportId: stage.reportId,
          actionType: 'RETEST',
          reason: 'Odd.',
        })
      : null,
  respond: (stage, n, answer) =>
    onVersion(
      ...([stage, stage.lead, 'respondToTestAction', choices(answer, n).record('TEST_EXECUTION')] as const),
      ...([{ responseStatus: 'COMPLETED' }, 'RespondToTestActionInput'] as const),
    ),
  grant: (stage, n) =>
    sql(
      ...([stage, REFERENCE] as const),
      `insert into user_roles (user_id, role) values ($1, 'DATA_EXECUTIVE') on conflict do nothing`,
      stage.tester + (n % 3),
    ),
  revoke: (stage) =>
    sql(
      ...([stage, REFERENCE] as const),
      `delete from user_roles where user_id between $1 and $2 and role = 'DATA_EXECUTIVE'`,
      stage.tester,
      stage.dataOwner,
    ),
  assignTester: (stage, n) =>
    sql(
      ...([stage, REFERENCE] as const),
      'insert into workflow_testers (workflow_id, user_id) values ($1, $2) on conflict do nothing',
      stage.workflowId,
      stage.lead + (n % 4),
    ),
  removeTesters: (stage) =>
    sql(
      ...([stage, REFERENCE] as const),
      'delete from workflow_testers where workflow_id = $1 and user_id <> $2',
      stage.workflowId,
      stage.tester,
    ),
  rename: (stage, n) =>
    sql(
      ...([stage, REFERENCE] as const),
      'update users set name = $2 where user_id = $1',
      stage.tester + (n % 4),
      `Person ${n}`,
    ),
  edit: itemSql((table, n) => `update ${table} set label = label || ' ${n}' where version_id = $1`),
  wipe: itemSql((table) => `delete from ${table} where version_id = $1`),
};
const kinds = Object.keys(steps);
/** From one kind to what replaces it where it cannot be; has no divisor in common with their number, which is 28. */
const STRIDE = 5;

// ── histories ───────────────────────────────────────────────────────────────────────────────────────────────────────

interface Command {
  readonly kind: string;
  readonly n: number;
}
interface State extends Taken {
  isChecked?: boolean;
}
interface History {
  readonly stage: Stage;
  readonly states: State[];
}
interface Glance extends Taken {
  readonly stage: Stage;
}

/** Asks for an instant from a state's own up to the one before the next state's; `choice` says which. */
async function check({ stage, states }: History, index: number, choice: number): Promise<void> {
  const state = states[index]!;
  const next = states[index + 1];
  state.isChecked = next !== undefined;
  const from = Date.parse(state.at);
  const until = next ? Date.parse(next.at) - 1 : from;
  const instant = [from, until, from + Math.floor(((until - from) * (choice % 7)) / 7)][choice % 3]!;
  const found = withoutInstants(await readAt(stage, new Date(instant).toISOString()));
  if (found !== state.text) expect(JSON.parse(found)).toEqual(JSON.parse(state.text));
  expect(found === state.text).toBe(true);
}

/** Asks as of now while others write; whatever is answered, is to be answered for ever. */
async function glance({ stage }: History, seen: Glance[]): Promise<void> {
  const at = new Date().toISOString();
  try {
    seen.push({ stage, at, text: await readAt(stage, at) });
  } catch (error) {
    if (!/has not come yet|AS_OF_UNSETTLED/.test(String(error))) throw error;
  }
}

/** Takes a step; one that cannot be taken is replaced by the next kind that can. */
async function take({ stage, states }: History, { kind, n }: Command): Promise<Taken | null> {
  const answer = JSON.parse(states.at(-1)!.text) as Answer;
  for (let tries = 0; tries < 8; tries++) {
    const chosen = kinds[(kinds.indexOf(kind) + STRIDE * tries) % kinds.length]!;
    const done = await steps[chosen]!(stage, n, answer);
    if (!done) continue;
    taken.set(chosen, (taken.get(chosen) ?? 0) + 1);
    return done;
  }
  return null;
}

async function play(history: History, commands: readonly Command[], all: readonly History[], seen: Glance[]) {
  for (const command of commands) {
    const done = await take(history, command);
    if (!done) continue;
    tally.commits++;
    expect(done.at > history.states.at(-1)!.at).toBe(true);
    // So that what is done next is later in whatever stream it is done.
    await pass(done.at);
    history.states.push(done);
    // Readers of this history and of the others, while those are being written.
    const other = all[command.n % all.length]!;
    if (command.n % 5 === 0) await glance(other, seen);
    else if (command.n % 3 === 0) await check(other, command.n % other.states.length, command.n);
  }
}

const often = ['put', 'replace', 'remove', 'submit', 'approve', 'reject', 'decide', 'decide', 'revise', 'respond'];
const command: fc.Arbitrary<Command> = fc.record({
  kind: fc.constantFrom(...kinds, ...often),
  n: fc.nat({ max: 999 }),
});
const openings: readonly (readonly [kind: string, n: number][])[] = [
  [['create', 3]],
  [['create', 5], ['submit', 0]],
  [['create', 4], ['submit', 0], ['approve', 0], ['create', 7], ['submit', 1]],
  [['assign', 1], ['document', 2]],
  [['assign', 1], ['document', 2], ['request', 3]],
]; // prettier-ignore
const history = fc
  .tuple(fc.constantFrom(...openings), fc.array(command, { minLength: 3, maxLength: 5 }))
  .map(([first, more]) => [...first.map(([kind, n]) => ({ kind, n })), ...more]);

test(
  `as of any instant of ${RUNS} random histories the answer is what it was then`,
  async () => {
    process.stdout.write(`Histories with seed ${seed}.\n`);
    let batches = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(history, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (batch) => {
        const all: History[] = [];
        for (let i = 0; i < batch.length; i++) {
          const { stage, at } = await setTheStage();
          await pass(at);
          all.push({ stage, states: [{ at, text: await live(stage) }] });
        }
        const seen: Glance[] = [];
        await Promise.all(batch.map((commands, i) => play(all[i]!, commands, all, seen)));
        await Promise.all(
          all.map(async (one, i) => {
            for (const [index, { isChecked }] of one.states.entries())
              if (!isChecked) await check(one, index, i + index);
          }),
        );
        for (const { stage, at, text } of seen) expect(await readAt(stage, at)).toBe(text);
        // As autovacuum does in the course of time: statements are planned for the tables as they are.
        if (batches++ % 15 === 1) await world.sql('superuser', 'analyze');
      }),
      { numRuns: Math.ceil(RUNS / AT_ONCE), seed },
    );
    const counts = [...taken].map(([kind, n]) => `${kind} ${n}`).join(', ');
    process.stdout.write(`${tally.commits} commits (${counts}); ${tally.reads} answers of the past.\n`);
    expect(tally.commits).toBeGreaterThan(RUNS * 3);
    if (RUNS >= 300) expect([...taken.keys()].sort()).toEqual([...kinds].sort());
    expect(await world.session('superuser', logFaults)).toEqual([]);
  },
  Math.max(600_000, RUNS * 2_000),
);
