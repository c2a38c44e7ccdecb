/** The log as a file: whoever has it needs nothing else, and not a byte of it can be changed unseen. */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { Db } from '../../src/database/connection/database';
import { exportLog, verifyFile } from '../../src/proof/log-file';
import { insertRows, rawAttribute, rawVersion, transaction } from '../support/log';
import { buildVersion } from '../support/builders';
import { effort, seed } from '../support/effort';
import { ada, workflow, World } from '../support/world';
import { temporaryFolder } from '../support/temporary';
import { attack, rechain } from './attacked-world';

const folder = temporaryFolder();
const file = path.join(folder, 'log.jsonl');
const other = path.join(folder, 'other.jsonl');
let world: World;
let original: Buffer;
let lines: string[];
let noted: Map<string, Map<number, { hash: string; notedAt: string }>>;

const hostile = ['a\u2028b\u2029c', 'line\nfeed\r\n', '\u{10ffff}🏦', '\ufeff\ufffd', '"\\', '": null'];

beforeAll(async () => {
  world = await World.create();
  await buildVersion(world, { phase: 'SCOPING', status: 'APPROVED', items: 2 });
  const draft = rawVersion({ version_number: 2 });
  await world.session('owner', (client) =>
    transaction(client, async () => {
      await insertRows(client, 'phase_version', [draft]);
      await insertRows(
        client,
        'attribute_decisions',
        hostile.map((label) => rawAttribute(draft, { label, attribute_data: { [label]: [label, null, 1.1] } })),
      );
    }),
  );
  await world.session('service', (client) =>
    transaction(client, async () => {
      await client.query('select log.open($1, $2, $3, $4, $5)', [
        workflow.workflowId,
        ada,
        'putItems',
        hostile.join(' '),
        'r',
      ]);
      await client.query('update phase_version set revision = 2 where version_id = $1', [draft.version_id]);
    }),
  );
  await world.db.snapshot((tx) => exportLog(tx, workflow.workflowId, file));
  original = readFileSync(file);
  lines = original.toString('utf8').split('\n').slice(0, -1);
  const hashes = lines.slice(1).map((line) => JSON.parse(line) as { sequence: number; hash: string });
  const notedAt = new Date().toISOString();
  noted = new Map([[workflow.workflowId, new Map(hashes.map(({ sequence, hash }) => [sequence, { hash, notedAt }]))]]);
});
afterAll(async () => {
  await world.destroy();
});

const verified = (content: string | Buffer, checkpoints?: typeof noted) => {
  writeFileSync(other, content);
  return verifyFile(other, checkpoints);
};
const joined = (some: readonly string[]) => some.map((line) => `${line}\n`).join('');
const changed = (at: number, change: (line: any) => void) =>
  joined(
    lines.map((line, n) => {
      if (n !== at) return line;
      const parsed = JSON.parse(line) as object;
      change(parsed);
      return JSON.stringify(parsed);
    }),
  );

test('a file that was exported verifies, whatever people wrote, and is nobody else’s to read', async () => {
  expect(lines.length).toBeGreaterThan(6);
  const found = await verifyFile(file, noted);
  expect(found).toEqual({
    valid: true,
    changeSetsChecked: lines.length - 1,
    firstBrokenSequence: null,
    problem: null,
    headHash: noted.get(workflow.workflowId)!.get(lines.length - 1)!.hash,
    streamId: workflow.workflowId,
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('any byte that is flipped is reported', async () => {
  let flips = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(original.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const content = Buffer.from(original);
      content[at]! ^= flip;
      const found = await verified(content);
      expect(found).toMatchObject({ valid: false, problem: expect.stringMatching(/\.$/) });
      flips++;
    }),
    { numRuns: effort.spoiltBytes, seed, examples: [[original.length - 1, 42], [0, 1]] }, // prettier-ignore
  );
  expect(flips).toBeGreaterThan(0);
});

test('a file that ends too early is reported, wherever it ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(original.length - 1), async (length) => {
      expect(await verified(original.subarray(0, length))).toMatchObject({ valid: false });
    }),
    { numRuns: 200, examples: [[0], [original.length - 1], [lines[0]!.length], [lines[0]!.length + 1]] },
  );
});

test('lines that are swapped, doubled or left out are reported at the first that is not in its place', async () => {
  for (let n = 1; n < lines.length; n++) {
    const without = await verified(joined(lines.filter((_, at) => at !== n)));
    expect(without).toMatchObject({ valid: false, firstBrokenSequence: n });
    const twice = await verified(joined(lines.toSpliced(n, 0, lines[n]!)));
    expect(twice.valid).toBe(false);
    if (n + 1 < lines.length) {
      const swapped = await verified(joined(lines.with(n, lines[n + 1]!).with(n + 1, lines[n]!)));
      expect(swapped).toMatchObject({ valid: false, firstBrokenSequence: n, problem: `Commit ${n} is missing.` });
    }
  }
});

describe('what a program would still read the same is reported:', () => {
  const third = 3;
  test.each<[string, () => string]>([
    ['white space', () => joined(lines.with(third, lines[third]!.replace(',', ', ')))],
    ['a line end of another system', () => lines.map((line) => `${line}\r\n`).join('')],
    ['an empty line', () => joined(lines.toSpliced(third, 0, ''))],
    ['a byte-order mark', () => `\ufeff${joined(lines)}`],
    ['an escape', () => joined(lines.with(third, lines[third]!.replace('"origin"', '"or\\u0069gin"')))],
    ['a key that is there twice', () => joined(lines.with(third, lines[third]!.replace('{', '{"reason":"other",')))],
    ['a key that no commit has', () => changed(third, (commit) => (commit.note = 'Approved by the board.'))],
    ['a key that no row has', () => changed(third, (commit) => (commit.rows[0].note = 'x'))],
    ['a key that no head has', () => changed(0, (header) => (header.head.note = 'x'))],
    ['a number as a text', () => changed(third, (commit) => (commit.actorId = String(commit.actorId)))],
    ['a text as a list', () => changed(third, (commit) => (commit.operation = [commit.operation]))],
    [
      'two versions as one',
      () => changed(third, (commit) => (commit.versionIds = [[...commit.versionIds, 'x'].join()])),
    ],
    ['keys in another order', () => changed(third, (commit) => { const { hash } = commit; delete commit.hash; commit.hash = hash; })], // prettier-ignore
  ])('%s', async (_, content) => {
    expect(await verified(content())).toMatchObject({ valid: false });
  });
});

describe('what is no such file is told, not thrown:', () => {
  test.each([
    ['', null],
    ['\n', null],
    ['null\n', null],
    ['[]\n', null],
    ['{}\n', null],
    ['{"format":"phaseledger-log-file-1"}\n', null],
    ['{"format":"phaseledger-log-file-1","streamId":"s","head":null}\n', null],
    ['\u0000\u0001\u0002', null],
  ])('%j', async (content) => {
    expect(await verified(content)).toMatchObject({
      valid: false,
      problem: expect.stringMatching(/\.$/),
      streamId: null,
    });
  });
  test.each([['null'], ['5'], ['[]'], ['{}'], ['{"rows":[null]}'], ['{"rows":[],"versionIds":[null]}']])(
    'a line %s',
    async (line) => {
      expect(await verified(joined([lines[0]!, line]))).toMatchObject({ valid: false, firstBrokenSequence: 1 });
    },
  );
  test('rows that are none', async () => {
    for (const rows of [null, [null], [5], [{}], {}])
      expect(await verified(changed(1, (commit) => (commit.rows = rows)))).toMatchObject({ valid: false });
  });
});

describe('with checkpoints', () => {
  const head = (after: number) => {
    const { sequence, committedAt, hash } = JSON.parse(lines[after]!) as Record<string, unknown>;
    return JSON.stringify({ ...(JSON.parse(lines[0]!) as object), head: { sequence, committedAt, hash } });
  };
  test('a file whose tail was cut, and its head with it, is reported', async () => {
    const content = joined([head(3), ...lines.slice(1, 4)]);
    expect(await verified(content)).toMatchObject({ valid: true, changeSetsChecked: 3 });
    expect(await verified(content, noted)).toMatchObject({ valid: false, firstBrokenSequence: 4 });
  });
  test('a file of a chain that was rewritten is reported', async () => {
    await world.session('superuser', (client) =>
      attack(client, [
        `update log.change_set set reason = 'another' where stream_id = '${workflow.workflowId}' and sequence = 2`,
        rechain(workflow.workflowId),
      ]),
    );
    rmSync(other);
    await world.db.snapshot((tx) => exportLog(tx, workflow.workflowId, other));
    expect(await verifyFile(other)).toMatchObject({ valid: true });
    expect(await verifyFile(other, noted)).toMatchObject({ valid: false, firstBrokenSequence: 2 });
  });
});

describe('an export', () => {
  test('does not touch a file that is there', async () => {
    writeFileSync(other, 'precious');
    await expect(world.db.snapshot((tx) => exportLog(tx, workflow.workflowId, other))).rejects.toMatchObject({
      code: 'EEXIST',
    });
    expect(readFileSync(other, 'utf8')).toBe('precious');
  });
  test('that cannot be finished leaves nothing behind', async () => {
    const target = path.join(folder, 'unfinished.jsonl');
    let fetches = 0;
    const failing = (tx: Db): Db => ({
      query: (sql, parameters) => {
        if (sql.includes('fetch ') && ++fetches === 1) return tx.query('select 1 / 0');
        return tx.query(sql, parameters);
      },
    });
    await expect(world.db.snapshot((tx) => exportLog(failing(tx), workflow.workflowId, target))).rejects.toThrow();
    expect(fetches).toBe(1);
    expect(existsSync(target)).toBe(false);
  });
  test('into a folder that there is not is refused', async () => {
    await expect(
      world.db.snapshot((tx) => exportLog(tx, workflow.workflowId, path.join(folder, 'no', 'such', 'folder'))),
    ).rejects.toMatchObject({ code: 'ENOENT' });
  });
  test('of a log that there is not is refused', async () => {
    await expect(
      world.db.snapshot((tx) => exportLog(tx, '00000000-0000-0000-0000-00000000dead', path.join(folder, 'none'))),
    ).rejects.toThrow('There is no log of 00000000-0000-0000-0000-00000000dead.');
  });
});
