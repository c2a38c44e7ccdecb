/** Which changes are made in the core, and how many of them its unit tests have to notice (docs/testing.md). */
export default {
  mutate: ['src/versioning/**/*.ts'],
  testRunner: 'jest',
  jest: { configFile: 'test/mutation.jest.cjs' },
  coverageAnalysis: 'perTest',
  // Descriptions and messages are texts for people; that they are there is tested, not how they are worded.
  mutator: { excludedMutations: ['StringLiteral'] },
  ignorePatterns: ['dist', '.data', 'bench', 'playground'],
  tsconfigFile: 'none', // Jest's own transformer reads none, and Stryker need not rewrite one
  tempDirName: '.data/mutation',
  reporters: ['progress', 'clear-text'],
  clearTextReporter: { allowColor: false, reportTests: false },
  thresholds: { high: 90, low: 85, break: 85 },
  concurrency: 1,
};
