/**
 * The ten questions of an audit, as docs/clients.md and the playground have them, asked by the demo's auditor. Their answers are held
 * against what the database itself says was done.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, print } from 'graphql';
import { auditQuestions } from '../../playground/src/audit-questions';
import { Database } from '../../src/database/connection/database';
import { REFERENCE_STREAM } from '../../src/database/register/people';
import { creditCardWorkflow } from '../../src/demo/content/people';
import { projectRoot } from '../../src/env';
import { fullPhases } from '../../src/phases';
import type { RunningServer } from '../../src/transport/server';
import type { TestDatabase } from '../support/database';
import { createDemoDatabase } from '../support/demo';
import { startTestServer, TEST_STATEMENT_TIMEOUT_MS } from '../support/server';
import { ada, aud, token } from '../support/world';

const page = readFileSync(path.join(projectRoot, 'docs', 'clients.md'), 'utf8');
const section = /^## Ten questions of an audit\n(.*?)^## /ms.exec(page)![1]!;
const documented = [...section.matchAll(/^```graphql\n# Token of user 8\n(.*?)^```$/gms)].map(([, text]) => text!);
const nameOf = (operation: string): string => /^query (\w+)/.exec(operation)![1]!;

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

const { workflowId, cycleId, reportId } = creditCardWorkflow;
const place = { cycleId, reportId };
const always = { since: '2020-01-01T00:00:00.000Z', until: '2100-01-01T00:00:00.000Z' };

/** Asks one of the questions with the server's own limits. */
async function ask(name: string, variables: object): Promise<any> {
  const query = documented.find((operation) => nameOf(operation) === name)!;
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(aud)}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: unknown; errors?: object };
  if (errors) throw new Error(`unexpected errors: ${JSON.stringify(errors, null, 1)}`);
  return data;
}
const rows = <Row extends object>(sql: string, parameters: readonly unknown[] = []) => db.query<Row>(sql, parameters);
const count = async (from: string, parameters: readonly unknown[] = []): Promise<number> =>
  (await rows<{ n: number }>(`select count(*)::int as n from ${from}`, parameters))[0]!.n;

test('the page and the playground have the same operations, each for an auditor', () => {
  const same = (operation: string) => print(parse(operation));
  expect(documented.map(same)).toEqual(auditQuestions.map(({ operation }) => same(operation)));
  expect(documented).toHaveLength(11); // the population and the sample are two
});

/** Versions of the drafted phases that came into force, as the first question answers. */
async function approved(): Promise<any[]> {
  const { workflow } = await ask('WhoApprovedWhat', place);
  const drafted = new Set(fullPhases.map(({ key }) => key));
  return workflow.phases
    .filter(({ phase }: { phase: string }) => drafted.has(phase))
    .flatMap(({ phase, history }: any) => history.nodes.map((node: object) => ({ phase, ...node })));
}

test('who approved what', async () => {
  const found = await approved();
  const known = await rows<{ phase: string; versionNumber: number; name: string; reviewedAt: Date }>(
    `select v.phase::text, v.version_number, u.name, v.reviewed_at from phase_version v join users u on u.user_id = v.reviewed_by
     where v.stream_id = $1 and v.versioning_type = 'FULL' and v.status in ('APPROVED', 'SUPERSEDED') and not v.is_deleted`,
    [workflowId],
  );
  const told = (list: readonly any[]) => list.map((one) => one.join(' ')).sort();
  expect(told(found.map((one) => [one.phase, one.versionNumber, one.reviewedBy.name, one.reviewedAt]))).toEqual(
    told(known.map((one) => [one.phase, one.versionNumber, one.name, one.reviewedAt.toISOString()])),
  );
  const report = found.find(({ phase, effectiveTo }) => phase === 'FINALIZE_TEST_REPORT' && effectiveTo === null);
  expect(report.signOffs.length).toBeGreaterThan(0);
  for (const { signOffStatus, signedContentHash } of report.signOffs)
    expect([signOffStatus, signedContentHash]).toEqual(['SIGNED', report.contentHash]);
});

test('nothing was changed after its approval: the same content, and no commit but the approval and what ended it', async () => {
  for (const { versionId, effectiveFrom, contentHash } of await approved()) {
    const { phaseVersion } = await ask('ChangedAfterApproval', { versionId, approvedAt: effectiveFrom });
    expect(phaseVersion.then).toEqual({ status: 'APPROVED', contentHash });
    expect(phaseVersion.contentHash).toBe(contentHash);
    const [approval, ...later] = phaseVersion.changes.nodes.toReversed();
    expect([approval.committedAt, approval.operation]).toEqual([effectiveFrom, 'approveVersion']);
    for (const { rowChanges } of later)
      for (const row of rowChanges.nodes.filter((one: { versionId: string }) => one.versionId === versionId))
        expect(row).toMatchObject({ table: 'phase_version', operation: 'UPDATE' });
  }
});

test('all that a person did in a month', async () => {
  const all = await ask('DeedsOfAPerson', { userId: ada, ...always });
  const totals = all.workflows.nodes.map(({ changes }: any) => changes.totalCount as number);
  expect(totals.reduce((a: number, b: number) => a + b)).toBe(
    await count('change_set where actor_id = $1 and stream_id <> $2', [ada, REFERENCE_STREAM]),
  );
  expect(Math.max(...totals)).toBeGreaterThan(5);
  const [commit] = all.workflows.nodes.flatMap(({ changes }: any) => changes.nodes);
  const until = await ask('DeedsOfAPerson', { userId: ada, since: always.since, until: commit.committedAt });
  const earlier = until.workflows.nodes.flatMap(({ changes }: any) => changes.nodes);
  for (const { committedAt } of earlier) expect(committedAt < commit.committedAt).toBe(true);
  expect((await ask('DeedsOfAPerson', { userId: aud, ...always })).workflows.nodes[0].changes.totalCount).toBe(0);
});

test('the population has no gaps, and a sample of it is shown as it was committed', async () => {
  const { workflow, verifyChangeLog } = await ask('Population', { ...place, ...always });
  const [last, first] = [workflow.changes.nodes[0].sequence, workflow.earliest.nodes[0].sequence];
  expect([first, last - first + 1]).toEqual([1, workflow.changes.totalCount]);
  expect(verifyChangeLog).toMatchObject({ valid: true, changeSetsChecked: last });
  const drawn = { first: 1, second: Math.ceil(last / 2), third: last };
  const { workflow: sample } = await ask('Sample', { ...place, ...drawn });
  for (const [name, sequence] of Object.entries(drawn)) {
    const [known] = await rows<{ hash: string; rows: number }>(
      `select encode(c.hash, 'hex') as hash, (select count(*)::int from row_change r where r.stream_id = c.stream_id and r.sequence = c.sequence) as rows
       from change_set c where c.stream_id = $1 and c.sequence = $2`,
      [workflowId, sequence],
    );
    expect(sample[name]).toMatchObject({ sequence, hash: known!.hash, rowChanges: { totalCount: known!.rows } });
  }
  expect(sample.third.hash).toBe(verifyChangeLog.headHash);
});

test('nobody is on both sides of an approval, except where its preparer attests it', async () => {
  const { workflow } = await ask('SegregationOfDuties', place);
  const drafted = new Set(fullPhases.map(({ key }) => key));
  const onBothSides = workflow.phases.flatMap(({ phase, history }: any) =>
    (drafted.has(phase) ? history.nodes : []).flatMap(
      ({ versionNumber, editors, submittedBy, reviewedBy, items }: any) => {
        const makers = [...editors, submittedBy].map((person) => person?.userId);
        const deciders = items.nodes.flatMap(({ decision }: any) =>
          decision?.countsForApproval && decision.decidedInVersion.versionNumber === versionNumber
            ? [decision.decidedBy.userId]
            : [],
        );
        const both = [reviewedBy?.userId, ...deciders].filter((id) => id !== undefined && makers.includes(id));
        return both.length > 0 ? [phase] : [];
      },
    ),
  );
  expect(new Set(onBothSides)).toEqual(new Set(['PLANNING']));
});

test('the evidence', async () => {
  const { workflow } = await ask('Evidence', place);
  const records = (phase: string) =>
    count(
      `(select distinct master_record_id from phase_version where stream_id = $1 and phase = $2::"Phase" and not is_deleted) r`,
      [workflowId, phase],
    );
  expect(workflow.documents.records.totalCount).toBe(await records('REQUEST_INFO'));
  expect(workflow.requests.records.totalCount).toBe(await records('TEST_EXECUTION'));
  const documents = workflow.documents.records.nodes;
  expect(documents.some(({ revisionHistory }: any) => revisionHistory.length > 0)).toBe(true);
  const references = workflow.observations.current.items.nodes.flatMap((item: any) => item.evidenceReferences ?? []);
  expect(references).not.toEqual([]);
});

test('as of a day: the same for ever, and not as it is now', async () => {
  const [{ at }] = (await rows<{ at: Date }>(
    `select committed_at as at from change_set where stream_id = $1 and operation = 'approveVersion' order by sequence limit 1`,
    [workflowId],
  )) as [{ at: Date }];
  const then = await ask('AsOfADay', { ...place, at });
  const progress = ({ workflow }: any) =>
    Object.fromEntries(workflow.asOf.phases.map((one: any) => [one.phase, one.progress]));
  expect(progress(then)).toMatchObject({ PLANNING: 'COMPLETE', SCOPING: 'BLOCKED', FINALIZE_TEST_REPORT: 'BLOCKED' });
  expect(await ask('AsOfADay', { ...place, at })).toEqual(then);
  const now = await ask('AsOfADay', { ...place, at: new Date(Date.now() - 1).toISOString() });
  expect(progress(now)).toMatchObject({ SCOPING: 'COMPLETE' });
});

test('the chains are whole, and everything is captured', async () => {
  const { verifyChangeLog, verifyReferenceLog, auditCoverage } = await ask('ChainAndCoverage', place);
  const commits = (streamId: string) => count('change_set where stream_id = $1', [streamId]);
  expect(verifyChangeLog).toMatchObject({ valid: true, changeSetsChecked: await commits(workflowId), problem: null });
  expect(verifyReferenceLog).toMatchObject({ valid: true, changeSetsChecked: await commits(REFERENCE_STREAM) });
  expect(auditCoverage.complete).toBe(true);
  expect(auditCoverage.tables.filter(({ captured }: any) => !captured)).toEqual([]);
});

test('who saw what: these questions are among what was read', async () => {
  const before = await ask('WhoSawWhat', { ...place, ...always });
  await ask('Population', { ...place, ...always });
  const { ofTheWorkflow } = await ask('WhoSawWhat', { ...place, ...always });
  expect(ofTheWorkflow.totalCount).toBe(before.ofTheWorkflow.totalCount + 1);
  expect(ofTheWorkflow.nodes[0]).toMatchObject({ reader: { userId: aud }, origin: 'api' });
});

test('who had or gave which role', async () => {
  const found: any[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { user, referenceChanges }: any = await ask('WhoGaveWhichRole', { userId: ada, ...always, after });
    expect(user.roles).toEqual(['TESTER']);
    found.push(...referenceChanges.nodes);
    ({ hasNextPage: more, endCursor: after } = referenceChanges.pageInfo);
  }
  const given = found
    .flatMap(({ rowChanges }) => rowChanges.nodes)
    .filter(({ table, operation }) => table === 'user_roles' && operation === 'INSERT')
    .map(({ after }) => `${after.user_id} ${after.role}`);
  const known = await rows<{ userId: number; role: string }>('select user_id, role::text from user_roles');
  expect(given.sort()).toEqual(known.map(({ userId, role }) => `${userId} ${role}`).sort());
});
