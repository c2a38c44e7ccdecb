import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { checkpointText, MerkleTree, openNote, parseCheckpoint, signNote, verifierKey } from '..';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const name = 'example.org/log';
const text = 'First line.\n\nAfter a blank one.\n';

/** Extracts the public key from the last part of a verifier key. */
const fromVerifierKey = (key: string) =>
  createPublicKey({
    key: Buffer.concat([
      Buffer.from('302a300506032b6570032100', 'hex'),
      Buffer.from(key.split('+').slice(2).join('+'), 'base64').subarray(1),
    ]),
    format: 'der',
    type: 'spki',
  });

describe('a note', () => {
  test('of another implementation is opened: the example of Go’s note package', () => {
    const vkey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
    const said = `If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n`;
    const note = `${said}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;
    const key = fromVerifierKey(vkey);
    expect(openNote(note, 'PeterNeumann', key)).toBe(said);
    expect(verifierKey('PeterNeumann', key)).toBe(vkey);
  });

  test('gives its text to whoever has the signer’s key, also beside others’ signatures', () => {
    const note = signNote(text, name, privateKey);
    expect(openNote(note, name, publicKey)).toBe(text);
    expect(openNote(`${note}— witness AAAA\n`, name, publicKey)).toBe(text);
  });

  test.each([
    ['a text that was changed', (note: string) => note.replace('First', 'Other')],
    ['a signature of somebody else', (note: string) => note.replace(`— ${name}`, '— example.org/other')],
    ['a signature that was cut', (note: string) => `${note.slice(0, -6)}\n`],
    ['no signature', (note: string) => note.slice(0, note.lastIndexOf('—'))],
    ['no last newline', (note: string) => note.slice(0, -1)],
    ['another way to write the same base64', (note: string) => `${note.slice(0, -1)}=\n`],
    ['nothing', () => ''],
  ])('is none with %s', (_what, changed) => {
    expect(openNote(changed(signNote(text, name, privateKey)), name, publicKey)).toBeNull();
  });

  test('is not opened with another key of the same name', () => {
    const other = generateKeyPairSync('ed25519');
    expect(openNote(signNote(text, name, other.privateKey), name, publicKey)).toBeNull();
  });

  test('takes whole lines, and a name that can be read back', () => {
    expect(() => signNote('no newline', name, privateKey)).toThrow(TypeError);
    expect(() => signNote(text, 'two words', privateKey)).toThrow(TypeError);
    expect(() => signNote(text, 'a+b', privateKey)).toThrow(TypeError);
  });
});

describe('the head of a log', () => {
  test('is written and read', () => {
    const head = { origin: name, size: 3, root: new MerkleTree().add(['a', 'b', 'c']).root };
    expect(parseCheckpoint(checkpointText(head))).toEqual(head);
    expect(parseCheckpoint(`${checkpointText(head)}an extension\n`)).toEqual(head);
  });

  test.each(['', 'origin\n', 'origin\n-1\nAAAA\n', 'origin\n01\nAAAA\n', 'origin\n1\nshort\n'])(
    'is not %j',
    (wrong) => {
      expect(parseCheckpoint(wrong)).toBeNull();
    },
  );

  test('has the root that the RFC’s definition gives', () => {
    const sha = (prefix: number[], ...parts: Buffer[]) =>
      createHash('sha256').update(Buffer.from(prefix)).update(Buffer.concat(parts)).digest();
    // MTH(D[n]) = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n])), k the largest power of two smaller than n.
    const defined = (entries: readonly string[]): Buffer => {
      if (entries.length === 0) return sha([]);
      if (entries.length === 1) return sha([0], Buffer.from(entries[0]!));
      const k = 2 ** Math.floor(Math.log2(entries.length - 1));
      return sha([1], defined(entries.slice(0, k)), defined(entries.slice(k)));
    };
    for (let n = 0; n < 40; n++) {
      const entries = Array.from({ length: n }, (_, i) => `entry ${i}`);
      expect(new MerkleTree().add(entries).root).toEqual(defined(entries));
    }
  });
});
