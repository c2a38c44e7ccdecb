/** The file of checkpoints: when it is noted, how it is kept, and what a crash or a hand in it does. */
import { generateKeyPairSync } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import pino from 'pino';
import type { Db } from '../../src/database/connection/database';
import { CheckpointFault } from '../../src/proof/checkpoint-files';
import { Checkpoints } from '../../src/proof/checkpoints';
import { AgainstCheckpoints } from '../../src/proof/verify';
import { effort, seed } from '../support/effort';
import { temporaryFolder } from '../support/temporary';

const parent = temporaryFolder();
let count = 0;
const newFolder = () => path.join(parent, String(count++));

/** A database that has nothing but heads; a transaction of it waits for the one before, as the lock makes it. */
class Heads {
  readonly heads = new Map<string, number>();
  asked = 0;
  #turn: Promise<unknown> = Promise.resolve();
  transaction<T>(work: (tx: Db) => Promise<T>): Promise<T> {
    const done = this.#turn.then(() => work({ query: async (sql) => this.#answer(sql) as never[] }));
    this.#turn = done.catch(() => undefined);
    return done;
  }
  #answer(sql: string): unknown[] {
    if (!sql.includes('log.stream')) return [];
    this.asked++;
    return [...this.heads].map(([streamId, sequence]) => ({
      streamId,
      sequence,
      hash: `${streamId}${sequence}`,
      notedAt: '2026-10-01T00:00:00.000Z',
    }));
  }
}

const moved = (heads: Heads, streamId = 'a') => heads.heads.set(streamId, (heads.heads.get(streamId) ?? 0) + 1);

async function filled(lines = 5): Promise<{ heads: Heads; checkpoints: Checkpoints }> {
  const heads = new Heads();
  const checkpoints = new Checkpoints(newFolder());
  for (let n = 0; n < lines; n++) {
    moved(heads, n % 2 ? 'a' : 'b');
    await checkpoints.note(heads);
  }
  return { heads, checkpoints };
}
const afresh = ({ folder }: Checkpoints) => new Checkpoints(folder);

describe('what is noted', () => {
  /** The commits of a stream from the first on, as they are noted. */
  const noted = (...hashes: string[]) =>
    new Map(hashes.map((hash, n) => [n + 1, { hash, notedAt: '2026-10-01T00:00:00.000Z' }]));

  test('is every head that has moved, once', async () => {
    const heads = new Heads();
    const checkpoints = new Checkpoints(newFolder());
    expect(await checkpoints.note(heads)).toBe(0);
    moved(heads, 'a');
    moved(heads, 'b');
    expect(await checkpoints.note(heads)).toBe(2);
    expect(await checkpoints.note(heads)).toBe(0);
    moved(heads, 'b');
    expect(await afresh(checkpoints).note(heads)).toBe(1);
    expect(await checkpoints.note(heads)).toBe(0);
    expect(afresh(checkpoints).read()).toEqual(
      new Map([
        ['a', noted('a1')],
        ['b', noted('b1', 'b2')], // prettier-ignore
      ]),
    );
    expect(afresh(checkpoints).summary()).toEqual({
      count: 3,
      lastNotedAt: '2026-10-01T00:00:00.000Z',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('stays noted when a chain gets shorter, and when it grows again', async () => {
    const { heads, checkpoints } = await filled();
    heads.heads.set('a', 1);
    expect(await checkpoints.note(heads)).toBe(0);
    expect(checkpoints.read().get('a')).toEqual(noted('a1', 'a2')); // prettier-ignore
  });

  test('is nothing in a folder that there is not', () => {
    const folder = newFolder();
    expect(new Checkpoints(folder).read().size).toBe(0);
    expect(new Checkpoints(folder).summary()).toEqual({ count: 0, lastNotedAt: null, fingerprint: null });
    expect(existsSync(folder)).toBe(false);
  });

  test('can be read by nobody else, least of all the key', async () => {
    const { checkpoints } = await filled();
    const mode = (name: string) => statSync(path.join(checkpoints.folder, name)).mode & 0o777;
    expect(mode('signing-key.pem')).toBe(0o600);
    expect(mode('checkpoints.jsonl')).toBe(0o600);
    expect(mode('.')).toBe(0o700);
    expect(existsSync(path.join(checkpoints.folder, 'signing-key.pem.new'))).toBe(false);
  });
});

describe('it is noted', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] }));
  afterEach(() => jest.useRealTimers());
  const soon = () => new Promise((resolve) => setImmediate(resolve));

  test('at the start, at intervals, and at the end', async () => {
    const heads = new Heads();
    const checkpoints = new Checkpoints(newFolder());
    const noted = () => afresh(checkpoints).read().get('a')?.size ?? 0;
    moved(heads);
    const stop = await checkpoints.writeRegularly(heads, 60, pino({ level: 'silent' }));
    expect(noted()).toBe(1);
    moved(heads);
    await jest.advanceTimersByTimeAsync(59_000);
    expect(noted()).toBe(1);
    await jest.advanceTimersByTimeAsync(1_000);
    await soon();
    expect(noted()).toBe(2);
    moved(heads);
    await stop();
    expect(noted()).toBe(3);
    moved(heads);
    await jest.advanceTimersByTimeAsync(120_000);
    expect(noted()).toBe(3);
  });

  test('with an error at the start where the folder cannot be written', async () => {
    const folder = newFolder();
    writeFileSync(folder, 'a file');
    const heads = new Heads();
    moved(heads);
    await expect(new Checkpoints(folder).writeRegularly(heads, 60, pino({ level: 'silent' }))).rejects.toThrow();
  });

  test('and what was tampered with stays as it is, is logged, and keeps no server from starting', async () => {
    const { heads, checkpoints } = await filled();
    writeFileSync(checkpoints.file, readFileSync(checkpoints.file, 'utf8').replace('"sequence":1', '"sequence":7'));
    const before = readFileSync(checkpoints.file, 'utf8');
    moved(heads);
    const logged: unknown[] = [];
    const logger = { error: (details: unknown) => logged.push(details) } as unknown as pino.Logger;
    const stop = await afresh(checkpoints).writeRegularly(heads, 60, logger);
    await stop();
    expect(logged).toHaveLength(2);
    expect(readFileSync(checkpoints.file, 'utf8')).toBe(before);
  });
});

describe('a crash', () => {
  test('in the middle of a line is no fault, and the next note goes on after the last whole one', async () => {
    const { heads, checkpoints } = await filled();
    appendFileSync(checkpoints.file, '{"streamId":"a","seq');
    expect(afresh(checkpoints).summary().count).toBe(5);
    moved(heads);
    expect(await afresh(checkpoints).note(heads)).toBe(1);
    expect(afresh(checkpoints).summary().count).toBe(6);
  });
  test('between the lines and the record of their end is no fault', async () => {
    const { heads, checkpoints } = await filled();
    const end = path.join(checkpoints.folder, 'end.note');
    const before = readFileSync(end);
    moved(heads);
    await checkpoints.note(heads);
    writeFileSync(end, before);
    expect(afresh(checkpoints).summary().count).toBe(6);
    moved(heads);
    await afresh(checkpoints).note(heads);
    expect(afresh(checkpoints).summary().count).toBe(7);
  });
  test.each([['public-key.pem', 'end.note'], ['end.note']])(
    'of the first start, before there was a %s, is made good by the next',
    async (...missing) => {
      const heads = new Heads();
      moved(heads);
      const checkpoints = new Checkpoints(newFolder());
      await checkpoints.note(heads);
      for (const name of ['checkpoints.jsonl', ...missing]) rmSync(path.join(checkpoints.folder, name));
      expect(afresh(checkpoints).read().size).toBe(0);
      expect(await afresh(checkpoints).note(heads)).toBe(1);
      expect(afresh(checkpoints).summary().count).toBe(1);
    },
  );
});

describe('a hand in the folder', () => {
  const fault = (checkpoints: Checkpoints) => {
    try {
      afresh(checkpoints).read();
      return null;
    } catch (error) {
      if (!(error instanceof CheckpointFault)) throw error;
      return error.message;
    }
  };

  test('that changes any byte of any line, of their end or of the key, is seen', async () => {
    const { checkpoints } = await filled();
    const names = ['checkpoints.jsonl', 'end.note', 'public-key.pem'];
    const originals = names.map((name) => readFileSync(path.join(checkpoints.folder, name)));
    const places = originals.flatMap((content, file) =>
      Array.from({ length: content.length }, (_, at) => [file, at] as const),
    );
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.integer({ min: 1, max: 255 }), ([file, at], flip) => {
        const target = path.join(checkpoints.folder, names[file]!);
        const changed = Buffer.from(originals[file]!);
        changed[at]! ^= flip;
        writeFileSync(target, changed);
        const found = fault(checkpoints);
        writeFileSync(target, originals[file]!);
        // A key in PEM may say the same with other white space, and around its words.
        if (names[file] === 'public-key.pem' && found === null) return;
        expect(found).toMatch(/^(Line \d|The (end|last|public key) of the checkpoints)/);
        expect(found).not.toContain(parent);
      }),
      { numRuns: effort.spoiltCheckpoints, seed },
    );
  });

  test.each([
    ['a key of another kind', () => generateKeyPairSync('x25519')],
    ['a key that signs in another way', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['no key', () => null],
  ])('that puts %s in the place of either key, is seen', async (_, make) => {
    const { checkpoints, heads } = await filled();
    const pair = make();
    const spki = pair?.publicKey.export({ type: 'spki', format: 'pem' }) ?? 'no key';
    const pkcs8 = pair?.privateKey.export({ type: 'pkcs8', format: 'pem' }) ?? 'no key';
    const put = (name: string, text: string | Buffer) => {
      const file = path.join(checkpoints.folder, name);
      const original = readFileSync(file);
      writeFileSync(file, text);
      return () => writeFileSync(file, original);
    };
    const restore = put('public-key.pem', spki);
    expect(fault(checkpoints)).toBe('The public key of the checkpoints is not valid.');
    restore();
    put('signing-key.pem', pkcs8);
    moved(heads);
    await expect(afresh(checkpoints).note(heads)).rejects.toThrow('The key that signs the checkpoints is not valid.');
  });

  test.each([['null'], ['5'], ['{}'], ['[]'], ['"x"'], [''], ['{"streamId":null}']])(
    'that puts the line %s into it, is seen',
    async (line) => {
      const { checkpoints } = await filled();
      const lines = readFileSync(checkpoints.file, 'utf8').split('\n');
      for (const at of [0, 2, 5]) {
        writeFileSync(checkpoints.file, lines.toSpliced(at, 0, line).join('\n'));
        expect(fault(checkpoints)).toBe(`Line ${at + 1} of the checkpoints is not one that was signed there.`);
      }
    },
  );

  test.each([['null'], ['{}'], [''], ['{"lines":0,"hash":null,"signature":""}']])(
    'that makes %s of the record of their end, is seen',
    async (text) => {
      const { checkpoints } = await filled();
      writeFileSync(path.join(checkpoints.folder, 'end.note'), text);
      expect(fault(checkpoints)).toBe('The end of the checkpoints is not one that was signed there.');
    },
  );

  test('that takes lines from the end, is seen, down to the last', async () => {
    const { checkpoints } = await filled();
    for (const left of [4, 3, 2, 1, 0]) {
      const lines = readFileSync(checkpoints.file, 'utf8').split('\n');
      writeFileSync(checkpoints.file, lines.slice(0, left).map((line) => `${line}\n`).join('')); // prettier-ignore
      expect(fault(checkpoints)).toBe(`The last of the checkpoints are gone: there are ${left} lines, there were 5.`);
    }
  });

  test('that puts an older copy of the whole folder there, is seen by a server that has noted more', async () => {
    const { heads, checkpoints } = await filled();
    const copy = newFolder();
    cpSync(checkpoints.folder, copy, { recursive: true });
    moved(heads);
    await checkpoints.note(heads);
    cpSync(copy, checkpoints.folder, { recursive: true });
    expect(() => checkpoints.read()).toThrow('The last of the checkpoints are gone: there are 5 lines, there were 6.');
    rmSync(checkpoints.folder, { recursive: true });
    expect(() => checkpoints.read()).toThrow(CheckpointFault);
    moved(heads);
    await expect(checkpoints.note(heads)).rejects.toThrow(CheckpointFault);
    expect(existsSync(checkpoints.folder)).toBe(false);
  });

  test('that takes the signing key, gets no new one, which would make the old lines worthless', async () => {
    const { heads, checkpoints } = await filled();
    rmSync(path.join(checkpoints.folder, 'signing-key.pem'));
    moved(heads);
    await expect(afresh(checkpoints).note(heads)).rejects.toThrow('The key that signs the checkpoints is gone');
    expect(afresh(checkpoints).summary().count).toBe(5);
  });

  test('that exchanges the signing key, does not get the next line signed with it', async () => {
    const { heads, checkpoints } = await filled();
    const other = (await filled()).checkpoints;
    cpSync(path.join(other.folder, 'signing-key.pem'), path.join(checkpoints.folder, 'signing-key.pem'));
    moved(heads);
    await expect(afresh(checkpoints).note(heads)).rejects.toThrow('is not that of the key that signs them');
    expect(afresh(checkpoints).summary().count).toBe(5);
  });

  test('that exchanges everything, changes the fingerprint that an auditor has written down', async () => {
    const [one, other] = [await filled(), await filled()];
    expect(one.checkpoints.summary().fingerprint).not.toBe(other.checkpoints.summary().fingerprint);
  });

  test('that cuts the file inside a line, is seen', async () => {
    const { checkpoints } = await filled();
    truncateSync(checkpoints.file, statSync(checkpoints.file).size - 1);
    expect(fault(checkpoints)).toMatch(/^The last of the checkpoints are gone: there are 4 lines, there were 5/);
  });
});

test('a hundred thousand commits of a stream that were noted are held against it as a few are', () => {
  const noted = new Map(Array.from({ length: 300_000 }, (_, n) => [n + 1, { hash: 'x', notedAt: '' }]));
  const checkpoints = new AgainstCheckpoints(noted);
  expect(checkpoints.cut(300_000)).toBeNull();
  expect(checkpoints.cut(299_999)).toMatchObject({ sequence: 300_000 });
});

describe('a commit that was noted', () => {
  const noted = new Map([
    [2, { hash: 'x', notedAt: '2026-10-01T12:00:00.000Z' }],
    [4, { hash: 'y', notedAt: '2026-10-01T18:00:00.000Z' }],
  ]);
  /** The first of some stamps that disagrees with the checkpoints. */
  const first = (...stamps: string[]) => {
    const checkpoints = new AgainstCheckpoints(noted);
    for (const [index, time] of stamps.entries()) {
      const sequence = index + 1;
      const { hash = '' } = noted.get(sequence) ?? {};
      const fault = checkpoints.fault({ sequence, hash, committedAt: `2026-10-01T${time}:00.000Z` });
      if (fault) return fault;
    }
    return null;
  };
  test('was made before, and what was not there then was made after, or was being made', () => {
    expect(first('11:00', '11:59', '12:30', '18:00', '18:01')).toBeNull();
    expect(first('11:00', '11:59', '11:59', '18:00', '17:30')).toBeNull();
  });
  test('is not stamped later than it was noted', () => {
    expect(first('11:00', '12:01')).toEqual({
      sequence: 2,
      problem:
        'Commit 2 is stamped 2026-10-01T12:01:00.000Z, and a checkpoint recorded it at 2026-10-01T12:00:00.000Z already.',
    });
  });
  test('is not followed by one that is stamped long before', () => {
    expect(first('09:00', '09:30', '10:59')).toEqual({
      sequence: 3,
      problem:
        'Commit 3 is stamped 2026-10-01T10:59:00.000Z, and was not there when a checkpoint was written at 2026-10-01T12:00:00.000Z.',
    });
    expect(first('09:00', '09:30', '12:10', '12:20', '12:30')).toMatchObject({ sequence: 5 });
  });
});
