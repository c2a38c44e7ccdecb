/**
 * Ends work that hangs. Work that merely waits for a processor, because the machine is busy with other things, does not hang: what counts
 * is the processor time of this process, which is at least that of the thread.
 */

/** Processor time of this process in milliseconds. */
const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
/** Work that uses no processor at all is ended after this many times the limit. */
const AT_MOST = 10;
const SHORTEST_WAIT_MS = 50;

/** A signal that aborts when the limit is used up; `stop` when the work is done. */
export function timeLimit(limitMs: number, usedMs: () => number = processorMs): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const [began, before] = [performance.now(), usedMs()];
  const look = () => {
    const left = Math.min(limitMs - (usedMs() - before), AT_MOST * limitMs - (performance.now() - began));
    if (left <= 0) controller.abort();
    else timer = setTimeout(look, Math.max(left, SHORTEST_WAIT_MS));
  };
  let timer = setTimeout(look, limitMs);
  return { signal: controller.signal, stop: () => clearTimeout(timer) };
}
