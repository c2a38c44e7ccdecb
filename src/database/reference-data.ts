/**
 * Writing the reference data: people, lines of business, cycles, reports, workflows and who is assigned to them. It runs as
 * the owner of the database (npm run -s admin, the demo). `commit` is the one door: like every write it is captured, and its
 * commit says what was done, why, and which login of the machine did it; origin `db:` and the role.
 */
import { PrismaPg } from '@prisma/adapter-pg';
import { v7 as uuidv7 } from 'uuid';
import { Prisma, PrismaClient, type UserRole } from '../generated/prisma/client';
import { positions, unfitness, type Position } from '../versioning/fitness';
import { isBlank, tidied } from '../versioning/identity';
import { fieldName, type Db } from './database';
import { operator } from './operator';
import { namingsOf, REFERENCE_STREAM, usersById, type Naming } from './people';

/** What a commit of reference data says of itself. */
export interface Statement {
  /** The command that it comes from, such as `admin users.add`. */
  readonly operation: string;
  /** Why; roles and assignments are not changed without. */
  readonly reason?: string | null;
}

export interface NewWorkflow {
  readonly workflowId?: string;
  readonly cycleId: string;
  readonly reportId: string;
  readonly testerIds: readonly number[];
  readonly testLeadId?: number | null;
  readonly reportOwnerId?: number | null;
  readonly testExecutiveId?: number | null;
}

/** Refused, with what to do about it; nothing was written. */
export class ReferenceDataRefusal extends Error {}

type Transaction = Prisma.TransactionClient;
/** The transaction as the rest of the product reads through one. */
const asDb = (tx: Transaction): Db => ({
  query: async <Row extends object>(sql: string, parameters: readonly unknown[] = []) =>
    (await tx.$queryRawUnsafe<object[]>(sql, ...parameters)).map(
      (row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [fieldName(column), value])) as Row,
    ),
});

export type ReferenceData = ReturnType<typeof openReferenceData>;

const date = (text: string | null | undefined): Date | null | undefined =>
  text ? new Date(`${text}T00:00:00Z`) : text === null ? null : undefined;

/** Opens the reference data; close it when done. */
export function openReferenceData(ownerUrl: string) {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: ownerUrl, max: 2 }) });
  return {
    users: () => prisma.user.findMany({ include: { roles: { orderBy: { role: 'asc' } } }, orderBy: { userId: 'asc' } }),
    lobs: () => prisma.lob.findMany({ orderBy: { name: 'asc' } }),
    cycles: () => prisma.cycle.findMany({ orderBy: [{ startDate: 'desc' }, { name: 'asc' }] }),
    reports: () => prisma.report.findMany({ include: { lob: true, owner: true }, orderBy: { number: 'asc' } }),
    workflows: () =>
      prisma.workflow.findMany({
        include: {
          cycle: true,
          report: true,
          testers: { include: { user: true }, orderBy: { userId: 'asc' } },
          testLead: true,
          reportOwner: true,
          testExecutive: true,
        },
        orderBy: { workflowId: 'desc' },
      }),

    /** Writes in one transaction and one commit; what changes nothing is none, and answers null. */
    commit: async <T>(statement: Statement, write: (data: ReferenceWrites) => Promise<T>): Promise<T | null> => {
      const reason = statement.reason && !isBlank(statement.reason) ? tidied(statement.reason) : null;
      try {
        return await prisma.$transaction(
          async (tx) => {
            await tx.$executeRaw`select log.state(${statement.operation}, ${reason}, ${operator()})`;
            const result = await write(writesOf(tx, reason));
            const [written] = await tx.$queryRaw<{ isWritten: boolean }[]>`
              select exists (select from log.row_change r join log.stream s using (stream_id)
                where s.stream_id = ${REFERENCE_STREAM}::uuid and r.sequence = s.sequence + 1) as "isWritten"`;
            if (!written!.isWritten) throw new NothingChanged();
            return result;
          },
          // Whoever works in a workflow keeps the people and their rights as they are until they have ended.
          { timeout: 60_000, maxWait: 10_000 },
        );
      } catch (error) {
        if (error instanceof NothingChanged) return null;
        throw error;
      }
    },

    close: () => prisma.$disconnect(),
  };
}

class NothingChanged extends Error {}

export type ReferenceWrites = ReturnType<typeof writesOf>;

function writesOf(tx: Transaction, reason: string | null) {
  const demandReason = (what: string): void => {
    if (reason === null)
      throw new ReferenceDataRefusal(`${what} needs a reason, which is recorded with it: --reason "…".`);
  };
  /** Refuses people who cannot do what they would be named for. */
  const demandFit = async (position: Position, ...userIds: readonly (number | null | undefined)[]): Promise<void> => {
    const wanted = userIds.filter((userId) => userId != null);
    const people = new Map((await usersById(asDb(tx), wanted)).map((user) => [user.userId, user]));
    for (const userId of wanted) {
      const unfit = unfitness(people.get(userId), positions[position].takes);
      if (unfit) throw new ReferenceDataRefusal(`User ${userId} cannot be the ${positions[position].title}. ${unfit}`);
    }
  };
  const demandFitForAll = async (named: Partial<Omit<NewWorkflow, 'workflowId'>>): Promise<void> => {
    await demandFit('TESTER', ...(named.testerIds ?? []));
    await demandFit('TEST_LEAD', named.testLeadId);
    await demandFit('REPORT_OWNER', named.reportOwnerId);
    await demandFit('TEST_EXECUTIVE', named.testExecutiveId);
  };
  const { person, lob, cycle: cycleName, report: reportName, reportNumber } = namesOf(tx);
  return {
    addUser: async (userId: number, name: string, roles: readonly UserRole[]) => {
      if (roles.length > 0) demandReason('Giving somebody a role');
      return tx.user.create({
        data: { userId, name: person(name), roles: { create: roles.map((role) => ({ role })) } },
      });
    },
    /** Answers with everything that the person stays named for, and cannot do (any more). */
    changeUser: async (
      userId: number,
      change: { name?: string; isActive?: boolean; roles?: readonly UserRole[] },
    ): Promise<Naming[]> => {
      if (change.roles) demandReason('Changing somebody’s roles');
      if (change.isActive !== undefined) demandReason('Changing whether somebody may sign in');
      await tx.user.update({ where: { userId }, data: { name: person(change.name), isActive: change.isActive } });
      if (change.roles) {
        await tx.userRoleGrant.deleteMany({ where: { userId, role: { notIn: [...change.roles] } } });
        await tx.userRoleGrant.createMany({
          data: change.roles.map((role) => ({ userId, role })),
          skipDuplicates: true,
        });
      }
      const [now] = await usersById(asDb(tx), [userId]);
      const named = await namingsOf(asDb(tx), userId);
      return named.filter(({ position }) => unfitness(now, positions[position].takes) !== null);
    },

    addLob: async (name: string, lobId: string = uuidv7()) => tx.lob.create({ data: { lobId, name: await lob(name) } }),
    changeLob: async (lobId: string, name: string) =>
      tx.lob.update({ where: { lobId }, data: { name: await lob(name, lobId) } }),

    addCycle: async (cycle: {
      cycleId?: string;
      name: string;
      startDate?: string | null;
      endDate?: string | null;
      cycleStatus?: string;
    }) =>
      tx.cycle.create({
        data: {
          ...cycle,
          name: await cycleName(cycle.name),
          cycleId: cycle.cycleId ?? uuidv7(),
          startDate: date(cycle.startDate),
          endDate: date(cycle.endDate),
        },
      }),
    changeCycle: async (
      cycleId: string,
      change: { name?: string; startDate?: string | null; endDate?: string | null; cycleStatus?: string },
    ) =>
      tx.cycle.update({
        where: { cycleId },
        data: {
          ...change,
          name: await cycleName(change.name, cycleId),
          startDate: date(change.startDate),
          endDate: date(change.endDate),
        },
      }),

    addReport: async (report: {
      reportId?: string;
      name: string;
      number: string;
      lobId?: string | null;
      ownerId?: number | null;
    }) => {
      if (report.ownerId != null) demandReason('Naming a report’s owner');
      await demandFit('REPORT_OWNER', report.ownerId);
      const names = { name: reportName(report.name), number: await reportNumber(report.number) };
      return tx.report.create({ data: { ...report, ...names, reportId: report.reportId ?? uuidv7() } });
    },
    changeReport: async (
      reportId: string,
      change: { name?: string; number?: string; lobId?: string | null; ownerId?: number | null },
    ) => {
      if (change.ownerId !== undefined) demandReason('Naming a report’s owner');
      await demandFit('REPORT_OWNER', change.ownerId);
      const names = { name: reportName(change.name), number: await reportNumber(change.number, reportId) };
      return tx.report.update({ where: { reportId }, data: { ...change, ...names } });
    },

    addWorkflow: async ({ testerIds, workflowId, ...workflow }: NewWorkflow) => {
      const { testLeadId, reportOwnerId, testExecutiveId } = workflow;
      if (testerIds.length > 0 || testLeadId != null || reportOwnerId != null || testExecutiveId != null)
        demandReason('Assigning people');
      await demandFitForAll({ testerIds, ...workflow });
      return tx.workflow.create({
        data: {
          ...workflow,
          workflowId: workflowId ?? uuidv7(),
          testers: { create: testerIds.map((userId) => ({ userId })) },
        },
      });
    },
    /** Reassigns people; what is left out stays as it is. */
    changeWorkflow: async (
      workflowId: string,
      { testerIds, ...people }: Partial<Omit<NewWorkflow, 'workflowId' | 'cycleId' | 'reportId'>>,
    ) => {
      demandReason('Assigning people');
      await demandFitForAll({ testerIds, ...people });
      await tx.workflow.update({ where: { workflowId }, data: people });
      if (!testerIds) return;
      await tx.workflowTester.deleteMany({ where: { workflowId, userId: { notIn: [...testerIds] } } });
      await tx.workflowTester.createMany({
        data: testerIds.map((userId) => ({ workflowId, userId })),
        skipDuplicates: true,
      });
    },
  };
}

/** What a thing of the register is called, as it is kept; undefined stays so. */
type Spelling = <Text extends string | undefined>(text: Text) => Text;
type UniqueSpelling = <Text extends string | undefined>(text: Text, ofId?: string) => Promise<Text>;

/** Names as they are kept. Blank ones are refused, and those that nobody could tell from one that is there already. */
function namesOf(tx: Transaction) {
  const said =
    (what: string): Spelling =>
    <Text extends string | undefined>(text: Text): Text => {
      if (text !== undefined && isBlank(text)) throw new ReferenceDataRefusal(`${what} must not be blank.`);
      return (text === undefined ? text : tidied(text)) as Text;
    };
  const unique =
    (what: string, table: string, column: string, id: string): UniqueSpelling =>
    async <Text extends string | undefined>(text: Text, ofId?: string): Promise<Text> => {
      const name = said(what)(text);
      if (name === undefined) return name;
      const [taken] = await tx.$queryRaw<{ name: string; id: string }[]>(
        Prisma.sql`select ${Prisma.raw(column)} as name, ${Prisma.raw(id)}::text as id from ${Prisma.raw(table)}
          where log.name_key(${Prisma.raw(column)}) = log.name_key(${name})`,
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
  return error instanceof Error ? error.message : String(error);
}
