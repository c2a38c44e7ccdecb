/**
 * What somebody who can write to everything may try: each attack is committed by the database's superuser against a workflow
 * of its own, with every trigger off, and the auditor is told the first commit that is not what it was.
 */
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Database } from '../../src/database/connection/database';
import { allStreams } from '../../src/database/log/log-reader';
import { Checkpoints } from '../../src/proof/checkpoints';
import { VerifiedChains } from '../../src/proof/verified-chains';
import { verifyStream } from '../../src/proof/verify';
import { aud, root, token } from '../support/world';
import { REFERENCE } from '../support/log';
import { attack, AttackedWorld, dbOf, rechain, type Story } from './attacked-world';

interface Attack {
  readonly name: string;
  readonly sql: (story: Story) => string[];
  /** The first bad commit; null where no commit is bad, but a live row that none knows. */
  readonly broken: number | null;
  readonly problem: RegExp;
  /** What the database alone shows, where checkpoints show more; null where it shows nothing. */
  readonly alone?: { readonly broken: number | null; readonly problem: RegExp } | null;
}

const at = ({ workflowId }: Story, sequence: number) => `stream_id = '${workflowId}' and sequence = ${sequence}`;
/** The stream of a workflow that nobody verifies. */
const another = ({ workflowId }: Story) =>
  `(select stream_id from log.stream where stream_id not in ('${workflowId}', '${REFERENCE}') and sequence = 0)`;
const item = ({ items }: Story, n: number) => `item_id = '${items[n]!}'`;
const set = (sequence: number, change: string) => (story: Story) => [
  `update log.change_set set ${change} where ${at(story, sequence)}`,
];
const setRow = (sequence: number, change: string) => (story: Story) => [
  `update log.row_change set ${change} where ${at(story, sequence)}`,
];
const live = (n: number, change: string) => (story: Story) => [
  `update attribute_decisions set ${change} where ${item(story, n)}`,
];
const cut = (story: Story, after: number) => [
  `delete from log.row_change where stream_id = '${story.workflowId}' and sequence > ${after}`,
  `delete from log.change_set where stream_id = '${story.workflowId}' and sequence > ${after}`,
];
const content = /^Commit (\d) does not have the content it was sealed with\.$/;
const rewritten = /^Commit 6, or one before it, is not the one that a checkpoint recorded/;
const asLeft = (sequence: number) => new RegExp(`is not as commit ${sequence} left it`);

const attacks: Attack[] = [
  // ── entries ──
  {
    name: 'edits a value',
    sql: setRow(2, `after = jsonb_set(after, '{label}', '"x"')`),
    broken: 2,
    problem: content,
  },
  {
    name: 'edits the image before, only',
    sql: setRow(3, `before = before || '{"label": "x"}'`),
    broken: 3,
    problem: content,
  },
  {
    name: 'adds a null to an image',
    sql: setRow(2, `after = after || '{"more": null}'`),
    broken: 2,
    problem: content,
  },
  { name: 'edits who did it', sql: set(3, 'actor_id = 5'), broken: 3, problem: content },
  { name: 'takes the name away', sql: set(3, 'actor_id = null'), broken: 3, problem: content },
  { name: 'edits why', sql: set(3, `reason = 'It was right.'`), broken: 3, problem: content },
  { name: 'edits the operation', sql: set(3, `operation = 'importItems'`), broken: 3, problem: content },
  { name: 'edits the origin', sql: set(2, `origin = 'api'`), broken: 2, problem: content },
  { name: 'edits the request', sql: set(3, `request_id = null`), broken: 3, problem: content },
  {
    name: 'edits when it was',
    sql: set(4, `committed_at = committed_at - interval '1 ms'`),
    broken: 4,
    problem: content,
  },
  {
    name: 'moves a commit before Christ, where its date is written the same',
    sql: set(4, `committed_at = (to_char(committed_at, 'YYYY-MM-DD HH24:MI:SS.MS') || '+00 BC')::timestamptz`),
    broken: 4,
    problem: content,
  },
  { name: 'makes it an import', sql: set(2, 'occurred_at = committed_at'), broken: 2, problem: content },
  { name: 'edits a hash', sql: set(2, `hash = sha256('x')`), broken: 2, problem: content },
  { name: 'empties a hash', sql: set(6, `hash = ''`), broken: 6, problem: content },
  {
    name: 'edits a link',
    sql: set(3, `previous_hash = sha256('x')`),
    broken: 3,
    problem: /^Commit 3 does not link to the one before it\.$/,
  },
  {
    name: 'gives a commit another id',
    sql: set(3, 'change_set_id = gen_random_uuid()'),
    broken: 3,
    problem: content,
  },
  {
    name: 'edits which versions a commit names',
    sql: set(2, `version_ids = '{}'`),
    broken: 2,
    problem: /^Commit 2 names other versions than its rows do\.$/,
  },
  {
    name: 'names a version twice',
    sql: set(2, `version_ids = version_ids || version_ids`),
    broken: 2,
    problem: /^Commit 2 names other versions/,
  },
  {
    name: 'names one version more',
    sql: set(4, `version_ids = array_append(version_ids, gen_random_uuid())`),
    broken: 4,
    problem: /^Commit 4 names other versions/,
  },
  {
    name: 'deletes one row of a commit',
    sql: (s) => [`delete from log.row_change where ${at(s, 1)} and ordinal = 2`],
    broken: 1,
    problem: content,
  },
  {
    name: 'deletes all rows of a commit',
    sql: (s) => [`delete from log.row_change where ${at(s, 5)}`],
    broken: 5,
    problem: content,
  },
  {
    name: 'deletes the commit and leaves its rows',
    sql: (s) => [`delete from log.change_set where ${at(s, 3)}`],
    broken: 3,
    problem: /^There are rows of a commit 3, but no such commit\.$/,
  },
  {
    name: 'deletes a whole commit',
    sql: (s) => [`delete from log.row_change where ${at(s, 3)}`, `delete from log.change_set where ${at(s, 3)}`],
    broken: 3,
    problem: /^Commit 3 is missing\.$/,
  },
  {
    name: 'deletes the first commit',
    sql: (s) => [`delete from log.row_change where ${at(s, 1)}`, `delete from log.change_set where ${at(s, 1)}`],
    broken: 1,
    problem: /^Commit 1 is missing\.$/,
  },
  {
    name: 'deletes a commit and numbers the rest anew',
    sql: (s) => [
      `delete from log.row_change where ${at(s, 3)}`,
      `delete from log.change_set where ${at(s, 3)}`,
      ...['row_change', 'change_set'].flatMap((table) =>
        [4, 5, 6].map((n) => `update log.${table} set sequence = ${n - 1} where ${at(s, n)}`),
      ),
      `update log.stream set sequence = 5 where stream_id = '${s.workflowId}'`,
    ],
    broken: 3,
    problem: /^Commit 3 does not link/,
  },
  {
    name: 'swaps two commits',
    sql: (s) =>
      ['row_change', 'change_set'].flatMap((table) => [
        `update log.${table} set sequence = 99 where ${at(s, 3)}`,
        `update log.${table} set sequence = 3 where ${at(s, 5)}`,
        `update log.${table} set sequence = 5 where ${at(s, 99)}`,
      ]),
    broken: 3,
    problem: /^Commit 3 does not link/,
  },
  {
    name: 'swaps two rows of a commit',
    sql: (s) => [
      `update log.row_change set ordinal = 99 where ${at(s, 4)} and ordinal = 1`,
      `update log.row_change set ordinal = 1 where ${at(s, 4)} and ordinal = 2`,
      `update log.row_change set ordinal = 2 where ${at(s, 4)} and ordinal = 99`,
    ],
    broken: 4,
    problem: content,
  },
  {
    name: 'numbers the rows of a commit anew, in the same order',
    sql: (s) => [`update log.row_change set ordinal = ordinal + 10 where ${at(s, 4)}`],
    broken: 4,
    problem: /^Commit 4: its rows are not numbered from 1 on\.$/,
  },
  {
    name: 'numbers everything anew',
    sql: (s) => [
      ...['row_change', 'change_set'].flatMap((table) =>
        [6, 5, 4].map((n) => `update log.${table} set sequence = ${n + 1} where ${at(s, n)}`),
      ),
      `update log.stream set sequence = 7 where stream_id = '${s.workflowId}'`,
    ],
    broken: 4,
    problem: /^Commit 4 is missing\.$/,
  },
  {
    name: 'inserts a commit between two',
    sql: (s) => [
      ...['row_change', 'change_set'].flatMap((table) =>
        [6, 5, 4].map((n) => `update log.${table} set sequence = ${n + 1} where ${at(s, n)}`),
      ),
      `insert into log.row_change select stream_id, 4, 1, table_name, row_id, version_id, operation, after, after || '{"label": "x"}' from log.row_change where ${at(s, 2)}`,
      `insert into log.change_set select (log.made(c)).* from (select gen_random_uuid() as change_set_id, stream_id, 4 as sequence, committed_at + interval '1 ms' as committed_at,
         actor_id, origin, operation, reason, request_id, occurred_at, version_ids, hash as previous_hash, '' ::bytea as hash from log.change_set where ${at(s, 3)}) c`,
      `update log.stream set sequence = 7 where stream_id = '${s.workflowId}'`,
    ],
    broken: 5,
    problem: /^Commit 5 does not/,
  },
  {
    name: 'adds a row to a commit',
    sql: (s) => [
      `insert into log.row_change select stream_id, 5, 2, table_name, row_id, version_id, operation, before, after from log.row_change where ${at(s, 6)}`,
    ],
    broken: 5,
    problem: content,
  },
  {
    name: 'adds rows of no commit, behind the last',
    sql: (s) => [
      `insert into log.row_change select stream_id, 7, ordinal, table_name, row_id, version_id, operation, before, after from log.row_change where ${at(s, 6)}`,
    ],
    broken: 7,
    problem: /^There are rows of a commit 7, but no such commit\.$/,
  },
  {
    name: 'adds rows of no commit, before the first',
    sql: (s) => [
      `insert into log.row_change select stream_id, 0, ordinal, table_name, row_id, version_id, operation, before, after from log.row_change where ${at(s, 6)}`,
    ],
    broken: 0,
    problem: /^There are rows of a commit 0, but no such commit\.$/,
  },
  {
    name: 'adds a commit before the first',
    sql: (s) => [
      `insert into log.change_set select gen_random_uuid(), stream_id, 0, committed_at - interval '1 h', actor_id, origin, operation, reason, request_id, occurred_at, '{}', null, hash from log.change_set where ${at(s, 1)}`,
    ],
    broken: 0,
    problem: /^There is a commit 0; the first is 1\.$/,
  },
  {
    name: 'moves a row to the log of another workflow',
    sql: (s) => [`update log.row_change set stream_id = ${another(s)}, sequence = 6 where ${at(s, 6)}`],
    broken: 6,
    problem: content,
  },
  // ── the end of the chain ──
  {
    name: 'cuts the tail',
    sql: (s) => cut(s, 4),
    broken: 5,
    problem: /^The chain ends at commit 4; its head says 6\.$/,
  },
  {
    name: 'cuts the tail and adjusts the head',
    sql: (s) => [...cut(s, 4), rechain(s.workflowId)],
    broken: 5,
    problem: /^A checkpoint recorded commit 6; the chain ends at 4: its tail was cut\.$/,
    alone: { broken: 1, problem: asLeft(1) },
  },
  {
    name: 'cuts the tail, adjusts the head and puts the live rows back',
    sql: (s) => [
      `update attribute_decisions set label = 'first edit' where ${item(s, 0)}`,
      `update phase_version set revision = 1 where version_id = '${s.versionId}'`,
      ...cut(s, 4),
      rechain(s.workflowId),
    ],
    broken: 5,
    problem: /its tail was cut\.$/,
    alone: null,
  },
  {
    name: 'edits the sequence of the head, upwards',
    sql: (s) => [`update log.stream set sequence = 9 where stream_id = '${s.workflowId}'`],
    broken: 7,
    problem: /^The chain ends at commit 6; its head says 9\.$/,
  },
  {
    name: 'edits the sequence of the head, downwards',
    sql: (s) => [`update log.stream set sequence = 4 where stream_id = '${s.workflowId}'`],
    broken: 5,
    problem: /^The head of the chain does not know commit 6 as its last\.$/,
  },
  {
    name: 'edits the hash of the head',
    sql: (s) => [`update log.stream set hash = sha256('x') where stream_id = '${s.workflowId}'`],
    broken: 6,
    problem: /^The head of the chain/,
  },
  {
    name: 'edits the time of the head',
    sql: (s) => [
      `update log.stream set committed_at = committed_at + interval '1 day' where stream_id = '${s.workflowId}'`,
    ],
    broken: 6,
    problem: /^The head of the chain/,
  },
  {
    name: 'leaves the head open',
    sql: (s) => [
      `update log.stream set is_open = true, xid = 5, origin = 'api', actor_id = 1 where stream_id = '${s.workflowId}'`,
    ],
    broken: 7,
    problem: /^The head of the chain says that commit 7 is being made/,
  },
  {
    name: 'deletes the head',
    sql: (s) => [`delete from log.stream where stream_id = '${s.workflowId}'`],
    broken: 1,
    problem: /^The chain has no head\.$/,
  },
  {
    name: 'deletes the whole log of a workflow',
    sql: (s) => [...cut(s, 0), `delete from log.stream where stream_id = '${s.workflowId}'`],
    broken: 1,
    problem: /^A checkpoint recorded commit 6; the chain ends at 0/,
    alone: { broken: 1, problem: /^There are rows, and no commit: the chain is gone\.$/ },
  },
  {
    name: 'deletes the whole log of a workflow, and its rows',
    sql: (s) => [
      ...cut(s, 0),
      `delete from log.stream where stream_id = '${s.workflowId}'`,
      ...['attribute_decisions', 'version_editor', 'phase_version'].map(
        (table) => `delete from ${table} where stream_id = '${s.workflowId}'`,
      ),
    ],
    broken: 1,
    problem: /^A checkpoint recorded commit 6/,
    alone: null,
  },
  // ── all of it, consistently ──
  {
    name: 'edits a value and seals everything anew',
    sql: (s) => [...setRow(5, `after = after || '{"revision": 3}'`)(s), rechain(s.workflowId)],
    broken: 6,
    problem: rewritten,
    alone: { broken: 5, problem: asLeft(5) },
  },
  {
    name: 'edits a value in two images that follow from each other, and seals everything anew',
    sql: (s) => [
      ...setRow(2, `after = after || '{"label": "x"}'`)(s),
      ...setRow(6, `before = before || '{"label": "x"}'`)(s),
      rechain(s.workflowId),
    ],
    broken: 6,
    problem: rewritten,
    alone: null,
  },
  {
    name: 'edits a value only in one of the images, and seals everything anew',
    sql: (s) => [...setRow(2, `after = after || '{"label": "x"}'`)(s), rechain(s.workflowId)],
    broken: 6,
    problem: /was something else before|or one before it, is not the one that a checkpoint recorded/,
    alone: { broken: 6, problem: /^Commit 6: attribute_decisions \S+ was something else before\.$/ },
  },
  {
    name: 'calls an update an insert, and seals everything anew',
    sql: (s) => [...setRow(2, `operation = 'INSERT'`)(s), rechain(s.workflowId)],
    broken: 2,
    problem: /^Commit 2: INSERT of attribute_decisions \S+ has the images of another operation\.$/,
  },
  {
    name: 'edits a value, seals everything anew and edits the live row',
    sql: (s) => [
      ...setRow(6, `after = after || '{"label": "x"}'`)(s),
      rechain(s.workflowId),
      `update attribute_decisions set label = 'x' where ${item(s, 0)}`,
    ],
    broken: 6,
    problem: rewritten,
    alone: null,
  },
  {
    name: 'blames somebody else and seals everything anew',
    sql: (s) => [...set(3, 'actor_id = 5')(s), rechain(s.workflowId)],
    broken: 6,
    problem: rewritten,
    alone: null,
  },
  // ── live rows ──
  { name: 'edits a live row', sql: live(0, `label = 'x'`), broken: 6, problem: asLeft(6) },
  {
    name: 'edits a live row where it was null',
    sql: live(1, `decision_reason = 'x'`),
    broken: 3,
    problem: asLeft(3),
  },
  {
    name: 'edits a live row to null',
    sql: live(3, `attribute_data = '{}'`),
    broken: 4,
    problem: asLeft(4),
  },
  {
    name: 'swaps the values of two live rows',
    sql: (s) => [
      `update attribute_decisions a set label = b.label from attribute_decisions b where a.${item(s, 0)} and b.${item(s, 1)} or a.${item(s, 1)} and b.${item(s, 0)}`,
    ],
    broken: 3,
    problem: asLeft(3),
  },
  {
    name: 'deletes a live row',
    sql: (s) => [`delete from attribute_decisions where ${item(s, 3)}`],
    broken: 4,
    problem: /^The row attribute_decisions \S+ is gone, and no commit since 4 removed it\.$/,
  },
  {
    name: 'inserts a live row',
    sql: (s) => [
      `insert into attribute_decisions select (jsonb_populate_record(a, jsonb_build_object('item_id', gen_random_uuid(), 'item_key', gen_random_uuid()))).* from attribute_decisions a where ${item(s, 1)}`,
    ],
    broken: null,
    problem: /^The row attribute_decisions \S+ is there, and the log does not know it\.$/,
  },
  {
    name: 'inserts a live row that was deleted',
    sql: (s) => [
      `insert into attribute_decisions select (jsonb_populate_record(null::attribute_decisions, before)).* from log.row_change where ${at(s, 4)} and operation = 'DELETE'`,
    ],
    broken: 4,
    problem: /is there, and the log does not know it\.$/,
  },
  {
    name: 'moves a live row to another workflow',
    sql: (s) => [`update attribute_decisions set stream_id = ${another(s)} where ${item(s, 3)}`],
    broken: 4,
    problem: /is gone/,
  },
  {
    name: 'gives a version another status',
    sql: (s) => [
      `update phase_version set status = 'APPROVED', effective_from = created_at where version_id = '${s.versionId}'`,
    ],
    broken: 5,
    problem: asLeft(5),
  },
];

let attacked: AttackedWorld;
const stories = new Map<string, Story>();
let untouched: Story;

beforeAll(async () => {
  attacked = await AttackedWorld.create();
  const places = await attacked.places(attacks.length + 2);
  for (const [n, { name }] of attacks.entries()) stories.set(name, await attacked.tell(places[n]!));
  untouched = await attacked.tell(places[attacks.length]!);
  await attacked.world.sql('superuser', 'insert into log.stream (stream_id) values ($1)', [places.at(-1)!.workflowId]);
  await attacked.world.sql(
    'superuser',
    // Seals a forged commit as the database itself would.
    `create function log.made(c record) returns log.change_set language plpgsql as $$
     declare made log.change_set := c; begin made.hash := log.digest(made); return made; end $$`,
  );
  expect(await attacked.checkpoints.note(attacked.world.db)).toBe(attacks.length + 2);
});
afterAll(() => attacked.destroy());

describe('somebody who', () => {
  test.each(attacks)('$name, is found', async ({ name, sql, broken, problem, alone }) => {
    const story = stories.get(name)!;
    expect(await attacked.verify(story)).toMatchObject({ valid: true, changeSetsChecked: 6, problem: null });
    // What the server remembers of this chain from now on, and somebody who keeps no checkpoints, hides nothing.
    const verified = new VerifiedChains();
    expect(await attacked.verifyWithoutCheckpoints(story.workflowId, { verified })).toMatchObject({ valid: true });
    await attacked.attack(...sql(story));
    const found = await attacked.verify(story);
    expect(found).toMatchObject({
      valid: false,
      firstBrokenSequence: broken,
      problem: expect.stringMatching(problem),
    });
    if (broken !== null) expect(found.changeSetsChecked).toBeLessThanOrEqual(6);
    const byItself = await attacked.verifyWithoutCheckpoints(story.workflowId);
    expect(await attacked.verifyWithoutCheckpoints(story.workflowId, { verified })).toEqual(byItself);
    if (alone === null) expect(byItself).toMatchObject({ valid: true });
    else
      expect(byItself).toMatchObject({
        valid: false,
        firstBrokenSequence: (alone ?? { broken }).broken,
        problem: expect.stringMatching((alone ?? { problem }).problem),
      });
  });

  test('does none of this to a workflow, leaves its proof alone', async () => {
    expect(await attacked.verify(untouched)).toMatchObject({ valid: true, changeSetsChecked: 6, problem: null });
  });
});

describe('what is remembered of a verification', () => {
  /** How many commits were recomputed, and what came of it. */
  async function recomputed(streamId: string, verified: VerifiedChains) {
    let commits = 0;
    const options = { verified, onCommit: () => void commits++ };
    const { valid, changeSetsChecked } = await attacked.verifyWithoutCheckpoints(streamId, options);
    return { commits, valid, changeSetsChecked };
  }

  test('saves the next one all commits that are as they were; what is put back is as it was', async () => {
    const { workflowId, items } = untouched;
    const verified = new VerifiedChains();
    const all = { commits: 6, valid: true, changeSetsChecked: 6 };
    const none = { ...all, commits: 0 };
    expect(await recomputed(workflowId, verified)).toEqual(all);
    expect(await recomputed(workflowId, verified)).toEqual(none);

    // Each column of the log counts, also those that no hash covers; until all of it is verified again, nothing is believed.
    const change = (value: string) =>
      attacked.attack(
        `update log.change_set set version_ids = ${value} where stream_id = '${workflowId}' and sequence = 3`,
      );
    const [{ ids }] = (await attacked.world.sql<{ ids: string }>(
      'superuser',
      `select version_ids::text as ids from log.change_set where stream_id = $1 and sequence = 3`,
      [workflowId],
    )) as [{ ids: string }];
    await change(`'{}'`);
    expect(await recomputed(workflowId, verified)).toEqual({ commits: 2, valid: false, changeSetsChecked: 2 });
    await change(`'${ids}'`);
    expect(await recomputed(workflowId, verified)).toEqual(all);
    expect(await recomputed(workflowId, verified)).toEqual(none);

    // What came since is recomputed alone.
    await attacked.world.sql('owner', `update attribute_decisions set label = 'fourth edit' where item_id = $1`, [
      items[0],
    ]);
    expect(await recomputed(workflowId, verified)).toEqual({ commits: 1, valid: true, changeSetsChecked: 7 });
  });

  test('nobody has more than a few verifications waiting; others are not kept from theirs', async () => {
    const query = `{ verifyChangeLog(cycleId: "${untouched.cycleId}", reportId: "${untouched.reportId}") { valid } }`;
    const body = JSON.stringify({ query });
    const ask = async (person: number) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${await token(person)}` };
      const answer = await fetch(`${attacked.server.url}/graphql`, { method: 'POST', headers, body });
      const { data, errors } = (await answer.json()) as {
        data: any;
        errors?: { extensions: Record<string, unknown> }[];
      };
      return errors?.[0]?.extensions ?? data.verifyChangeLog;
    };
    const [mine, other] = await Promise.all([Promise.all(Array.from({ length: 30 }, () => ask(aud))), ask(root)]);
    expect(other).toEqual({ valid: true });
    const refused = mine.filter((answer) => answer.code === 'BUSY');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toEqual({ code: 'BUSY', retryable: true, retryAfterSeconds: 2 });
    expect(mine.filter((answer) => answer.valid)).toHaveLength(30 - refused.length);
  });
});

describe('the list of what is verified', () => {
  test('has workflows whose log or head was deleted, as long as anything of them is left', async () => {
    const streams = await attacked.world.db.snapshot(allStreams);
    for (const name of ['deletes the head', 'deletes the whole log of a workflow'])
      expect(streams).toContain(stories.get(name)!.workflowId);
  });
});

describe('the log of the reference data:', () => {
  /** Attacks, asks, and takes everything back. */
  const after = (...statements: string[]) =>
    attacked.world.session('superuser', async (client) => {
      await client.query('begin');
      // The attack commits; inside a transaction of ours, its BEGIN is only warned about, so its COMMIT is left out here.
      const { rows } = await client.query<{ off: string }>(
        `select format('alter table %s disable trigger %I', t.tgrelid::regclass, t.tgname) as off from pg_trigger t
         where not t.tgisinternal and t.tgrelid in ('users'::regclass, 'user_roles'::regclass, 'log.change_set'::regclass, 'log.row_change'::regclass)`,
      );
      await client.query(`set local timezone = 'UTC'; set local session_replication_role = replica`);
      for (const sql of [...rows.map(({ off }) => off), ...statements]) await client.query(sql);
      const found = await verifyStream(dbOf(client), REFERENCE);
      await client.query('rollback');
      return found;
    });

  test('a role that was granted past the log is found', async () => {
    expect(await after(`insert into user_roles (user_id, role) values (9, 'ADMIN')`)).toMatchObject({
      valid: false,
      firstBrokenSequence: null,
      problem: 'The row user_roles 9,ADMIN is there, and the log does not know it.',
    });
  });
  test.each([`'00000000-0000-0000-0000-00000000dead'`, 'null'])(
    'a role that was granted in a stream that there is not is found: %s',
    async (stream) => {
      expect(
        await after(
          'alter table user_roles drop constraint user_roles_stream, alter column stream_id drop not null',
          `insert into user_roles (user_id, role, stream_id) values (9, 'ADMIN', ${stream})`,
        ),
      ).toMatchObject({ valid: false, problem: expect.stringContaining('user_roles 9,ADMIN') });
    },
  );
  test('a row in a table that has lost its key is found', async () => {
    expect(
      await after(
        'alter table user_roles drop constraint user_roles_pkey',
        `insert into user_roles (user_id, role) values (9, 'ADMIN')`,
      ),
    ).toMatchObject({ valid: false });
  });
  test('a function that looks like PostgreSQL’s own does not hide a row that was edited', async () => {
    expect(
      await after(
        `create table kept as select u.user_id, to_jsonb(u) as image from users u`,
        `create function public.to_jsonb(users) returns jsonb language sql as $$ select image from kept k where k.user_id = $1.user_id $$`,
        `update users set name = 'Somebody Else' where user_id = 5`,
      ),
    ).toMatchObject({ valid: false, problem: expect.stringContaining('users 5') });
  });
  test('a ghost row without a table is found, where the log was made to take it', async () => {
    expect(
      await after(
        'alter table log.row_change alter column table_name drop not null, alter column row_id drop not null',
        `insert into log.row_change (stream_id, sequence, ordinal, operation) values ('${REFERENCE}', 1, 9999, 'UPDATE')`,
      ),
    ).toMatchObject({ valid: false, firstBrokenSequence: 1 });
  });
  test('a second commit with a number that is taken is found', async () => {
    expect(
      await after(
        'drop index log.change_set_stream_id_sequence_key, log.change_set_stream_id_committed_at_key',
        `insert into log.change_set select gen_random_uuid(), stream_id, sequence, committed_at, actor_id, origin, operation, 'why not', request_id, occurred_at, version_ids, previous_hash, hash
         from log.change_set where stream_id = '${REFERENCE}' and sequence = 2`,
      ),
    ).toMatchObject({ valid: false, firstBrokenSequence: 2 });
  });
});

describe('the owner, who may make tables and triggers,', () => {
  const ghost = (story: Story, sequence: string, before: string, afterwards: string) =>
    attacked.world.session('owner', async (client) => {
      await client.query('begin');
      await client.query(`update attribute_decisions set label = 'by the owner' where item_id = '${story.items[0]}'`);
      await client.query('create table of_mine (n int)');
      await client.query(`create function of_mine() returns trigger language plpgsql as $$ begin
        insert into log.row_change select stream_id, ${sequence}, 2, table_name, row_id, version_id, 'UPDATE', ${before}, ${afterwards}
        from log.row_change where stream_id = '${story.workflowId}' and sequence = 3 and table_name = 'attribute_decisions'; return null; end $$`);
      await client.query('create trigger of_mine after insert on of_mine for each row execute function of_mine()');
      await client.query('insert into of_mine values (1)');
      await client.query('drop table of_mine; drop function of_mine');
      await client.query('commit');
    });
  let places: Story[];
  beforeAll(async () => {
    places = [];
    for (const place of await attacked.places(2)) places.push(await attacked.tell(place));
  });

  test('adds rows to the log through a trigger on a table of their own, is found', async () => {
    const [story] = places;
    await ghost(story!, '99', 'before', 'after');
    expect(await attacked.verify(story!)).toMatchObject({
      valid: false,
      firstBrokenSequence: 8,
      problem: expect.stringMatching(/no such commit|is missing/),
    });
  });
  test('adds them to a commit of their own, so that they are sealed, is found', async () => {
    const [, story] = places;
    await ghost(story!, '7', 'after', `after || '{"label": "x"}'`);
    expect(await attacked.verify(story!)).toMatchObject({
      valid: false,
      firstBrokenSequence: 7,
      problem: expect.stringMatching(asLeft(7)),
    });
  });
});

describe('a trigger that is switched off', () => {
  test('and a write without it, are found, and all that is recorded afterwards does not heal it', async () => {
    const [place] = await attacked.places(1);
    const story = await attacked.tell(place!);
    await attacked.world.session('superuser', async (client) => {
      await client.query('alter table attribute_decisions disable trigger a_capture_update');
      await client.query(`update attribute_decisions set label = 'unseen' where item_id = '${story.items[0]}'`);
      await client.query('alter table attribute_decisions enable always trigger a_capture_update');
    });
    expect(await attacked.verify(story)).toMatchObject({ valid: false, firstBrokenSequence: 6 });
    await attacked.world.sql('owner', `update attribute_decisions set label = 'seen' where item_id = $1`, [
      story.items[0],
    ]);
    expect(await attacked.verify(story)).toMatchObject({
      valid: false,
      firstBrokenSequence: 7,
      problem: expect.stringContaining('was something else before'),
    });
  });
});

describe('whoever tampers with the file of checkpoints:', () => {
  let folder: string;
  const file = (name: string) => path.join(folder, name);
  const lines = () => readFileSync(file('checkpoints.jsonl'), 'utf8').trimEnd().split('\n');
  const saved = new Map<string, Buffer>();
  const names = ['checkpoints.jsonl', 'end.note', 'public-key.pem', 'signing-key.pem'];
  beforeAll(() => {
    folder = attacked.checkpoints.folder;
    for (const name of names) saved.set(name, readFileSync(file(name)));
  });
  afterEach(() => {
    for (const [name, content] of saved) writeFileSync(file(name), content);
  });

  test.each<[string, () => void, RegExp]>([
    [
      'edits a line',
      () =>
        writeFileSync(
          file('checkpoints.jsonl'),
          `${lines()
            .map((line, n) => (n === 3 ? line.replace(/"sequence":\d+/, '"sequence":7') : line))
            .join('\n')}\n`,
        ),
      /^Line 4 of the checkpoints is not one that was signed there\.$/,
    ],
    [
      'removes a line from the middle',
      () =>
        writeFileSync(
          file('checkpoints.jsonl'),
          `${lines()
            .filter((_, n) => n !== 3)
            .join('\n')}\n`,
        ),
      /^Line 4 of the checkpoints/,
    ],
    [
      'removes the last line',
      () => writeFileSync(file('checkpoints.jsonl'), `${lines().slice(0, -1).join('\n')}\n`),
      /^The last of the checkpoints are gone/,
    ],
    ['removes all lines', () => writeFileSync(file('checkpoints.jsonl'), ''), /^The last of the checkpoints are gone/],
    ['removes the file', () => rmSync(file('checkpoints.jsonl')), /^The last of the checkpoints are gone/],
    ['removes the end', () => rmSync(file('end.note')), /^The end of the checkpoints is not one that was signed/],
    ['removes the public key', () => rmSync(file('public-key.pem')), /^The public key of the checkpoints/],
    [
      'signs everything with another key',
      () => {
        const other = new Checkpoints(path.join(attacked.folder, 'other'));
        writeFileSync(file('public-key.pem'), readFileSync(path.join(other.folder, 'public-key.pem')));
      },
      /^The end of the checkpoints is not one that was signed|^Line 1 of the checkpoints/,
    ],
    [
      'makes the file a folder',
      () => {
        rmSync(file('public-key.pem'));
        copyFileSync(file('checkpoints.jsonl'), file('public-key.pem'));
      },
      /^The public key of the checkpoints/,
    ],
  ])('who %s, is found, and nobody is told where it lies', async (_, tamper, problem) => {
    await new Checkpoints(path.join(attacked.folder, 'other')).note(attacked.world.db);
    tamper();
    const found = await attacked.verify(untouched);
    expect(found).toMatchObject({
      valid: false,
      firstBrokenSequence: null,
      changeSetsChecked: 0,
      problem: expect.stringMatching(problem),
    });
    expect(found.problem).not.toMatch(/[/\\]|ENOENT|phaseledger-/);
  });

  test('nothing is left of the attempts', async () => {
    expect(await attacked.verify(untouched)).toMatchObject({ valid: true });
    expect(await attacked.verifyReference()).toMatchObject({ valid: true });
  });
});

test('an attack on the reference data is found through the API', async () => {
  await attacked.world.session('superuser', (client) =>
    attack(client, [`update users set name = 'Somebody Else' where user_id = 5`]),
  );
  expect(await attacked.verifyReference()).toMatchObject({
    valid: false,
    firstBrokenSequence: expect.any(Number),
    problem: expect.stringMatching(/^The row users 5 is not as/),
  });
});

test('a database whose role is not the service’s verifies as well', async () => {
  const db = new Database({ url: attacked.world.database.ownerUrl, poolSize: 1, statementTimeoutMs: 0 });
  try {
    expect(await db.snapshot((tx) => verifyStream(tx, untouched.workflowId))).toMatchObject({ valid: true });
  } finally {
    await db.close();
  }
});
