/** The state of the page in its address, and the API filter and order made from it. */
import * as common from '#text/common';
import * as t from '#text/given-views';
import type { Phase, PhaseProgress, WorkflowFilter, WorkflowOrder, WorkflowRole } from '../../generated/graphql';
import type { View } from '../../parts/views/saved-views';

export const whichOnes = ['mine', 'waiting', 'overdue'] as const;
export type Which = (typeof whichOnes)[number];
export const whichNames: Record<Which, string> = {
  mine: t.thatIAmAssignedTo,
  waiting: t.withSomethingWaitingForA,
  overdue: t.thatAreOverdue,
};

export const orders = ['change', 'waiting', 'report'] as const;
export type Order = (typeof orders)[number];
export const orderNames: Record<Order, string> = {
  change: t.lastChange,
  waiting: t.waitingLongest,
  report: common.report,
};
const orderBy: Record<Order, WorkflowOrder> = {
  change: { field: 'LAST_CHANGE', direction: 'DESC' },
  waiting: { field: 'WAITING_SINCE', direction: 'ASC' },
  report: { field: 'REPORT_NAME', direction: 'ASC' },
};

export const states: readonly PhaseProgress[] = ['BLOCKED', 'READY', 'IN_PROGRESS', 'AWAITING_APPROVAL', 'COMPLETE'];

export interface Selection {
  readonly q?: string | undefined;
  readonly which?: Which | undefined;
  readonly cycle?: string | undefined;
  readonly lob?: string | undefined;
  readonly phase?: Phase | undefined;
  /** The state of the chosen phase. */
  readonly state?: PhaseProgress | undefined;
  readonly order?: Order | undefined;
}

export const givenViews: readonly View[] = [
  { name: common.all, search: {} },
  { name: t.mine, search: { which: 'mine' } },
  { name: t.waitingForAWeek, search: { which: 'waiting', order: 'waiting' } },
  { name: t.overdue, search: { which: 'overdue' } },
];

const anyRole: WorkflowRole[] = ['DATA_OWNER', 'DELEGATE', 'REPORT_OWNER', 'TESTER', 'TEST_EXECUTIVE', 'TEST_LEAD'];
const DAY_MS = 86_400_000;

/** @param now the reference for "a week ago" in milliseconds; rounded to the day, so that the filter is stable */
export function asked({ q, which, cycle, lob, phase, state, order }: Selection, now: number) {
  const filter: WorkflowFilter = {
    ...(q && { search: q }),
    ...(which === 'mine' && { myRoles: anyRole }),
    ...(which === 'overdue' && { isOverdue: true }),
    ...(which === 'waiting' && { waitsSinceBefore: new Date((Math.floor(now / DAY_MS) - 7) * DAY_MS).toISOString() }),
    ...(cycle && { cycleIds: [cycle] }),
    ...(lob && { lobId: lob }),
    ...(phase && state && { phaseProgress: { phase, progress: [state] } }),
  };
  return { filter, orderBy: order ? orderBy[order] : null };
}
