/** How a version is known: captured as it happened, or recorded by the old system and imported later. */
import type DataLoader from 'dataloader';
import { Ctx, Field, FieldResolver, Int, ObjectType, Resolver, Root } from 'type-graphql';
import type { WorkflowRow } from '../../database/rows';
import { Context } from '../../graphql/context';
import { enumOf } from '../../graphql/enums';
import type { Loaders } from '../../graphql/loaders';
import { byId } from '../../database/batching';
import { DateTimeScalar } from '../../graphql/scalars';
import { PhaseVersion } from '../../graphql/version/types';
import { Workflow } from '../../graphql/workflow/types';
import type { VersionHeader } from '../../versioning/model';
import { importsOfVersions, type VersionImport } from '../imports';
import type { Finding } from '../source-row';

const AsOfBasisEnum = enumOf(
  'AsOfBasis',
  ['CAPTURED', 'RECORDED'],
  'What an answer rests on. CAPTURED: on commits that were made up to the instant it is read at; it never changes. RECORDED: it was taken over from another system after that instant, and is answered from the times that were recorded there; an import can add such answers, and taking it back removes them.',
);
const basisOf = (isRecorded: boolean): string => (isRecorded ? 'RECORDED' : 'CAPTURED');

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

/** Loaders for the imports that brought versions, one per set of request loaders. */
const loaders = new WeakMap<Loaders, DataLoader<string, VersionImport | null>>();

function importOf({ loaders: ofRequest, past, db }: Context, versionId: string): Promise<VersionImport | null> {
  let loader = loaders.get(ofRequest);
  if (!loader) {
    loader = byId(past ?? db, importsOfVersions, 'versionId', (row) => row);
    loaders.set(ofRequest, loader);
  }
  return loader.load(versionId);
}

@Resolver(() => PhaseVersion)
class ImportedVersionResolver {
  @FieldResolver(() => ImportedFrom, {
    nullable: true,
    description: 'Where it came from, if it was taken over from another system; null if it was made here.',
  })
  imported(@Root() { versionId }: VersionHeader, @Ctx() context: Context) {
    return importOf(context, versionId);
  }

  @FieldResolver(() => AsOfBasisEnum, {
    description: 'What it rests on, as it is shown here: always CAPTURED in the present.',
  })
  async basis(@Root() { versionId, streamId }: VersionHeader, @Ctx() context: Context) {
    const { past } = context;
    if (!past?.isRecorded(streamId)) return basisOf(false);
    const imported = await importOf(context, versionId);
    return basisOf(imported !== null && imported.importedAt > past.at);
  }
}

@Resolver(() => Workflow)
class ImportedWorkflowResolver {
  @FieldResolver(() => AsOfBasisEnum, {
    description:
      'What it and its phases rest on, as they are shown here. RECORDED: some of it was taken over from another system after the instant; each version says for itself whether it was.',
  })
  basis(@Root() { workflowId }: WorkflowRow, @Ctx() { past }: Context) {
    return basisOf(past?.isRecorded(workflowId) ?? false);
  }
}

export const takeoverResolvers = [ImportedVersionResolver, ImportedWorkflowResolver];
