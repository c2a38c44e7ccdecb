/** One phase of a workflow: its progress and its versions. */
import { choosable } from '../../database/versions/version-list';
import { historyList, historyOfPhase, ofPhase, recordList } from '../../database/versions/versions';
import { phaseOf } from '../../phases';
import { recordOfPhase } from '../../services/start-draft';
import { connect, connectionArgs } from '../connection';
import type { Context } from '../context';
import { resolved, addFields, optional } from '../declare';
import { PhaseEnum, PhaseProgressEnum } from '../enums';
import { chosen, orderOf } from '../list';
import { asVersion, type asWorkflowPhase } from '../objects';
import { asOfArgs, at } from '../version/as-of-args';
import { historyArgs, historyFilters } from '../version/history-args';
import { PhaseVersion, PhaseVersionConnection } from '../version/types';
import { versionChoice } from '../version/version-choice';
import { seesDeleted } from '../visibility';
import { phaseAnswers, type PhaseFacts } from './phase-facts';
import { configOf, PhaseConfig, WorkflowPhase } from './types';

/** A resolver that depends on the phase's state. */
const standing =
  <Answer>(answer: (standing: PhaseFacts) => Answer) =>
  async ({ workflowId, phase }: ReturnType<typeof asWorkflowPhase>, { loaders, viewer, past }: Context) => {
    const [assignment, states] = await Promise.all([
      loaders.assignment.load(workflowId),
      loaders.phaseStates.load(workflowId),
    ]);
    return answer({ phase: phaseOf(phase), viewer, assignment, states, at: past?.at ?? null });
  };

addFields(WorkflowPhase, {
  config: resolved(
    'How the phase is configured.',
    () => PhaseConfig,
    ({ phase }) => configOf(phaseOf(phase)),
  ),
  progress: resolved('Its progress.', () => PhaseProgressEnum, standing(phaseAnswers.progress)),
  blockedBy: resolved(
    'The prerequisite phases that are not done yet.',
    () => [PhaseEnum],
    standing(phaseAnswers.blockedBy),
  ),
  canCreate: resolved(
    'Whether the viewer may start a version or record here now; never in the past.',
    () => Boolean,
    standing(phaseAnswers.canCreate),
  ),
  cannotCreateReason: resolved(
    'Why the viewer may not start one; null if they may.',
    optional(() => String),
    standing(phaseAnswers.cannotCreateReason),
  ),
  current: resolved(
    'FULL phases: the approved version. AUDIT_ONLY phases: null; see `records`.',
    optional(() => PhaseVersion),
    asOfArgs,
    async ({ workflowId, phase }, context, { asOf }) => {
      const declared = phaseOf(phase);
      if (declared.versioning !== 'FULL') return null;
      return at(context, asOf, [workflowId], ({ loaders }) =>
        loaders.currentOfRecord.load(recordOfPhase(workflowId, declared)),
      );
    },
  ),
  history: resolved(
    'All versions of all records of the phase, newest first.',
    () => PhaseVersionConnection,
    historyArgs,
    async ({ workflowId, phase }, context, args) => {
      const declared = phaseOf(phase);
      const filters = await historyFilters(context, workflowId, args);
      const [list, parent, only] =
        declared.versioning === 'FULL'
          ? [historyList, recordOfPhase(workflowId, declared), []]
          : [historyOfPhase, workflowId, [ofPhase(declared)]];
      return connect(context.loaders, choosable(list), parent, args, {
        filters: [...only, ...filters],
        order: orderOf(args.orderBy),
        toNode: asVersion,
      });
    },
  ),
  records: resolved(
    'The latest version of every record of the phase, the newest records first: one for FULL phases, one per assignment, document or request for AUDIT_ONLY phases.',
    () => PhaseVersionConnection,
    { ...connectionArgs, ...asOfArgs, ...versionChoice },
    ({ workflowId, phase }, context, args) =>
      at(context, args.asOf, [workflowId], async (then) => {
        const hidesToday = then.past !== null && !(await seesDeleted(then, workflowId));
        const list = choosable(recordList(hidesToday));
        const { filters, order } = chosen(list, args);
        return connect(then.loaders, list, workflowId, args, {
          filters: [ofPhase(phaseOf(phase)), ...filters],
          order,
          toNode: asVersion,
        });
      }),
  ),
});
