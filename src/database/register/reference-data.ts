/**
 * The reference data: people, lines of business, cycles, reports, workflows and their assignments. Commands (npm run -s admin, the demo)
 * run as the owner of the database and write through `commit`, which records the operation, the reason and the operating-system user; the
 * origin is `db:` and the role. The API performs the same writes on behalf of an administrator (services/change-register.ts).
 */
import type pg from 'pg';
import { PrismaClient } from '../../generated/prisma/client';
import { DomainError } from '../../versioning/errors';
import { isBlank, tidied } from '../../versioning/identity';
import type { Db, Tx } from '../connection/database';
import { operator } from '../deployment/operator';
import { PatientPrismaPg } from '../connection/patient-prisma';
import { REFERENCE_STREAM } from './people';
import { isPostgresError, outcomeUnknown } from '../connection/postgres-errors';
import { causeOf } from './reference-refusals';
import { asTx, writesOf, type ReferenceWrites } from './reference-writes';

/** What a commit of reference data records about itself. */
export interface CommitDetails {
  /** The command behind it, such as `admin users.add`. */
  readonly operation: string;
  /** The reason; changes of roles and assignments require one. */
  readonly reason?: string | null;
}

const person = { select: { userId: true, name: true } } as const;
/** A calendar date in ISO format. */
const written = (date: Date | null): string | null => date?.toISOString().slice(0, 10) ?? null;
const omit = { streamId: true } as const;

export type ReferenceData = ReturnType<typeof openReferenceData>;

/** A transaction that writes reference data with Prisma, and reads with the product's own statements. */
export interface ReferenceTransaction {
  readonly tx: Tx;
  readonly data: ReferenceWrites;
}

/** A reason as it is stored; a blank one counts as none. */
export const reasonGiven = (text: string | null | undefined): string | null =>
  text == null || isBlank(text) ? null : tidied(text);

/** Writers in a workflow hold locks on the people and their rights until they commit, so these transactions may have to wait. */
const PATIENCE = { timeout: 60_000, maxWait: 10_000 };

/** Whether an error is a definite refusal, so that nothing was committed. Any other error during COMMIT leaves the outcome unknown. */
const isRefused = (error: unknown): boolean =>
  error instanceof DomainError || (isPostgresError(error) && error.severity === 'ERROR');

/** Whether the open commit of this transaction contains any row change. */
export const isWritten = async (tx: Db): Promise<boolean> => {
  const [found] = await tx.query<{ isWritten: boolean }>(
    `select exists (select from log.row_change r join log.stream s using (stream_id)
       where s.stream_id = $1::uuid and r.sequence = s.sequence + 1) as is_written`,
    [REFERENCE_STREAM],
  );
  return found!.isWritten;
};

/**
 * Opens access to the reference data; close it when done.
 * @param database the owner's URL, or a pool of the service
 * @param patienceMs the time-out for the answer to COMMIT; 0 means none
 */
export function openReferenceData(database: string | pg.Pool, patienceMs = 0) {
  const pool = typeof database === 'string' ? { connectionString: database, max: 2 } : database;
  const adapter = new PatientPrismaPg(pool, patienceMs);
  const prisma = new PrismaClient({ adapter });
  return {
    /** Runs work in one transaction; the work opens and seals the commit itself. */
    transaction: async <T>(
      reason: string | null,
      work: (transaction: ReferenceTransaction) => Promise<T>,
    ): Promise<T> => {
      let isEnding = false;
      try {
        return await prisma.$transaction(async (tx) => {
          const done = await work({ tx: asTx(tx), data: writesOf(tx, reason) });
          isEnding = true;
          return done;
        }, PATIENCE);
      } catch (error) {
        const cause = causeOf(error);
        throw isEnding && !isRefused(cause) ? outcomeUnknown(false) : cause;
      }
    },

    users: async () => {
      const include = { roles: { orderBy: { role: 'asc' } } } as const;
      const users = await prisma.user.findMany({ omit, include, orderBy: { userId: 'asc' } });
      return users.map((user) => ({ ...user, roles: user.roles.map(({ role }) => role) }));
    },
    lobs: () => prisma.lob.findMany({ omit, orderBy: { name: 'asc' } }),
    cycles: async () => {
      const cycles = await prisma.cycle.findMany({ omit, orderBy: [{ startDate: 'desc' }, { name: 'asc' }] });
      return cycles.map((cycle) => ({
        ...cycle,
        startDate: written(cycle.startDate),
        endDate: written(cycle.endDate),
      }));
    },
    reports: () =>
      prisma.report.findMany({
        select: {
          reportId: true,
          number: true,
          name: true,
          lob: { select: { lobId: true, name: true } },
          owner: person,
        },
        orderBy: { number: 'asc' },
      }),
    workflows: async () => {
      const workflows = await prisma.workflow.findMany({
        select: {
          workflowId: true,
          cycle: { select: { cycleId: true, name: true } },
          report: { select: { reportId: true, number: true, name: true } },
          testers: { select: { user: person }, orderBy: { userId: 'asc' } },
          testLead: person,
          reportOwner: person,
          testExecutive: person,
        },
        orderBy: { workflowId: 'desc' },
      });
      return workflows.map((workflow) => ({ ...workflow, testers: workflow.testers.map(({ user }) => user) }));
    },

    /** Writes in one transaction and one commit. If nothing changes, there is no commit and the result is null. */
    commit: async <T>(statement: CommitDetails, write: (data: ReferenceWrites) => Promise<T>): Promise<T | null> => {
      const reason = reasonGiven(statement.reason);
      try {
        return await prisma.$transaction(async (tx) => {
          await tx.$executeRaw`select log.state(${statement.operation}, ${reason}, ${operator()})`;
          const result = await write(writesOf(tx, reason));
          if (!(await isWritten(asTx(tx)))) throw new NothingChanged();
          return result;
        }, PATIENCE);
      } catch (error) {
        if (error instanceof NothingChanged) return null;
        throw error;
      }
    },

    close: () => prisma.$disconnect(),
  };
}

/** Rolls back a commit that would change nothing. */
class NothingChanged extends Error {}
