/**
 * Diffs of texts, off the event loop: nobody waits for a long text that somebody else compares. A few short ones are made at
 * once, which takes less than handing them over.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import Piscina from 'piscina';
import { unifiedDiff, type TextChange, type TextDiff } from '../../packages/bounded-diff';
import { tooLarge } from '../versioning/errors';
import { oneAtATimeEach, tooMuch } from './one-at-a-time-each';

const AT_ONCE = Math.max(1, Math.min(4, availableParallelism() - 1));
/** What is made on the event loop: this takes a millisecond or two at most. */
const SHORT = { characters: 8_000, lines: 200 };
/** How much a worker gets in one piece, so that handing over does not take long either; and no single text is cut. */
const PIECE_CHARACTERS = 2_000_000;
/** How much is compared for one answer, which would be as long. */
const MAX_CHARACTERS = 20_000_000;
/** A hundred times what a piece takes: ends what hangs, and decides no answer. */
const TIMEOUT_MS = 30_000;
const WHAT = 'differences of long texts';

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

/** The workers of a server, started with the first long text and kept. */
export class TextDiffs {
  #workers: Piscina<readonly TextChange[], TextDiff[]> | undefined;
  readonly #turns = oneAtATimeEach(WHAT, { size: AT_ONCE, waiting: 20 });

  /** The diffs of texts, in their order, for a person who takes turns with others. */
  async of(person: number, changes: readonly TextChange[]): Promise<TextDiff[]> {
    const characters = changes.reduce((sum, change) => sum + charactersIn(change), 0);
    if (characters > MAX_CHARACTERS)
      throw tooLarge('characters in long texts', MAX_CHARACTERS, characters, 'Ask for `textDiff` of fewer items.');
    if (isShort(changes, characters)) return changes.map(unifiedDiff);
    const diffs: TextDiff[][] = [];
    for (const piece of inPieces(changes)) diffs.push(await this.#turns.run(person, () => this.#inWorker(piece)));
    return diffs.flat();
  }

  async #inWorker(changes: readonly TextChange[]): Promise<TextDiff[]> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      return await (this.#workers ??= startWorkers()).run(changes, { signal });
    } catch (error) {
      throw signal.aborted ? tooMuch(WHAT) : error;
    }
  }

  async close(): Promise<void> {
    await this.#workers?.close({ force: true });
  }
}

/** Compiled, the worker is JavaScript; from the sources, as tests run them, it is compiled as it starts. */
function startWorkers() {
  const isCompiled = __filename.endsWith('.js');
  return new Piscina<readonly TextChange[], TextDiff[]>({
    filename: join(__dirname, `text-diffs.worker.${isCompiled ? 'js' : 'ts'}`),
    execArgv: isCompiled ? [] : ['-r', '@swc-node/register'],
    minThreads: 0,
    maxThreads: AT_ONCE,
    idleTimeout: Infinity,
    // On Linux a thread can step back behind the one that answers everybody; elsewhere the whole process would.
    niceIncrement: process.platform === 'linux' ? 10 : 0,
    maxQueue: AT_ONCE,
  });
}
