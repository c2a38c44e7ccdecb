/**
 * The suites that take longest are started first, so that no worker is left alone with one of them at the end. Jest knows how
 * long they take only where they have run before; in a fresh clone it starts with the largest files.
 */
const Sequencer = require('@jest/test-sequencer').default;

const longest = [
  'api/transitions-last-phases',
  'api/transitions-first-phases',
  'reads/never-analysed',
  'access/table',
  'proof/attacks-on-surroundings',
  'past/every-commit',
  'fuzz/fuzz',
  'past/histories',
  'api/offered-actions',
  'legacy/damage',
  'access/leaks',
  'proof/coverage',
  'phases/phase-contract',
  'phases/record-contract',
  'past/ids',
  'database/concurrency',
  'time/rebase',
];
const rank = ({ path }) => {
  const found = longest.findIndex((name) => path.replaceAll('\\', '/').includes(`/test/${name}.`));
  return found < 0 ? longest.length : found;
};

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((one, other) => rank(one) - rank(other));
  }
};
