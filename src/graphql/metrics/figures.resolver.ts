/** Figures over many workflows: those that the viewer may see today, in their state now or at the requested instant. */
import {
  activity,
  bottlenecks,
  intervals,
  timeline,
  type MetricsInterval,
  type Scope,
} from '../../database/figures/figures';
import { visibleWorkflowIds } from '../../database/register/people';
import { badInput, tooLarge } from '../../versioning/errors';
import { seesAllWorkflows } from '../../versioning/seeing';
import type { Context } from '../context';
import { a, resolved, addFields, optional, queries, type Given } from '../declare';
import { enumOf, PhaseEnum } from '../enums';
import { toUser } from '../people/types';
import { selectionArgs } from '../workflow/workflow-args';
import { ActorActivity, Bottleneck, MetricsBucket } from './types';

/** As many as a chart can show. */
const MAX_BUCKETS = 400;
const DAYS = { DAY: 1, WEEK: 7, MONTH: 28 } as const satisfies Record<MetricsInterval, number>;
const DAY_IN_MILLISECONDS = 86_400_000;

const MetricsIntervalEnum = enumOf(
  'MetricsInterval',
  Object.keys(intervals),
  'The length of a timeline’s periods: a day, a week from Monday, or a month, in UTC.',
);

const stretchArgs = {
  since: a.instant('What happened from then on.'),
  until: a.instant('What happened before then.'),
};
const phasesArg = optional.of<string[]>('Only of these phases.', () => [PhaseEnum]);
const workflowsArgs = selectionArgs('workflows ');

function requireForward({ since, until }: Given<typeof stretchArgs>): void {
  if (until <= since)
    throw badInput('`until` is not after `since`. Give a later `until`; it is the first instant left out.');
}

function requireReadable(interval: MetricsInterval, { since, until }: Given<typeof stretchArgs>): void {
  const buckets = Math.ceil((until.getTime() - since.getTime()) / DAY_IN_MILLISECONDS / DAYS[interval]);
  if (buckets > MAX_BUCKETS)
    throw tooLarge('periods in a timeline', MAX_BUCKETS, buckets, 'Ask for longer periods, or for a shorter time.');
}

/** Today's rights decide, also for the past. */
async function scopeOf(
  context: Context,
  given: Given<typeof workflowsArgs> & { phases?: readonly string[] | null },
): Promise<Scope> {
  const { db, viewer, past } = context;
  const workflowIds = await visibleWorkflowIds(db, viewer.userId, seesAllWorkflows(viewer), given);
  if (past) await context.closeStreams(...workflowIds);
  return { workflowIds, phases: given.phases };
}

queries({
  metricsTimeline: resolved(
    'What happened in each day, week or month to the versions of the workflows that the viewer may see; periods in which nothing happened are included, 400 at most (LIMIT_EXCEEDED). BAD_USER_INPUT if `until` is not after `since`.',
    optional(() => [MetricsBucket]),
    {
      interval: a.of<MetricsInterval>('How long each period is.', () => MetricsIntervalEnum),
      ...stretchArgs,
      phases: phasesArg,
      ...workflowsArgs,
    },
    async (_, context, args) => {
      requireForward(args);
      requireReadable(args.interval, args);
      const scope = await scopeOf(context, args);
      return timeline(context.past ?? context.db, scope, args.interval, args);
    },
  ),
  bottlenecks: resolved(
    'The phases in which versions wait for a decision, or records for somebody, in the workflows that the viewer may see; the one with the longest wait first.',
    optional(() => [Bottleneck]),
    workflowsArgs,
    async (_, context, args) => {
      const scope = await scopeOf(context, args);
      return bottlenecks(context.past ?? context.db, scope, context.past?.at ?? null);
    },
  ),
  actorActivity: resolved(
    'What each person did to the versions of the workflows that the viewer may see, in the order of their numbers; people who did nothing are left out. BAD_USER_INPUT if `until` is not after `since`.',
    optional(() => [ActorActivity]),
    { ...stretchArgs, ...workflowsArgs },
    async (_, context, args) => {
      requireForward(args);
      const scope = await scopeOf(context, args);
      return activity(context.past ?? context.db, scope, args);
    },
  ),
});

addFields(ActorActivity, { user: toUser('Who.', 'userId') });
