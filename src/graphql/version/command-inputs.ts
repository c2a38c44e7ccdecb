/** What mutations share: the frame of their inputs, and their payload. */
import { Kind, OperationTypeNode, type OperationDefinitionNode } from 'graphql';
import type { Caller, Committed } from '../../services/commit';
import { ChangeSet } from '../change-log/types';
import type { Context } from '../context';
import { a, resolved, addFields, mutations, objectType, optional, type InputOf } from '../declare';
import { notFound } from '../../versioning/errors';
import type { VersionHeader } from '../../versioning/model';
import { asVersion } from '../objects';
import { visibleVersion } from '../visibility';
import { PhaseVersion } from './types';

interface Payload {
  readonly version: VersionHeader;
  readonly changeSetId: string;
}
const VersionPayload = objectType<Payload>('VersionPayload', 'The result of a mutation.', {
  version: a.of('The version in its current state.', () => PhaseVersion),
});
addFields(VersionPayload, {
  changeSet: resolved(
    'The commit it made.',
    () => ChangeSet,
    ({ changeSetId }, { loaders }) => loaders.changeSet.load(changeSetId),
  ),
});

/** The input fields of every mutation. */
export const commandInput = {
  reason: optional.text('The reason; stored with the commit.'),
  idempotencyKey: optional.uuid(
    'A key chosen by the client: a retry with the same key and input returns the first answer instead of doing the work again.',
  ),
};

export const startInput = {
  ...commandInput,
  cycleId: a.uuid('The cycle of the workflow.'),
  reportId: a.uuid('The report of the workflow.'),
};

export const versionCommandInput = {
  ...commandInput,
  versionId: a.uuid('The version.'),
  expectedRevision: a.int('The revision the caller saw; CONFLICT if the version has changed since.'),
};

type Service<Input> = (caller: Caller, input: Input) => Promise<Committed>;

/** Runs a mutation. The payload shows the version as the commit left it; everything else is read anew. */
async function payload<Input>(service: Service<Input>, context: Context, input: Input): Promise<Payload> {
  const { versionId, changeSetId, left } = await service(context, input);
  context.forget();
  const { loaders } = context;
  if (left) loaders.version.prime(versionId, asVersion(left.version));
  const asActed = () =>
    left && loaders.assignment.clear(left.version.streamId).prime(left.version.streamId, left.assignment);
  if (left?.keepsAssignment) asActed();
  const visible = async () => visibleVersion(context, await loaders.version.load(versionId));
  let version = await visible();
  // The mutation succeeded, so its caller is told even if the next commit took away their access.
  if (!version && asActed()) version = await visible();
  // The answer to a replayed request may have been hidden from the caller since.
  if (!version) throw notFound(`Version ${versionId}`);
  return { version, changeSetId };
}

/** Mutations that read the viewer under their lock. */
const committing = new Set<string>();

/** Whether an operation is a single commit, which reads the viewer. */
export const readsViewer = ({ operation, selectionSet: { selections } }: OperationDefinitionNode): boolean =>
  operation === OperationTypeNode.MUTATION &&
  selections.length === 1 &&
  selections.every((root) => root.kind === Kind.FIELD && committing.has(root.name.value));

/**
 * Adds a mutation whose payload is the version and its commit.
 * @param sent the description of its input, for the schema
 */
export function addMutation<Input>(
  name: string,
  Input: InputOf<Input>,
  sent: string,
  service: Service<Input>,
  description: string,
): void {
  committing.add(name);
  mutations({
    [name]: resolved(
      description,
      () => VersionPayload,
      { input: a.of<Input>(sent, () => Input) },
      (_, context, { input }) => payload(service, context, input),
    ),
  });
}
