/**
 * As of each commit of the demo the API answers what it answered right after it. While the demo is played, everything that
 * can be asked of its workflows is asked after each commit and kept; later it is asked again, as of then.
 */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { Database, type Tx } from '../../src/database/connection/database';
import { creditCardWorkflow, liquidityWorkflow } from '../../src/demo/content/people';
import { loadDemo } from '../../src/demo/load';
import type { RunningServer } from '../../src/transport/server';
import {
  LongAnswersAsOfDocument,
  LongAnswersDocument,
  OffersDocument,
  WholeWorkflowAsOfDocument,
  WholeWorkflowDocument,
} from '../generated/graphql';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { effort, oneIn } from '../support/effort';
import { loggedCommits } from '../support/log';
import { startTestServer, TEST_STATEMENT_TIMEOUT_MS } from '../support/server';
import { aud, ben, token } from '../support/world';
import { withClient } from '../../packages/pg-client';
import { pass, plus, withoutInstants } from './support';

interface Recorded {
  readonly place: { readonly cycleId: string; readonly reportId: string };
  readonly committedAt: string;
  /** What was answered right after it, as the server sent it. */
  readonly whole: string;
  /** What another person was answered, and what takes long: of some commits. */
  readonly more: { readonly ofBen: string; readonly long: string } | null;
}

// Both see what is deleted, so that what is deleted later is not hidden from them.
const recorded: Recorded[] = [];
let database: TestDatabase;
let server: RunningServer;
let db: RecordingDatabase;

/** Calls back after each commit of the demo's, before the next one begins. */
class RecordingDatabase extends Database {
  afterCommit: (() => Promise<void>) | undefined;
  override async transaction<T>(work: (tx: Tx) => Promise<T>, begin?: string): Promise<T> {
    const result = await super.transaction(work, begin);
    if (begin === undefined) await this.afterCommit?.();
    return result;
  }
}

const tokens = new Map<number, string>();
/** The data of the answer, as a text. */
async function ask(userId: number, document: TypedDocumentNode<any, any>, variables: object): Promise<string> {
  if (!tokens.has(userId)) tokens.set(userId, await token(userId));
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens.get(userId)}` },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const { data, errors } = (await response.json()) as { data: unknown; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return JSON.stringify(data);
}

const progress = jest.spyOn(console, 'error').mockImplementation(() => undefined);
beforeAll(async () => {
  database = await createTestDatabase();
  db = new RecordingDatabase({ url: database.serviceUrl, poolSize: 4, statementTimeoutMs: TEST_STATEMENT_TIMEOUT_MS });
  server = await startTestServer(db);
  db.afterCommit = async () => {
    const [head] = await db.query<{ streamId: string; committedAt: Date }>(
      `select stream_id, committed_at from log.stream where sequence > 0 and stream_id <> '00000000-0000-0000-0000-000000000000'
       order by committed_at desc limit 1`,
    );
    const { streamId, committedAt } = head!;
    const { cycleId, reportId } = [creditCardWorkflow, liquidityWorkflow].find(
      ({ workflowId }) => workflowId === streamId,
    )!;
    const place = { cycleId, reportId };
    recorded.push({
      place,
      committedAt: committedAt.toISOString(),
      whole: await ask(aud, WholeWorkflowDocument, place),
      more:
        recorded.length % 9 === 0
          ? {
              ofBen: await ask(ben, WholeWorkflowDocument, place),
              long: await ask(aud, LongAnswersDocument, place),
            }
          : null,
    });
    await pass(committedAt.toISOString());
    // As autovacuum does in the course of time: statements are planned for the tables as they are.
    if (recorded.length % 40 === 20) await withClient(database.superuserUrl, (client) => client.query('analyze'));
  };
  await loadDemo(db, database.ownerUrl);
  db.afterCommit = undefined;
  await withClient(database.superuserUrl, (client) => client.query('analyze'));
});
afterAll(async () => {
  progress.mockRestore();
  await server.stop();
  await db.close();
  await database.drop();
});

/** Byte for byte, but for the instants in ids; where that is not so, the difference is shown. */
function expectSame(...answers: [string, string]): void {
  const [one, other] = answers.map(withoutInstants) as [string, string];
  if (one !== other) expect(JSON.parse(one)).toEqual(JSON.parse(other));
  expect(one === other).toBe(true);
}

test('every commit of the demo was recorded, and each changed what is seen', async () => {
  const commits = await withClient(database.ownerUrl, (client) => loggedCommits(client));
  const ofWorkflows = commits.filter(({ streamId }) => !streamId.startsWith('00000000-0000-0000-0000'));
  expect(recorded.length).toBeGreaterThan(50);
  expect(recorded.map(({ committedAt }) => committedAt).sort()).toEqual(
    ofWorkflows.map(({ committedAt }) => committedAt).sort(),
  );
  expect(new Set(recorded.map(({ whole }) => whole)).size).toBe(recorded.length);
});

test('as of a commit of the demo the whole answer is the one given right after it', async () => {
  for (const { place, committedAt: at, whole, more } of oneIn(effort.commitsOneIn, recorded)) {
    expectSame(await ask(aud, WholeWorkflowAsOfDocument, { ...place, at }), whole);
    if (!more) continue;
    expectSame(await ask(ben, WholeWorkflowAsOfDocument, { ...place, at }), more.ofBen);
    expectSame(await ask(aud, LongAnswersAsOfDocument, { ...place, at }), more.long);
  }
});

test('a millisecond before a commit the whole answer is that of the commit before', async () => {
  for (const [n, { place, committedAt }] of oneIn(effort.commitsOneIn, [...recorded.entries()])) {
    const earlier = recorded.slice(0, n).findLast((other) => other.place.reportId === place.reportId);
    const at = plus(committedAt, -1);
    if (earlier) expectSame(await ask(aud, WholeWorkflowAsOfDocument, { ...place, at }), earlier.whole);
  }
});

test('nothing is offered in the past', async () => {
  for (const { place, committedAt: at } of recorded.filter((_, n) => n % 10 === 0))
    for (const person of [aud, ben]) {
      const { workflow } = JSON.parse(await ask(person, OffersDocument, { ...place, at }));
      for (const { canCreate, cannotCreateReason, history } of workflow.phases) {
        expect([canCreate, typeof cannotCreateReason]).toEqual([false, 'string']);
        for (const { availableActions } of history.nodes) expect(availableActions).toEqual([]);
      }
    }
});
