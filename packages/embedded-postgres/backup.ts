/**
 * A base backup of a running cluster with its WAL, by PostgreSQL's low-level interface (pg_backup_start, copying files, pg_backup_stop),
 * because the npm binaries lack pg_basebackup. Files that change while they are copied are repaired by replaying the WAL, which is copied
 * last. The manifest with all hashes is written at the very end; a backup without one is invalid.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, type Dirent } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { SetupError } from './product';

const MANIFEST = 'backup-manifest.json';

export interface BackupFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Manifest {
  readonly format: 1;
  readonly version: string;
  readonly systemIdentifier: string;
  readonly startedAt: string;
  /** Everything acknowledged by this instant is in the backup. */
  readonly holdsUntil: string;
  /** The earliest instant it can be restored to; before it, the copy is not consistent. */
  readonly endedAt: string;
  readonly endLsn: string;
  readonly files: readonly BackupFile[];
  /** Files that the caller stored beside the cluster. */
  readonly notes: Readonly<Record<string, unknown>>;
}

/** The instant with microsecond precision. */
const NOW = `to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** What a copy does not need or must not contain (PostgreSQL's documentation, "Making a base backup"). */
const EMPTY = /^(pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)$/;
const LEFT_OUT = /^(postmaster\.(pid|opts)|pg_internal\.init.*|current_logfiles|pgsql_tmp.*|.*\.(new|part|password))$/;

/** The parts of a backup within its folder. */
const CLUSTER = 'postgres';
const BESIDE = 'beside';

export interface BackupSource {
  readonly superuserUrl: string;
  /** The cluster's folder. */
  readonly cluster: string;
  /** Additional files that belong to it, by their names in the backup; copied before it, so that they cannot be ahead of it. */
  readonly beside: Readonly<Record<string, string>>;
  /** Additional files that the database refers to; copied after it, so that none that it names is missing. */
  readonly named?: Readonly<Record<string, string>>;
  readonly notes?: Readonly<Record<string, unknown>>;
  readonly onFile?: () => void;
}

/** Copies a file at its current length; returns null if PostgreSQL removed it in the meantime. */
export async function copy(from: string, to: string): Promise<Omit<BackupFile, 'path'> | null> {
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  try {
    await pipeline(createReadStream(from), measure, createWriteStream(to, { flags: 'wx', mode: 0o600, flush: true }));
  } catch (error) {
    const { code, path: where } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' || where !== from) throw error;
    await rm(to, { force: true });
    return null;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Copies a folder except for what the copy must not contain. */
async function copyFolder(from: string, to: string, place: string, onFile?: () => void): Promise<BackupFile[]> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const entries: Dirent[] = await readdir(from, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const files: BackupFile[] = [];
  // In reverse order, so that the signed end of the checkpoints is older than their lines: more lines than it states are allowed, fewer
  // are not.
  for (const entry of entries.sort((one, other) => (one.name < other.name ? 1 : -1))) {
    const name = entry.name;
    if (LEFT_OUT.test(name)) continue;
    const [source, target, inBackup] = [path.join(from, name), path.join(to, name), `${place}/${name}`];
    if (entry.isSymbolicLink())
      throw new SetupError(`${source} is a link (a tablespace?), which is not backed up. Use pg_basebackup.`);
    if (entry.isDirectory() && place === CLUSTER && EMPTY.test(name)) {
      await mkdir(path.join(target, ...(name === 'pg_wal' ? ['archive_status'] : [])), {
        recursive: true,
        mode: 0o700,
      });
    } else if (entry.isDirectory()) files.push(...(await copyFolder(source, target, inBackup, onFile)));
    else if (entry.isFile()) {
      const copied = await copy(source, target);
      if (copied) files.push({ path: inBackup, ...copied });
      onFile?.();
    }
  }
  return files;
}

export const segments = /^[0-9A-F]{24}(\.[0-9A-F]{8}\.backup)?$|^[0-9A-F]{8}\.history$/;

/** Makes a backup in a folder that must not exist yet. An unfinished one is removed. */
export async function makeBackup(folder: string, source: BackupSource): Promise<Manifest> {
  if (await stat(folder).catch(() => null)) throw new SetupError(`${folder} is there already: name another folder.`);
  const unfinished = `${folder}.unfinished`;
  const client = new pg.Client({ connectionString: source.superuserUrl });
  client.on('error', () => undefined); // the statement running on a lost connection fails too
  await client.connect();
  try {
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    const manifest = await takeBackup(client, unfinished, source);
    await writeFile(path.join(unfinished, MANIFEST), JSON.stringify(manifest, null, 1), { mode: 0o600, flush: true });
    await rename(unfinished, folder);
    return manifest;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw noRoom(error, folder);
  } finally {
    await client.end();
  }
}

async function takeBackup(client: pg.Client, folder: string, source: BackupSource): Promise<Manifest> {
  const ask = async <Row extends object>(sql: string, values: unknown[] = []) =>
    (await client.query<Row & pg.QueryResultRow>(sql, values)).rows[0]!;
  const { version, id, full } = await ask<{ version: string; id: string; full: string }>(
    `select current_setting('server_version') as version, current_setting('full_page_writes') as full,
       (select system_identifier::text from pg_control_system()) as id`,
  );
  if (full !== 'on')
    throw new SetupError('full_page_writes is off: what is copied while it is written could not be mended.');
  await client.query('set statement_timeout = 0');
  // A temporary replication slot keeps the WAL until this session ends.
  const slot = `backup_${process.pid}_${Date.now()}`;
  await client.query('select pg_create_physical_replication_slot($1, true, true)', [slot]);
  const files = await copyBeside(folder, source.beside, source.onFile);
  const { at: startedAt, wal } = await ask<{ at: string; wal: string }>(
    `select ${NOW} as at,
       pg_walfile_name(pg_backup_start('embedded-postgres', true)) as wal`,
  );
  const target = path.join(folder, CLUSTER);
  files.push(...(await copyFolder(source.cluster, target, CLUSTER, source.onFile)));
  // Read before the backup ends: what is acknowledged during its end may or may not be included.
  const { at: holdsUntil } = await ask<{ at: string }>(`select ${NOW} as at`);
  const {
    label,
    lsn,
    last,
    at: endedAt,
  } = await ask<{ label: string; lsn: string; last: string; at: string }>(
    `select s.labelfile as label, s.lsn::text as lsn, pg_walfile_name(s.lsn) as last,
       ${NOW} as at from pg_backup_stop(false) s`,
  );
  await writeFile(path.join(target, 'backup_label'), label, { mode: 0o600, flush: true });
  files.push({ path: `${CLUSTER}/backup_label`, bytes: Buffer.byteLength(label), sha256: sha256(label) });
  // The last segment must be complete, which it is once the next one has begun.
  await client.query('select pg_switch_wal()');
  for (const name of (await readdir(path.join(source.cluster, 'pg_wal'))).sort())
    if (
      segments.test(name) &&
      (name.slice(8) >= wal.slice(8) || name.endsWith('.history')) &&
      name.slice(8, 24) <= last.slice(8, 24)
    ) {
      const copied = await copy(path.join(source.cluster, 'pg_wal', name), path.join(target, 'pg_wal', name));
      if (copied) files.push({ path: `${CLUSTER}/pg_wal/${name}`, ...copied });
    }
  await client.query('select pg_drop_replication_slot($1)', [slot]);
  files.push(...(await copyBeside(folder, source.named ?? {}, source.onFile)));
  return {
    format: 1,
    version,
    systemIdentifier: id,
    startedAt,
    holdsUntil,
    endedAt,
    endLsn: lsn,
    files,
    notes: source.notes ?? {},
  };
}

async function copyBeside(
  folder: string,
  beside: Readonly<Record<string, string>>,
  onFile?: () => void,
): Promise<BackupFile[]> {
  const files: BackupFile[] = [];
  for (const [name, from] of Object.entries(beside)) {
    const to = path.join(folder, BESIDE, name);
    const kind = await stat(from).catch(() => null);
    if (kind?.isDirectory()) files.push(...(await copyFolder(from, to, `${BESIDE}/${name}`, onFile)));
    else if (kind) {
      await mkdir(path.dirname(to), { recursive: true, mode: 0o700 });
      files.push({ path: `${BESIDE}/${name}`, ...(await copy(from, to))! });
    }
  }
  return files;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The message for a full disk. */
export const noRoom = (error: unknown, folder: string): unknown =>
  /^(ENOSPC|EDQUOT)$/.test((error as NodeJS.ErrnoException).code ?? '')
    ? new SetupError(
        `The disk of ${folder} is full. Nothing was left behind; make room, or name a folder on another disk.`,
      )
    : error;

/** Reads the manifest of a backup. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(path.join(folder, MANIFEST), 'utf8').catch(() => null);
  try {
    const manifest = JSON.parse(text ?? '') as Manifest;
    if (manifest.format === 1 && Array.isArray(manifest.files)) return manifest;
  } catch {
    // reported below
  }
  throw new SetupError(`${folder} is no backup that was finished: its ${MANIFEST} is missing or cannot be read.`);
}

/** Copies a backup to where it is restored; refuses one in which any file has changed. */
export async function unpackBackup(
  folder: string,
  { cluster, beside }: { cluster: string; beside: string },
): Promise<Manifest> {
  const manifest = await readManifest(folder);
  const problems: string[] = [];
  const root = path.resolve(folder);
  for (const place of [cluster, beside]) await mkdir(place, { recursive: true, mode: 0o700 });
  for (const name of EMPTY_FOLDERS) await mkdir(path.join(cluster, name), { recursive: true, mode: 0o700 });
  await copyEmptyFolders(path.join(root, CLUSTER), cluster);
  for (const file of manifest.files) {
    const from = path.resolve(root, file.path);
    const to = file.path.startsWith(`${CLUSTER}/`)
      ? path.join(cluster, file.path.slice(CLUSTER.length + 1))
      : path.join(beside, file.path.slice(BESIDE.length + 1));
    if (!from.startsWith(root + path.sep)) throw new SetupError(`${MANIFEST} names a file outside of the backup.`);
    await mkdir(path.dirname(to), { recursive: true, mode: 0o700 });
    const copied = await copy(from, to);
    if (!copied) problems.push(`${file.path} is missing`);
    else if (copied.sha256 !== file.sha256) problems.push(`${file.path} was changed`);
  }
  if (problems.length > 0)
    throw new SetupError(
      `The backup in ${folder} is damaged, and was not restored: ${problems.slice(0, 5).join(', ')}${problems.length > 5 ? `, and ${problems.length - 5} more` : ''}. Take another one.`,
    );
  return manifest;
}

const EMPTY_FOLDERS = [
  'pg_wal/archive_status',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
  'pg_tblspc',
  'pg_twophase',
  'pg_commit_ts',
  'pg_stat',
];

async function copyEmptyFolders(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true }))
    if (entry.isDirectory()) {
      await mkdir(path.join(to, entry.name), { recursive: true, mode: 0o700 });
      await copyEmptyFolders(path.join(from, entry.name), path.join(to, entry.name));
    }
}
