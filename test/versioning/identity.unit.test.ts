import { identityKey, isBlank, nameKey, tidied } from '../../src/versioning/identity';

test.each([
  ['blanks around it', ' S-1 \t\n'],
  ['a no-break space', '\u00a0S-1\u00a0'],
  ['a character without width', 'S\u200b-1'],
  ['a byte order mark', '\ufeffS-1'],
  ['a soft hyphen', 'S\u00ad-1'],
  ['marks of direction', '\u2066S-1\u2069'],
  ['a control character', 'S-1\u0007'],
])('%s makes no other identity', (_, text) => expect(identityKey(text)).toBe('S-1'));

test('characters that are composed differently are the same, and so are blanks between words', () => {
  expect(identityKey('Zu\u0308rich\u00a0 Nord')).toBe(identityKey('Z\u00fcrich Nord'));
});

test('case makes another sample, and no other name', () => {
  expect(identityKey('s-1')).not.toBe(identityKey('S-1'));
  expect(nameKey(' bug-1 ')).toBe(nameKey('BUG-1'));
  expect(nameKey('ZU\u0308RICH')).toBe(nameKey('z\u00fcrich'));
});

test.each(['S-1', 'S-2', 'S‐1', 'Ｓ-1', '日本', '👩‍👩‍👧', '-', '0', '.'])('%s is something', (text) =>
  expect(isBlank(text)).toBe(false),
);
test.each(['', ' ', '\u200b', '\u00a0\u2003', '\ufeff', '\u2800', '\u3164', '\u0000\u0007', '\u{e0020}', '\u034f'])(
  '%j is nothing',
  (text) => expect([isBlank(text), tidied(text)]).toEqual([true, '']),
);

test('what is kept is what was typed, in normal form and without what nobody sees at its ends', () => {
  expect(tidied('\u200b Zu\u0308rich  Nord\u00a0')).toBe('Z\u00fcrich  Nord');
  expect(tidied('👩‍👩‍👧 x')).toBe('👩‍👩‍👧 x');
});

test('what nobody sees changes nothing, whichever way a text is read', () => {
  const alphabet = ['', ' ', 'a', '-', '\t', '\u00a0', 'é', '\u2800'];
  const texts = alphabet.flatMap((a) =>
    alphabet.flatMap((b) => alphabet.flatMap((c) => alphabet.map((d) => a + b + c + d))),
  );
  const read = (text: string) => JSON.stringify([identityKey(text), tidied(text), isBlank(text)]);
  expect(texts.filter((text) => read(`${text}\u200b`) !== read(text) || read(`\u200b${text}`) !== read(text))).toEqual(
    [],
  );
});

test('many blanks are no work', () => {
  const long = `a${' '.repeat(500_000)}b`;
  expect([identityKey(long), tidied(long)]).toEqual(['a b', long]);
});
