/** What test files run in (test/support/jest). */

// Whether promises are followed is one thing for a whole process, and what another file loads may have them followed.
test('Jest is given a plain place for the test that runs, with which no promise is followed', () => {
  expect((globalThis as Record<symbol, unknown>)[Symbol.for('phaseledger.one-at-a-time')]).toBe(true);
});
