/**
 * The reference data: people, lines of business, cycles, reports, workflows and who is assigned to them. Commands run as the
 * owner of the database (npm run -s admin, the demo) and write through `commit`, which says what was done, why, and which login
 * of the machine did it; origin `db:` and the role. The API writes the same in the name of an administrator
 * (services/change-register.ts).
 */
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import {
  Prisma,
  PrismaClient,
  type Cycle,
  type Lob,
  type Report,
  type User,
  type Workflow,
} from '../generated/prisma/client';
import { positions, signatories, unfitness, type Position, type Signatory } from '../versioning/fitness';
import { isBlank, tidied } from '../versioning/identity';
import type { UserRole } from '../versioning/model';
import { badInput, busy, DomainError, notFound } from '../versioning/errors';
import type { Db, Tx } from './database';
import { operator } from './operator';
import { namingsOf, REFERENCE_STREAM, usersById, type Naming } from './people';
import { fieldName } from './statements';

/** What a commit of reference data says of itself. */
export interface Statement {
  /** The command that it comes from, such as `admin users.add`. */
  readonly operation: string;
  /** Why; roles and assignments are not changed without. */
  readonly reason?: string | null;
}

/** Refused, with what to do about it; nothing was written. */
export class ReferenceDataRefusal extends Error {}
class ReasonMissing extends ReferenceDataRefusal {}

type Transaction = Prisma.TransactionClient;
/** The transaction as the rest of the product reads and writes in one. */
function asTx(tx: Transaction): Tx {
  let failure: unknown;
  const query = async <Row extends object>(sql: string, parameters: readonly unknown[] = []) =>
    (await tx.$queryRawUnsafe<object[]>(sql, ...parameters)).map(
      (row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [fieldName(column), value])) as Row,
    );
  return {
    // What is asked after something failed is told why that did.
    query: (sql, parameters) =>
      query<never>(sql, parameters).catch((error: unknown) => {
        throw failure ?? error;
      }),
    write: (sql, parameters) => void query(sql, parameters).catch((error: unknown) => (failure ??= error)),
  };
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

/** Whoever works in a workflow keeps the people and their rights as they are until they have ended. */
const PATIENCE = { timeout: 60_000, maxWait: 10_000 };

/** What is behind one of Prisma's errors: PostgreSQL's own, or what it means to the domain. */
function behind(error: unknown): unknown {
  if (error instanceof ReferenceDataRefusal) return badInput(error.message);
  const { code, meta, cause } = error as { code?: string; meta?: { driverAdapterError?: Error }; cause?: unknown };
  if (code === 'P2025') return notFound('What is to be changed');
  if (code === 'P2028') return busy('Others are working, and it has been waited for. Nothing was done; try again.', 2);
  const original = (meta?.driverAdapterError?.cause ?? cause) as
    { originalCode?: string; originalMessage?: string; severity?: string } | undefined;
  if (original?.originalCode === undefined) return error;
  const { originalCode, originalMessage, severity = 'ERROR' } = original;
  if (originalCode === '23505')
    return new DomainError('CONFLICT', 'There is one with this id, name or number already.');
  if (/^2300[13]$|^23503$/.test(originalCode))
    return badInput('It names a user, cycle, report or line of business that does not exist.');
  return Object.assign(new Error(originalMessage), { code: originalCode, severity });
}

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
      const reason = statement.reason && !isBlank(statement.reason) ? tidied(statement.reason) : null;
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

/** What can be said of a row; where it is changed, what is left out stays as it is. */
type Said<Row> = Partial<Omit<Row, 'streamId'>>;
type Named<Row extends { name: string }> = Said<Row> & Pick<Row, 'name'>;

/** A day of the calendar, written `YYYY-MM-DD` or at midnight in UTC. */
type Day = string | Date;
type SaidOfCycle = Omit<Said<Cycle>, 'startDate' | 'endDate'> &
  Partial<Readonly<Record<'startDate' | 'endDate', Day | null>>>;
type SaidOfUser = Said<User> & { readonly roles?: readonly UserRole[] };
export type Assigned = Partial<Pick<Workflow, Signatory>> & { readonly testerIds?: readonly number[] };

export type ReferenceWrites = ReturnType<typeof writesOf>;

function writesOf(tx: Transaction, reason: string | null) {
  const names = namesOf(tx);
  const demandReason = (what: string, isDone = true): void => {
    if (isDone && reason === null) throw new ReasonMissing(`${what} needs a reason, which is recorded with it.`);
  };
  /** Refuses people who cannot do what they would be named for. */
  const demandFit = async (position: Position, userIds: readonly (number | null | undefined)[]): Promise<void> => {
    const wanted = userIds.filter((userId) => userId != null);
    const people = new Map((await usersById(asTx(tx), wanted)).map((user) => [user.userId, user]));
    for (const userId of wanted) {
      const unfit = unfitness(people.get(userId), positions[position].takes);
      if (unfit) throw new ReferenceDataRefusal(`User ${userId} cannot be the ${positions[position].title}. ${unfit}`);
    }
  };

  const days = ({ startDate, endDate, ...cycle }: SaidOfCycle) => {
    const day = (said?: Day | null) => (typeof said === 'string' ? new Date(`${said}T00:00:00Z`) : said);
    return { ...cycle, startDate: day(startDate), endDate: day(endDate) };
  };
  const owned = async (report: Said<Report>): Promise<void> => {
    demandReason('Naming a report’s owner', report.ownerId !== undefined);
    await demandFit('REPORT_OWNER', [report.ownerId]);
  };
  const assigned = async ({ testerIds, ...people }: Assigned): Promise<void> => {
    demandReason('Assigning people');
    await demandFit('TESTER', testerIds ?? []);
    for (const [field, position] of Object.entries(signatories))
      await demandFit(position, [people[field as Signatory]]);
  };
  return {
    addUser: async ({ roles = [], ...user }: SaidOfUser & Pick<User, 'userId' | 'name'>) => {
      demandReason('Giving somebody a role', roles.length > 0);
      const granted = { create: roles.map((role) => ({ role })) };
      return tx.user.create({ data: { ...user, name: names.person(user.name), roles: granted } });
    },
    /** Answers with everything that the person stays named for, and cannot do (any more). */
    changeUser: async (userId: number, { name, isActive, roles }: SaidOfUser): Promise<Naming[]> => {
      demandReason('Changing somebody’s roles', roles !== undefined);
      demandReason('Changing whether somebody may sign in', isActive !== undefined);
      await tx.user.update({ where: { userId }, data: { name: names.person(name), isActive } });
      if (roles) {
        const data = roles.map((role) => ({ userId, role }));
        await tx.userRoleGrant.deleteMany({ where: { userId, role: { notIn: [...roles] } } });
        await tx.userRoleGrant.createMany({ data, skipDuplicates: true });
      }
      const [now] = await usersById(asTx(tx), [userId]);
      const named = await namingsOf(asTx(tx), userId);
      return named.filter(({ position }) => unfitness(now, positions[position].takes) !== null);
    },

    addLob: async ({ lobId = uuidv7(), name }: Named<Lob>) =>
      tx.lob.create({ data: { lobId, name: await names.lob(name) } }),
    changeLob: async (lobId: string, { name }: Said<Lob>) =>
      tx.lob.update({ where: { lobId }, data: { name: await names.lob(name, lobId) } }),

    addCycle: async ({ cycleId = uuidv7(), name, ...cycle }: SaidOfCycle & Pick<Cycle, 'name'>) =>
      tx.cycle.create({ data: { ...days(cycle), cycleId, name: await names.cycle(name) } }),
    changeCycle: async (cycleId: string, { name, ...cycle }: SaidOfCycle) =>
      tx.cycle.update({ where: { cycleId }, data: { ...days(cycle), name: await names.cycle(name, cycleId) } }),

    addReport: async ({ reportId = uuidv7(), name, number, ...report }: Named<Report> & Pick<Report, 'number'>) => {
      await owned(report);
      const said = { name: names.report(name), number: await names.reportNumber(number) };
      return tx.report.create({ data: { ...report, ...said, reportId } });
    },
    changeReport: async (reportId: string, { name, number, ...report }: Said<Report>) => {
      await owned(report);
      const said = { name: names.report(name), number: await names.reportNumber(number, reportId) };
      return tx.report.update({ where: { reportId }, data: { ...report, ...said } });
    },

    addWorkflow: async ({
      workflowId = uuidv7(),
      cycleId,
      reportId,
      ...people
    }: Assigned & Pick<Workflow, 'cycleId' | 'reportId'> & Partial<Pick<Workflow, 'workflowId'>>) => {
      const { testerIds = [], ...named } = people;
      if (testerIds.length > 0 || Object.values(named).some((userId) => userId != null)) await assigned(people);
      const testers = { create: testerIds.map((userId) => ({ userId })) };
      return tx.workflow.create({ data: { ...named, workflowId, cycleId, reportId, testers } });
    },
    /** Reassigns people; what is left out stays as it is. */
    changeWorkflow: async (workflowId: string, people: Assigned) => {
      await assigned(people);
      const { testerIds, ...named } = people;
      await tx.workflow.update({ where: { workflowId }, data: named });
      if (!testerIds) return;
      const data = testerIds.map((userId) => ({ workflowId, userId }));
      await tx.workflowTester.deleteMany({ where: { workflowId, userId: { notIn: [...testerIds] } } });
      await tx.workflowTester.createMany({ data, skipDuplicates: true });
    },
  };
}

/** Names as they are kept; undefined stays so. Blank ones are refused, and those that nobody could tell from one that is there already. */
function namesOf(tx: Transaction) {
  const said =
    (what: string) =>
    <Text extends string | undefined>(text: Text): Text => {
      if (text !== undefined && isBlank(text)) throw new ReferenceDataRefusal(`${what} must not be blank.`);
      return (text === undefined ? text : tidied(text)) as Text;
    };
  const unique =
    (what: string, table: string, column: string, id: string) =>
    async <Text extends string | undefined>(text: Text, ofId?: string): Promise<Text> => {
      const name = said(what)(text);
      if (name === undefined) return name;
      const [taken] = await tx.$queryRawUnsafe<{ name: string; id: string }[]>(
        `select ${column} as name, ${id}::text as id from ${table} where log.name_key(${column}) = log.name_key($1)`,
        name,
      );
      if (taken && taken.id !== ofId)
        throw new ReferenceDataRefusal(
          `${what} ${taken.name} is taken (by ${taken.id}). Upper and lower case, and blanks around it, make no other name.`,
        );
      return name;
    };
  return {
    person: said('The name of a person'),
    report: said('The name of a report'),
    lob: unique('The name', 'lobs', 'name', 'lob_id'),
    cycle: unique('The name', 'cycles', 'name', 'cycle_id'),
    reportNumber: unique('The number', 'reports', 'number', 'report_id'),
  };
}

/** What a failed write of reference data means to the person at the terminal. */
export function explained(error: unknown): string {
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    if (error.code === 'P2002') return 'There is one with this id, name or number already.';
    if (error.code === 'P2003') return 'It names a user, cycle, report or line of business that does not exist.';
    if (/cycles_period|a cycle that starts on/.test(error.message))
      return 'A cycle ends after it starts: give an --end that is not before --start.';
    if (error.code === 'P2025') return 'There is none with this id.';
  }
  if (error instanceof ReasonMissing) return error.message.replace(/\.$/, ': --reason "…".');
  return error instanceof Error ? error.message : String(error);
}
