/** Everything that can be done with a version, as a client does it: the mutation, the action it takes, an input that will do. */
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
  /** What it takes besides the version; of an item there is the key. */
  readonly input?: (phase: FullPhase, itemKey: string) => object;
}

export interface DraftDeed extends Deed {
  readonly action: DraftAction;
  /** In which phases there is such a thing; in all if left out. */
  readonly where?: (phase: FullPhase) => boolean;
}

export interface RecordDeed extends Deed {
  readonly phase: string;
}

/** Who could sign in the place of each signer: people of the right role who have nothing to do with the workflows. */
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

/** How a mutation answers: `accepted`, or the code of its refusal; with the latest version where that is named. */
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

/** Tries deeds that are to be refused on a version, in one request: what each of them is answered with. */
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
  // What refuses the whole request refuses each of them.
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

/** What is drafted is put into words of the version's phase, or of the first where that has none. */
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
