/**
 * Diffs of texts, off the event loop, so that one person's long texts delay nobody else. Short ones are computed directly, which takes less
 * time than handing them to a thread.
 */
import { join } from 'node:path';
import { unifiedDiff, type TextChange, type TextDiff } from '../../packages/bounded-diff';
import { tooLarge } from '../versioning/errors';
import { Workers } from './workers';

/** The limit for computing on the event loop: a millisecond or two at most. */
const SHORT = { characters: 8_000, lines: 200 };
/** The maximum size of one batch for a worker, so that handing it over is quick too; a single text is never split. */
const PIECE_CHARACTERS = 2_000_000;
/** The maximum size of all texts compared for one answer, since the answer would be as long. */
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

/** The diff workers of a server. */
export class TextDiffs {
  readonly #workers = new Workers<readonly TextChange[], TextDiff[]>({
    what: 'differences of long texts',
    module: join(__dirname, 'text-diffs.worker'),
  });

  /** The diffs of texts in their order, queued fairly among people. */
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
