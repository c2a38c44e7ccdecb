// A closed loop: so many connections, each of which asks again as soon as it is answered, for so long.
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './http.mjs';
import { clusterCpuSeconds, cpuSeconds, machineCpuSeconds, peakMemory } from './processes.mjs';

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const MOST_ERRORS = 50;

/**
 * Loads a server for a while, and says what it answered and what that cost. A unit of work is `step`: it is given a connection,
 * random numbers and which of the connections it is, and says how many bytes came back.
 */
export async function load({ server, postmaster, connections: count, seconds, warmUp = 0.25, seed, step }) {
  const connections = await Promise.all(Array.from({ length: count }, () => Connection.open(server.port)));
  const times = [];
  let bytes = 0;
  let isCounting = false;
  let isOver = false;
  const errors = [];
  const work = async (connection, place) => {
    const random = randomFrom(seed * 1000 + place);
    while (!isOver && errors.length < MOST_ERRORS) {
      const began = performance.now();
      try {
        const got = await step(connection, random, place);
        if (!isCounting) continue;
        times.push(performance.now() - began);
        bytes += got;
      } catch (error) {
        if (!isOver) errors.push(error);
      }
    }
  };
  const look = () => ({
    at: performance.now() / 1000,
    server: cpuSeconds(server.pid),
    database: clusterCpuSeconds(postmaster),
    here: process.cpuUsage(),
    machine: machineCpuSeconds(),
  });
  const loops = connections.map(work);
  await sleep(warmUp * 1000);
  isCounting = true;
  const before = look();
  await sleep(seconds * 1000);
  // A slice is at least a turn of all connections, or it would say nothing of those who are slow.
  while (times.length < count && errors.length === 0) await sleep(50);
  isCounting = false;
  const after = look();
  isOver = true;
  await Promise.race([Promise.all(loops), sleep(10_000)]);
  for (const connection of connections) connection.close();

  const took = after.at - before.at;
  const spent = (name) => after[name] - before[name];
  const here = (after.here.user + after.here.system - before.here.user - before.here.system) / 1e6;
  const n = times.length;
  times.sort((one, other) => one - other);
  const percentile = (share) => times[Math.min(n - 1, Math.floor(share * n))] ?? NaN;
  return {
    errors,
    perSecond: n / took,
    p50: percentile(0.5),
    p99: percentile(0.99),
    bytes: bytes / n,
    /** Milliseconds of one request, which are seconds of a thousand. */
    serverCpu: (1000 * spent('server')) / n,
    databaseCpu: (1000 * spent('database')) / n,
    peakMemory: peakMemory(server.pid),
    /** Cores that something else was using meanwhile. */
    others: Math.max(0, (spent('machine') - spent('server') - spent('database') - here) / took),
  };
}

/**
 * Loads each of some servers in turn, every other round backwards, after all have warmed up: so whatever else happens on the machine
 * happens to all of them.
 * @param slice loads one of them for so many seconds
 * @returns what was measured, by server
 */
export async function inTurn(servers, { rounds, seconds, warmUp }, slice) {
  const measured = new Map(servers.map((server) => [server, []]));
  for (const server of servers) await slice(server, { seconds: warmUp, seed: 99 });
  for (let round = 0; round < rounds; round++)
    for (const server of round % 2 ? [...servers].reverse() : servers)
      measured.get(server).push(await slice(server, { seconds, seed: round + 1 }));
  return measured;
}
