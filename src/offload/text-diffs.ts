/**
 * Diffs of texts, off the event loop: nobody waits for a long text that somebody else compares. A few short ones are made at
 * once, which takes less than handing them over.
 */
import { join } from 'node:path';
import { unifiedDiff, type TextChange, type TextDiff } from '../../packages/bounded-diff';
import { tooLarge } from '../versioning/errors';
import { Workers } from './workers';

/** What is made on the event loop: this takes a millisecond or two at most. */
const SHORT = { characters: 8_000, lines: 200 };
/** How much a worker gets in one piece, so that handing over does not take long either; and no single text is cut. */
const PIECE_CHARACTERS = 2_000_000;
/** How much is compared for one answer, which would be as long. */
const MAX_CHARACTERS = 20_000_000;

const charactersIn = ({ before, after }: TextChange): number => before.length + after.length;

const isShort = (changes: readonly TextChange[], characters: number): boolean =>
  characters <= SHORT.characters &&
  changes.flatMap(({ before, after }) => [...before.split('\n'), ...after.split('\n')]).length <= SHORT.lines;

function* inPieces(changes: readonly TextChange[]): Generator<TextChange[]> {
  let piece: TextChange[] = [];
  let characters = 0;
  for (const change of changes) {
    characters += charactersIn(change);
    if (piece.length > 0 && characters > PIECE_CHARACTERS) {
      yield piece;
      piece = [];
      characters = charactersIn(change);
    }
    piece.push(change);
  }
  if (piece.length > 0) yield piece;
}

/** The workers of a server. */
export class TextDiffs {
  readonly #workers = new Workers<readonly TextChange[], TextDiff[]>({
    what: 'differences of long texts',
    module: join(__dirname, 'text-diffs.worker'),
  });

  /** The diffs of texts, in their order, for a person who takes turns with others. */
  async of(person: number, changes: readonly TextChange[]): Promise<TextDiff[]> {
    const characters = changes.reduce((sum, change) => sum + charactersIn(change), 0);
    if (characters > MAX_CHARACTERS)
      throw tooLarge('characters in long texts', MAX_CHARACTERS, characters, 'Ask for `textDiff` of fewer items.');
    if (isShort(changes, characters)) return changes.map(unifiedDiff);
    const diffs: TextDiff[][] = [];
    for (const piece of inPieces(changes)) diffs.push(await this.#workers.run(person, piece));
    return diffs.flat();
  }

  async close(): Promise<void> {
    await this.#workers.close();
  }
}
