/** How a version is known: captured as it happened, or recorded by the old system and taken over later. */
import { Ctx, Field, FieldResolver, Int, ObjectType, Resolver, Root } from 'type-graphql';
import type { Finding } from '../../database/imports';
import type { VersionHeader } from '../../versioning/model';
import { Context } from '../context';
import { enumOf } from '../enums';
import { DateTimeScalar } from '../scalars';
import { PhaseVersion } from './types';

export const AsOfBasisEnum = enumOf(
  'AsOfBasis',
  ['CAPTURED', 'RECORDED'],
  'What an answer rests on. CAPTURED: on commits that were made up to the instant it is read at; it never changes. RECORDED: it was taken over from another system after that instant, and is answered from the times that were recorded there; an import can add such answers, and taking it back removes them.',
);
export const basisOf = (isRecorded: boolean): string => (isRecorded ? 'RECORDED' : 'CAPTURED');

@ObjectType({ description: 'What was untidy about something that was taken over, and how it was decided.' })
export class ImportFinding {
  @Field({ description: 'A stable code.' }) code!: string;
  @Field({ description: 'What was found and what was made of it, in a sentence.' }) message!: string;
  @Field(() => String, { nullable: true, description: 'The old column it is about, if it is about one.' })
  column?: string | null;
}

@ObjectType({ description: 'Where a version came from that was taken over from another system.' })
export class ImportedFrom {
  @Field(() => DateTimeScalar, { description: 'When it was taken over: the commit that captured it.' })
  importedAt!: Date;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it happened, as the old system recorded it; null where it does not say.',
  })
  occurredAt!: Date | null;
  @Field(() => String, {
    nullable: true,
    description: 'The old table; null for a version that was made of rows that are none by themselves.',
  })
  sourceTable!: string | null;
  @Field(() => String, { nullable: true, description: 'The key of the old row.' }) sourceKey!: string | null;
  @Field(() => Int, { nullable: true, description: 'The import that brought the row.' }) importId!: number | null;
  @Field(() => [ImportFinding], {
    description:
      'What was untidy about it, and what breaks a rule of today, for instance an approval by somebody who may not approve here.',
  })
  findings!: readonly Finding[];
}

@Resolver(() => PhaseVersion)
export class ImportedResolver {
  @FieldResolver(() => ImportedFrom, {
    nullable: true,
    description: 'Where it came from, if it was taken over from another system; null if it was made here.',
  })
  imported(@Root() { versionId }: VersionHeader, @Ctx() { loaders }: Context) {
    return loaders.importOf.load(versionId);
  }

  @FieldResolver(() => AsOfBasisEnum, {
    description: 'What it rests on, as it is shown here: always CAPTURED in the present.',
  })
  async basis(@Root() { versionId, streamId }: VersionHeader, @Ctx() { past, loaders }: Context) {
    if (!past?.isRecorded(streamId)) return basisOf(false);
    const imported = await loaders.importOf.load(versionId);
    return basisOf(imported !== null && imported.importedAt > past.at);
  }
}
