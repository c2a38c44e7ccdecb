/** Followers of the log while the database is away: they wait, its log stays readable, and they are told when it is back. */
import type { Db } from '../../src/database/connection/database';
import { LogSubscriptions } from '../../src/database/live/log-subscriptions';

const STREAM = '6f1c0c52-5f3a-4d7e-9a59-0d7a4c1f0a01';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function following() {
  const at = { isAway: false, sequence: 0, looks: 0 };
  const query = () => {
    at.looks++;
    return at.isAway
      ? Promise.reject(new Error('connect ECONNREFUSED'))
      : Promise.resolve([{ streamId: STREAM, sequence: at.sequence, committedAt: new Date() }]);
  };
  const logger = { warn: jest.fn(), info: jest.fn() };
  const followers = new LogSubscriptions({ query } as unknown as Db, logger);
  return { at, logger, followers, commits: followers.follow(STREAM, 0, ({ sequence }) => sequence) };
}

test('a database that is away is told of once, looked for ever less often, and told of once when it is back', async () => {
  const { at, logger, followers, commits } = following();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(logger.warn).not.toHaveBeenCalled();

  at.isAway = true;
  at.looks = 0;
  await jest.advanceTimersByTimeAsync(60_000);
  expect(logger.warn).toHaveBeenCalledTimes(1);
  expect(at.looks).toBeGreaterThan(10);
  expect(at.looks).toBeLessThan(20);

  at.isAway = false;
  at.sequence = 2;
  await jest.advanceTimersByTimeAsync(5_000);
  expect(logger.info).toHaveBeenCalledTimes(1);
  expect(await commits.next()).toEqual({ done: false, value: 1 });
  expect(await commits.next()).toEqual({ done: false, value: 2 });

  // It is looked as often as before, and the next time that it is away is told of again.
  at.looks = 0;
  await jest.advanceTimersByTimeAsync(2_000);
  expect(at.looks).toBeGreaterThanOrEqual(9);
  at.isAway = true;
  await jest.advanceTimersByTimeAsync(10_000);
  expect(logger.warn).toHaveBeenCalledTimes(2);
  expect(logger.info).toHaveBeenCalledTimes(1);
  await followers.close();
});
