/** Everything that can be done with a version through the API: the mutation, its action, and a valid input. */
import { auditOnlyPhases, fullPhases, phaseOf } from '../../src/phases';
import { contentFields } from '../../src/versioning/fields';
import type { FullPhase } from '../../src/versioning/phase';
import type { DraftAction } from '../../src/versioning/draft-rules';
import type { VersionAction } from '../../src/versioning/policy';
import { sampleContent, sampleItems, type BuiltVersion } from './builders';
import { dan, type GraphQLAnswer, type World } from './world';

export interface Deed {
  readonly mutation: string;
  readonly inputType: string;
  readonly action: VersionAction;
  /** Whether it names an item that must be there. */
  readonly needsItem?: true;
  /** Whose signature it is about. */
  readonly role?: string;
  /** The members of its input besides the version; of an item, the key. */
  readonly input?: (phase: FullPhase, itemKey: string) => object;
}

export interface DraftDeed extends Deed {
  readonly action: DraftAction;
  /** The phases that have it; all if omitted. */
  readonly where?: (phase: FullPhase) => boolean;
}

export interface RecordDeed extends Deed {
  readonly phase: string;
}

/** Possible delegates of each signer: people with the right role who have nothing to do with the workflows. */
export const deputies = { test_lead: 41, report_owner: 42, test_executive: 43 } as const;

const restricted = ({ version: { fields } }: FullPhase) =>
  contentFields(fields).filter(([, field]) => field.restricted);
const transition = (mutation: string, action: DraftAction, more: object = {}): DraftDeed => ({
  mutation,
  action,
  inputType: 'VersionTransitionInput',
  input: () => more,
});

export const signatureDeeds: readonly DraftDeed[] = Object.entries(deputies).flatMap(
  ([role, toUserId]): DraftDeed[] => {
    const where = ({ signOffs }: FullPhase) => signOffs !== undefined;
    return [
      {
        mutation: 'signOff',
        action: 'SIGN_OFF',
        inputType: 'SignOffInput',
        role,
        where,
        input: () => ({ role, status: 'SIGNED', meaning: 'review' }),
      },
      {
        mutation: 'delegateSignOff',
        action: 'DELEGATE_SIGN_OFF',
        inputType: 'DelegateSignOffInput',
        role,
        where,
        input: () => ({ role, toUserId, reason: 'On leave.' }),
      },
    ];
  },
);

export const draftDeeds: readonly DraftDeed[] = [
  {
    mutation: 'putItems',
    action: 'EDIT',
    inputType: 'PutItemsInput',
    input: ({ key }) => ({ items: sampleItems(key, 1, 70) }),
  },
  {
    mutation: 'removeItems',
    action: 'EDIT',
    inputType: 'RemoveItemsInput',
    needsItem: true,
    input: (_, itemKey) => ({ itemKeys: [itemKey] }),
  },
  {
    mutation: 'updateVersion',
    action: 'EDIT',
    inputType: 'UpdateVersionInput',
    input: ({ key }) => ({ content: sampleContent(key, 9) }),
  },
  {
    mutation: 'updateVersion',
    action: 'WAIVE',
    inputType: 'UpdateVersionInput',
    where: (phase) => restricted(phase).length > 0,
    input: (phase) => ({
      content: {
        [phase.version.input]: Object.fromEntries(
          restricted(phase).map(([name, field]) => [name, field.restricted!.value]),
        ),
      },
      reason: 'It can do without.',
    }),
  },
  transition('submitVersion', 'SUBMIT'),
  transition('withdrawVersion', 'WITHDRAW'),
  transition('approveVersion', 'APPROVE'),
  transition('rejectVersion', 'REJECT', { reason: 'No.' }),
  {
    mutation: 'decideItems',
    action: 'DECIDE_ITEMS',
    inputType: 'DecideItemsInput',
    needsItem: true,
    input: (_, itemKey) => ({ decisions: [{ itemKey, status: 'APPROVED' }] }),
  },
  transition('reviseVersion', 'REVISE'),
  transition('restoreVersion', 'RESTORE'),
  { mutation: 'rebaseVersion', action: 'REBASE', inputType: 'RebaseVersionInput' },
  transition('deleteVersion', 'DELETE', { reason: 'Not needed.' }),
  transition('undeleteVersion', 'UNDELETE'),
  ...signatureDeeds,
];

const said = { reason: 'Because.' };
const recordInputs: Record<string, object> = {
  TRANSFER: { ...said, toUserId: dan },
  DEACTIVATE: said,
  REVISE_DOCUMENT: { ...said, documentMetadata: { pages: 3 }, revisionType: 'CORRECTION' },
  REVIEW_DOCUMENT: { status: 'ACCEPTED' },
  RESPOND: { responseStatus: 'COMPLETED' },
};

/** What the audit-only phases declare: a command that takes a version is a deed. */
export const recordDeeds: readonly RecordDeed[] = auditOnlyPhases.flatMap(({ key, commands }) =>
  Object.entries(commands).flatMap(([mutation, { action, inputType }]) =>
    action ? [{ mutation, action, inputType, phase: key, input: () => recordInputs[action]! }] : [],
  ),
);

/** Commands that start a record, by phase. */
export const startDeeds: readonly (Pick<Deed, 'mutation' | 'inputType'> & { readonly phase: string })[] =
  auditOnlyPhases.flatMap(({ key, commands }) =>
    Object.entries(commands).flatMap(([mutation, { action, inputType }]) =>
      action ? [] : [{ mutation, inputType, phase: key }],
    ),
  );

const nobodysItem = '00000000-0000-4000-8000-000000000000';

/** The result of a mutation: `accepted`, or its error code; with the latest version if the error names it. */
export async function answerTo(
  world: World,
  userId: number | null,
  { mutation, inputType }: Pick<Deed, 'mutation' | 'inputType'>,
  input: object,
): Promise<string> {
  const query = `mutation ($input: ${inputType}!) { ${mutation}(input: $input) { version { versionId } } }`;
  const { errors } = await world.ask(userId, query, { input });
  return answerIn(errors?.[0]);
}

function answerIn(error: NonNullable<GraphQLAnswer['errors']>[number] | undefined): string {
  if (!error) return 'accepted';
  const { code, latestVersionId, latestVersionNumber } = error.extensions;
  return latestVersionId ? latestIs(latestVersionNumber as number, latestVersionId as string) : code;
}

export const latestIs = (versionNumber: number, versionId: string): string =>
  `CONFLICT: the latest is ${versionNumber}, ${versionId}`;

/** Sends operations that must be rejected on a version, in one request, and returns the result of each. */
export async function attemptAll(
  world: World,
  deeds: readonly Deed[],
  userId: number | null,
  version: Pick<BuiltVersion, 'versionId' | 'revision'>,
  phase: string,
  itemKey?: string,
): Promise<string[]> {
  if (deeds.length === 0) return [];
  const declared = deeds.map(({ inputType }, n) => `$input${n}: ${inputType}!`);
  const fields = deeds.map(({ mutation }, n) => `deed${n}: ${mutation}(input: $input${n}) { version { versionId } }`);
  const inputs = deeds.map((deed, n) => [`input${n}`, inputOf(deed, version, phase, itemKey)] as const);
  const query = `mutation (${declared.join(', ')}) { ${fields.join(' ')} }`;
  const { errors = [] } = await world.ask(userId, query, Object.fromEntries(inputs));
  // An error of the whole request counts for each of them.
  return deeds.map((_, n) => answerIn(errors.find(({ path }) => !path || path[0] === `deed${n}`)));
}

/** Tries a deed on a version. */
export function attempt(
  world: World,
  deed: Deed,
  userId: number | null,
  version: Pick<BuiltVersion, 'versionId' | 'revision'>,
  phase: string,
  itemKey?: string,
): Promise<string> {
  return answerTo(world, userId, deed, inputOf(deed, version, phase, itemKey));
}

/** Draft input is phrased for the version's phase, or for the first phase if that has no drafts. */
function inputOf(
  deed: Deed,
  { versionId, revision }: Pick<BuiltVersion, 'versionId' | 'revision'>,
  phase: string,
  itemKey = nobodysItem,
): object {
  const declared = phaseOf(phase);
  const words = declared.versioning === 'FULL' ? declared : fullPhases[0]!;
  return { versionId, expectedRevision: revision, ...deed.input?.(words, itemKey) };
}
