/**
 * The suites that take longest are started first, so that no worker is left alone with one of them at the end. Jest knows how
 * long they take only where they have run before; in a fresh clone it starts with the largest files.
 */
const Sequencer = require('@jest/test-sequencer').default;

const longest = [
  'reads/never-analysed',
  'console/pages',
  'access/table',
  'api/transitions-last-phases',
  'plan/both-ways',
  'start/start',
  'access/leaks',
  'api/transitions-first-phases',
  'legacy/side-by-side',
  'legacy/damage',
  'legacy/import',
  'api/input',
  'legacy/whole-export',
  'console/admin',
  'fuzz/fuzz',
  'api/connections',
  'phases/phase-contract',
  'proof/commands',
  'past/ids',
  'database/actor',
  'legacy/commands',
  'proof/attacks',
  'database/concurrency',
  'cli/admin',
  'past/every-commit',
  'past/settling',
  'api/statements',
  'proof/attacks-on-surroundings',
  'proof/coverage',
  'legacy/kill',
  'phases/record-contract',
  'console/stories',
  'api/offered-actions',
  'past/standby',
  'access/mutations',
  'transport/flood',
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
