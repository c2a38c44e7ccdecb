/** People and reference data, as the API shows them. */
import { Field, Int, ObjectType } from 'type-graphql';
import type { UserRole } from '../../versioning/model';
import { UserRoleEnum } from '../enums';
import { Node } from '../node';
import { DateScalar, UUIDScalar } from '../scalars';

@ObjectType({ implements: Node, description: 'A person who works with the reports.' })
export class User extends Node {
  @Field(() => Int, { description: "The bank's own id of the person; the `sub` of their token." }) userId!: number;
  @Field({ description: 'The printed name.' }) name!: string;
  @Field(() => [UserRoleEnum], { description: 'What the person may be asked to do.' }) roles!: readonly UserRole[];
  @Field({ description: 'False for people who have left: they cannot sign in, and their past deeds stay theirs.' })
  isActive!: boolean;
}

@ObjectType({ implements: Node, description: 'A line of business.' })
export class Lob extends Node {
  @Field(() => UUIDScalar, { description: 'The id of the line of business.' }) lobId!: string;
  @Field({ description: 'Its name.' }) name!: string;
}

@ObjectType({ implements: Node, description: 'A testing cycle, e.g. a quarter.' })
export class Cycle extends Node {
  @Field(() => UUIDScalar, { description: 'The id of the cycle.' }) cycleId!: string;
  @Field({ description: 'Its name.' }) name!: string;
  @Field(() => DateScalar, { nullable: true, description: 'The first day, if planned.' }) startDate!: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'The last day, if planned.' }) endDate!: string | null;
  @Field({ description: 'How the cycle stands, in the words of the system it is managed in, e.g. ACTIVE.' })
  cycleStatus!: string;
}

@ObjectType({ implements: Node, description: 'A regulatory report.' })
export class Report extends Node {
  @Field(() => UUIDScalar, { description: 'The id of the report.' }) reportId!: string;
  @Field({ description: 'Its name.' }) name!: string;
  @Field({ description: 'Its number in the bank’s register.' }) number!: string;
}
