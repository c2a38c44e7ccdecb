/** Signatures, as the API shows them: one for each that the approval takes, whether or not anything was done about it yet. */
import { Ctx, Field, FieldResolver, ObjectType, Resolver, Root } from 'type-graphql';
import type { SignOffRow } from '../../database/sign-offs';
import { fullPhaseOf } from '../../phases';
import type { VersionHeader } from '../../versioning/model';
import { signOffStates, signOffStatuses } from '../../versioning/sign-offs';
import { Context } from '../context';
import { enumOf } from '../enums';
import { globalId } from '../global-id';
import { maybe } from '../loaders/loaders';
import { Node } from '../node';
import { User } from '../people/types';
import { DateTimeScalar } from '../scalars';

export const SignOffStatusEnum = enumOf(
  'SignOffStatus',
  signOffStatuses,
  'How a signature stands. OUTDATED: the version’s content is no longer the content that was signed.',
);

@ObjectType({ implements: Node, description: 'A signature that the approval of a test report takes.' })
export class TestReportSignOff extends Node {
  signOffUserId!: number | null;
  delegatedFromId!: number | null;
  @Field({ description: 'Whose signature it is: test_lead, report_owner or test_executive.' }) signOffRole!: string;
  @Field(() => SignOffStatusEnum, { description: 'How it stands.' }) signOffStatus!: string;
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was signed or refused.' })
  signOffDate!: Date | null;
  @Field(() => String, { nullable: true, description: 'What the signer said.' }) signOffComments!: string | null;
  @Field(() => String, { nullable: true, description: 'Why it was delegated, or taken back.' })
  delegationReason!: string | null;
  @Field(() => String, { nullable: true, description: 'What the signature stands for, e.g. review, approval.' })
  meaning!: string | null;
  @Field(() => String, { nullable: true, description: 'The printed name of the signer when they signed.' })
  signerName!: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'The printed name of the one in whose place they signed, at that time; null where nobody delegated it.',
  })
  delegatedFromName!: string | null;
  @Field(() => String, { nullable: true, description: 'The contentHash that was signed.' })
  signedContentHash!: string | null;
}

@Resolver(() => TestReportSignOff)
export class TestReportSignOffResolver {
  @FieldResolver(() => User, {
    nullable: true,
    description: 'Who has signed, or who is to sign: a delegate where there is one.',
  })
  signOffUser(@Root() { signOffUserId }: TestReportSignOff, @Ctx() { loaders }: Context) {
    return maybe(loaders.user, signOffUserId);
  }

  @FieldResolver(() => User, { nullable: true, description: 'Whose signature it is, where they delegated it.' })
  delegatedFrom(@Root() { delegatedFromId }: TestReportSignOff, @Ctx() { loaders }: Context) {
    return maybe(loaders.user, delegatedFromId);
  }
}

const nothingDone: Omit<
  SignOffRow,
  'versionId' | 'signOffRole' | 'signOffStatus' | 'signOffUserId' | 'signOffDate' | 'delegatedFromId'
> = {
  signOffComments: null,
  delegatedFromName: null,
  delegationReason: null,
  meaning: null,
  signerName: null,
  signedContentHash: null,
};

/** The signatures that a version takes, in the order of its phase. */
export async function signOffsOf({ loaders }: Context, version: VersionHeader): Promise<TestReportSignOff[]> {
  const { phase, versionId, streamId, contentHash } = version;
  const [content, given, workflow] = await Promise.all([
    loaders.content({ phase, versionId }),
    loaders.signOffs.load(versionId),
    loaders.workflow.load(streamId),
  ]);
  return signOffStates(fullPhaseOf(phase), content, contentHash, workflow!, given).map((state) => {
    const { declared, status, named, given: done } = state;
    return {
      ...nothingDone,
      ...done,
      __typename: 'TestReportSignOff',
      id: globalId('TestReportSignOff', `${versionId}-${declared.role}`),
      signOffRole: declared.role,
      signOffStatus: status,
      signOffUserId: named.userId,
      delegatedFromId: named.insteadOfId,
      signOffDate: status === 'PENDING' ? null : done!.signOffDate,
    };
  });
}
