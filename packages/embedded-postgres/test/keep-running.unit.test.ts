/** How often, and until when, a PostgreSQL that dies is started again. The tests beside this one kill a real one. */
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { keepRunning, TRIES } from '../keep-running';

const quick = { lookEvery: 1, pause: 1, steadyAfter: 60_000 };
const silent = pino({ level: 'silent' });

/** One that dies as it is told to. */
function mortal(staysUp: (start: number) => boolean) {
  const state = { isUp: true, starts: 0, givenUp: 0 };
  const database = {
    isRunning: () => state.isUp,
    startAgain: () => {
      state.isUp = staysUp(++state.starts);
      return state.isUp ? Promise.resolve() : Promise.reject(new Error('it does not start'));
    },
  };
  const end = keepRunning(database, silent, () => state.givenUp++, quick);
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await sleep(1);
  };
  return { state, end, until };
}

test('what dies is started again, as often as that takes', async () => {
  const { state, end, until } = mortal((start) => start % 2 === 0);
  state.isUp = false;
  await until(() => state.isUp);
  expect(state.starts).toBe(2);
  state.isUp = false;
  await until(() => state.isUp);
  expect(state).toEqual({ isUp: true, starts: 4, givenUp: 0 });
  await end();
});

test('what does not stay up is given up after some tries, once', async () => {
  const { state, end, until } = mortal(() => false);
  state.isUp = false;
  await until(() => state.givenUp > 0);
  await sleep(20);
  expect(state).toEqual({ isUp: false, starts: TRIES, givenUp: 1 });
  await end();
});

test('what is stopped in order is not started again', async () => {
  const { state, end } = mortal(() => true);
  await end();
  state.isUp = false;
  await sleep(20);
  expect(state).toEqual({ isUp: false, starts: 0, givenUp: 0 });
});
