/**
 * Test files run in Node's own context, one after the other, rather than in one each: in a context of its own, each use of a
 * global is looked up by hand, and all code is compiled and warmed up again for each file. What a file changes of the process
 * and of its globals is put back when it is done.
 */
const { ModernFakeTimers } = require('@jest/fake-timers');
const { TestEnvironment } = require('jest-environment-node');
const { ModuleMocker } = require('jest-mock');

/** Enough to find where an error comes from: each error pays for what it remembers. */
const STACK_TRACE_LIMIT = 10;

/** What frames are in the sources, by what V8 says of them. */
const framesInSources = new Map();
const nothing = { name: 'Error', message: '' };

/**
 * Looks up each place in the source maps once: GraphQL reads the stack of every error that it passes on, and tests of what is
 * refused provoke the same ones by the ten thousand.
 */
function remembering(format) {
  const heading = format(nothing, []).length;
  const inSources = (frame) => {
    const place = frame.toString();
    let line = framesInSources.get(place);
    if (line === undefined) framesInSources.set(place, (line = format(nothing, [frame]).slice(heading)));
    return line;
  };
  return (error, frames) => format(error, []) + frames.map(inSources).join('');
}

module.exports = class OneContext extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.global = globalThis;
    this.moduleMocker = new ModuleMocker(globalThis);
    this.fakeTimersModern = new ModernFakeTimers({ config: config.projectConfig, global: globalThis });
    this.before = {
      env: { ...process.env },
      exit: process.exit,
      console,
      symbols: Object.getOwnPropertySymbols(globalThis),
    };
  }

  async setup() {
    await super.setup();
    Error.stackTraceLimit = STACK_TRACE_LIMIT;
    Error.prepareStackTrace = remembering(Error.prepareStackTrace);
  }

  async teardown() {
    const { env, exit, console, symbols } = this.before;
    for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
    Object.assign(process.env, env);
    Object.assign(globalThis, { console });
    process.exit = exit;
    // Under symbols Jest keeps what belongs to one file: its tests, and who is told of them.
    for (const symbol of Object.getOwnPropertySymbols(globalThis))
      if (!symbols.includes(symbol)) Reflect.deleteProperty(globalThis, symbol);
    await super.teardown();
  }
};
