/** The files of a folder of checkpoints, one by one: read with words for what is wrong with them, and written as a whole. */
import type { KeyObject } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** The checkpoints themselves were tampered with, or cannot be read. The message names no place. */
export class CheckpointFault extends Error {}

/** A permission, a disk: nothing that proves anything. */
export class UnreadableCheckpoints extends CheckpointFault {}

/** Null where there is no such file. */
export function read(file: string, name: string): string | null {
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

/** A key of the kind that signs here: one of another kind can be read as well, and signs and verifies nothing. */
export function ed25519Key(parse: () => KeyObject, otherwise: string): KeyObject {
  const key = parsed(parse, otherwise);
  if (key.asymmetricKeyType !== 'ed25519') throw new CheckpointFault(otherwise);
  return key;
}

/** As a whole or not at all, whenever the machine stops. */
export function replace(file: string, content: string | Buffer, mode: number): void {
  writeFileSync(`${file}.new`, content, { mode, flush: true });
  renameSync(`${file}.new`, file);
}
