/**
 * The suites that take longest are started first, so that no worker is left alone with one of them at the end. Jest knows how
 * long they take only where they have run before; in a fresh clone it starts with the largest files.
 */
const Sequencer = require('@jest/test-sequencer').default;

const longest = [
  'reads/never-analysed',
  'console/pages',
  'access/table',
  'start/start',
  'access/leaks',
  'api/transitions-last-phases',
  'legacy/side-by-side',
  'plan/kept-rights',
  'plan/both-ways',
  'legacy/damage',
  'api/transitions-first-phases',
  'legacy/whole-export',
  'fuzz/fuzz',
  'legacy/commands',
  'proof/commands',
  'api/input',
  'phases/phase-contract',
  'past/ids',
  'past/every-commit',
  'api/identity-provider',
  'legacy/import',
  'console/items',
  'cli/admin',
  'api/connections',
  'console/admin',
  'api/offered-actions',
  'past/settling',
  'proof/coverage',
  'database/actor',
  'database/concurrency',
  'phases/record-contract',
  'legacy/kill',
  'proof/attacks',
  'proof/attacks-on-surroundings',
  'api/statements',
  'console/provider',
  'past/standby',
  'console/stories',
  'console/trusted',
  'transport/flood',
  'cluster',
  'api/live',
  'database/capture',
  'proof/histories',
  'console/diff',
  'console/history',
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
