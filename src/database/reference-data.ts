/**
 * Writing the reference data: people, lines of business, cycles, reports, workflows and who is assigned to them. It runs as
 * the owner of the database (npm run -s admin, the demo), and like every write it is captured: origin `db:` and the role.
 */
import { PrismaPg } from '@prisma/adapter-pg';
import { v7 as uuidv7 } from 'uuid';
import { Prisma, PrismaClient, type UserRole } from '../generated/prisma/client';

export interface NewWorkflow {
  readonly workflowId?: string;
  readonly cycleId: string;
  readonly reportId: string;
  readonly testerIds: readonly number[];
  readonly testLeadId?: number | null;
  readonly reportOwnerId?: number | null;
  readonly testExecutiveId?: number | null;
}

const date = (text: string | null | undefined): Date | null | undefined =>
  text ? new Date(`${text}T00:00:00Z`) : text === null ? null : undefined;

export type ReferenceData = ReturnType<typeof openReferenceData>;

/** Opens the reference data for writing; close it when done. Each call is one transaction and one change set. */
export function openReferenceData(ownerUrl: string) {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: ownerUrl, max: 2 }) });
  return {
    users: () => prisma.user.findMany({ include: { roles: { orderBy: { role: 'asc' } } }, orderBy: { userId: 'asc' } }),
    addUser: (userId: number, name: string, roles: readonly UserRole[]) =>
      prisma.user.create({ data: { userId, name, roles: { create: roles.map((role) => ({ role })) } } }),
    changeUser: (userId: number, change: { name?: string; isActive?: boolean; roles?: readonly UserRole[] }) =>
      prisma.$transaction(async (tx) => {
        await tx.user.update({ where: { userId }, data: { name: change.name, isActive: change.isActive } });
        if (!change.roles) return;
        await tx.userRoleGrant.deleteMany({ where: { userId, role: { notIn: [...change.roles] } } });
        await tx.userRoleGrant.createMany({
          data: change.roles.map((role) => ({ userId, role })),
          skipDuplicates: true,
        });
      }),

    lobs: () => prisma.lob.findMany({ orderBy: { name: 'asc' } }),
    addLob: (name: string, lobId: string = uuidv7()) => prisma.lob.create({ data: { lobId, name } }),
    changeLob: (lobId: string, name: string) => prisma.lob.update({ where: { lobId }, data: { name } }),

    cycles: () => prisma.cycle.findMany({ orderBy: [{ startDate: 'desc' }, { name: 'asc' }] }),
    addCycle: (cycle: {
      cycleId?: string;
      name: string;
      startDate?: string | null;
      endDate?: string | null;
      cycleStatus?: string;
    }) =>
      prisma.cycle.create({
        data: {
          ...cycle,
          cycleId: cycle.cycleId ?? uuidv7(),
          startDate: date(cycle.startDate),
          endDate: date(cycle.endDate),
        },
      }),
    changeCycle: (
      cycleId: string,
      change: { name?: string; startDate?: string | null; endDate?: string | null; cycleStatus?: string },
    ) =>
      prisma.cycle.update({
        where: { cycleId },
        data: { ...change, startDate: date(change.startDate), endDate: date(change.endDate) },
      }),

    reports: () => prisma.report.findMany({ include: { lob: true, owner: true }, orderBy: { number: 'asc' } }),
    addReport: (report: {
      reportId?: string;
      name: string;
      number: string;
      lobId?: string | null;
      ownerId?: number | null;
    }) => prisma.report.create({ data: { ...report, reportId: report.reportId ?? uuidv7() } }),
    changeReport: (
      reportId: string,
      change: { name?: string; number?: string; lobId?: string | null; ownerId?: number | null },
    ) => prisma.report.update({ where: { reportId }, data: change }),

    workflows: () =>
      prisma.workflow.findMany({
        include: {
          cycle: true,
          report: true,
          testers: { include: { user: true } },
          testLead: true,
          reportOwner: true,
          testExecutive: true,
        },
        orderBy: { workflowId: 'desc' },
      }),
    addWorkflow: ({ testerIds, workflowId, ...workflow }: NewWorkflow) =>
      prisma.workflow.create({
        data: {
          ...workflow,
          workflowId: workflowId ?? uuidv7(),
          testers: { create: testerIds.map((userId) => ({ userId })) },
        },
      }),
    /** Reassigns people; what is left out stays as it is. */
    changeWorkflow: (
      workflowId: string,
      { testerIds, ...people }: Partial<Omit<NewWorkflow, 'workflowId' | 'cycleId' | 'reportId'>>,
    ) =>
      prisma.$transaction(async (tx) => {
        await tx.workflow.update({ where: { workflowId }, data: people });
        if (!testerIds) return;
        await tx.workflowTester.deleteMany({ where: { workflowId, userId: { notIn: [...testerIds] } } });
        await tx.workflowTester.createMany({
          data: testerIds.map((userId) => ({ workflowId, userId })),
          skipDuplicates: true,
        });
      }),

    close: () => prisma.$disconnect(),
  };
}

/** What a failed write of reference data means to the person at the terminal. */
export function explained(error: unknown): string {
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    if (error.code === 'P2002') return 'There is one with this id, name or number already.';
    if (error.code === 'P2003') return 'It names a user, cycle, report or line of business that does not exist.';
    if (error.code === 'P2025') return 'There is none with this id.';
  }
  return error instanceof Error ? error.message : String(error);
}
