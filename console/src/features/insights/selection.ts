/** What of the page is in its address, and the filter that it is to the API: the same for a figure and for its versions. */
import type { PhaseVersionFilter, UserRole } from '../../generated/graphql';
import type { View as NamedView } from '../../parts/views/saved-views';
import { capital, roleNames } from '../../text/words';

export const measures = ['waiting', 'time', 'rejections', 'versions'] as const;
export type Measure = (typeof measures)[number];
export const roles = ['TESTER', 'REPORT_OWNER', 'DATA_OWNER', 'DATA_EXECUTIVE', 'TEST_EXECUTIVE', 'ADMIN'] as const;
export type View = (typeof roles)[number];

export interface Insight {
  readonly cycle?: string | undefined;
  readonly lob?: string | undefined;
  readonly view?: View | undefined;
  readonly measure?: Measure | undefined;
  /** Which versions are listed: a filter, beside the one of the whole page. */
  readonly rows?: PhaseVersionFilter | undefined;
}

/** Which parts a role's dashboard of the old system had, the first at the top, and what its heat map showed. */
export const views: Record<View, { readonly measure: Measure; readonly charts: readonly string[] }> = {
  TESTER: { measure: 'waiting', charts: ['heat', 'ageing', 'people', 'quality'] },
  REPORT_OWNER: { measure: 'waiting', charts: ['ageing', 'heat', 'time', 'quality'] },
  DATA_OWNER: { measure: 'waiting', charts: ['ageing', 'people', 'heat'] },
  DATA_EXECUTIVE: { measure: 'waiting', charts: ['people', 'ageing', 'heat', 'trend'] },
  TEST_EXECUTIVE: { measure: 'rejections', charts: ['heat', 'quality', 'time', 'trend', 'ageing'] },
  ADMIN: { measure: 'versions', charts: ['heat', 'trend', 'people'] },
};
export const allCharts = ['heat', 'ageing', 'time', 'quality', 'people', 'trend'];
export const isView = (role: UserRole): role is View => (roles as readonly string[]).includes(role);

/** Those for the roles of the old system, of what is looked at already. */
export const givenViews = ({ cycle, lob }: Insight): NamedView[] => [
  { name: 'Everything', search: { cycle, lob } },
  ...roles.map((view) => ({ name: capital(roleNames[view]), search: { cycle, lob, view } })),
];

export const filterOf = ({ cycle, lob }: Insight): PhaseVersionFilter => ({
  ...(cycle && { cycleIds: [cycle] }),
  ...(lob && { lobIds: [lob] }),
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const texts = ['figure', 'reviewedSince', 'waitingSince', 'waitingUntil'] as const;
const lists = ['phases', 'reportIds', 'cycleIds', 'submittedBy', 'createdBy'] as const;

/** What an address says is listed; what is no filter of such a list is as if it were not there. */
export function readRows(value: unknown): PhaseVersionFilter | undefined {
  if (!isRecord(value) || typeof value.figure !== 'string') return undefined;
  return {
    ...Object.fromEntries(texts.flatMap((name) => (typeof value[name] === 'string' ? [[name, value[name]]] : []))),
    ...Object.fromEntries(lists.flatMap((name) => (Array.isArray(value[name]) ? [[name, value[name]]] : []))),
  };
}
