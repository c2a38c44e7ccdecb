/** Texts as lines: nothing is lost, nothing is too wide, and what a font has no glyph for is said. */
import fc from 'fast-check';
import { speakable, wrap } from '../../src/files/workpaper/typesetting';

/** As wide as it has characters. */
const face = { widthOf: (text: string) => [...text].length };
const anything = { hasGlyph: () => true };
const dense = (text: string) => text.replace(/\s/g, '');

test('whatever a text is, its lines hold all of it, and none is wider than it may be', () => {
  const words = fc.array(fc.oneof(fc.string({ maxLength: 60 }), fc.constant('\n'), fc.constant('    ')), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(words, fc.integer({ min: 8, max: 40 }), (parts, width) => {
      const text = speakable(parts.join(' '), anything);
      const lines = wrap(text, width, face);
      expect(dense(lines.join(''))).toBe(dense(text));
      for (const line of lines) expect(face.widthOf(line.trimEnd())).toBeLessThanOrEqual(width);
    }),
  );
});

test('a long word is broken behind what joins its parts, and where there is nothing of the kind, anywhere', () => {
  expect(wrap('0194d2a0-5c00-7000 x', 12, face)).toEqual(['0194d2a0-', '5c00-7000 x']);
  expect(wrap('abcdefghij', 4, face)).toEqual(['abcd', 'efgh', 'ij']);
});

test('lines that begin further in stay there', () => {
  expect(wrap('a:\n    one two three', 12, face)).toEqual(['a:', '    one two', '    three']);
});

test('characters that the font lacks, or that nobody sees, are shown as their code points', () => {
  const missing: string[] = [];
  const latin = { hasGlyph: (codePoint: number) => codePoint < 0x250 };
  expect(speakable('ä\u05d0\u202e\u{1f4a5}\u0000', latin, (character) => missing.push(character))).toBe(
    'ä[U+05D0][U+202E][U+1F4A5][U+0000]',
  );
  expect(missing).toEqual(['\u05d0', '\u202e', '\u{1f4a5}', '\u0000']);
});
