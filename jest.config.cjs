const optionsOf = require('./test/support/jest/swc.cjs');
const ensureSeed = require('./test/support/seed.cjs');

// The workers inherit it.
ensureSeed();

const swc = (...how) => ['@swc/jest', optionsOf(...how)];

const common = {
  testEnvironment: '<rootDir>/test/support/jest/environment.cjs',
  testEnvironmentOptions: { globalsCleanup: 'off' },
  runtime: '<rootDir>/test/support/jest/runtime.cjs',
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/'],
  transform: {
    '^.+\\.ts$': swc('typescript'),
    '^.+\\.tsx$': swc('typescript', { tsx: true }),
    '^.+\\.m?js$': swc('ecmascript'),
  },
  // These packages come as ES modules only, which Jest's module registry cannot load as they are.
  transformIgnorePatterns: ['/node_modules/(?!(jose|@prisma/schema-engine-wasm|@opentelemetry/otlp-exporter-base)/)'],
  setupFiles: ['<rootDir>/test/support/one-graphql.ts', '<rootDir>/test/support/seeded.ts'],
};

/** @type {import('jest').Config} */
module.exports = {
  projects: [
    {
      // They start in a second: no PostgreSQL is started for them.
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.unit.test.ts', '<rootDir>/packages/*/test/*.unit.test.ts'],
      globalSetup: '<rootDir>/test/support/unit-setup.ts',
      globalTeardown: '<rootDir>/test/support/unit-teardown.ts',
    },
    {
      ...common,
      displayName: 'database',
      testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/packages/*/test/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.unit\\.test\\.ts$'],
      globalSetup: '<rootDir>/test/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    },
  ],
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
  // One more than cores: there is always one that waits for a browser, a process or a clock.
  maxWorkers: 3,
  // Ends a hang, and nothing else: many times what the longest test takes on a slow and busy machine. What takes longer says so itself.
  testTimeout: 1_200_000,
};
