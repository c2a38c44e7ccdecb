/**
 * The suites that take longest are started first, so that no worker is left alone with one of them at the end. Jest knows how
 * long they take only where they have run before; in a fresh clone it starts with the largest files.
 */
const Sequencer = require('@jest/test-sequencer').default;

const longest = [
  'reads/never-analysed',
  'access/table',
  'console/pages',
  'start/start',
  'access/leaks',
  'api/transitions-first-phases',
  'api/transitions-last-phases',
  'legacy/damage',
  'past/every-commit',
  'legacy/side-by-side',
  'api/presence',
  'api/connections',
  'legacy/whole-export',
  'phases/phase-contract',
  'faults/faults',
  'doctor/doctor',
  'past/ids',
  'cli/admin',
  'console/items',
  'legacy/import',
  'console/admin',
  'api/offered-actions',
  'proof/attacks',
  'files/pack',
  'api/statements',
  'plan/rights-cache',
  'fuzz/fuzz',
  'database/concurrency',
  'proof/attacks-on-surroundings',
  'database/standbys',
  'backup/backup',
  'legacy/commands',
  'api/identity-provider',
  'plan/both-ways',
  'api/live-socket',
  'past/settling',
  'histories/histories',
  'histories/faults',
  'files/files',
  'proof/histories',
  'time/rebase',
  'phases/record-contract',
  'files/workpaper',
  'cluster',
  'proof/coverage',
  'delivery/webhooks',
  'database/actor',
  'database/capture',
  'console/stories',
  'api/approval-requirements',
  'console/live',
  'api/idempotency',
  'proof/commands',
  'past/histories',
  'clients/clients',
  'database/bulkheads',
  'legacy/kill',
  'console/provider',
  'transport/traces',
  'console/diff',
  'console/trusted',
  'console/files',
  'api/live',
  'database/records-concurrency',
  'api/data-owners',
  'api/record-transitions',
  'past/cost',
  'api/diff',
  'transport/flood',
  'database/coverage',
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
