/** The unit tests of the core, as they are run once for each change that is made in it (npm run test:mutation). */
const [unit] = require('../jest.config.cjs').projects;

// What is changed is loaded anew for each file, in a context of its own.
module.exports = {
  ...unit,
  rootDir: '..',
  testEnvironment: 'node',
  runtime: undefined,
  testMatch: ['<rootDir>/test/versioning/*.unit.test.ts'],
};
