/** A workflow and its phases, as the API shows them. */
import { Field, Int, ObjectType } from 'type-graphql';
import type { UserRole, VersioningType } from '../../versioning/model';
import { connectionOf } from '../connection';
import { PhaseEnum, UserRoleEnum, VersioningTypeEnum } from '../enums';
import { Node } from '../node';

@ObjectType({
  implements: Node,
  description: 'One report being tested in one cycle: the unit that is approved, audited and distributed.',
})
export class Workflow extends Node {}

@ObjectType({ description: 'A phase’s entry in the phase configuration registry.' })
export class PhaseConfig {
  @Field(() => PhaseEnum, { description: 'The phase.' }) phase!: string;
  @Field({ description: 'What people call it.' }) title!: string;
  @Field(() => Int, { description: 'Its place in the workflow, from 1.' }) order!: number;
  @Field(() => VersioningTypeEnum, { description: 'How it is versioned.' }) versioningType!: VersioningType;
  @Field({ description: 'Whether its versions need an approval.' }) approvalRequired!: boolean;
  @Field(() => [UserRoleEnum], { description: 'Who prepares its versions.' }) creatorRoles!: readonly UserRole[];
  @Field(() => [UserRoleEnum], { description: 'Who decides on its versions.' }) approverRoles!: readonly UserRole[];
  @Field(() => [PhaseEnum], { description: 'The phases that must be done before it opens.' })
  prerequisites!: readonly string[];
  @Field({ description: 'The GraphQL type of its versions.' }) versionTypeName!: string;
  @Field(() => String, {
    nullable: true,
    description: 'The GraphQL type of its items; null if its versions have none.',
  })
  itemTypeName!: string | null;
}

@ObjectType({ implements: Node, description: 'One phase of one workflow.' })
export class WorkflowPhase extends Node {
  workflowId!: string;
  @Field(() => PhaseEnum, { description: 'The phase.' }) phase!: string;
}

export const WorkflowConnection = connectionOf('Workflow', () => Workflow);
