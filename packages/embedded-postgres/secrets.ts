import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SetupError, type Product } from './product';

/** The file with the passwords of a data folder. Without it, the cluster cannot be accessed. */
export const SECRETS_FILE = 'secrets.json';

/** Reads the data folder's secrets, and creates them on the first call; concurrent processes get the same ones. */
export function readSecrets<T extends object>(dataDir: string, product: Product, generate: () => T): T {
  const file = path.join(dataDir, SECRETS_FILE);
  return load<T>(file, product) ?? (create(file, generate()), load<T>(file, product)!);
}

function load<T>(file: string, { chooseFolder }: Product): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'EACCES')
      throw new SetupError(`${file} belongs to another user: start as that user, or ${chooseFolder}.`);
    throw new SetupError(`${file} cannot be read (${(error as Error).message}); restore it from a backup.`);
  }
}

/** Linking a finished file into place is atomic, and never replaces an existing one. */
function create(file: string, secrets: object): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}`;
  const handle = openSync(temporary, 'wx', 0o600);
  try {
    writeFileSync(handle, JSON.stringify(secrets, null, 2) + '\n');
    fsyncSync(handle);
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(handle);
    rmSync(temporary, { force: true });
  }
}
