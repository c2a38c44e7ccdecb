/**
 * Whether this server may be relied on now: it is connected as the service, the database is as the migrations make it and has all that
 * was noted of its log, there is room on the disk, and nobody has told the server to stop.
 */
import { readdir, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Database } from '../database/database';
import { projectRoot } from '../env';
import { holdCatalogue } from './catalogue';
import type { Checkpoints } from './checkpoints';
import { headProblems } from './heads';

/** How long what was found is believed: whoever asks whether a server is ready asks often. */
const BELIEVED_MS = 5_000;

/** With less room on a disk than this, what is written there soon fails. */
export const MIN_FREE_BYTES = 64 * 2 ** 20;

interface Parts {
  readonly db: Database;
  readonly checkpoints: Checkpoints | null;
  /** The folders that the server writes to. */
  readonly folders: readonly string[];
  readonly minFreeBytes?: number;
}

export class Readiness {
  #believed: { readonly problems: Promise<readonly string[]>; readonly asked: number } | undefined;
  #isStopping = false;

  constructor(private readonly parts: Parts) {}

  /** From now on it is not ready: whoever shares out requests sends them elsewhere. */
  stop(): void {
    this.#isStopping = true;
  }

  /** What stands against it, in sentences. It is rejected where the database does not answer. */
  async problems(): Promise<readonly string[]> {
    if (this.#isStopping) return ['This server is stopping.'];
    const session = await this.parts.db.askSession();
    const others = await this.#others();
    return session === null ? others : [`${session}.`, ...others];
  }

  #others(): Promise<readonly string[]> {
    if (!this.#believed || Date.now() - this.#believed.asked > BELIEVED_MS) {
      const problems = this.#look();
      this.#believed = { problems, asked: Date.now() };
      problems.catch(() => (this.#believed = undefined));
    }
    return this.#believed.problems;
  }

  async #look(): Promise<readonly string[]> {
    const { db, checkpoints, folders, minFreeBytes } = this.parts;
    const { differences: found } = await db.snapshot(holdCatalogue, 'a moment');
    const differences = found.length > 0 && (await isAhead(db)) ? [] : found;
    // Without the log there is nothing to hold heads against, which is told already.
    const heads = differences.length > 0 ? [] : await behindNotes(db, checkpoints);
    return [...differences.map(inShort), ...heads, ...(await withoutRoom(folders, minFreeBytes))];
  }
}

/**
 * Whether the database has migrations that this release does not know, as it has while servers are replaced by newer ones: what they
 * have added is not for this one to judge, which goes on until its turn. `verify` and the doctor tell of it all the same.
 */
async function isAhead(db: Database): Promise<boolean> {
  const known = new Set(await readdir(path.join(projectRoot, 'prisma', 'migrations')));
  const applied = await db
    .query<{ name: string }>(
      'select migration_name as name from public._prisma_migrations where finished_at is not null and rolled_back_at is null',
    )
    .catch(() => []); // there is none, or nobody may look: then it is no migration that made the difference
  return applied.some(({ name }) => !known.has(name));
}

/** Anybody may ask whether a server is ready, so what the difference is in detail stays with auditors. */
const inShort = ({ object, kind }: { object: string; kind: 'missing' | 'unexpected' | 'changed' }): string =>
  `${object} is ${kind}.`;

/** Whoever went on from an earlier state would write another history than the one that was noted. */
async function behindNotes(db: Database, checkpoints: Checkpoints | null): Promise<string[]> {
  let noted;
  try {
    noted = checkpoints?.heads() ?? [];
  } catch {
    return []; // checkpoints that were tampered with are for `verify` to tell: the service goes on
  }
  const found = await headProblems(db, noted);
  const of = (kind: string) => found.filter((problem) => problem.kind === kind).length;
  return [
    ...(of('behind') > 0 ? [`The log lacks commits that were noted outside, in ${of('behind')} of its streams.`] : []),
    ...(of('other') > 0
      ? [`The log has other commits than were noted outside, in ${of('other')} of its streams.`]
      : []),
  ];
}

/** How much room is left on the disk of a folder; one that is not there is not written to. */
export const freeBytes = (folder: string): Promise<number> =>
  statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => Infinity,
  );

/** Folders with too little room on their disks. */
export async function withoutRoom(folders: readonly string[], minFreeBytes = MIN_FREE_BYTES): Promise<string[]> {
  const free = await Promise.all(folders.map(freeBytes));
  return free.some((bytes) => bytes < minFreeBytes)
    ? [`A disk that the server writes to has less than ${Math.ceil(minFreeBytes / 2 ** 20)} MB left.`]
    : [];
}
