/**
 * What test files load, apart from themselves and their helpers, is loaded once in a worker, and kept for the next file. A file
 * that mocks modules needs them loaded anew, and says `@jest-environment node` at its top.
 */
const { compileFunction } = require('node:vm');
const path = require('node:path');
const { default: Runtime } = require('jest-runtime');

const root = path.join(__dirname, '..', '..', '..');
const isKept = (file) => !/(^|[\\/])test[\\/](?!generated[\\/])/.test(path.relative(root, file));

/**
 * What jest-circus keeps of the test that runs, so that it knows whose an error is that nobody waited for. It takes Node's
 * AsyncLocalStorage, with which every promise of the server and of the tests is followed, and costs more than what it does. Here one
 * test runs after the other, so there is one that runs.
 */
class OneAtATime {
  getStore() {
    return this.store;
  }

  run(store, work) {
    const outer = this.store;
    const leave = () => {
      this.store = outer;
    };
    this.store = store;
    try {
      const result = work();
      if (typeof result?.then === 'function') return result.finally(leave);
      leave();
      return result;
    } catch (error) {
      leave();
      throw error;
    }
  }
}

/** For the test that holds Jest to it. */
const GIVEN = Symbol.for('phaseledger.one-at-a-time');

const kept = new Map();
const sourceMaps = new Map();
/** The one of the file that runs. */
let current;

module.exports = class KeptModules extends Runtime {
  constructor(...given) {
    super(...given);
    this.isSharing = this._environment.global === globalThis;
    if (!this.isSharing) return;
    current = this;
    this.executor.compile = (source, filename) =>
      compileFunction(source, this.executor.injectedModuleParameters, { filename });
    this.transformCache.sourceMaps = sourceMaps;
    for (const [file, module] of kept) this.registries.moduleRegistry.set(file, module);
  }

  /** What a kept module requires later, the file that runs now loads. */
  requireModuleOrMock(from, name) {
    if (!this.isSharing || this === current) return super.requireModuleOrMock(from, name);
    return current.requireModuleOrMock(from, name);
  }

  requireInternalModule(from, name) {
    if (name === 'node:async_hooks' && /[\\/]jest-circus[\\/]/.test(from)) {
      globalThis[GIVEN] = true;
      return { AsyncLocalStorage: OneAtATime };
    }
    return super.requireInternalModule(from, name);
  }

  setMock(...given) {
    if (this.isSharing) throw new Error('A file that mocks a module says "@jest-environment node" at its top.');
    super.setMock(...given);
  }

  teardown() {
    if (this.isSharing)
      for (const [file, module] of this.registries.moduleRegistry)
        if (isKept(file) && module.loaded) kept.set(file, module);
    super.teardown();
  }
};
