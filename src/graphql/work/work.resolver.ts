/** Whose turn it is, and the viewer's work list. */
import { phases } from '../../phases';
import { availableActions } from '../../versioning/policy';
import { isActionFor, reasonFor, sinceOf } from '../../versioning/work';
import type { Context } from '../context';
import { a, resolved, addFields, optional, queries, type Answered } from '../declare';
import { VersionActionEnum } from '../enums';
import { factsOf } from '../facts';
import { asWorkflowPhase } from '../objects';
import { User } from '../people/types';
import { DateTimeScalar } from '../scalars';
import { PhaseVersion } from '../version/types';
import { Workflow, WorkflowPhase } from '../workflow/types';
import { Turn, WorkAskEnum, WorkEntry, WorkEntryConnection, type Waiting } from './types';
import { workArgs, workFor, workPage } from './list';
import { turnOf } from './work';

queries({
  myWork: resolved(
    'The viewer’s work in the workflows they are assigned to, longest wait first: what is to be decided, signed, reviewed, answered, revised, resubmitted or submitted, and unfinished drafts. With the filter `asks: [WAIT]`, what they submitted and others have to act on; with `asks: [FOLLOW_UP]`, what else waits for others there. Empty in the past, where nothing can be done.',
    () => WorkEntryConnection,
    workArgs,
    async (_, context, { filter, ...page }) => workPage(await workFor(context, filter), page),
  ),
});

/** The fields of a waiting version, whether it waits for the viewer or for anybody. */
const aboutWaiting = {
  since: resolved(
    'When it was submitted, rejected, or started.',
    () => DateTimeScalar,
    ({ version }) => sinceOf(version),
  ),
  reason: resolved(
    'Why, in sentences about the version: what was done, and what is missing.',
    () => String,
    async ({ version, asked }, context) => reasonFor(asked, await factsOf(context, version), phases),
  ),
} satisfies Readonly<Record<string, Answered<Waiting>>>;

addFields(Turn, {
  ask: resolved(
    'What is asked of them.',
    () => WorkAskEnum,
    ({ asked }) => asked.ask,
  ),
  people: resolved(
    'People who may do it now. Empty if nobody in the workflow can be expected to.',
    () => [User],
    ({ asked }, { loaders }) => loaders.user.loadMany(asked.of.map(({ userId }) => userId)),
  ),
  ...aboutWaiting,
});

addFields(WorkEntry, {
  actions: resolved(
    'What the viewer may do about it now, among the version’s availableActions. Empty if something new is to be submitted.',
    () => [VersionActionEnum],
    async ({ version, ask }, context) =>
      availableActions(await factsOf(context, version)).filter((action) => isActionFor(ask, action)),
  ),
  version: a.of('The version.', () => PhaseVersion),
  workflow: resolved(
    'Its workflow.',
    () => Workflow,
    ({ version }, { loaders }) => loaders.workflow.load(version.streamId),
  ),
  workflowPhase: resolved(
    'The phase in which the work is done: that of the version, or the one in which something is to be submitted.',
    () => WorkflowPhase,
    ({ version, phase }) => asWorkflowPhase(version.streamId, phase),
  ),
  ...aboutWaiting,
});

addFields(PhaseVersion, {
  turn: resolved(
    'Whose turn it is with this version, since when and why; null if it waits for nobody: versions that are in force, superseded or deleted, and completed records.',
    optional(() => Turn),
    (version, context: Context) => turnOf(context, version as Waiting['version']),
  ),
});
