// What processes cost, as Linux counts it in /proc; elsewhere there is nothing to read, so measurements that need it say so.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const TICKS_PER_SECOND = 100;

export function demandProc() {
  if (!existsSync('/proc/self/stat')) throw new Error('This measurement reads CPU times from /proc: run it on Linux.');
}

/** The numbers after a process's name, which may hold anything; none if it has ended. */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, parent, , , , , , , , , , user, system, usersOfEnded, systemOfEnded] = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return { parent, own: user + system, ended: usersOfEnded + systemOfEnded };
  } catch {
    return undefined;
  }
}

/** Seconds that a process has worked, with all its threads. */
export const cpuSeconds = (pid) => (statOf(pid)?.own ?? 0) / TICKS_PER_SECOND;

/** Seconds that a PostgreSQL has worked: its first process, those that live, and those that it has seen end. */
export function clusterCpuSeconds(postmaster) {
  const { own, ended } = statOf(postmaster);
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statOf)
    .filter((stat) => stat?.parent === postmaster);
  return children.reduce((sum, stat) => sum + stat.own, own + ended) / TICKS_PER_SECOND;
}

export const postmasterOf = (cluster) =>
  Number(readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]);

/** Seconds that all cores together have worked, whoever they worked for. */
export function machineCpuSeconds() {
  const [total] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user, nice, system, , , interrupts, softInterrupts, stolen] = total.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + interrupts + softInterrupts + stolen) / TICKS_PER_SECOND;
}

/** The most memory that a process has had at once, in MB. */
export function peakMemory(pid) {
  const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kilobytes) / 1024;
}

/** Milliseconds that a process's living threads have worked, to the nanosecond: for what is too short for the ticks above. */
export function workedMs(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6)
      .reduce((sum, ms) => sum + ms, 0);
  } catch {
    return 0; // it has ended meanwhile
  }
}

/** The same of all processes of a PostgreSQL that live, by process. */
export function clusterWorkedMs(postmaster) {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && statOf(name)?.parent === postmaster);
  return new Map([postmaster, ...children].map((pid) => [String(pid), workedMs(pid)]));
}
