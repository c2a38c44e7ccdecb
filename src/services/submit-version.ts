import { correctHashes } from '../database/versions/item-writes';
import { changeVersion, hashable, type VersionCommand } from './change-version';

/** Submits a draft for approval and freezes it. Every hash is checked against its content, because from now on it is final. */
export const submitVersion = changeVersion<VersionCommand, Awaited<ReturnType<typeof hashable>>>(
  'submitVersion',
  'SUBMIT',
  {
    look: (tx, version) => hashable(tx, version, true),
    work: ({ tx, now, viewer, update }, { phase, content, doubtful }) => {
      correctHashes(tx, phase, doubtful);
      const submitted = { status: 'PENDING_APPROVAL', submittedAt: now, submittedBy: viewer.userId } as const;
      return update(submitted, { phase, content });
    },
  },
);
