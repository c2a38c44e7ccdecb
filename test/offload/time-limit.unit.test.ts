/** How long a thread may work: by the processor, and not by the clock of a machine that is busy with other things. */
import { timeLimit } from '../../src/offload/time-limit';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test.each<[string, number, number]>([
  ['work that uses a processor all the time is ended at the limit', 1, 1_000],
  ['work of several threads as well', 3, 1_000],
  ['work that gets a quarter of one may take four times as long', 0.25, 4_000],
  ['work that uses none is ended in the end', 0, 10_000],
])('%s', (_, share, endsMs) => {
  const began = performance.now();
  const { signal } = timeLimit(1_000, () => share * (performance.now() - began));
  jest.advanceTimersByTime(endsMs - 10);
  expect(signal.aborted).toBe(false);
  jest.advanceTimersByTime(100);
  expect(signal.aborted).toBe(true);
});

test('work that is done is not ended', () => {
  const { signal, stop } = timeLimit(1_000);
  stop();
  jest.advanceTimersByTime(100_000);
  expect(signal.aborted).toBe(false);
  expect(jest.getTimerCount()).toBe(0);
});
