/** Signatures, as the API shows them: one for each that the approval takes, whether or not anything was done about it yet. */
import { Ctx, Field, FieldResolver, ObjectType, Resolver, Root } from 'type-graphql';
import type { SignOffRow } from '../../database/sign-offs';
import { fullPhaseOf, fullPhases } from '../../phases';
import type { VersionHeader } from '../../versioning/model';
import { notCounting, type Bar } from '../../versioning/independence';
import { listed } from '../../versioning/rules';
import { signOffStates, signOffStatuses, type SignOffStatus } from '../../versioning/sign-offs';
import { Context } from '../context';
import { enumOf } from '../enums';
import { maybe } from '../loaders/loaders';
import { Node } from '../node';
import { User } from '../people/types';
import { DateTimeScalar } from '../scalars';

export const SignOffStatusEnum = enumOf(
  'SignOffStatus',
  signOffStatuses,
  'How a signature stands. OUTDATED: it counts no more, because the version’s content is no longer the content that was signed, or because its giver has edited or submitted the version since.',
);

/** What the signatures of all phases are called. */
export const signatureNames = listed(
  [...new Set(fullPhases.flatMap(({ signOffs = [] }) => signOffs.map(({ role }) => role)))],
  'or',
);

@ObjectType({ implements: Node, description: 'A signature that the approval of a test report takes.' })
export class TestReportSignOff extends Node {
  signOffUserId!: number | null;
  delegatedFromId!: number | null;
  @Field({ description: `Whose signature it is: ${signatureNames}.` }) signOffRole!: string;
  @Field(() => SignOffStatusEnum, { description: 'How it stands.' }) signOffStatus!: string;
  @Field({ description: 'Whether it counts for the approval: it is SIGNED, on this content, by somebody independent.' })
  countsForApproval!: boolean;
  @Field(() => String, {
    nullable: true,
    description: 'Why a signature that was given does not count (any more), in a sentence; null if it does.',
  })
  notCountedBecause!: string | null;
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

function whyNotCounted(status: SignOffStatus, bar: Bar | null): string | null {
  if (bar) return notCounting(bar);
  if (status === 'OUTDATED') return 'The version’s content has changed since it was signed. It has to be signed again.';
  return status === 'REJECTED' ? 'It is a refusal to sign.' : null;
}

/** The signatures that a version takes, in the order of its phase. */
export async function signOffsOf({ loaders }: Context, version: VersionHeader): Promise<TestReportSignOff[]> {
  const { phase, versionId, streamId } = version;
  const [content, given, workflow, circumstances] = await Promise.all([
    loaders.content({ phase, versionId }),
    loaders.signOffs.load(versionId),
    loaders.workflow.load(streamId),
    loaders.circumstances.load(versionId),
  ]);
  const editors = circumstances?.editors ?? [];
  return signOffStates(fullPhaseOf(phase), { content, version, editors, signatories: workflow!, given }).map(
    (state) => {
      const { declared, status, bar, named, given: done } = state;
      return {
        ...nothingDone,
        ...done,
        __typename: 'TestReportSignOff',
        nodeKey: `${versionId}-${declared.role}`,
        signOffRole: declared.role,
        signOffStatus: status,
        countsForApproval: status === 'SIGNED',
        notCountedBecause: whyNotCounted(status, bar),
        signOffUserId: named.userId,
        delegatedFromId: named.insteadOfId,
        signOffDate: status === 'PENDING' ? null : done!.signOffDate,
      };
    },
  );
}
