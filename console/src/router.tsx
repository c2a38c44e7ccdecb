import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router';
import type { ComponentType } from 'react';
import * as common from '#text/common';
import { phaseNames } from '#text/words';
import { reading } from './api/client';
import { loadCode } from './api/load-code';
import { queries } from './api/queries';
import { restore, SIGN_IN } from './api/session';
import type { ChangeKind, Phase, TypedDocumentString } from './generated/graphql';
import { Failure, Notice, Waiting } from './parts/Notices';
import {
  givenViews as givenInsightViews,
  measures,
  readRows,
  roles,
  type Insight,
} from './features/insights/selection';
import type { Asked } from './features/log/asked';
import { readWhere, type Where } from './features/version/items/where';
import {
  givenViews as givenWorkflowViews,
  orders,
  states,
  whichOnes,
  type Selection,
} from './features/workflows/selection';
import { firstView } from './parts/views/use-views';
import { Shell } from './shell/Shell';
import { instantOf } from './shell/use-at';

const phases = Object.keys(phaseNames) as Phase[];

type Raw = Record<string, unknown>;
const text = (value: unknown) => (typeof value === 'string' && value ? value : undefined);
const number = (value: unknown) => (typeof value === 'number' && Number.isInteger(value) ? value : undefined);
const oneOf =
  <T extends string>(...values: readonly T[]) =>
  (value: unknown) =>
    values.find((one) => one === value);
/** Parses the instant in the address; anything invalid is ignored. */
const instant = (value: unknown) => {
  const given = text(value);
  return given !== undefined && !Number.isNaN(Date.parse(given)) ? new Date(given).toISOString() : undefined;
};

const root = createRootRoute({
  component: Shell,
  validateSearch: (search: Raw): { at?: string | undefined } => ({ at: instant(search.at) }),
  search: { middlewares: [retainSearchParams(['at'])] }, // every link keeps the instant
  // People who are not signed in are redirected to sign in, and come back to this page.
  beforeLoad: async ({ location }) => {
    if (location.pathname === SIGN_IN || (await restore())) return;
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router redirects by throwing
    throw redirect({ to: SIGN_IN, search: { back: location.href } });
  },
  pendingComponent: () => <Waiting page />,
  notFoundComponent: () => (
    <Notice page title={common.thereIsNoSuchPage}>
      {common.theAddressMayBeIncomplete}
    </Notice>
  ),
  errorComponent: ({ error, reset }) => <Failure page error={error} retry={reset} />,
});
const page = <const Path extends string>(path: Path) => ({ getParentRoute: () => root, path });
/**
 * What a page exports: itself, and what it reads first if the parameters of its path say all of it. Their types are left out, since those of
 * the pages follow from the routes.
 */
interface PageModule {
  default: unknown;
  reads?: unknown;
}
/** Who reads the log is recorded; somebody who points at a link has read nothing yet. */
const READS_LOG = /\b(changes|changeSet|changesAround|rowChanges)\b/;
interface Going {
  params: object;
  deps: { at?: string | undefined };
  location: { pathname: string };
  cause: 'preload' | 'enter' | 'stay';
}
/** Opens a page. The first address, and a link that is pointed at, fetch its code and what it reads beside all else. */
function opened(load: () => Promise<PageModule>) {
  const loadAnew = loadCode(load);
  let loading: Promise<PageModule> | undefined;
  const code = () =>
    (loading ??= loadAnew().catch((error: unknown) => {
      loading = undefined;
      throw error;
    }));
  const read = async ({ params, deps: { at }, location: { pathname }, cause }: Going) => {
    const reads = (await code()).reads as TypedDocumentString<unknown, object> | undefined;
    if (reads && !(cause === 'preload' && READS_LOG.test(String(reads))))
      await queries.prefetchQuery(reading(reads, params, instantOf(pathname, at)));
  };
  return {
    component: lazyRouteComponent(code as () => Promise<{ default: ComponentType }>),
    loaderDeps: ({ search: { at } }: { search: { at?: string | undefined } }) => ({ at }),
    // Not waited for, since the page itself shows what is waited for and what failed. The types of each route's parameters are its own.
    loader: ((going: Going) => void read(going).catch(() => undefined)) as () => void,
  };
}

const signIn = createRoute({
  ...page(SIGN_IN),
  validateSearch: (search: Raw): { back?: string | undefined } => ({ back: text(search.back) }),
  ...opened(() => import('./features/sign-in/SignInPage')),
});
const myWork = createRoute({
  ...page('/'),
  ...opened(() => import('./features/my-work/MyWorkPage')),
});
const workflows = createRoute({
  ...page('/workflows'),
  validateSearch: (search: Raw): Selection & { after?: string | undefined } => ({
    q: text(search.q),
    which: oneOf(...whichOnes)(search.which),
    cycle: text(search.cycle),
    lob: text(search.lob),
    phase: oneOf(...phases)(search.phase),
    state: oneOf(...states)(search.state),
    order: oneOf(...orders)(search.order),
    after: text(search.after),
  }),
  beforeLoad: ({ search, cause }) => {
    const first = cause === 'enter' && firstView('workflows', givenWorkflowViews, search);
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router redirects by throwing
    if (first) throw redirect({ to: '/workflows', search: first, replace: true });
  },
  ...opened(() => import('./features/workflows/WorkflowsPage')),
});
const workflow = createRoute({
  ...page('/w/$cycleId/$reportId'),
  ...opened(() => import('./features/workflow/WorkflowPage')),
});
const phase = createRoute({
  ...page('/w/$cycleId/$reportId/$phase'),
  ...opened(() => import('./features/phase/PhasePage')),
});
const log = createRoute({
  ...page('/w/$cycleId/$reportId/log'),
  validateSearch: (search: Raw): Asked & { commit?: number | undefined; after?: string | undefined } => ({
    commit: number(search.commit),
    after: text(search.after),
    operation: text(search.operation),
    actor: number(search.actor),
    table: text(search.table),
    since: text(search.since),
    until: text(search.until),
  }),
  ...opened(() => import('./features/log/LogPage')),
});
const cyclesOfReport = createRoute({
  ...page('/w/$cycleId/$reportId/cycles'),
  ...opened(() => import('./features/cycles/CyclesPage')),
});
const insights = createRoute({
  ...page('/insights'),
  validateSearch: (search: Raw): Insight => ({
    cycle: text(search.cycle),
    lob: text(search.lob),
    view: oneOf(...roles)(search.view),
    measure: oneOf(...measures)(search.measure),
    rows: readRows(search.rows),
  }),
  beforeLoad: ({ search, cause }) => {
    const first = cause === 'enter' && firstView('insights', givenInsightViews(search), search);
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router redirects by throwing
    if (first) throw redirect({ to: '/insights', search: first, replace: true });
  },
  ...opened(() => import('./features/insights/InsightsPage')),
});
const verify = createRoute({
  ...page('/verify'),
  validateSearch: (search: Raw): { cycle?: string | undefined; report?: string | undefined } => ({
    cycle: text(search.cycle),
    report: text(search.report),
  }),
  ...opened(() => import('./features/verify/VerifyPage')),
});
export const versionTabs = ['items', 'content', 'signatures', 'versions', 'commits'] as const;
const version = createRoute({
  ...page('/v/$versionId'),
  validateSearch: (
    search: Raw,
  ): {
    tab?: (typeof versionTabs)[number] | undefined;
    q?: string | undefined;
    item?: string | undefined;
    where?: Where | undefined;
    sort?: string | undefined;
    group?: string | undefined;
    hide?: string | undefined;
  } => ({
    tab: oneOf(...versionTabs)(search.tab),
    q: text(search.q),
    item: text(search.item),
    where: readWhere(search.where),
    sort: text(search.sort),
    group: text(search.group),
    hide: text(search.hide),
  }),
  ...opened(() => import('./features/version/VersionPage')),
});
export const reviewFilters = ['all', 'changed', 'undecided', 'unseen'] as const;
const review = createRoute({
  ...page('/v/$versionId/review'),
  validateSearch: (
    search: Raw,
  ): {
    item?: string | undefined;
    q?: string | undefined;
    show?: (typeof reviewFilters)[number] | undefined;
    against?: 'review' | 'base' | 'none' | undefined;
  } => ({
    item: text(search.item),
    q: text(search.q),
    show: oneOf(...reviewFilters)(search.show),
    against: oneOf('review', 'base', 'none')(search.against),
  }),
  ...opened(() => import('./features/review/ReviewPage')),
});
const diff = createRoute({
  ...page('/v/$versionId/diff'),
  validateSearch: (
    search: Raw,
  ): {
    from?: number | undefined;
    since?: string | undefined;
    layout?: 'inline' | 'split' | undefined;
    kind?: 'ADDED' | 'REMOVED' | 'CHANGED' | undefined;
  } => ({
    from: number(search.from),
    since: instant(search.since),
    layout: oneOf('inline', 'split')(search.layout),
    kind: oneOf('ADDED', 'REMOVED', 'CHANGED')(search.kind),
  }),
  ...opened(() => import('./features/diff/DiffPage')),
});
const across = createRoute({
  ...page('/v/$versionId/against/$otherId'),
  validateSearch: (search: Raw): { layout?: 'inline' | 'split' | undefined; kind?: ChangeKind | undefined } => ({
    layout: oneOf('inline', 'split')(search.layout),
    kind: oneOf('ADDED', 'REMOVED', 'CHANGED')(search.kind),
  }),
  ...opened(() => import('./features/cycles/AcrossPage')),
});
const sign = createRoute({
  ...page('/v/$versionId/sign'),
  ...opened(() => import('./features/sign/SignPage')),
});
const merge = createRoute({
  ...page('/v/$versionId/merge'),
  validateSearch: (search: Raw): { show?: 'conflicts' | 'incoming' | undefined } => ({
    show: oneOf('conflicts', 'incoming')(search.show),
  }),
  ...opened(() => import('./features/merge/MergePage')),
});
const admin = createRoute({
  ...page('/admin'),
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router redirects by throwing
    throw redirect({ to: '/admin/$kind', params: { kind: 'people' }, search: {}, replace: true });
  },
});
const register = createRoute({
  ...page('/admin/$kind'),
  validateSearch: (
    search: Raw,
  ): {
    q?: string | undefined;
    after?: string | undefined;
    show?: 'active' | 'inactive' | 'all' | undefined;
    edit?: string | undefined;
    history?: true | undefined;
  } => ({
    q: text(search.q),
    after: text(search.after),
    show: oneOf('active', 'inactive', 'all')(search.show),
    edit: text(typeof search.edit === 'number' ? String(search.edit) : search.edit),
    history: search.history === true ? true : undefined,
  }),
  ...opened(() => import('./features/admin/AdminPage')),
});

const webhooks = createRoute({
  ...page('/admin/webhooks'),
  ...opened(() => import('./features/webhooks/WebhooksPage')),
});

const notifications = createRoute({
  ...page('/notifications'),
  ...opened(() => import('./features/notifications/NotificationsPage')),
});

const help = createRoute({
  ...page('/help'),
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router redirects by throwing
    throw redirect({ to: '/help/$guide', params: { guide: 'README' }, search: {}, replace: true });
  },
});
const guide = createRoute({
  ...page('/help/$guide'),
  ...opened(() => import('./features/help/HelpPage')),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    myWork,
    workflows,
    workflow,
    phase,
    log,
    cyclesOfReport,
    insights,
    verify,
    version,
    review,
    diff,
    across,
    merge,
    sign,
    admin,
    register,
    webhooks,
    notifications,
    help,
    guide,
  ]),
  // A page that fails leaves its surroundings, from which one can go elsewhere.
  defaultErrorComponent: ({ error, reset }) => <Failure page error={error} retry={reset} />,
  defaultPreload: 'intent',
  defaultPendingMs: 300,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
  interface HistoryState {
    /** The decision just made on a version, for the page that is opened after it. */
    decided?: { versionNumber: number; isApproval: boolean };
  }
}
