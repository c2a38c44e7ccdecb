/** Reads and writes single files of a checkpoint folder: reads with clear errors, writes atomically. */
import type { KeyObject } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** The checkpoints were tampered with or cannot be read. The message names no path. */
export class CheckpointFault extends Error {}

/** A permission or disk problem, which proves nothing. */
export class UnreadableCheckpoints extends CheckpointFault {}

/** Null if there is no such file. */
export function readIfPresent(file: string, name: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new UnreadableCheckpoints(`${name} cannot be read (${code}).`, { cause: error });
  }
}

function parsed<T>(parse: () => T, otherwise: string): T {
  try {
    return parse();
  } catch (error) {
    throw new CheckpointFault(otherwise, { cause: error });
  }
}

/** Accepts Ed25519 keys only. Keys of other types parse as well, but would sign and verify nothing here. */
export function ed25519Key(parse: () => KeyObject, otherwise: string): KeyObject {
  const key = parsed(parse, otherwise);
  if (key.asymmetricKeyType !== 'ed25519') throw new CheckpointFault(otherwise);
  return key;
}

/** Replaces a file atomically, even if the machine crashes. */
export function replace(file: string, content: string | Buffer, mode: number): void {
  writeFileSync(`${file}.new`, content, { mode, flush: true });
  renameSync(`${file}.new`, file);
}
