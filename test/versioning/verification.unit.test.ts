/** The pure part of the proof: what follows from what, and which differences of an image are none. */
import fc from 'fast-check';
import { commitHash } from '../../src/versioning/chain';
import {
  ChainVerifier,
  imageDigest,
  withoutNulls,
  type ReadCommit,
  type ReadRow,
} from '../../src/versioning/verification';

/** An object as PostgreSQL writes it: a space after each colon and comma. */
const jsonb = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(jsonb).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, member]) => `${JSON.stringify(key)}: ${jsonb(member)}`)
    .join(', ')}}`;
};

describe('an image', () => {
  test.each([
    ['{}', '{}'],
    ['{"a": null}', '{}'],
    ['{"a": null, "b": 1}', '{"b": 1}'],
    ['{"a": 1, "b": null}', '{"a": 1}'],
    ['{"a": {"b": null}}', '{"a": {"b": null}}'],
    ['{"a": [null, null], "b": null}', '{"a": [null, null]}'],
    ['{"a": "\\": null", "b": null}', '{"a": "\\": null"}'],
    ['{"a": "x: null"}', '{"a": "x: null"}'],
    ['{"a\\": null": 1, "b\\": null": null}', '{"a\\": null": 1}'],
    ['{"a": "\\\\", "b": null}', '{"a": "\\\\"}'],
    ['{"a": "{[,:", "b": null, "c": "]},"}', '{"a": "{[,:", "c": "]},"}'],
    ['{"n": 1.10, "m": null}', '{"n": 1.10}'],
  ])('%s is %s without its nulls', (image, expected) => {
    expect(withoutNulls(image)).toBe(expected);
  });

  test('loses exactly the columns that are null, whatever they are called and whatever is beside them', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(fc.constant(null), fc.jsonValue())), (object) => {
        const kept = Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
        expect(withoutNulls(jsonb(object))).toBe(jsonb(kept));
      }),
    );
  });

  test('has another digest when anything else differs', () => {
    const digests = ['{"a": 1}', '{"a": 2}', '{"a": "1"}', '{"b": 1}', '{"a": 1.0}', '{}', '{"a": ""}', '{"a": []}'];
    expect(new Set(digests.map(imageDigest)).size).toBe(digests.length);
    expect(imageDigest('{"a": 1, "b": null}')).toBe(imageDigest('{"a": 1}'));
  });
});

const row = (change: Partial<ReadRow> = {}): ReadRow => ({
  ordinal: 1,
  tableName: 'users',
  rowId: '1',
  versionId: null,
  operation: 'INSERT',
  before: null,
  after: '{"a": 1}',
  ...change,
});
/** A chain of commits as the database would have sealed it. */
function chain(...commits: Partial<ReadCommit>[]): ReadCommit[] {
  const sealed: ReadCommit[] = [];
  for (const [index, change] of commits.entries()) {
    const commit: ReadCommit = {
      streamId: 's',
      sequence: index + 1,
      committedAt: `2026-10-01T00:00:00.00${index}Z`,
      changeSetId: `c${index}`,
      actorId: null,
      origin: 'db:owner',
      operation: 'SQL',
      reason: null,
      requestId: null,
      occurredAt: null,
      operator: null,
      previousHash: sealed.at(-1)?.hash ?? null,
      hash: '',
      versionIds: [],
      rows: [row({ rowId: `${index}` })],
      ...change,
    };
    sealed.push({ ...commit, hash: commitHash(commit) });
  }
  return sealed;
}
/** The first fault of commits that are hashed as they should be, whatever they say. */
function faultOf(commits: readonly ReadCommit[]) {
  const verifier = new ChainVerifier();
  for (const commit of commits) {
    const fault = verifier.add(commit);
    if (fault) return { ...fault, checked: verifier.sequence };
  }
  return null;
}

describe('a chain', () => {
  test('that is sound, has no fault and knows the last of each row', () => {
    const update = row({ operation: 'UPDATE', rowId: '0', before: '{"a": 1, "new": null}', after: '{"a": 2}' });
    const gone = row({ operation: 'DELETE', rowId: '0', before: '{"a": 2}', after: null });
    const again = row({ ordinal: 2, rowId: '0' });
    const commits = chain({}, { rows: [update] }, { rows: [gone, again] });
    const verifier = new ChainVerifier();
    expect(commits.map((commit) => verifier.add(commit))).toEqual([null, null, null]);
    expect(verifier.images.get('users 0')).toEqual({ sequence: 3, digest: imageDigest('{"a": 1}') });
    const { sequence, hash, committedAt } = commits[2]!;
    expect(verifier.end({ sequence, hash, committedAt })).toBeNull();
  });

  test.each<[string, () => ReadCommit[], number, RegExp]>([
    ['a gap', () => chain({}, {}, {}).filter((_, n) => n !== 1), 2, /^Commit 2 is missing/],
    ['no first', () => chain({}, {}).slice(1), 1, /^Commit 1 is missing/],
    ['one twice', () => [...chain({}), ...chain({})], 1, /^Commit 2 is missing/],
    ['one before the first', () => chain({ sequence: 0 }), 0, /^There is a commit 0/],
    ['a link to another', () => chain({}, { previousHash: 'ab' }), 2, /does not link/],
    ['a first with a link', () => chain({ previousHash: 'ab' }), 1, /does not link/],
    ['a stamp that stands still', () => chain({}, { committedAt: '2026-10-01T00:00:00.000Z' }), 2, /is not later/],
    ['an empty commit', () => chain({}, { rows: [] }), 2, /is empty/],
    ['a version that no row has', () => chain({ versionIds: ['v'] }), 1, /names other versions/],
    ['a version that is left out', () => chain({ rows: [row({ versionId: 'v' })] }), 1, /names other versions/],
    [
      'two versions written as one',
      () =>
        chain({
          versionIds: ['v,w'],
          rows: [row({ versionId: 'v' }), row({ ordinal: 2, rowId: '2', versionId: 'w' })],
        }),
      1,
      /names other versions/,
    ],
    ['rows that are numbered otherwise', () => chain({ rows: [row({ ordinal: 2 })] }), 1, /not numbered from 1/],
    [
      'a row that is inserted twice',
      () => chain({}, { rows: [row({ rowId: '0' })] }),
      2,
      /^Commit 2: users 0 was something else before/,
    ],
    [
      'a row that is changed before it is there',
      () => chain({ rows: [row({ operation: 'UPDATE', before: '{}' })] }),
      1,
      /was something else before/,
    ],
    [
      'an update without an image before',
      () => chain({ rows: [row({ operation: 'UPDATE' })] }),
      1,
      /images of another operation/,
    ],
    [
      'a delete with an image after',
      () => chain({}, { rows: [row({ rowId: '0', operation: 'DELETE', before: '{"a": 1}' })] }),
      2,
      /images of another/,
    ],
  ])('with %s, is broken there', (_, commits, sequence, problem) => {
    expect(faultOf(commits())).toMatchObject({ sequence, problem: expect.stringMatching(problem) });
  });

  test('of which anything was changed after it was sealed, is broken there', () => {
    const commits = chain({}, {}, {});
    for (const key of Object.keys(commits[1]!) as (keyof ReadCommit)[]) {
      if (['sequence', 'rows', 'versionIds'].includes(key)) continue;
      const changed = commits.map((commit, n) => (n === 1 ? { ...commit, [key]: 'x' } : commit));
      expect([key, faultOf(changed)]).toEqual([key, expect.objectContaining({ sequence: 2, checked: 1 })]);
    }
  });

  test.each<[string, { sequence: number; committedAt: string | null; hash: string | null }, number]>([
    ['further', { sequence: 5, committedAt: null, hash: null }, 3],
    ['earlier', { sequence: 1, committedAt: null, hash: null }, 2],
    ['nowhere', { sequence: 0, committedAt: null, hash: null }, 1],
    ['at another commit', { sequence: 2, committedAt: '2026-10-01T00:00:00.001Z', hash: 'ab' }, 2],
  ])('whose head is %s, is broken at its end', (_, head, sequence) => {
    const verifier = new ChainVerifier();
    for (const commit of chain({}, {})) verifier.add(commit);
    expect(verifier.end(head)).toMatchObject({ sequence });
  });
});
