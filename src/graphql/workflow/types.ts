/** A workflow and its phases in the API. */
import type { LastChange as LastChangeRow } from '../../database/log/change-log';
import type { WorkflowRow } from '../../database/connection/rows';
import type { WorkflowCounts as WorkflowCountsRow } from '../../database/versions/versions';
import { phases } from '../../phases';
import type { PhaseDeclaration } from '../../versioning/phase';
import { connectionOf } from '../connection';
import { a, objectType, optional, pointerTo } from '../declare';
import { PhaseEnum, UserRoleEnum, VersionActionEnum, VersioningTypeEnum } from '../enums';
import { nodeType } from '../node';
import type { asWorkflowPhase } from '../objects';
import { FieldConfig, fieldConfigs } from './field-configs';

export const Workflow = nodeType<WorkflowRow>(
  'Workflow',
  'One report being tested in one cycle: the unit that is approved, audited and distributed.',
  { workflowId: a.uuid('The id of the workflow.') },
);
export const toWorkflow = pointerTo(() => Workflow, 'workflow');

export const LastChange = objectType<LastChangeRow>('LastChange', 'The last commit of a workflow.', {
  sequence: a.int('Its number in the workflow’s chain.'),
  committedAt: a.instant('When it was committed.'),
});

export const WorkflowCounts = objectType<WorkflowCountsRow>(
  'WorkflowCounts',
  'How many versions a workflow has, in all its phases, without those that were deleted.',
  {
    versions: a.int('All of them.'),
    inForce: a.int('Versions in force: approved versions, and the latest versions of records.'),
    drafts: a.int('Drafts that were not submitted.'),
    waiting: a.int('Versions that wait for a decision, and records that wait for an answer or a review.'),
  },
);

export const configOf = (phase: PhaseDeclaration) => ({
  phase: phase.key,
  title: phase.title,
  order: phases.indexOf(phase) + 1,
  versioningType: phase.versioning,
  approvalRequired: phase.versioning === 'FULL',
  creatorRoles: phase.preparedBy,
  approverRoles: phase.versioning === 'FULL' ? phase.approvedBy : [],
  prerequisites: phase.prerequisites,
  versionTypeName: phase.version.type,
  itemTypeName: phase.versioning === 'FULL' ? phase.item.type : null,
  fields: fieldConfigs(phase, phase.version.fields),
  itemFields: phase.versioning === 'FULL' ? fieldConfigs(phase, phase.item.fields) : [],
  commands:
    phase.versioning === 'FULL'
      ? []
      : Object.entries(phase.commands).map(([name, { description, action, needsReason, by, input }]) => ({
          name,
          description,
          action: action ?? null,
          needsReason: needsReason === true,
          by: by ?? phase.preparedBy,
          fields: fieldConfigs(phase, input),
        })),
});

const CommandConfig = objectType<ReturnType<typeof configOf>['commands'][number]>(
  'CommandConfig',
  'A mutation that creates or changes records of a phase.',
  {
    name: a.text('Its name.'),
    description: a.text('What it does.'),
    action: optional.of(
      'Its name among a version’s availableActions; null if it starts a record.',
      () => VersionActionEnum,
    ),
    needsReason: a.flag('Whether it requires a reason.'),
    by: a.of('Who may do it, given an assignment to the workflow.', () => [UserRoleEnum]),
    fields: a.of('The fields of its input, besides the record.', () => [FieldConfig]),
  },
);

export const PhaseConfig = objectType<ReturnType<typeof configOf>>(
  'PhaseConfig',
  'A phase’s entry in the phase configuration registry.',
  {
    phase: a.of('The phase.', () => PhaseEnum),
    title: a.text('Its title.'),
    order: a.int('Its position in the workflow, from 1.'),
    versioningType: a.of('How it is versioned.', () => VersioningTypeEnum),
    approvalRequired: a.flag('Whether its versions need an approval.'),
    creatorRoles: a.of('Who prepares its versions.', () => [UserRoleEnum]),
    approverRoles: a.of('Who decides on its versions.', () => [UserRoleEnum]),
    prerequisites: a.of('The phases that must be done before it opens.', () => [PhaseEnum]),
    versionTypeName: a.text('The GraphQL type of its versions.'),
    itemTypeName: optional.text('The GraphQL type of its items; null if its versions have none.'),
    fields: a.of('The fields of its versions, in their order.', () => [FieldConfig]),
    itemFields: a.of('The fields of their items, in their order; none where they have no items.', () => [FieldConfig]),
    commands: a.of('The mutations by which records are made and changed; none where versions are drafted.', () => [
      CommandConfig,
    ]),
  },
);

export const WorkflowPhase = nodeType<ReturnType<typeof asWorkflowPhase>>(
  'WorkflowPhase',
  'One phase of one workflow.',
  { phase: a.of('The phase.', () => PhaseEnum) },
);

export const WorkflowConnection = connectionOf('Workflow', () => Workflow);
