/**
 * What each person is to the rules: the roles they act in, and what they may see. It is specified here once more, independently of the
 * tables and rules that the server uses.
 */
import type { UserRole } from '../../src/versioning/model';
import type { AuditOnlyPhase } from '../../src/versioning/phase';
import { phaseOf } from '../../src/phases';
import { buildRecord, demandPhase, sendCommand, type BuiltVersion } from './builders';
import {
  ada,
  aud,
  ben,
  both,
  dan,
  eve,
  olga,
  otherWorkflow,
  root,
  stranger,
  tess,
  workflow,
  type World,
} from './world';

export interface Member {
  /** Null for somebody without a token. */
  readonly userId: number | null;
  readonly sees: boolean;
  readonly seesDeleted: boolean;
  /** The person's roles, where required with an assignment in this workflow. */
  readonly actsAs: readonly UserRole[];
}
export type Cast = Readonly<Record<string, Member>>;

const outsider = (userId: number | null): Member => ({ userId, sees: false, seesDeleted: false, actsAs: [] });
const onlooker = (userId: number): Member => ({ ...outsider(userId), sees: true });
const acting = (userId: number, ...actsAs: UserRole[]): Member => ({ ...onlooker(userId), actsAs });
const tester = (userId: number, ...also: UserRole[]): Member => ({
  ...acting(userId, 'TESTER', ...also),
  seesDeleted: true,
});
const keeper = (userId: number): Member => ({ ...onlooker(userId), seesDeleted: true });

export const standardCast: Cast = {
  ada: tester(ada),
  ben: tester(ben),
  olga: acting(olga, 'REPORT_OWNER'),
  dan: outsider(dan),
  eve: acting(eve, 'DATA_EXECUTIVE'),
  tess: acting(tess, 'TEST_EXECUTIVE'),
  root: keeper(root),
  aud: keeper(aud),
  stranger: outsider(stranger),
  both: outsider(both),
  nobody: outsider(null),
};

/** The same people in the other workflow, where Bo is tester and report owner. */
export const otherCast: Cast = {
  ...standardCast,
  ada: outsider(ada),
  olga: outsider(olga),
  tess: onlooker(tess),
  both: tester(both, 'REPORT_OWNER'),
};

export const canActAs = (member: Member, roles: readonly UserRole[]): boolean =>
  roles.some((role) => member.actsAs.includes(role));

/** A third workflow with the people of the first, in which nothing has been approved, so all phases but the first are closed. */
export const closedWorkflow = {
  cycleId: workflow.cycleId,
  reportId: '0194d2a0-5c00-7000-8000-000000000004',
  workflowId: '0194d2a0-5c00-7000-8000-0000000000f3',
};

export const openClosedWorkflow = (world: World): Promise<unknown> =>
  world.sql(
    'owner',
    `insert into reports (report_id, name, number) values ('${closedWorkflow.reportId}', 'Own funds', 'OF-1');
     insert into workflows (workflow_id, cycle_id, report_id, test_lead_id, report_owner_id, test_executive_id) values
       ('${closedWorkflow.workflowId}', '${closedWorkflow.cycleId}', '${closedWorkflow.reportId}', ${ben}, ${olga}, ${tess});
     insert into workflow_testers (workflow_id, user_id) values
       ('${closedWorkflow.workflowId}', ${ada}), ('${closedWorkflow.workflowId}', ${ben});`,
  );

// ── data owners ─────────────────────────────────────────────────────────────────────────────────────────────────────

const owners = {
  successor: 21,
  former: 22,
  dismissed: 23,
  leaving: 24,
  heir: 25,
  retiring: 26,
  early: 27,
  late: 28,
  elsewhere: 29,
};
/** Owns data of the standard workflow, and so sees it. */
export const { successor } = owners;
/** Is named as the owner of data, but has lost the role since. */
const nominal = 30;

/** Assigns a data owner to a workflow whose phase 5 is open. */
export const assign = (
  world: World,
  dataOwnerId: number,
  {
    by = ada,
    of = workflow,
    ...times
  }: { by?: number; of?: typeof workflow; validFrom?: string; validTo?: string } = {},
): Promise<BuiltVersion> =>
  sendCommand(world, by, phaseOf('DATA_OWNER_ID') as AuditOnlyPhase, 'assignDataOwner', {
    cycleId: of.cycleId,
    reportId: of.reportId,
    dataOwnerId,
    assignmentType: 'BACKUP',
    ...times,
  });

/**
 * Data owners of every kind: assigned, by a transfer, until a transfer, until an end, until a planned transfer or end, not yet, no longer,
 * in another workflow, and without the role. Returns what they are in the two workflows.
 */
export async function assignDataOwners(world: World): Promise<{ standard: Cast; other: Cast }> {
  const names = Object.entries({ ...owners, nominal });
  await world.sql(
    'owner',
    `insert into users (user_id, name, is_active) values ${names.map(([name, id]) => `(${id}, '${name}', true)`).join()};
     insert into user_roles (user_id, role) values ${names.map(([, id]) => `(${id}, 'DATA_OWNER')`).join()};`,
  );
  const phase = phaseOf('DATA_OWNER_ID') as AuditOnlyPhase;
  await demandPhase(world, phase.key, { of: workflow, preparer: ada });
  await buildRecord(world, { phase: phase.key, of: otherWorkflow, by: ben, approver: both });
  const change = async (mutation: string, { versionId, revision }: BuiltVersion, more: object = {}) =>
    sendCommand(world, ada, phase, mutation, { versionId, expectedRevision: revision, reason: 'Leaves.', ...more });
  const someday = '2999-01-01T00:00:00Z';
  await assign(world, dan);
  await assign(world, nominal);
  await world.sql('owner', `delete from user_roles where user_id = ${nominal}`);
  const { heir } = owners;
  await change('transferDataOwner', await assign(world, owners.former), { toUserId: successor });
  await change('transferDataOwner', await assign(world, owners.leaving), { toUserId: heir, validFrom: someday });
  await change('deactivateDataOwner', await assign(world, owners.dismissed));
  await change('deactivateDataOwner', await assign(world, owners.retiring), { validTo: someday });
  await assign(world, owners.early, { validFrom: someday });
  await assign(world, owners.late, { validFrom: '2020-01-01T00:00:00Z', validTo: '2020-02-01T00:00:00Z' });
  await assign(world, owners.elsewhere, { by: ben, of: otherWorkflow });

  const nowhere = Object.fromEntries(Object.entries({ ...owners, nominal }).map(([name, id]) => [name, outsider(id)]));
  const { leaving, retiring, elsewhere } = owners;
  const owning = Object.entries({ dan, successor, leaving, retiring }).map(([name, id]) => [
    name,
    acting(id, 'DATA_OWNER'),
  ]);
  return {
    standard: { ...standardCast, ...nowhere, ...Object.fromEntries(owning), nominal: onlooker(nominal) },
    other: { ...otherCast, ...nowhere, elsewhere: acting(elsewhere, 'DATA_OWNER') },
  };
}
