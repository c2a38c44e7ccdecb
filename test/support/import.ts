/** A place to import to: a fresh database and the importer's session, without a server in front of it. */
import { openSource } from '../../src/legacy/source';
import { importFrom } from '../../src/legacy/import';
import type { ImportOptions, ImportResult } from '../../src/legacy/import-run';
import { digestOf } from '../../src/legacy/digest';
import { OwnerSession } from '../../src/legacy/session';
import { recordsOf } from '../../src/legacy/staging';
import { verify } from '../../src/legacy/verify';
import type { VerifyReport } from '../../src/legacy/verify-report';
import { createFilledDatabase, createTestDatabase, type TestDatabase } from './database';
import { asFolder, oldSystem, type OldTables } from './old-system';

export class Target {
  private constructor(readonly database: TestDatabase) {}

  static async create(): Promise<Target> {
    return new Target(await createTestDatabase());
  }

  /** A target with the same import as the first caller's in this test run. */
  static async like(what: string, fill: (target: Target) => Promise<unknown>): Promise<Target> {
    const { database } = await createFilledDatabase(what, async (urls) => {
      await fill(new Target({ ...urls, drop: () => Promise.resolve() }));
    });
    return new Target(database);
  }

  /** The settings that point a command to this target. */
  get settings(): { DATABASE_URL: string; DATABASE_OWNER_URL: string } {
    return { DATABASE_URL: this.database.serviceUrl, DATABASE_OWNER_URL: this.database.ownerUrl };
  }

  async session<T>(work: (session: OwnerSession) => Promise<T>): Promise<T> {
    const session = await OwnerSession.open(this.database.ownerUrl);
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  }

  /** @param from tables, a folder, or a database's address */
  async import(from: OldTables | string, options: ImportOptions = {}): Promise<ImportResult> {
    const source = await openSource(typeof from === 'string' ? from : asFolder(from));
    try {
      return await this.session((session) => importFrom(session, source, options));
    } finally {
      await source.close();
    }
  }

  sync(from: OldTables | string, options: ImportOptions = {}): Promise<ImportResult> {
    return this.import(from, { ...options, isSync: true });
  }

  async verify(from?: OldTables | string): Promise<VerifyReport> {
    const source = from === undefined ? null : await openSource(typeof from === 'string' ? from : asFolder(from));
    try {
      return await this.session((session) =>
        session.snapshot((tx) => verify(tx, source ? { source: recordsOf(source), counts: source.counts } : {})),
      );
    } finally {
      await source?.close();
    }
  }

  digest(): Promise<string> {
    return this.session(digestOf);
  }

  query<Row extends object = Record<string, any>>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.session((session) => session.query<Row>(sql, parameters));
  }

  drop(): Promise<void> {
    return this.database.drop();
  }
}

/** A target to which the standard old system was imported. */
export const takenOver = (): Promise<Target> => Target.like('old_system', (target) => target.import(oldSystem()));
