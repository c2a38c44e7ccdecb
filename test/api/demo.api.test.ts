/**
 * The demo shows what the product can do: whatever can be asked for has an answer somewhere in it. The API is walked along
 * its own schema, from the workflows to everything they lead to, and every field must have been seen with a value.
 */
import {
  buildClientSchema,
  getIntrospectionQuery,
  getNamedType,
  isInterfaceType,
  isIntrospectionType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type IntrospectionQuery,
} from 'graphql';
import { Database } from '../../src/database/connection/database';
import { fromGlobalId } from '../../src/graphql/global-id';
import { creditCardWorkflow, liquidityWorkflow, workflows } from '../../src/demo/content/people';
import { versionIdOf } from '../../src/demo/version-ids';
import { fullPhases, phases } from '../../src/phases';
import { shownAs } from '../../src/versioning/fields';
import type { RunningServer } from '../../src/transport/server';
import { createDemoDatabase } from '../support/demo';
import type { TestDatabase } from '../support/database';
import { startTestServer, TEST_STATEMENT_TIMEOUT_MS } from '../support/server';
import { ada, aud, token } from '../support/world';

/** What the demo cannot show, and why; a field that turns out to be set does not belong here any more. */
const exceptions: Readonly<Record<string, string>> = {
  'ChangeSet.occurredAt': 'only imported commits have one',
  'ChainVerification.archivedIn': 'nothing was archived',
  'ChainVerification.archivedSequence': 'nothing was archived',
  'ChainVerification.checkpointNotedAt': 'this server notes no checkpoints',
  'ChainVerification.checkpointSequence': 'this server notes no checkpoints',
  'ChainVerification.firstBrokenSequence': 'nothing is broken',
  'ChainVerification.problem': 'nothing is broken',
  ...Object.fromEntries(
    [
      'ImportFinding.code',
      'ImportFinding.column',
      'ImportFinding.message',
      'ImportedFrom.findings',
      'ImportedFrom.importId',
      'ImportedFrom.importedAt',
      'ImportedFrom.occurredAt',
      'ImportedFrom.sourceKey',
      'ImportedFrom.sourceTable',
      'PhaseVersion.imported',
    ].map((field) => [field, 'the demo takes over from no other system']),
  ),
  ...Object.fromEntries(
    [
      'DeadLetter.attempts',
      'DeadLetter.changeSetId',
      'DeadLetter.givenUpAt',
      'DeadLetter.lastFailure',
      'DeadLetter.sequence',
      'DeadLetter.streamId',
      'Webhook.deadLetters',
      'Webhook.deliveredAt',
      'Webhook.failingSince',
      'Webhook.format',
      'Webhook.lastFailure',
      'Webhook.name',
      'Webhook.operations',
      'Webhook.revision',
      'Webhook.secretId',
      'Webhook.status',
      'Webhook.suspendedAt',
      'Webhook.url',
      'Webhook.waiting',
      'Webhook.webhookId',
    ].map((field) => [field, 'the demo tells nobody outside']),
  ),
  ...Object.fromEntries(
    [
      'AuditorPack.asOf',
      'AuditorPack.bytes',
      'AuditorPack.failure',
      'AuditorPack.finishedAt',
      'AuditorPack.keptUntil',
      'AuditorPack.packId',
      'AuditorPack.path',
      'AuditorPack.requestedAt',
      'AuditorPack.requestedBy',
      'AuditorPack.sha256',
      'AuditorPack.status',
      'AuditorPack.steps',
      'AuditorPack.stepsDone',
      'AuditorPack.workflow',
    ].map((field) => [field, 'nobody has taken the demo away']),
  ),
  ...Object.fromEntries(
    [
      'NotificationRule.address',
      'NotificationRule.asks',
      'NotificationRule.channel',
      'NotificationRule.dueDays',
      'NotificationRule.failingSince',
      'NotificationRule.hour',
      'NotificationRule.lastFailure',
      'NotificationRule.nextAt',
      'NotificationRule.quietFrom',
      'NotificationRule.quietUntil',
      'NotificationRule.ruleId',
      'NotificationRule.sentAt',
      'NotificationRule.status',
      'NotificationRule.suspendedAt',
      'NotificationRule.waitingDays',
      'NotificationRule.weekday',
      'NotificationRule.zone',
    ].map((field) => [field, 'nobody of the demo has themself told']),
  ),
  'ChangesAround.after': 'the walk looks around now',
  'ItemDecision.notCountedBecause': 'nobody decided on what they worked on',
  'VersionItem.mergedFromVersion': 'nobody rebased a draft',
  'TableCoverage.problem': 'everything is captured',
  'TestReportSignOff.delegatedFrom': 'of eight people each signs for themselves',
  'TestReportSignOff.delegatedFromName': 'of eight people each signs for themselves',
  'TestReportSignOff.delegationReason': 'of eight people each signs for themselves',
  'TestReportSignOff.notCountedBecause': 'nobody signed what they worked on',
};

let database: TestDatabase;
let db: Database;
let server: RunningServer;
beforeAll(async () => {
  database = await createDemoDatabase();
  db = new Database({ url: database.serviceUrl, poolSize: 10, statementTimeoutMs: TEST_STATEMENT_TIMEOUT_MS });
  server = await startTestServer(db);
});
afterAll(async () => {
  await server.stop();
  await db.close();
  await database.drop();
});

async function ask<Data = any>(userId: number, query: string, variables?: object): Promise<Data> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(userId)}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: object };
  if (errors) throw new Error(`unexpected errors: ${JSON.stringify(errors, null, 1)}`);
  return data;
}

interface Answer {
  readonly __typename: string;
  readonly id?: string;
  readonly [field: string]: unknown;
}

/** Asks for everything there is, along the schema: each object with an id is visited once, by its type. */
class Walk {
  /** The fields that had a value, as Type.field; a field that an interface has counts for the interface. */
  readonly set = new Set<string>();
  readonly seen: Answer[] = [];
  readonly #met = new Set<string>();
  readonly #ahead = new Map<string, string[]>();

  constructor(private readonly schema: GraphQLSchema) {}

  /** Every field of every type that answers a query. */
  get fields(): string[] {
    const notAsked = /^(Query|Mutation|Subscription|Presence|\w+Payload|MergeConflict|StillNamed)$/;
    const types = Object.values(this.schema.getTypeMap())
      .filter(isObjectType)
      .filter((type) => !isIntrospectionType(type) && !notAsked.test(type.name));
    return [...new Set(types.flatMap((type) => fieldsOf(type).map((field) => this.keyOf(type, field))))].sort();
  }

  /** @param given further arguments of the entries, as they are written in a query */
  async from(userId: number, entries: readonly string[], given: Readonly<Record<string, string>> = {}): Promise<void> {
    for (const entry of entries) {
      const field = this.schema.getQueryType()!.getFields()[entry]!;
      const data = await ask<Record<string, unknown>>(userId, `{ ${this.asked(field, given)} }`);
      this.follow(field, data[entry]);
    }
    for (let [next] = this.#ahead; next; [next] = this.#ahead) await this.visit(userId, ...next);
  }

  private async visit(userId: number, typeName: string, ids: string[]): Promise<void> {
    const type = this.schema.getType(typeName) as GraphQLObjectType;
    // Ten versions with all that belongs to them are nearly as much as one operation may ask for.
    const batch = ids.splice(0, 'items' in type.getFields() ? 10 : 50);
    if (ids.length === 0) this.#ahead.delete(typeName);
    const everything = this.everythingOf(type);
    const { nodes } = await ask<{ nodes: Answer[] }>(
      userId,
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ${typeName} ${everything} } }`,
      { ids: batch },
    );
    for (const node of nodes) this.note(node);
  }

  private note(answer: Answer): void {
    this.seen.push(answer);
    const type = this.schema.getType(answer.__typename) as GraphQLObjectType;
    for (const field of fieldsOf(type)) {
      if (hasValue(answer[field.name])) this.set.add(this.keyOf(type, field));
      this.follow(field, answer[field.name]);
    }
  }

  private follow(field: GraphQLField<unknown, unknown>, value: unknown): void {
    if (value === null || isLeafType(getNamedType(field.type))) return;
    for (const answer of [value].flat() as Answer[]) {
      if (!isNode(getNamedType(field.type))) this.note(answer);
      // What was read in the past is met as it is today, too.
      else if (!this.#met.has(answer.id!) && fromGlobalId(answer.id!)!.at === null) {
        this.#met.add(answer.id!);
        this.#ahead.set(answer.__typename, [...(this.#ahead.get(answer.__typename) ?? []), answer.id!]);
      }
    }
  }

  private everythingOf(type: GraphQLObjectType): string {
    return `{ __typename ${fieldsOf(type)
      .map((field) => this.asked(field))
      .join(' ')} }`;
  }

  /** A field with its arguments. What has an id is only named, since it is visited by itself; the rest is part of the answer. */
  private asked(field: GraphQLField<unknown, unknown>, more: Readonly<Record<string, string>> = {}): string {
    const type = getNamedType(field.type);
    const at = JSON.stringify(new Date());
    const values: Record<string, unknown> = {
      includeDeleted: true,
      from: 1,
      phase: 'PLANNING',
      sequence: 1,
      fields: '["label"]',
      at,
      ...more,
    };
    values.first = type.name === 'VersionItemConnection' ? 1000 : 100;
    // Where an instant may be given, a commit's number is another way to say it.
    const given = field.args.filter(
      (argument) => argument.name in values && (argument.name !== 'sequence' || isRequiredArgument(argument)),
    );
    const missing = field.args.find((argument) => isRequiredArgument(argument) && !given.includes(argument));
    if (missing) throw new Error(`the walk does not know what to give ${field.name} as ${missing.name}`);
    const args = given.map(({ name }) => `${name}: ${String(values[name])}`).join(', ');
    const below = isNode(type) ? '{ __typename id }' : isObjectType(type) ? this.everythingOf(type) : '';
    return `${field.name}${args && `(${args})`} ${below}`;
  }

  private keyOf(type: GraphQLObjectType, { name }: GraphQLField<unknown, unknown>): string {
    const shared = type.getInterfaces().find((candidate) => name in candidate.getFields());
    return `${(shared ?? type).name}.${name}`;
  }
}

const fieldsOf = (type: GraphQLObjectType) => Object.values(type.getFields());
const isNode = (type: GraphQLNamedType): boolean =>
  (isObjectType(type) || isInterfaceType(type)) && 'id' in type.getFields();

/** Empty lists and empty pages say no more than null. */
function hasValue(value: unknown): boolean {
  if (value === null || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || !('nodes' in value) || hasValue(value.nodes);
}

/** Everything that a tester of both workflows can see, and the log that only an auditor may read. */
let walked: Promise<Walk> | undefined;
const walk = (): Promise<Walk> =>
  (walked ??= (async () => {
    const made = new Walk(buildClientSchema(await ask<IntrospectionQuery>(aud, getIntrospectionQuery())));
    await made.from(ada, ['viewer', 'phaseConfigs', 'workflows', 'metrics', 'users', 'lobs', 'cycles', 'reports']);
    await made.from(ada, ['myWork']);
    await made.from(ada, ['search'], { text: '"credit"' });
    const stretch = { since: '"2020-01-01T00:00:00Z"', until: '"2050-01-01T00:00:00Z"' };
    await made.from(ada, ['metricsTimeline', 'bottlenecks', 'actorActivity'], { ...stretch, interval: 'MONTH' });
    await made.from(ada, ['figures'], { by: '[CYCLE, REPORT, LOB, PHASE, HANDED_IN_BY]' });
    await made.from(aud, ['referenceChanges', 'verifyReferenceLog', 'auditCoverage']);
    // The tester has just read it.
    const { cycleId, reportId } = creditCardWorkflow;
    await made.from(aud, ['changeLogReads'], { cycleId: `"${cycleId}"`, reportId: `"${reportId}"` });
    return made;
  })());

const rowsOf = async (table: string): Promise<number> =>
  (await db.query<{ count: number }>(`select count(*)::int from ${table}`))[0]!.count;

describe('walking the demo', () => {
  test('meets every version and every item, those of deleted versions too', async () => {
    const { seen } = await walk();
    const met = (type: string) =>
      new Set(seen.filter(({ __typename }) => __typename === type).map(({ id }) => id)).size;
    for (const { version } of phases)
      expect([version.type, met(version.type)]).toEqual([version.type, await rowsOf(version.table)]);
    for (const { item } of fullPhases)
      expect([item.type, met(item.type)]).toEqual([item.type, await rowsOf(item.table)]);
    expect(seen.filter(({ isDeleted }) => isDeleted)).not.toEqual([]);
  });

  test('finds every field of the API set somewhere, but for those that cannot be', async () => {
    const { fields, set } = await walk();
    expect(fields.filter((field) => !set.has(field))).toEqual(Object.keys(exceptions).sort());
  });

  test.each(phases.map((phase) => [phase.title, phase] as const))(
    'and every field that %s declares',
    async (_, phase) => {
      const { set } = await walk();
      const declared = (type: string, fields: typeof phase.version.fields) =>
        Object.entries(fields).map(
          ([name, field]) => `${type}.${field.source === 'input' ? shownAs(name, field.kind) : name}`,
        );
      const all = declared(phase.version.type, phase.version.fields);
      if (phase.versioning === 'FULL') all.push(...declared(phase.item.type, phase.item.fields));
      expect(all.filter((field) => !set.has(field) && !(field in exceptions))).toEqual([]);
    },
  );

  test('finds rows in every table, and each table in the log', async () => {
    const tables = await db.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' and tablename not like '\\_prisma%' order by 1`,
    );
    const empty: string[] = [];
    for (const { name } of tables) if ((await rowsOf(name)) === 0) empty.push(name);
    // Nobody has added anything to the demo's database that would have to be allowed, or is told of it, or taken away; nothing of it is
    // archived; and this one is not watched.
    expect(empty).toEqual([
      'catalogue_exceptions',
      'log_archives',
      'notification_rules',
      'pack_requests',
      'schema_changes',
      'webhooks',
    ]);

    const { seen } = await walk();
    const logged = new Set(seen.filter(({ __typename }) => __typename === 'RowChange').map(({ table }) => table));
    expect(tables.map(({ name }) => name).filter((name) => !logged.has(name))).toEqual(empty);
  });
});

describe('the story', () => {
  const phasesOf = async ({ cycleId, reportId }: (typeof workflows)[number]): Promise<Record<string, string>> => {
    const { workflow } = await ask(
      ada,
      `query ($c: UUID!, $r: UUID!) { workflow(cycleId: $c, reportId: $r) { phases { phase progress } } }`,
      { c: cycleId, r: reportId },
    );
    return Object.fromEntries(
      workflow.phases.map(({ phase, progress }: { phase: string; progress: string }) => [phase, progress]),
    );
  };
  const records = async (phase: string, fields: string): Promise<any[]> => {
    const { workflow } = await ask(
      ada,
      `query ($c: UUID!, $r: UUID!, $p: Phase!) { workflow(cycleId: $c, reportId: $r) { workflowPhase(phase: $p) {
         records(first: 100) { nodes { versionNumber ${fields} } } } } }`,
      { c: creditCardWorkflow.cycleId, r: creditCardWorkflow.reportId, p: phase },
    );
    return workflow.workflowPhase.records.nodes.reverse();
  };
  const version = async (phase: string, nth: number, fields: string) =>
    (
      await ask(ada, `query ($v: UUID!) { phaseVersion(versionId: $v) { versionNumber status ${fields} } }`, {
        v: versionIdOf(phase, nth),
      })
    ).phaseVersion;

  test('credit cards have been through all phases, and something waits in most', async () => {
    expect(await phasesOf(creditCardWorkflow)).toEqual({
      PLANNING: 'IN_PROGRESS',
      DATA_PROFILING: 'COMPLETE',
      SCOPING: 'COMPLETE',
      SAMPLE_SELECTION: 'AWAITING_APPROVAL',
      DATA_OWNER_ID: 'COMPLETE',
      REQUEST_INFO: 'AWAITING_APPROVAL',
      TEST_EXECUTION: 'AWAITING_APPROVAL',
      OBSERVATION_MANAGEMENT: 'COMPLETE',
      FINALIZE_TEST_REPORT: 'AWAITING_APPROVAL',
    });
  });

  test('liquidity is planned, and its profiling rules wait for the report owner', async () => {
    const [planning, profiling, ...later] = Object.entries(await phasesOf(liquidityWorkflow));
    expect([planning, profiling]).toEqual([
      ['PLANNING', 'COMPLETE'],
      ['DATA_PROFILING', 'AWAITING_APPROVAL'],
    ]);
    expect(later.map(([, state]) => state)).toEqual(Array(7).fill('BLOCKED'));
  });

  test('the second sample is partly decided, and carries what was approved in the first', async () => {
    const count = (status: string) => `${status}: items(reviewStatus: [${status}]) { totalCount }`;
    const counts = `items { totalCount } ${['APPROVED', 'MODIFIED', 'REJECTED', 'PENDING'].map(count).join(' ')}`;
    const of = (total: number, approved: number, modified: number, rejected: number, pending: number) => ({
      items: { totalCount: total },
      APPROVED: { totalCount: approved },
      MODIFIED: { totalCount: modified },
      REJECTED: { totalCount: rejected },
      PENDING: { totalCount: pending },
    });
    expect(await version('SAMPLE_SELECTION', 1, counts)).toEqual({
      versionNumber: 1,
      status: 'APPROVED',
      ...of(25, 23, 1, 1, 0),
    });
    expect(await version('SAMPLE_SELECTION', 2, counts)).toEqual({
      versionNumber: 2,
      status: 'PENDING_APPROVAL',
      ...of(29, 24, 0, 1, 4),
    });
  });

  test('the ownership of the card data was transferred, and a cover has ended', async () => {
    const fields = `... on DataOwnerAssignment { assignmentType assignmentStatus dataOwner { name } validFrom validTo
      previousAssignment { dataOwner { name } assignmentStatus } }`;
    const march = '2024-03-01T00:00:00.000Z';
    const february = '2025-02-01T00:00:00.000Z';
    const eve = { name: 'Eve Marchetti' };
    const dan = { name: 'Dan Whitaker' };
    expect(await records('DATA_OWNER_ID', fields)).toEqual([
      {
        versionNumber: 2,
        assignmentType: 'PRIMARY',
        assignmentStatus: 'TRANSFERRED',
        dataOwner: eve,
        validFrom: march,
        validTo: february,
        previousAssignment: null,
      },
      {
        versionNumber: 1,
        assignmentType: 'PRIMARY',
        assignmentStatus: 'ACTIVE',
        dataOwner: eve,
        validFrom: march,
        validTo: null,
        previousAssignment: null,
      },
      {
        versionNumber: 1,
        assignmentType: 'PRIMARY',
        assignmentStatus: 'ACTIVE',
        dataOwner: dan,
        validFrom: february,
        validTo: null,
        previousAssignment: { dataOwner: eve, assignmentStatus: 'TRANSFERRED' },
      },
      {
        versionNumber: 2,
        assignmentType: 'BACKUP',
        assignmentStatus: 'INACTIVE',
        dataOwner: dan,
        validFrom: '2026-07-01T00:00:00.000Z',
        validTo: '2026-08-24T00:00:00.000Z',
        previousAssignment: null,
      },
    ]);
  });

  test('a document was accepted in its third form, one took the place of another, and one waits', async () => {
    const fields =
      '... on DocumentSubmission { documentVersion submissionStatus isCurrent revisionHistory { revisionType } }';
    expect(await records('REQUEST_INFO', fields)).toEqual([
      {
        versionNumber: 6,
        documentVersion: 3,
        submissionStatus: 'ACCEPTED',
        isCurrent: true,
        revisionHistory: [{ revisionType: 'CORRECTION' }, { revisionType: 'REPLACEMENT' }],
      },
      { versionNumber: 2, documentVersion: 1, submissionStatus: 'REJECTED', isCurrent: false, revisionHistory: [] },
      { versionNumber: 2, documentVersion: 1, submissionStatus: 'ACCEPTED', isCurrent: true, revisionHistory: [] },
      {
        versionNumber: 1,
        documentVersion: 1,
        submissionStatus: 'PENDING_REVIEW',
        isCurrent: true,
        revisionHistory: [],
      },
    ]);
  });

  test('requests were answered both ways, and one is open', async () => {
    const fields = '... on TestExecutionAudit { actionType requestedBy { name } responseStatus turnaroundTimeHours }';
    expect(await records('TEST_EXECUTION', fields)).toEqual([
      {
        versionNumber: 2,
        actionType: 'RETEST',
        requestedBy: { name: 'Ada Lindqvist' },
        responseStatus: 'COMPLETED',
        turnaroundTimeHours: expect.any(Number),
      },
      {
        versionNumber: 2,
        actionType: 'CLARIFICATION',
        requestedBy: { name: 'Dan Whitaker' },
        responseStatus: 'ANSWERED',
        turnaroundTimeHours: expect.any(Number),
      },
      {
        versionNumber: 1,
        actionType: 'ADDITIONAL_EVIDENCE',
        requestedBy: { name: 'Ada Lindqvist' },
        responseStatus: null,
        turnaroundTimeHours: null,
      },
    ]);
  });

  test('two observations were refused; the corrected version is in force', async () => {
    const fields = `... on ObservationVersion { totalObservations }
      items(first: 100) { nodes { ... on ObservationDecision { severity observationApprovalStatus createdBy { name } } } }`;
    const observation = (severity: string, by: string, status = 'APPROVED') => ({
      severity,
      observationApprovalStatus: status,
      createdBy: { name: by },
    });
    expect(await version('OBSERVATION_MANAGEMENT', 1, fields)).toEqual({
      versionNumber: 1,
      status: 'REJECTED',
      totalObservations: 5,
      items: {
        nodes: [
          observation('HIGH', 'Ada Lindqvist'),
          observation('MEDIUM', 'Ada Lindqvist'),
          observation('MEDIUM', 'Ada Lindqvist'),
          observation('HIGH', 'Ada Lindqvist', 'REJECTED'),
          observation('LOW', 'Ben Okafor', 'REJECTED'),
        ],
      },
    });
    expect(await version('OBSERVATION_MANAGEMENT', 2, fields)).toEqual({
      versionNumber: 2,
      status: 'APPROVED',
      totalObservations: 5,
      items: {
        nodes: [
          observation('HIGH', 'Ada Lindqvist'),
          observation('MEDIUM', 'Ada Lindqvist'),
          observation('MEDIUM', 'Ada Lindqvist'),
          observation('MEDIUM', 'Ada Lindqvist'),
          observation('LOW', 'Ada Lindqvist'),
        ],
      },
    });
  });

  test('the test report was sent back, then signed by all and approved, and its correction waits for signatures', async () => {
    const fields = `approvalNotes items(first: 100) { nodes { label ... on TestReportSection { sectionReviewStatus reviewNotes } } }
      ... on TestReportVersion { signOffs { signOffRole signOffStatus signOffUser { name } } }`;
    const first = await version('FINALIZE_TEST_REPORT', 1, fields);
    expect([first.status, first.items.nodes.map((section: any) => section.sectionReviewStatus)]).toEqual([
      'REJECTED',
      ['APPROVED', 'APPROVED', 'NEEDS_REVISION', 'APPROVED', 'NEEDS_REVISION'],
    ]);
    const second = await version('FINALIZE_TEST_REPORT', 2, fields);
    expect([second.status, second.items.nodes.map((section: any) => section.sectionReviewStatus)]).toEqual([
      'APPROVED',
      ['APPROVED', 'APPROVED', 'APPROVED', 'APPROVED', 'APPROVED'],
    ]);
    const third = await version('FINALIZE_TEST_REPORT', 3, fields);
    expect([third.status, third.items.nodes.map((section: any) => section.sectionReviewStatus)]).toEqual([
      'PENDING_APPROVAL',
      ['APPROVED', 'APPROVED', 'PENDING', 'APPROVED', 'APPROVED'],
    ]);
    const signatures = (...statuses: string[]) => [
      { signOffRole: 'test_lead', signOffStatus: statuses[0], signOffUser: { name: 'Ben Okafor' } },
      { signOffRole: 'report_owner', signOffStatus: statuses[1], signOffUser: { name: 'Olga Petrenko' } },
      { signOffRole: 'test_executive', signOffStatus: statuses[2], signOffUser: { name: 'Tess Nakamura' } },
    ];
    expect(second.signOffs).toEqual(signatures('SIGNED', 'SIGNED', 'SIGNED'));
    expect(third.signOffs).toEqual(signatures('SIGNED', 'PENDING', 'PENDING'));
  });
});
