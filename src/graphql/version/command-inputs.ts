/** What mutations have in common: the frame of their inputs, and their answer. */
import { Arg, Ctx, Field, InputType, Int, Mutation, ObjectType, type ClassType } from 'type-graphql';
import type { VersionCommand } from '../../services/change-version';
import type { Caller, Committed } from '../../services/commit';
import { ChangeSet } from '../change-log/types';
import { Context } from '../context';
import { UUIDScalar } from '../scalars';
import { notFound } from '../../versioning/errors';
import { visibleVersion } from '../visibility';
import { PhaseVersion } from './types';

@ObjectType({ description: 'What a mutation did.' })
export class VersionPayload {
  @Field(() => PhaseVersion, { description: 'The version it was about, as it is now.' }) version!: PhaseVersion;
  @Field(() => ChangeSet, { description: 'The commit it made.' }) changeSet!: ChangeSet;
}

/** What every mutation takes. */
@InputType()
export abstract class CommandInput {
  @Field(() => String, { nullable: true, description: 'Why; kept with the commit.' }) reason?: string | null;
  @Field(() => UUIDScalar, {
    nullable: true,
    description:
      'A key of the caller’s own: a retry with the same key and input returns the first answer instead of doing the work twice.',
  })
  idempotencyKey?: string | null;
}

@InputType()
export abstract class StartInput extends CommandInput {
  @Field(() => UUIDScalar, { description: 'The cycle of the workflow.' }) cycleId!: string;
  @Field(() => UUIDScalar, { description: 'The report of the workflow.' }) reportId!: string;
}

@InputType()
export abstract class VersionCommandInput extends CommandInput implements VersionCommand {
  @Field(() => UUIDScalar, { description: 'The version.' }) versionId!: string;
  @Field(() => Int, { description: 'The revision the caller saw; CONFLICT if the version has changed since.' })
  expectedRevision!: number;
}

export type Service<Input> = (caller: Caller, input: Input) => Promise<Committed>;

/** Runs a mutation, then reads its answer anew. */
export async function payload<Input>(service: Service<Input>, context: Context, input: Input): Promise<VersionPayload> {
  const { versionId, changeSetId } = await service(context, input);
  context.forget();
  const [version, changeSet] = await Promise.all([
    context.loaders.version.load(versionId),
    context.loaders.changeSet.load(changeSetId),
  ]);
  // What is answered once more, to the same key, may have been hidden from the caller since.
  const visible = await visibleVersion(context, version);
  if (!visible) throw notFound(`Version ${versionId}`);
  return { version: visible as unknown as PhaseVersion, changeSet: changeSet! };
}

/** It is called with what its own input type lets through, whichever that is. */
export interface VersionMutation {
  readonly input: ClassType;
  /** What its input is, for the schema. */
  readonly sent: string;
  readonly description: string;
  readonly service: Service<never>;
}

/** Gives a resolver a mutation that answers with the version and its commit. */
export function addMutation(
  { prototype }: ClassType,
  name: string,
  { input: Input, sent, description, service }: VersionMutation,
): void {
  const method = {
    value: (input: never, context: Context) => payload(service, context, input),
    configurable: true,
    writable: true,
  };
  Object.defineProperty(prototype, name, method);
  Reflect.defineMetadata('design:paramtypes', [Object, Object], prototype, name);
  Arg('input', () => Input, { description: sent })(prototype, name, 0);
  Ctx()(prototype, name, 1);
  Mutation(() => VersionPayload, { description })(prototype, name, method);
}
