/** Requested packs, as auditors and administrators see them. */
import { Int } from 'type-graphql';
import { packStatuses, type PackRow } from '../../database/delivery/packs';
import { pathOfPack } from '../../files/pack/answer';
import { STEPS } from '../../files/pack/pack';
import { a, resolved, addFields, objectType, optional } from '../declare';
import { enumOf } from '../enums';
import { toUser } from '../people/types';
import { toWorkflow } from '../workflow/types';

const PackStatusEnum = enumOf(
  'PackStatus',
  packStatuses,
  'WAITING: no server is making it at the moment. MAKING: a server is making it. READY: it can be downloaded. FAILED: it cannot be made, see `failure`. EXPIRED: it was made and deleted after its retention; it can be requested again as of the same instant.',
);

export const AuditorPack = objectType<PackRow>(
  'AuditorPack',
  'A complete export of a workflow as of an instant, which can be kept and verified without this product (docs/files.md).',
  {
    packId: a.uuid('The id of the pack.'),
    asOf: a.instant('The instant of all its contents. Packs as of the same instant are identical byte for byte.'),
    requestedAt: a.instant('When it was requested.'),
    status: a.of('Its status.', () => PackStatusEnum),
    stepsDone: a.int('The number of completed steps.'),
    failure: optional.text('Why it could not be made, if it is FAILED.'),
    finishedAt: optional.instant('When it was made, or given up.'),
    keptUntil: optional.instant('Until when it can be downloaded.'),
    bytes: optional.float('Its size in bytes.'),
    sha256: optional.text('The SHA-256 of its bytes in hex.'),
  },
);

addFields(AuditorPack, {
  workflow: toWorkflow.optional(
    'Its workflow; null if the operation reads an instant before the workflow existed.',
    'streamId',
  ),
  requestedBy: toUser.optional(
    'Who requested it; null if the operation reads an instant before that person existed.',
    'requestedBy',
  ),
  steps: resolved(
    'The number of steps: one per phase, the log, the self-attestations, and the archive.',
    () => Int,
    () => STEPS,
  ),
  path: resolved(
    'The path of its download on this server, by GET with the same token. Each download is recorded as a read of the log.',
    optional(() => String),
    ({ packId, status }) => (status === 'READY' ? pathOfPack(packId) : null),
  ),
});
