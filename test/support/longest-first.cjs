/**
 * The suites that take longest are started first, so that no worker is left alone with one of them at the end. Jest knows how
 * long they take only where they have run before; in a fresh clone it starts with the largest files.
 */
const Sequencer = require('@jest/test-sequencer').default;

const longest = [
  'reads/never-analysed',
  'access/table',
  'start/start',
  'api/transitions-first-phases',
  'console/pages',
  'access/leaks',
  'fuzz/fuzz',
  'api/connections',
  'legacy/damage',
  'past/every-commit',
  'cli/admin',
  'api/transitions-last-phases',
  'legacy/whole-export',
  'past/ids',
  'phases/phase-contract',
  'plan/both-ways',
  'legacy/commands',
  'files/files',
  'legacy/import',
  'console/items',
  'legacy/side-by-side',
  'faults/faults',
  'api/statements',
  'backup/backup',
  'doctor/doctor',
  'phases/record-contract',
  'database/capture',
  'proof/commands',
  'proof/histories',
  'proof/attacks',
  'api/offered-actions',
  'database/concurrency',
  'console/admin',
  'plan/kept-rights',
  'time/rebase',
  'api/identity-provider',
  'database/actor',
  'proof/coverage',
  'api/idempotency',
  'proof/attacks-on-surroundings',
  'api/record-transitions',
  'console/stories',
  'files/workpaper',
  'past/settling',
  'transport/trusted-documents',
  'past/standby',
  'legacy/kill',
  'cluster',
  'legacy/rest/life',
  'api/data-owners',
  'console/diff',
  'past/histories',
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
