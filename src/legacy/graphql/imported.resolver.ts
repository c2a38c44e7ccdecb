/** How a version is known: captured as it happened, or recorded by the old system and imported later. */
import type DataLoader from 'dataloader';
import { Ctx, Field, FieldResolver, Int, ObjectType, Resolver, Root } from 'type-graphql';
import type { WorkflowRow } from '../../database/connection/rows';
import { Context } from '../../graphql/context';
import { enumOf } from '../../graphql/enums';
import type { Loaders } from '../../graphql/loaders';
import { byId } from '../../database/connection/batching';
import { DateTimeScalar } from '../../graphql/scalars';
import { PhaseVersion } from '../../graphql/version/types';
import { Workflow } from '../../graphql/workflow/types';
import type { VersionHeader } from '../../versioning/model';
import { importsOfVersions, type VersionImport } from '../imports';
import type { Finding } from '../source-row';

const AsOfBasisEnum = enumOf(
  'AsOfBasis',
  ['CAPTURED', 'RECORDED'],
  'The basis of an answer. CAPTURED: commits up to the instant at which it is read; it never changes. RECORDED: data taken over from another system after that instant, answered from the times recorded there; an import can add such answers, and a rollback removes them.',
);
const basisOf = (isRecorded: boolean): string => (isRecorded ? 'RECORDED' : 'CAPTURED');

@ObjectType({ description: 'An irregularity in imported data, and how it was resolved.' })
export class ImportFinding {
  @Field({ description: 'A stable code.' }) code!: string;
  @Field({ description: 'What was found and how it was resolved, in a sentence.' }) message!: string;
  @Field(() => String, { nullable: true, description: 'The old column concerned, if it is a single one.' })
  column?: string | null;
}

@ObjectType({ description: 'The origin of a version taken over from another system.' })
export class ImportedFrom {
  @Field(() => DateTimeScalar, { description: 'When it was taken over: the time of the commit that captured it.' })
  importedAt!: Date;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it happened according to the old system; null if it does not say.',
  })
  occurredAt!: Date | null;
  @Field(() => String, {
    nullable: true,
    description: 'The old table; null for a version made from rows of which none is the version itself.',
  })
  sourceTable!: string | null;
  @Field(() => String, { nullable: true, description: 'The key of the old row.' }) sourceKey!: string | null;
  @Field(() => Int, { nullable: true, description: 'The import that brought the row.' }) importId!: number | null;
  @Field(() => [ImportFinding], {
    description:
      'Irregularities, including whatever breaks a rule of today, such as an approval by somebody who may not approve here.',
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
    description: 'Its origin, if it was taken over from another system; null if it was made here.',
  })
  imported(@Root() { versionId }: VersionHeader, @Ctx() context: Context) {
    return importOf(context, versionId);
  }

  @FieldResolver(() => AsOfBasisEnum, {
    description: 'The basis of what is shown here: always CAPTURED in the present.',
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
      'The basis of the workflow and its phases as shown here. RECORDED: some of it was taken over from another system after the instant; each version has its own basis.',
  })
  basis(@Root() { workflowId }: WorkflowRow, @Ctx() { past }: Context) {
    return basisOf(past?.isRecorded(workflowId) ?? false);
  }
}

export const takeoverResolvers = [ImportedVersionResolver, ImportedWorkflowResolver];
