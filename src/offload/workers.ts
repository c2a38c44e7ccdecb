/** Worker threads for one kind of long work, off the event loop. */
import { availableParallelism } from 'node:os';
import Piscina from 'piscina';
import { oneAtATimeEach, PATIENCE_MS, tooMuch } from './one-at-a-time-each';
import { timeLimit } from './time-limit';

const AT_ONCE = Math.max(1, Math.min(4, availableParallelism() - 1));
/** About a hundred times the usual duration: it ends work that hangs and never affects a result. */
const TIMEOUT_MS = 30_000;
const isCompiled = __filename.endsWith('.js');
/** Run from its source, as in tests, a thread first compiles what it loads, on a machine that does much else: it is given more time. */
const TIMES_LONGER = isCompiled ? 1 : 10;

export interface WorkersOptions {
  /** Names the work in refusals. */
  readonly what: string;
  /** The worker module without its extension: JavaScript in a build; in tests, TypeScript that is compiled on load. */
  readonly module: string;
  /** The memory limit of a thread; work that exceeds it fails alone. */
  readonly megabytes?: number;
  /** The time limit of one piece of work, if it differs from the usual one. */
  readonly timeoutMs?: number;
}

/** A thread pool, started with the first piece of work and kept. */
export class Workers<Work, Done> {
  #threads: Piscina<Work, Done> | undefined;
  readonly #turns;

  constructor(private readonly options: WorkersOptions) {
    this.#turns = oneAtATimeEach(options.what, { size: AT_ONCE, waiting: 20, patienceMs: TIMES_LONGER * PATIENCE_MS });
  }

  /** Runs work, queued fairly among people. */
  run(person: number, work: Work): Promise<Done> {
    return this.#turns.run(person, async () => {
      const { signal, stop } = timeLimit(TIMES_LONGER * (this.options.timeoutMs ?? TIMEOUT_MS));
      try {
        return await (this.#threads ??= this.#start()).run(work, { signal });
      } catch (error) {
        throw signal.aborted ? tooMuch(this.options.what) : error;
      } finally {
        stop();
      }
    });
  }

  async close(): Promise<void> {
    await this.#threads?.close({ force: true });
  }

  #start() {
    const { module, megabytes } = this.options;
    return new Piscina<Work, Done>({
      filename: `${module}.${isCompiled ? 'js' : 'ts'}`,
      execArgv: isCompiled ? [] : ['-r', '@swc-node/register'],
      ...(megabytes !== undefined && { resourceLimits: { maxOldGenerationSizeMb: megabytes } }),
      minThreads: 0,
      maxThreads: AT_ONCE,
      idleTimeout: Infinity,
      // On Linux a thread can have a lower priority than the event loop; elsewhere niceness applies to the whole process.
      niceIncrement: isCompiled && process.platform === 'linux' ? 10 : 0,
      maxQueue: AT_ONCE,
    });
  }
}
