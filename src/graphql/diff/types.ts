/** The difference of two versions, as the API shows it. */
import { Field, Int, ObjectType } from 'type-graphql';
import type { ChangeKind, FieldChange as CoreFieldChange } from '../../versioning/diff';
import type { Json, VersionHeader } from '../../versioning/model';
import { connectionOf } from '../connection';
import type { Context } from '../context';
import { ChangeKindEnum } from '../enums';
import { JSONScalar, UUIDScalar } from '../scalars';
import { PhaseVersion } from '../version/types';

/** Two versions to compare; where the first is read at another instant, with the context to read it in. */
export interface Compared {
  readonly from: VersionHeader;
  readonly to: VersionHeader;
  readonly fromContext?: Context;
}

@ObjectType({ description: 'How much changed.' })
export class DiffSummary {
  @Field(() => Int, { description: 'Items that are only in `to`.' }) added!: number;
  @Field(() => Int, { description: 'Items that are only in `from`.' }) removed!: number;
  @Field(() => Int, { description: 'Items that are in both, with different content.' }) changed!: number;
  @Field(() => Int, { description: 'Items that are in both, with the same content.' }) unchanged!: number;
  @Field(() => Int, { description: 'Changes of the version’s own content fields.' }) fieldsChanged!: number;
}

@ObjectType({ description: 'One change of one field.' })
export class FieldChange implements CoreFieldChange {
  @Field({ description: 'RFC 6901 JSON Pointer into the content of the version or of the item.' }) path!: string;
  @Field(() => ChangeKindEnum, { description: 'What happened to it.' }) kind!: ChangeKind;
  @Field(() => JSONScalar, { nullable: true, description: 'The value in `from`.' }) before!: Json;
  @Field(() => JSONScalar, { nullable: true, description: 'The value in `to`.' }) after!: Json;
}

@ObjectType({ description: 'One item that is not the same in both versions.' })
export class ItemChange {
  @Field(() => UUIDScalar, { description: 'The item’s identity within the record.' }) itemKey!: string;
  @Field({ description: 'What a person would call it.' }) label!: string;
  @Field(() => ChangeKindEnum, { description: 'What happened to it.' }) kind!: ChangeKind;
  from!: VersionHeader;
  to!: VersionHeader;
}

@ObjectType({ description: 'What changed between two versions of a record, by item key and field.' })
export class VersionDiff {
  @Field(() => PhaseVersion, { description: 'The version compared from.' }) from!: VersionHeader;
  @Field(() => PhaseVersion, { description: 'The version compared to.' }) to!: VersionHeader;
}

export const ItemChangeConnection = connectionOf('ItemChange', () => ItemChange);
