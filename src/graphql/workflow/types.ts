/** A workflow and its phases, as the API shows them. */
import type { WorkflowRow } from '../../database/rows';
import { phases } from '../../phases';
import type { PhaseDeclaration } from '../../versioning/phase';
import { connectionOf } from '../connection';
import { a, objectType, optional } from '../declare';
import { PhaseEnum, UserRoleEnum, VersioningTypeEnum } from '../enums';
import { nodeType } from '../node';
import type { asWorkflowPhase } from '../objects';

export const Workflow = nodeType<WorkflowRow>(
  'Workflow',
  'One report being tested in one cycle: the unit that is approved, audited and distributed.',
  {},
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
});

export const PhaseConfig = objectType<ReturnType<typeof configOf>>(
  'PhaseConfig',
  'A phase’s entry in the phase configuration registry.',
  {
    phase: a.of('The phase.', () => PhaseEnum),
    title: a.text('What people call it.'),
    order: a.int('Its place in the workflow, from 1.'),
    versioningType: a.of('How it is versioned.', () => VersioningTypeEnum),
    approvalRequired: a.flag('Whether its versions need an approval.'),
    creatorRoles: a.of('Who prepares its versions.', () => [UserRoleEnum]),
    approverRoles: a.of('Who decides on its versions.', () => [UserRoleEnum]),
    prerequisites: a.of('The phases that must be done before it opens.', () => [PhaseEnum]),
    versionTypeName: a.text('The GraphQL type of its versions.'),
    itemTypeName: optional.text('The GraphQL type of its items; null if its versions have none.'),
  },
);

export const WorkflowPhase = nodeType<ReturnType<typeof asWorkflowPhase>>(
  'WorkflowPhase',
  'One phase of one workflow.',
  { phase: a.of('The phase.', () => PhaseEnum) },
);

export const WorkflowConnection = connectionOf('Workflow', () => Workflow);
