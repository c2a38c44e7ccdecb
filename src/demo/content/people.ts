// The demo's people with their fixed ids, lines of business, cycle and reports.

export type DemoRole =
  'TESTER' | 'REPORT_OWNER' | 'DATA_OWNER' | 'DATA_EXECUTIVE' | 'TEST_EXECUTIVE' | 'ADMIN' | 'AUDITOR';

export interface DemoUser {
  readonly userId: number;
  readonly name: string;
  readonly roles: readonly DemoRole[];
}
export interface DemoLob {
  readonly lobId: string;
  readonly name: string;
}
export interface DemoCycle {
  readonly cycleId: string;
  readonly name: string;
  readonly startDate: string;
  readonly endDate: string;
  readonly cycleStatus: string;
}
export interface DemoReport {
  readonly reportId: string;
  readonly number: string;
  readonly name: string;
  readonly lobId: string;
  readonly ownerId: number;
}
export interface DemoWorkflow {
  readonly workflowId: string;
  readonly cycleId: string;
  readonly reportId: string;
  readonly testerIds: readonly number[];
  /** Signs for the test team, and therefore edits no version of the test report. */
  readonly testLeadId: number;
  readonly reportOwnerId: number;
  readonly testExecutiveId: number;
}

export const people = {
  ada: { userId: 1, name: 'Ada Lindqvist', roles: ['TESTER'] },
  ben: { userId: 2, name: 'Ben Okafor', roles: ['TESTER'] },
  olga: { userId: 3, name: 'Olga Petrenko', roles: ['REPORT_OWNER'] },
  dan: { userId: 4, name: 'Dan Whitaker', roles: ['DATA_OWNER'] },
  eve: { userId: 5, name: 'Eve Marchetti', roles: ['DATA_EXECUTIVE'] },
  tess: { userId: 6, name: 'Tess Nakamura', roles: ['TEST_EXECUTIVE'] },
  root: { userId: 7, name: 'Robin Ottosson', roles: ['ADMIN'] },
  aud: { userId: 8, name: 'Audrey Mbeki', roles: ['AUDITOR'] },
} as const satisfies Record<string, DemoUser>;

export const users: readonly DemoUser[] = Object.values(people);

export const lobs = {
  consumerCards: { lobId: '0194d2a0-5c00-7000-8000-0000000000a1', name: 'Consumer Cards' },
  smallBusiness: { lobId: '0194d2a0-5c00-7000-8000-0000000000a2', name: 'Small Business Banking' },
  treasury: { lobId: '0194d2a0-5c00-7000-8000-0000000000a3', name: 'Treasury' },
} as const satisfies Record<string, DemoLob>;

export const cycle: DemoCycle = {
  cycleId: '0194d2a0-5c00-7000-8000-000000000001',
  name: 'Report testing 2026, fourth quarter',
  startDate: '2026-10-01',
  endDate: '2026-12-31',
  cycleStatus: 'ACTIVE',
};

const creditCardReport: DemoReport = {
  reportId: '0194d2a0-5c00-7000-8000-000000000002',
  number: 'CC-14M D.1',
  name: 'Domestic Credit Cards, monthly account schedule',
  lobId: lobs.consumerCards.lobId,
  ownerId: people.olga.userId,
};

const liquidityReport: DemoReport = {
  reportId: '0194d2a0-5c00-7000-8000-000000000003',
  number: 'LQ-52 S',
  name: 'Liquidity Position, daily summary',
  lobId: lobs.treasury.lobId,
  ownerId: people.olga.userId,
};

export const reports: readonly DemoReport[] = [creditCardReport, liquidityReport];

export const creditCardWorkflow: DemoWorkflow = {
  workflowId: '0194d2a0-5c00-7000-8000-0000000000f1',
  cycleId: cycle.cycleId,
  reportId: creditCardReport.reportId,
  testerIds: [people.ada.userId, people.ben.userId],
  testLeadId: people.ben.userId,
  reportOwnerId: people.olga.userId,
  testExecutiveId: people.tess.userId,
};

/** At an earlier phase, so that lists have more than one row. */
export const liquidityWorkflow: DemoWorkflow = {
  workflowId: '0194d2a0-5c00-7000-8000-0000000000f2',
  cycleId: cycle.cycleId,
  reportId: liquidityReport.reportId,
  testerIds: [people.ben.userId, people.ada.userId],
  testLeadId: people.ada.userId,
  reportOwnerId: people.olga.userId,
  testExecutiveId: people.tess.userId,
};

export const workflows: readonly DemoWorkflow[] = [creditCardWorkflow, liquidityWorkflow];
