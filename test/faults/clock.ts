/**
 * A clock of PostgreSQL that can be stepped, where libfaketime is installed (an optional extra). What starts PostgreSQL keeps the
 * environment as it found it, so this is imported before it.
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../support/temporary';

const libraries = ['/usr/lib', '/usr/lib64'].flatMap((folder) =>
  ['x86_64-linux-gnu', 'aarch64-linux-gnu', ''].map((place) => path.join(folder, place, 'faketime/libfaketime.so.1')),
);
const library = libraries.find((file) => existsSync(file));
const file = path.join(temporaryFolder(), 'clock');

/** Whether there is one; only where each fault is tried by itself. */
export const canStepClock = process.env.FAULTS_REPORT !== undefined && library !== undefined;

/** Sets PostgreSQL's clock so many seconds ahead of the machine's, or behind it. */
export const stepClock = (seconds: number): void => writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}\n`);

if (canStepClock) {
  stepClock(0);
  Object.assign(process.env, {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  });
}
