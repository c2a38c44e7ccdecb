/** Writes reference data within a Prisma transaction. Fields omitted from a change stay as they are. */
import { v7 as uuidv7 } from 'uuid';
import type { Cycle, Lob, Prisma, Report, User, Workflow } from '../../generated/prisma/client';
import { CLOSED, cycleClosed, cycleStatus } from '../../versioning/cycle';
import { positions, signatories, unfitness, type Position, type Signatory } from '../../versioning/fitness';
import { isBlank, tidied } from '../../versioning/identity';
import type { UserRole } from '../../versioning/model';
import type { Tx } from '../connection/database';
import { namingsOf, usersById, type Naming } from './people';
import { ReasonMissing, ReferenceDataRefusal } from './reference-refusals';
import { fieldName } from '../connection/statements';
import { webhookWrites } from './webhooks';

type Transaction = Prisma.TransactionClient;
/** A Prisma transaction, with the interface that the rest of the product uses. */
export function asTx(tx: Transaction): Tx {
  let failure: unknown;
  const query = async <Row extends object>(sql: string, parameters: readonly unknown[] = []) =>
    (await tx.$queryRawUnsafe<object[]>(sql, ...parameters)).map(
      (row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [fieldName(column), value])) as Row,
    );
  return {
    // A query after a failed write reports that failure, which is the cause.
    query: (sql, parameters) =>
      query<never>(sql, parameters).catch((error: unknown) => {
        throw failure ?? error;
      }),
    write: (sql, parameters) => void query(sql, parameters).catch((error: unknown) => (failure ??= error)),
  };
}

/** The fields of a row that can be set; fields omitted from a change stay as they are. */
type Changes<Row> = Partial<Omit<Row, 'streamId'>>;
type Named<Row extends { name: string }> = Changes<Row> & Pick<Row, 'name'>;

/** A calendar date: `YYYY-MM-DD`, or midnight UTC. */
type Day = string | Date;
type CycleChanges = Omit<Changes<Cycle>, 'startDate' | 'endDate'> &
  Partial<Readonly<Record<'startDate' | 'endDate', Day | null>>>;
type UserChanges = Changes<User> & { readonly roles?: readonly UserRole[] };
export type Assigned = Partial<Pick<Workflow, Signatory>> & { readonly testerIds?: readonly number[] };

export type ReferenceWrites = ReturnType<typeof writesOf>;

export function writesOf(tx: Transaction, reason: string | null) {
  const names = namesOf(tx);
  const requireReason = (what: string, isDone = true): void => {
    if (isDone && reason === null) throw new ReasonMissing(`${what} needs a reason, which is recorded with it.`);
  };
  /** Refuses people who cannot hold the position that they would be named for. */
  const requireFit = async (position: Position, userIds: readonly (number | null | undefined)[]): Promise<void> => {
    const wanted = userIds.filter((userId) => userId != null);
    const people = new Map((await usersById(asTx(tx), wanted)).map((user) => [user.userId, user]));
    for (const userId of wanted) {
      const unfit = unfitness(people.get(userId), positions[position].takes);
      if (unfit) throw new ReferenceDataRefusal(`User ${userId} cannot be the ${positions[position].title}. ${unfit}`);
    }
  };

  const days = ({ startDate, endDate, cycleStatus, ...cycle }: CycleChanges) => {
    const day = (said?: Day | null) => (typeof said === 'string' ? new Date(`${said}T00:00:00Z`) : said);
    return { ...cycle, startDate: day(startDate), endDate: day(endDate), cycleStatus: names.status(cycleStatus) };
  };
  const owned = async (report: Changes<Report>): Promise<void> => {
    requireReason('Naming a report’s owner', report.ownerId !== undefined);
    await requireFit('REPORT_OWNER', [report.ownerId]);
  };
  const isClosed = async (cycleId: string): Promise<boolean> =>
    (await tx.cycle.count({ where: { cycleId, cycleStatus: CLOSED } })) > 0;
  const assigned = async ({ testerIds, ...people }: Assigned): Promise<void> => {
    requireReason('Assigning people');
    await requireFit('TESTER', testerIds ?? []);
    for (const [field, position] of Object.entries(signatories))
      await requireFit(position, [people[field as Signatory]]);
  };
  return {
    ...webhookWrites(asTx(tx), requireReason),

    addUser: async ({ roles = [], ...user }: UserChanges & Pick<User, 'userId' | 'name'>) => {
      if (user.userId < 1) throw new ReferenceDataRefusal('A person’s number is 1 or more.');
      requireReason('Giving somebody a role', roles.length > 0);
      const granted = { create: [...new Set(roles)].map((role) => ({ role })) };
      return tx.user.create({ data: { ...user, name: names.person(user.name), roles: granted } });
    },
    /** Returns the positions that the person keeps although they can no longer hold them. */
    changeUser: async (userId: number, { name, isActive, roles }: UserChanges): Promise<Naming[]> => {
      requireReason('Changing somebody’s roles', roles !== undefined);
      requireReason('Changing whether somebody may sign in', isActive !== undefined);
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
    changeLob: async (lobId: string, { name }: Changes<Lob>) =>
      tx.lob.update({ where: { lobId }, data: { name: await names.lob(name, lobId) } }),

    addCycle: async ({ cycleId = uuidv7(), name, ...cycle }: CycleChanges & Pick<Cycle, 'name'>) =>
      tx.cycle.create({ data: { ...days(cycle), cycleId, name: await names.cycle(name) } }),
    changeCycle: async (cycleId: string, { name, ...cycle }: CycleChanges) => {
      const said = days(cycle);
      const isOpened = said.cycleStatus !== undefined && said.cycleStatus !== CLOSED && (await isClosed(cycleId));
      requireReason('Opening a cycle again', isOpened);
      return tx.cycle.update({ where: { cycleId }, data: { ...said, name: await names.cycle(name, cycleId) } });
    },

    addReport: async ({ reportId = uuidv7(), name, number, ...report }: Named<Report> & Pick<Report, 'number'>) => {
      await owned(report);
      const said = { name: names.report(name), number: await names.reportNumber(number) };
      return tx.report.create({ data: { ...report, ...said, reportId } });
    },
    changeReport: async (reportId: string, { name, number, ...report }: Changes<Report>) => {
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
      if (await isClosed(cycleId)) throw cycleClosed('no workflow is added');
      if (testerIds.length > 0 || Object.values(named).some((userId) => userId != null)) await assigned(people);
      const testers = { create: [...new Set(testerIds)].map((userId) => ({ userId })) };
      return tx.workflow.create({ data: { ...named, workflowId, cycleId, reportId, testers } });
    },
    /** Reassigns people; omitted positions stay as they are. */
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

/**
 * Normalizes names; undefined stays undefined. Blank names are refused, and so are names that people could not tell from an existing one.
 */
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
          `${what} ${taken.name} is taken (by ${taken.id}). Upper and lower case and surrounding blanks make no difference.`,
        );
      return name;
    };
  return {
    person: said('The name of a person'),
    report: said('The name of a report'),
    status: (text: string | undefined) => {
      const status = said('The status of a cycle')(text);
      return status === undefined ? status : cycleStatus(status);
    },
    lob: unique('The name', 'lobs', 'name', 'lob_id'),
    cycle: unique('The name', 'cycles', 'name', 'cycle_id'),
    reportNumber: unique('The number', 'reports', 'number', 'report_id'),
  };
}
