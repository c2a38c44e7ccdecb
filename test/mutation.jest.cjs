/** The unit tests of the core, as they are run once for each change that is made in it (npm run test:mutation). */
const [unit] = require('../jest.config.cjs').projects;

module.exports = { ...unit, rootDir: '..', testMatch: ['<rootDir>/test/versioning/*.unit.test.ts'] };
