/** Programs that not every machine has, for tests that are extras. */
import { spawnSync } from 'node:child_process';

/** Ends with words where a program is missing. */
export function demandPrograms(programs: Readonly<Record<string, string>>): void {
  const missing = Object.entries(programs).filter(([program]) => spawnSync('which', [program]).status !== 0);
  if (missing.length > 0)
    throw new Error(
      `${missing.map(([program]) => program).join(', ')} cannot be found. On Debian: apt-get install ${[...new Set(missing.map(([, debian]) => debian))].join(' ')}`,
    );
}

/** As root, servers that refuse to be root’s run as nobody. */
export const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
