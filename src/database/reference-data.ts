/**
 * The reference data: people, lines of business, cycles, reports, workflows and who is assigned to them. It runs as the owner of
 * the database (npm run -s admin, the demo). `commit` is the one door for writing: like every write it is captured, and its
 * commit says what was done, why, and which login of the machine did it; origin `db:` and the role.
 */
import { PrismaPg } from '@prisma/adapter-pg';
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
import type { Db } from './database';
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

type Transaction = Prisma.TransactionClient;
/** The transaction as the rest of the product reads through one. */
const asDb = (tx: Transaction): Db => ({
  query: async <Row extends object>(sql: string, parameters: readonly unknown[] = []) =>
    (await tx.$queryRawUnsafe<object[]>(sql, ...parameters)).map(
      (row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [fieldName(column), value])) as Row,
    ),
});

const person = { select: { userId: true, name: true } } as const;
/** A day of the calendar, as it is written. */
const written = (date: Date | null): string | null => date?.toISOString().slice(0, 10) ?? null;
const omit = { streamId: true } as const;

export type ReferenceData = ReturnType<typeof openReferenceData>;

/** Opens the reference data; close it when done. */
export function openReferenceData(ownerUrl: string) {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: ownerUrl, max: 2 }) });
  return {
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
        return await prisma.$transaction(
          async (tx) => {
            await tx.$executeRaw`select log.state(${statement.operation}, ${reason}, ${operator()})`;
            const result = await write(writesOf(tx, reason));
            const [{ isWritten }] = await tx.$queryRaw<[{ isWritten: boolean }]>`
              select exists (select from log.row_change r join log.stream s using (stream_id)
                where s.stream_id = ${REFERENCE_STREAM}::uuid and r.sequence = s.sequence + 1) as "isWritten"`;
            if (!isWritten) throw new NothingChanged();
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

/** What can be said of a row; where it is changed, what is left out stays as it is. */
type Said<Row> = Partial<Omit<Row, 'streamId'>>;
type Named<Row extends { name: string }> = Said<Row> & Pick<Row, 'name'>;

/** The days of a cycle are written `YYYY-MM-DD`. */
type SaidOfCycle = Omit<Said<Cycle>, 'startDate' | 'endDate'> &
  Partial<Readonly<Record<'startDate' | 'endDate', string | null>>>;
type SaidOfUser = Said<User> & { readonly roles?: readonly UserRole[] };
export type Assigned = Partial<Pick<Workflow, Signatory>> & { readonly testerIds?: readonly number[] };

export type ReferenceWrites = ReturnType<typeof writesOf>;

function writesOf(tx: Transaction, reason: string | null) {
  const names = namesOf(tx);
  const demandReason = (what: string, isDone = true): void => {
    if (isDone && reason === null)
      throw new ReferenceDataRefusal(`${what} needs a reason, which is recorded with it: --reason "…".`);
  };
  /** Refuses people who cannot do what they would be named for. */
  const demandFit = async (position: Position, userIds: readonly (number | null | undefined)[]): Promise<void> => {
    const wanted = userIds.filter((userId) => userId != null);
    const people = new Map((await usersById(asDb(tx), wanted)).map((user) => [user.userId, user]));
    for (const userId of wanted) {
      const unfit = unfitness(people.get(userId), positions[position].takes);
      if (unfit) throw new ReferenceDataRefusal(`User ${userId} cannot be the ${positions[position].title}. ${unfit}`);
    }
  };

  const days = ({ startDate, endDate, ...cycle }: SaidOfCycle) => {
    const day = (text?: string | null) => (text == null ? text : new Date(`${text}T00:00:00Z`));
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
      const [now] = await usersById(asDb(tx), [userId]);
      const named = await namingsOf(asDb(tx), userId);
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
  return error instanceof Error ? error.message : String(error);
}
