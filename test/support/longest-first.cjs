/**
 * The suites that take longest are started first, so that no worker is left alone with one of them at the end. Jest knows how
 * long they take only where they have run before; in a fresh clone it starts with the largest files.
 */
const Sequencer = require('@jest/test-sequencer').default;

const longest = [
  'reads/never-analysed',
  'plan/both-ways',
  'access/table',
  'access/leaks',
  'api/transitions-last-phases',
  'fuzz/fuzz',
  'past/every-commit',
  'legacy/damage',
  'phases/phase-contract',
  'api/transitions-first-phases',
  'api/input',
  'legacy/whole-export',
  'api/statements',
  'legacy/side-by-side',
  'legacy/kill',
  'legacy/import',
  'proof/attacks-on-surroundings',
  'past/histories',
  'phases/record-contract',
  'access/mutations',
  'api/offered-actions',
  'past/ids',
  'api/record-transitions',
  'time/rebase',
  'start/start',
  'database/concurrency',
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
