import { chownSync, cpSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** Copies the data folder of a database that is not running; PostgreSQL takes one only from the user it runs as. */
export function copyDataFolder(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
  for (const entry of ['', ...(readdirSync(from, { recursive: true }) as string[])]) {
    const { uid, gid } = statSync(path.join(from, entry));
    chownSync(path.join(to, entry), uid, gid);
  }
}
