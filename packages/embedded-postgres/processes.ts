import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The registry of processes that use a data folder. The embedded PostgreSQL outlives each of them, even a server that is killed, so the
 * last one to leave must be known. A pid alone is not enough: pids are reused after a reboot, and in a container every start gets the same
 * one. So each entry has the pid and its process's start time.
 */
export interface ProcessEntry {
  readonly id: string;
  readonly pid: number;
  readonly began: string;
  readonly as: 'server' | 'tool';
  readonly startedAt: string;
}

/** The start time of a process; undefined if there is none (zombies count as none). */
export function processBegan(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      // The name in brackets may contain spaces and brackets: the fields begin after the last bracket.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\)\s/s, '')
        .split(' ');
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${boot} ${fields[19]}`;
    } catch {
      return undefined;
    }
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  if (process.platform === 'win32') return 'alive';
  return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim() || undefined;
}

const isAlive = (entry: Pick<ProcessEntry, 'pid' | 'began'>) => processBegan(entry.pid) === entry.began;

const describeSelf = (as: ProcessEntry['as']): ProcessEntry => ({
  id: randomUUID(),
  pid: process.pid,
  began: processBegan(process.pid) ?? '',
  as,
  startedAt: new Date().toISOString(),
});

const registryFile = (dataDir: string) => path.join(dataDir, 'processes.json');

/** The live processes that use this data folder. */
export function processesUsing(dataDir: string): ProcessEntry[] {
  try {
    return (JSON.parse(readFileSync(registryFile(dataDir), 'utf8')) as ProcessEntry[]).filter(isAlive);
  } catch {
    return []; // missing, or truncated by a crash: then none of its processes is known to be alive
  }
}

/** Registers this process; call it and `leave` only while holding the lock. */
export function join(dataDir: string, as: ProcessEntry['as']): ProcessEntry {
  const self = describeSelf(as);
  writeRegistry(dataDir, [...processesUsing(dataDir), self]);
  return self;
}

/** Removes an entry and returns the remaining ones. */
export function leave(dataDir: string, self: ProcessEntry): ProcessEntry[] {
  const others = processesUsing(dataDir).filter(({ id }) => id !== self.id);
  writeRegistry(dataDir, others);
  return others;
}

function writeRegistry(dataDir: string, entries: ProcessEntry[]): void {
  const temporary = `${registryFile(dataDir)}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(entries, null, 2));
  renameSync(temporary, registryFile(dataDir));
}

/** Runs a function in one process at a time per data folder; waits up to `patienceMs` for the others. */
export async function withLock<T>(dataDir: string, work: () => Promise<T>, patienceMs = 60_000): Promise<T> {
  mkdirSync(dataDir, { recursive: true });
  const lock = path.join(dataDir, 'lock');
  const self = describeSelf('tool');
  const deadline = Date.now() + patienceMs;
  while (!tryLock(lock, self)) {
    if (Date.now() > deadline) throw new Error(`Another process is busy with ${dataDir}; try again in a moment.`);
    await sleep(50 + Math.random() * 50);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function tryLock(lock: string, self: ProcessEntry): boolean {
  const mine = `${lock}.${self.id}`;
  writeFileSync(mine, JSON.stringify(self));
  try {
    linkSync(mine, lock); // a link appears complete or not at all, and never replaces another
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(mine, { force: true });
  }
  const holder = readHolder(lock);
  if (holder && !isAlive(holder)) breakLock(lock, holder);
  return false;
}

function readHolder(lock: string): ProcessEntry | undefined {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) as ProcessEntry;
  } catch {
    return undefined;
  }
}

/** Two processes may break the same stale lock at once; the one that took a live lock by mistake puts it back. */
function breakLock(lock: string, dead: ProcessEntry): void {
  const taken = `${lock}.${randomUUID()}`;
  try {
    renameSync(lock, taken);
    if (readHolder(taken)?.id !== dead.id) linkSync(taken, lock);
  } catch {
    // another process was faster
  } finally {
    rmSync(taken, { force: true });
  }
}
