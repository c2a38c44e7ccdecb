/**
 * Structured logging: one line of JSON per entry, tagged with its module. The level of each module can be changed at run time, in a file of
 * lines such as `database=debug`.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import pino, { type DestinationStream, type Level, type Logger } from 'pino';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** How long lines are collected at most, in milliseconds, and how many bytes. */
const COLLECTED_FOR = 50;
const COLLECTED = 8_192;

/**
 * Standard output for a logger. Lines are collected and written together, because to write one for each request would cost a tenth of it.
 * What is left is written when the process ends, also by an error; only a process that is killed takes its last lines with it.
 */
export function standardOutput(): DestinationStream {
  const output = pino.destination({ dest: process.stdout.fd, sync: true, minLength: COLLECTED });
  let waiting: NodeJS.Timeout | undefined;
  const flush = () => {
    waiting = undefined;
    try {
      output.flushSync();
    } catch {
      // Nobody reads any more.
    }
  };
  process.once('exit', flush);
  return {
    write(line) {
      output.write(line);
      waiting ??= setTimeout(flush, COLLECTED_FOR).unref();
    },
  };
}

/** The modules that log. */
const logModules = [
  'server',
  'requests',
  'database',
  'checkpoints',
  'identity',
  'plans',
  'live',
  'webhooks',
  'packs',
  'traces',
  'notices',
  'refusals',
] as const;
export type LogModule = (typeof logModules)[number];

/** The child loggers of each logger; setting a level must affect all of them. */
const made = new WeakMap<Logger, Map<LogModule, Logger>>();

/** The logger of a module. */
export function loggerOf(logger: Logger, module: LogModule): Logger {
  const loggers = made.get(logger) ?? new Map<LogModule, Logger>();
  made.set(logger, loggers);
  const own = loggers.get(module) ?? logger.child({ module });
  loggers.set(module, own);
  return own;
}

/** Parses a file of levels; returns a sentence for each problem. */
export function readLevels(text: string): { levels: Map<LogModule, LogLevel>; problems: string[] } {
  const levels = new Map<LogModule, LogLevel>();
  const problems: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const said = line.replace(/#.*/, '').trim();
    if (!said) continue;
    const [name = '', level = '', ...more] = said.split('=').map((part) => part.trim().toLowerCase());
    const module = logModules.find((each) => each === name);
    const known = logLevels.find((each) => each === level);
    if (module && known && more.length === 0) levels.set(module, known);
    else
      problems.push(
        `Line ${index + 1} must be module=level: one of ${logModules.join(', ')}, and one of ${logLevels.join(', ')}.`,
      );
  }
  return { levels, problems };
}

/** Sets the level of every module to that of the file, or else to the general one. A file with problems changes nothing. */
export function setLevels(logger: Logger, text: string): void {
  const { levels, problems } = readLevels(text);
  if (problems.length > 0)
    return loggerOf(logger, 'server').error({ problems }, 'LOG_LEVELS_FILE is not right: levels stay as they were');
  for (const module of logModules) {
    const own = loggerOf(logger, module);
    const level = levels.get(module) ?? (logger.level as Level);
    if (own.level !== level)
      loggerOf(logger, 'server').info({ of: module, level }, 'the level of a module has changed');
    own.level = level;
  }
}

/**
 * How often the file is checked, in milliseconds. It is polled because mounted files are replaced rather than written, which file watchers
 * miss.
 */
const LOOK_EVERY = 2_000;

/**
 * Follows a file of levels, which need not exist.
 * @returns a function that stops following
 */
export function followLevels(logger: Logger, file: string, lookEvery = LOOK_EVERY): () => void {
  let known: string | undefined;
  const take = (found: string, use: () => void) => {
    if (found !== known) use();
    known = found;
  };
  const taken = (text: string) => take(text, () => setLevels(logger, text));
  const failed = ({ code }: NodeJS.ErrnoException) =>
    code === 'ENOENT'
      ? taken('')
      : take(`${code}`, () => loggerOf(logger, 'server').error({ code }, 'LOG_LEVELS_FILE cannot be read'));
  try {
    taken(readFileSync(file, 'utf8'));
  } catch (error) {
    failed(error as NodeJS.ErrnoException);
  }
  let isEnded = false;
  let timer: NodeJS.Timeout;
  const wait = () => (timer = setTimeout(() => void look(), lookEvery).unref());
  const look = async () => {
    await readFile(file, 'utf8').then(taken, failed);
    if (!isEnded) wait();
  };
  wait();
  return () => {
    isEnded = true;
    clearTimeout(timer);
  };
}
