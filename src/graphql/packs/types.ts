/** Requested packs, as auditors and administrators see them. */
import { Int } from 'type-graphql';
import { packStatuses, type PackRow } from '../../database/packs';
import { pathOfPack } from '../../files/pack/answer';
import { STEPS } from '../../files/pack/pack';
import { a, answered, answers, objectType, optional } from '../declare';
import { enumOf } from '../enums';
import { toUser } from '../people/types';
import { toWorkflow } from '../workflow/types';

export const PackStatusEnum = enumOf(
  'PackStatus',
  packStatuses,
  'WAITING: no server makes it now. MAKING: one does. READY: it can be downloaded. FAILED: it cannot be made, see `failure`. EXPIRED: it was made and its time has come; it can be asked for again, as of the same instant.',
);

export const AuditorPack = objectType<PackRow>(
  'AuditorPack',
  'Everything of a workflow as of an instant, to be kept and verified without this product (docs/files.md).',
  {
    packId: a.uuid('The id of the pack.'),
    asOf: a.instant('As of when all of it is. As of the same instant a pack is the same bytes.'),
    requestedAt: a.instant('When it was asked for.'),
    status: a.of('How far it is.', () => PackStatusEnum),
    stepsDone: a.int('How many steps of making it are done.'),
    failure: optional.text('Why it cannot be made, if it is FAILED.'),
    finishedAt: optional.instant('When it was made, or given up.'),
    keptUntil: optional.instant('Until when it can be downloaded.'),
    bytes: optional.float('How large it is, in bytes.'),
    sha256: optional.text('The SHA-256 of its bytes, in hexadecimal digits.'),
  },
);

answers(AuditorPack, {
  workflow: toWorkflow.optional(
    'The workflow it is of; null where the operation is about an instant before there was one.',
    'streamId',
  ),
  requestedBy: toUser.optional(
    'Who asked for it; null where the operation is about an instant before they were there.',
    'requestedBy',
  ),
  steps: answered(
    'How many steps there are: a phase each, the log, the self-attestations, and the archive of all that.',
    () => Int,
    () => STEPS,
  ),
  path: answered(
    'Where it is downloaded, on this server: by GET, with the same token. Each download is noted in the log of reads.',
    optional(() => String),
    ({ packId, status }) => (status === 'READY' ? pathOfPack(packId) : null),
  ),
});
