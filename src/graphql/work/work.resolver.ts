/** Whose turn it is, and what waits for the viewer. */
import { phases } from '../../phases';
import { availableActions } from '../../versioning/policy';
import { isActionFor, reasonFor, sinceOf, WAIT, type Ask } from '../../versioning/work';
import { connectComputed, connectionArgs } from '../connection';
import type { Context } from '../context';
import { answered, answers, optional, queries, type Answered } from '../declare';
import { PhaseEnum, VersionActionEnum } from '../enums';
import { factsOf } from '../facts';
import { filterArg } from '../list';
import { asWorkflowPhase } from '../objects';
import { User } from '../people/types';
import { DateTimeScalar } from '../scalars';
import { PhaseVersion } from '../version/types';
import { Workflow, WorkflowPhase } from '../workflow/types';
import { Turn, WorkAskEnum, WorkEntry, WorkEntryConnection, type Waiting } from './types';
import { turnOf, waitingWork } from './work';

const workFilter = filterArg('Work', 'entries', {
  asks: optional.of<Ask[]>(
    'What is asked. If left out, everything but WAIT: what others have is shown only to those who ask for it.',
    () => [WorkAskEnum],
  ),
  phases: optional.of<string[]>('That are done in these phases.', () => [PhaseEnum]),
  workflowIds: optional.uuids('In these workflows.'),
});

/** In the order of the list: since when, and then by the version. */
const placeOf = ({ version }: Waiting): string =>
  `${sinceOf(version).getTime().toString(16).padStart(12, '0')}-${version.versionId}`;

interface WorkFilter {
  readonly asks?: readonly Ask[] | null;
  readonly phases?: readonly string[] | null;
  readonly workflowIds?: readonly string[] | null;
}

queries({
  myWork: answered(
    'What waits for the viewer in the workflows they are assigned to, what waits longest first: to be decided, signed, reviewed, answered, revised, submitted again, handed in, and drafts that they left. With the filter `asks: [WAIT]`, what they handed in and others have. Empty in the past, when nothing can be done.',
    () => WorkEntryConnection,
    { ...connectionArgs, ...workFilter },
    async (_, context, { filter, ...page }) => {
      const { asks, phases: ofPhases, workflowIds } = (filter ?? {}) as WorkFilter;
      const work = (await waitingWork(context)).filter(
        ({ ask, phase, version: { streamId } }) =>
          (asks ? asks.includes(ask) : ask !== WAIT) &&
          (ofPhases?.includes(phase) ?? true) &&
          (workflowIds?.includes(streamId) ?? true),
      );
      return connectComputed('my-work', work, placeOf, page, (entry) => entry, { ascends: true });
    },
  ),
});

/** What is said of a version that waits, whether for the viewer or for anybody. */
const aboutWaiting = {
  since: answered(
    'Since when: since it was submitted, rejected, or started.',
    () => DateTimeScalar,
    ({ version }) => sinceOf(version),
  ),
  reason: answered(
    'Why, in sentences about the version: what was done, and what is missing.',
    () => String,
    async ({ version, asked }, context) => reasonFor(asked, await factsOf(context, version), phases),
  ),
} satisfies Readonly<Record<string, Answered<Waiting>>>;

answers(Turn, {
  ask: answered(
    'What is asked of them.',
    () => WorkAskEnum,
    ({ asked }) => asked.ask,
  ),
  people: answered(
    'Who: people who may do it now. None where nobody of the workflow can be expected to.',
    () => [User],
    ({ asked }, { loaders }) => loaders.user.loadMany(asked.of.map(({ userId }) => userId)),
  ),
  ...aboutWaiting,
});

answers(WorkEntry, {
  actions: answered(
    'What the viewer may do about it now, among the version’s availableActions. None where it takes something new: what is to be handed in.',
    () => [VersionActionEnum],
    async ({ version, ask }, context) =>
      availableActions(await factsOf(context, version)).filter((action) => isActionFor(ask, action)),
  ),
  version: answered(
    'The version.',
    () => PhaseVersion,
    ({ version }) => version,
  ),
  workflow: answered(
    'Its workflow.',
    () => Workflow,
    ({ version }, { loaders }) => loaders.workflow.load(version.streamId),
  ),
  workflowPhase: answered(
    'The phase in which it is done: that of the version, or the one in which something is to be handed in.',
    () => WorkflowPhase,
    ({ version, phase }) => asWorkflowPhase(version.streamId, phase),
  ),
  ...aboutWaiting,
});

answers(PhaseVersion, {
  turn: answered(
    'Whose turn it is with this version, since when and why; null where it waits for nobody: what is in force, was superseded or deleted, and records that are done.',
    optional(() => Turn),
    (version, context: Context) => turnOf(context, version as Waiting['version']),
  ),
});
