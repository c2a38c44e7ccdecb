/**
 * Breaks texts into lines that fit, using glyphs that the font has. Missing glyphs are shown as code points, so that nothing disappears
 * silently.
 */

/** The font metrics that are needed. */
export interface Face {
  hasGlyph(codePoint: number): boolean;
  widthOf(text: string): number;
}

const TAB = '    ';
/** Invisible characters, and those that change the order of others, are shown as code points. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

const asCodePoint = (codePoint: number): string => `[U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}]`;

/** A text restricted to the font's glyphs; `missing` is called for each character without one. */
export function speakable(text: string, face: Pick<Face, 'hasGlyph'>, missing?: (character: string) => void): string {
  let said = '';
  for (const character of text.replace(/\r\n?/g, '\n').replaceAll('\t', TAB)) {
    const codePoint = character.codePointAt(0)!;
    const isShown = character === '\n' || (!UNSEEN.test(character) && face.hasGlyph(codePoint));
    if (!isShown) missing?.(character);
    said += isShown ? character : asCodePoint(codePoint);
  }
  return said;
}

/** A long word may be broken after these characters. */
const SEAM = /(?<=[-/_.,;:@?&=])/u;

/** As much of a word as fits, at least one character so that the loop terminates. */
function cut(word: string, width: number, face: Pick<Face, 'widthOf'>): [string, string] {
  const seams = word.split(SEAM);
  let head = '';
  for (const part of seams) {
    if (face.widthOf(head + part) > width) break;
    head += part;
  }
  if (head) return [head, word.slice(head.length)];
  const characters = [...word];
  let [low, high] = [1, characters.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (face.widthOf(characters.slice(0, middle).join('')) <= width) low = middle;
    else high = middle - 1;
  }
  return [characters.slice(0, low).join(''), characters.slice(low).join('')];
}

function* linesOf(paragraph: string, width: number, face: Pick<Face, 'widthOf'>): Generator<string> {
  let indent = /^ */.exec(paragraph)![0];
  while (face.widthOf(indent) > width / 3) indent = indent.slice(0, indent.length / 2);
  let line = indent;
  let isEmpty = true;
  for (let word of paragraph.trimStart().split(/ +/)) {
    const next = isEmpty ? line + word : `${line} ${word}`;
    if (face.widthOf(next) <= width) {
      line = next;
      isEmpty = false;
      continue;
    }
    if (!isEmpty) yield line;
    while (word && face.widthOf(indent + word) > width) {
      const [head, rest] = cut(word, width - face.widthOf(indent), face);
      yield indent + head;
      word = rest;
    }
    line = indent + word;
    isEmpty = word === '';
  }
  yield line.trimEnd();
}

/** The lines of a text within a width. */
export const wrap = (text: string, width: number, face: Pick<Face, 'widthOf'>): string[] =>
  text.split('\n').flatMap((paragraph) => [...linesOf(paragraph, width, face)]);
