/** What test files run in (test/support/jest). */
import { executionAsyncId } from 'node:async_hooks';

test('nobody follows the promises of a test, which would make each of them dearer', async () => {
  await Promise.resolve();
  expect(executionAsyncId()).toBe(0);
});
