import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigurationError, type Env } from '../env';

/** What is generated once for an embedded database; losing the file means losing the way in. */
export interface Secrets {
  readonly superuserPassword: string;
  readonly ownerPassword: string;
  readonly servicePassword: string;
  readonly jwtSecret: string;
}

const generate = (): Secrets => ({
  superuserPassword: randomBytes(24).toString('base64url'),
  ownerPassword: randomBytes(24).toString('base64url'),
  servicePassword: randomBytes(24).toString('base64url'),
  jwtSecret: randomBytes(48).toString('base64url'),
});

/** Reads the data folder's secrets and makes them at the first call; processes that race for that all get the same. */
export function readSecrets(dataDir: string): Secrets {
  const file = path.join(dataDir, 'secrets.json');
  return load(file) ?? (create(file), load(file)!);
}

function load(file: string): Secrets | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'EACCES') throw new ConfigurationError(`${file} belongs to another user: start as that user, or set DATA_DIR to another folder.`); // prettier-ignore
    throw new ConfigurationError(`${file} cannot be read (${(error as Error).message}); restore it from a backup.`);
  }
}

/** Linking a finished file into place is atomic and never replaces one that is already there. */
function create(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}`;
  const handle = openSync(temporary, 'wx', 0o600);
  try {
    writeFileSync(handle, JSON.stringify(generate(), null, 2) + '\n');
    fsyncSync(handle);
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(handle);
    rmSync(temporary, { force: true });
  }
}

/** The HS256 key that signs and verifies bearer tokens. */
export function jwtSecret(env: Env): string {
  if (env.authJwtSecret) return env.authJwtSecret;
  if (env.databaseUrl) {
    throw new ConfigurationError(
      "AUTH_JWKS_URL or AUTH_JWT_SECRET must be set when DATABASE_URL is: the address of your identity provider's keys, or at least 32 random characters, the same for every server of this database.",
    );
  }
  return readSecrets(env.dataDir).jwtSecret;
}
