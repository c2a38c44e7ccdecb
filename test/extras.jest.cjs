// Tests with programs that not every machine has; `npm test` does without them.
const { projects } = require('../jest.config.cjs');
const database = projects.find(({ displayName }) => displayName === 'database');

/** @type {import('jest').Config} */
module.exports = {
  ...database,
  displayName: 'extras',
  rootDir: '..',
  testMatch: ['<rootDir>/test/**/*.extra.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 300_000,
};
