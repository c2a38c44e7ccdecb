/** Threads for one kind of work that takes long, off the event loop: nobody waits for what somebody else asks. */
import { availableParallelism } from 'node:os';
import Piscina from 'piscina';
import { oneAtATimeEach, tooMuch } from './one-at-a-time-each';

const AT_ONCE = Math.max(1, Math.min(4, availableParallelism() - 1));
/** A hundred times what a piece of work takes: ends what hangs, and decides no answer. */
const TIMEOUT_MS = 30_000;

export interface WorkersOptions {
  /** What they do, for those who are sent away. */
  readonly what: string;
  /** The module that does it, without its ending: compiled it is JavaScript; tests run the sources, which are compiled as they are loaded. */
  readonly module: string;
  /** How much memory one of them may take; what needs more fails, and nothing else with it. */
  readonly megabytes?: number;
  /** For how long one piece of work may go on, where that is longer than most take. */
  readonly timeoutMs?: number;
}

/** Started with the first piece of work, and kept. */
export class Workers<Work, Done> {
  #threads: Piscina<Work, Done> | undefined;
  readonly #turns;

  constructor(private readonly options: WorkersOptions) {
    this.#turns = oneAtATimeEach(options.what, { size: AT_ONCE, waiting: 20 });
  }

  /** Does it for a person, who takes turns with others. */
  run(person: number, work: Work): Promise<Done> {
    return this.#turns.run(person, async () => {
      const signal = AbortSignal.timeout(this.options.timeoutMs ?? TIMEOUT_MS);
      try {
        return await (this.#threads ??= this.#start()).run(work, { signal });
      } catch (error) {
        throw signal.aborted ? tooMuch(this.options.what) : error;
      }
    });
  }

  async close(): Promise<void> {
    await this.#threads?.close({ force: true });
  }

  #start() {
    const isCompiled = __filename.endsWith('.js');
    const { module, megabytes } = this.options;
    return new Piscina<Work, Done>({
      filename: `${module}.${isCompiled ? 'js' : 'ts'}`,
      execArgv: isCompiled ? [] : ['-r', '@swc-node/register'],
      ...(megabytes !== undefined && { resourceLimits: { maxOldGenerationSizeMb: megabytes } }),
      minThreads: 0,
      maxThreads: AT_ONCE,
      idleTimeout: Infinity,
      // On Linux a thread can step back behind the one that answers everybody; elsewhere the whole process would.
      niceIncrement: process.platform === 'linux' ? 10 : 0,
      maxQueue: AT_ONCE,
    });
  }
}
