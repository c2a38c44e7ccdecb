/**
 * The reference data: people, lines of business, cycles, reports, workflows and who is assigned to them. Commands run as the
 * owner of the database (npm run -s admin, the demo) and write through `commit`, which says what was done, why, and which login
 * of the machine did it; origin `db:` and the role. The API writes the same in the name of an administrator
 * (services/change-register.ts).
 */
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { PrismaClient } from '../generated/prisma/client';
import { isBlank, tidied } from '../versioning/identity';
import type { Db, Tx } from './database';
import { operator } from './operator';
import { REFERENCE_STREAM } from './people';
import { behind } from './reference-refusals';
import { asTx, writesOf, type ReferenceWrites } from './reference-writes';

/** What a commit of reference data says of itself. */
export interface Statement {
  /** The command that it comes from, such as `admin users.add`. */
  readonly operation: string;
  /** Why; roles and assignments are not changed without. */
  readonly reason?: string | null;
}

const person = { select: { userId: true, name: true } } as const;
/** A day of the calendar, as it is written. */
const written = (date: Date | null): string | null => date?.toISOString().slice(0, 10) ?? null;
const omit = { streamId: true } as const;

export type ReferenceData = ReturnType<typeof openReferenceData>;

/** A transaction in which the reference data can be written, and read as the rest of the product reads. */
export interface ReferenceTransaction {
  readonly tx: Tx;
  readonly data: ReferenceWrites;
}

/** A reason as it is kept; a blank one is none. */
export const reasonGiven = (text: string | null | undefined): string | null =>
  text == null || isBlank(text) ? null : tidied(text);

/** Whoever works in a workflow keeps the people and their rights as they are until they have ended. */
const PATIENCE = { timeout: 60_000, maxWait: 10_000 };

/** Whether the commit that is open in this transaction has written anything. */
export const isWritten = async (tx: Db): Promise<boolean> => {
  const [found] = await tx.query<{ isWritten: boolean }>(
    `select exists (select from log.row_change r join log.stream s using (stream_id)
       where s.stream_id = $1::uuid and r.sequence = s.sequence + 1) as is_written`,
    [REFERENCE_STREAM],
  );
  return found!.isWritten;
};

/**
 * Opens the reference data; close it when done.
 * @param database the address, as the owner, or connections of the service
 */
export function openReferenceData(database: string | pg.Pool) {
  const adapter = new PrismaPg(typeof database === 'string' ? { connectionString: database, max: 2 } : database);
  const prisma = new PrismaClient({ adapter });
  return {
    /** Writes in one transaction, whose commit the work itself opens and seals. */
    transaction: <T>(reason: string | null, work: (transaction: ReferenceTransaction) => Promise<T>): Promise<T> =>
      prisma
        .$transaction((tx) => work({ tx: asTx(tx), data: writesOf(tx, reason) }), PATIENCE)
        .catch((error: unknown) => {
          throw behind(error);
        }),

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

    /** Writes in one transaction and one commit; what changes nothing is none, and answers null. */
    commit: async <T>(statement: Statement, write: (data: ReferenceWrites) => Promise<T>): Promise<T | null> => {
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

/** What would change nothing is no commit. */
class NothingChanged extends Error {}
