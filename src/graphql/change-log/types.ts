/** The commit log, as the API shows it. */
import { Field, Int, ObjectType } from 'type-graphql';
import type { LogReadRow } from '../../database/change-log-reads';
import type { ChangeSetRow } from '../../database/rows';
import type { Verification } from '../../proof/verify';
import { connectionOf } from '../connection';
import { RowOperationEnum } from '../enums';
import { Node } from '../node';
import { DateTimeScalar, JSONObjectScalar, UUIDScalar } from '../scalars';

@ObjectType({
  implements: Node,
  description: 'One committed transaction: who, when, why, and every row it changed. Append-only.',
})
export class ChangeSet extends Node implements Omit<ChangeSetRow, 'occurredAt'> {
  changeSetId!: string;
  streamId!: string;
  actorId!: number | null;
  versionIds!: readonly string[];
  @Field(() => Int, { description: 'Its number in its chain: 1, 2, 3 … without gaps.' }) sequence!: number;
  @Field(() => DateTimeScalar, {
    description: 'When it was committed, by the database’s clock; strictly increasing in its chain.',
  })
  committedAt!: Date;
  @Field({ description: '`api` for a mutation; `db:` and the role for a write made outside the API.' }) origin!: string;
  @Field({
    description:
      'The mutation’s name; the name of the command for one of this product (`admin users.add`); `SQL` for any other write made outside the API.',
  })
  operation!: string;
  reason!: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'The request it came with (header X-Request-Id), to find it in other logs.',
  })
  requestId!: string | null;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'For imported commits: when it happened in the system it came from, which is not when it was captured.',
  })
  occurredAt!: Date | null;
  @Field(() => String, {
    nullable: true,
    description:
      'For commits made by a command of this product: the login of the machine it ran on, as the machine says. It is no actor, and nobody has signed in with it.',
  })
  operator!: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'The hash of the commit before it in its chain, hex; null for the first.',
  })
  previousHash!: string | null;
  @Field({ description: 'SHA-256, hex, over the previous hash and everything this commit says.' }) hash!: string;
}

@ObjectType({
  implements: Node,
  description:
    'One row that a commit changed, as the database itself recorded it. It never changes, so it has one id at all times.',
})
export class RowChange extends Node {
  @Field({ description: 'The table.' }) table!: string;
  @Field({ description: 'The row’s primary key; its parts joined by commas.' }) rowId!: string;
  @Field(() => RowOperationEnum, { description: 'What was done to it.' }) operation!: string;
  @Field(() => UUIDScalar, { nullable: true, description: 'The version the row belongs to, if to one.' }) versionId!:
    string | null;
  @Field(() => JSONObjectScalar, { nullable: true, description: 'The row before, by column; null for INSERT.' })
  before!: Record<string, unknown> | null;
  @Field(() => JSONObjectScalar, { nullable: true, description: 'The row after, by column; null for DELETE.' })
  after!: Record<string, unknown> | null;
  @Field(() => [String], { description: 'The columns whose values differ, in alphabetical order.' })
  changedFields!: string[];
}

@ObjectType({
  implements: Node,
  description:
    'That somebody read a change log: once for each request and log, noted before it was read. Append-only, and no commit.',
})
export class ChangeLogRead extends Node implements Pick<LogReadRow, 'readAt' | 'origin' | 'field' | 'requestId'> {
  @Field(() => DateTimeScalar, { description: 'When, by the database’s clock.' }) readAt!: Date;
  @Field({
    description:
      '`api` for a request; `command` for a command of this product, such as the export; `db:` and the role for others.',
  })
  origin!: string;
  @Field({
    description:
      'What the request read it through first, as Type.field (`Workflow.changes`); `export:log` for the export.',
  })
  field!: string;
  @Field(() => String, {
    nullable: true,
    description: 'The request it came with (header X-Request-Id), to find it in other logs.',
  })
  requestId!: string | null;
}

@ObjectType({ description: 'What the verification of a chain of commits found.' })
export class ChainVerification implements Verification {
  @Field({ description: 'Whether nothing is wrong.' }) valid!: boolean;
  @Field(() => Int, { description: 'How many commits were checked before the first fault, or in all.' })
  changeSetsChecked!: number;
  @Field(() => String, { nullable: true, description: 'The hash of the last commit that was checked, hex.' })
  headHash!: string | null;
  @Field(() => Int, {
    nullable: true,
    description:
      'The first commit whose content no longer matches its hash, or whose predecessor is missing; for a live row, the commit that left it otherwise.',
  })
  firstBrokenSequence!: number | null;
  @Field(() => String, { nullable: true, description: 'What is wrong, in a sentence; null if nothing is.' })
  problem!: string | null;
}

@ObjectType({
  description:
    'How a table is captured, and whether it is as the migrations make it, with all that can run on it or show it.',
})
export class TableCoverage {
  @Field({
    description:
      'The table or view; one outside schema public, such as those of the log itself, with its schema. What belongs to none is told under its schema, or as `database`.',
  })
  table!: string;
  @Field({
    description:
      'Whether every write to it, by whatever path, is recorded, and nothing of it is otherwise than it was made.',
  })
  captured!: boolean;
  @Field(() => String, {
    nullable: true,
    description: 'What is missing, changed, or there although no migration made it and nobody allowed it.',
  })
  problem!: string | null;
}

@ObjectType({
  description: 'The database’s own catalogue, held against what the migrations make of an empty database.',
})
export class AuditCoverage {
  @Field({ description: 'Whether all of them are.' }) complete!: boolean;
  @Field(() => [TableCoverage], { description: 'Every table of the product, and whatever else is not as it must be.' })
  tables!: readonly TableCoverage[];
  @Field({
    description:
      'Whether the database records changes of its schema, so that what was changed and changed back is known too: as rows of `schema_changes`, in `referenceChanges`. Off where whoever installed it may make no event trigger.',
  })
  recordsSchemaChanges!: boolean;
}

export const ChangeSetConnection = connectionOf('ChangeSet', () => ChangeSet);
export const ChangeLogReadConnection = connectionOf('ChangeLogRead', () => ChangeLogRead);
export const RowChangeConnection = connectionOf('RowChange', () => RowChange);
