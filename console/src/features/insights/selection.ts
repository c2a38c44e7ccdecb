/** The state of the page in its address, and the API filter made from it. A figure and its list of versions use the same filter. */
import * as t from '#text/given-views';
import { capital, roleNames } from '#text/words';
import type { PhaseVersionFilter, UserRole } from '../../generated/graphql';
import type { View as NamedView } from '../../parts/views/saved-views';

export const measures = ['waiting', 'time', 'rejections', 'versions'] as const;
export type Measure = (typeof measures)[number];
export const roles = ['TESTER', 'REPORT_OWNER', 'DATA_OWNER', 'DATA_EXECUTIVE', 'TEST_EXECUTIVE', 'ADMIN'] as const;
export type View = (typeof roles)[number];

export interface Insight {
  readonly cycle?: string | undefined;
  readonly lob?: string | undefined;
  readonly view?: View | undefined;
  readonly measure?: Measure | undefined;
  /** The filter of the list of versions, in addition to that of the page. */
  readonly rows?: PhaseVersionFilter | undefined;
}

/** The panels of each role's dashboard in the old system, in order, and the figure of its heat map. */
export const views: Record<View, { readonly measure: Measure; readonly charts: readonly string[] }> = {
  TESTER: { measure: 'waiting', charts: ['heat', 'ageing', 'people', 'quality'] },
  REPORT_OWNER: { measure: 'waiting', charts: ['ageing', 'heat', 'time', 'quality'] },
  DATA_OWNER: { measure: 'waiting', charts: ['ageing', 'people', 'heat'] },
  DATA_EXECUTIVE: { measure: 'waiting', charts: ['people', 'ageing', 'heat', 'trend'] },
  TEST_EXECUTIVE: { measure: 'rejections', charts: ['heat', 'quality', 'time', 'trend', 'ageing'] },
  ADMIN: { measure: 'versions', charts: ['heat', 'trend', 'people'] },
};
export const allCharts = ['heat', 'ageing', 'time', 'quality', 'people', 'trend'];
const broad: readonly string[] = ['heat', 'trend'];
/** The charts that take a row of their own: the broad ones, and each other that has no neighbour to share one with. */
export function wholeRows(charts: readonly string[]): ReadonlySet<string> {
  const whole = new Set<string>();
  let half: string | undefined;
  for (const chart of charts) {
    if (broad.includes(chart)) {
      whole.add(chart);
      if (half !== undefined) whole.add(half);
      half = undefined;
    } else half = half === undefined ? chart : undefined;
  }
  if (half !== undefined) whole.add(half);
  return whole;
}
export const isView = (role: UserRole): role is View => (roles as readonly string[]).includes(role);

/** The dashboards of the old system's roles, for the current filter. */
export const givenViews = ({ cycle, lob }: Insight): NamedView[] => [
  { name: t.everything, search: { cycle, lob } },
  ...roles.map((view) => ({ name: capital(roleNames[view]), search: { cycle, lob, view } })),
];

export const filterOf = ({ cycle, lob }: Insight): PhaseVersionFilter => ({
  ...(cycle && { cycleIds: [cycle] }),
  ...(lob && { lobIds: [lob] }),
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const texts = ['figure', 'reviewedSince', 'waitingSince', 'waitingUntil'] as const;
const lists = ['phases', 'reportIds', 'cycleIds', 'handedInBy'] as const;

/** Reads the filter of the list from the address; anything else is ignored. */
export function readRows(value: unknown): PhaseVersionFilter | undefined {
  if (!isRecord(value) || typeof value.figure !== 'string') return undefined;
  return {
    ...Object.fromEntries(texts.flatMap((name) => (typeof value[name] === 'string' ? [[name, value[name]]] : []))),
    ...Object.fromEntries(lists.flatMap((name) => (Array.isArray(value[name]) ? [[name, value[name]]] : []))),
  };
}
