/**
 * Readiness: whether this server can be relied on now. It is connected as the service role, the database is as the migrations create it and
 * confirms the checkpoints, there is disk space, and the server is not stopping.
 */
import { readdir, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Database } from '../database/connection/database';
import { projectRoot } from '../env';
import { checkCatalogue } from './catalogue';
import type { Checkpoints } from './checkpoints';
import { headProblems } from './heads';

/** How long a result is cached, since load balancers probe often. */
const BELIEVED_MS = 5_000;

/** With less free disk space than this, writes will soon fail. */
const MIN_FREE_BYTES = 64 * 2 ** 20;

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

  /** Reports not ready from now on, so that load balancers send requests elsewhere. */
  stop(): void {
    this.#isStopping = true;
  }

  /** A sentence for each problem. Rejects if the database does not answer. */
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
    const { differences: found } = await db.snapshot(checkCatalogue, 'a moment');
    const differences = found.length > 0 && (await isAhead(db)) ? [] : found;
    // Without an intact log there are no heads to compare, and that is already reported.
    const heads = differences.length > 0 ? [] : await behindNotes(db, checkpoints);
    return [...differences.map(inShort), ...heads, ...(await withoutRoom(folders, minFreeBytes))];
  }
}

/**
 * Whether the database has migrations unknown to this release, as during a rolling upgrade. This server cannot judge what newer ones added,
 * and goes on until it is replaced; `verify` and the doctor report it all the same.
 */
async function isAhead(db: Database): Promise<boolean> {
  const known = new Set(await readdir(path.join(projectRoot, 'prisma', 'migrations')));
  const applied = await db
    .query<{ name: string }>(
      'select migration_name as name from public._prisma_migrations where finished_at is not null and rolled_back_at is null',
    )
    .catch(() => []); // no such table, or no right to read it: then no migration explains the difference
  return applied.some(({ name }) => !known.has(name));
}

/** Readiness is public, so the details of a difference are left to auditors. */
const inShort = ({ object, kind }: { object: string; kind: 'missing' | 'unexpected' | 'changed' }): string =>
  `${object} is ${kind}.`;

/** A database that went back to an earlier state would continue with a history other than the recorded one. */
async function behindNotes(db: Database, checkpoints: Checkpoints | null): Promise<string[]> {
  let noted;
  try {
    noted = checkpoints?.heads() ?? [];
  } catch {
    return []; // tampered checkpoints are reported by `verify`; the service goes on
  }
  const found = await headProblems(db, noted);
  const of = (kind: string) => found.filter((problem) => problem.kind === kind).length;
  return [
    ...(of('behind') > 0
      ? [`The log lacks commits that checkpoints recorded, in ${of('behind')} of its streams.`]
      : []),
    ...(of('other') > 0
      ? [`The log has other commits than checkpoints recorded, in ${of('other')} of its streams.`]
      : []),
  ];
}

/** The free space on the disk of a folder; infinite if the folder does not exist, since nothing is written there. */
export const freeBytes = (folder: string): Promise<number> =>
  statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => Infinity,
  );

/** Reports folders whose disk has too little space. */
export async function withoutRoom(folders: readonly string[], minFreeBytes = MIN_FREE_BYTES): Promise<string[]> {
  const free = await Promise.all(folders.map(freeBytes));
  return free.some((bytes) => bytes < minFreeBytes)
    ? [`A disk that the server writes to has less than ${Math.ceil(minFreeBytes / 2 ** 20)} MB left.`]
    : [];
}
