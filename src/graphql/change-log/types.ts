/** The commit log in the API. */
import type { LogReadRow } from '../../database/log/change-log-reads';
import type { ChangeSetRow } from '../../database/connection/rows';
import type { Coverage } from '../../proof/coverage';
import type { Verification } from '../../proof/verify';
import { connectionOf } from '../connection';
import { a, objectType, optional } from '../declare';
import { RowOperationEnum } from '../enums';
import { nodeType } from '../node';
import type { asRowChange } from '../objects';

export const ChangeSet = nodeType<ChangeSetRow>(
  'ChangeSet',
  'One committed transaction: who, when, why, and every row it changed. Append-only.',
  {
    sequence: a.int('Its number in its chain: 1, 2, 3 … without gaps.'),
    committedAt: a.instant('When it was committed, by the database’s clock; strictly increasing in its chain.'),
    origin: a.text('`api` for a mutation; `db:` and the role for a write made outside the API.'),
    operation: a.text(
      'The mutation’s name; the name of the command for one of this product (`admin users.add`); `SQL` for any other write made outside the API.',
    ),
    requestId: optional.text('The request it came with (header X-Request-Id), for finding it in other logs.'),
    occurredAt: optional.instant(
      'For imported commits: when it happened in the system it came from, which is not when it was captured.',
    ),
    operator: optional.text(
      'For commits by a command of this product: the operating-system user who ran it, as reported by the machine. It is not an actor, since nobody has signed in.',
    ),
    previousHash: optional.text('The hash of the commit before it in its chain, hex; null for the first.'),
    hash: a.text('SHA-256 in hex over the previous hash and everything in this commit.'),
  },
);

/** An instant in a chain: the sequence of its last commit by then; 0 if there was none. */
export interface Moment {
  readonly streamId: string;
  readonly sequence: number;
}

export const ChangesAround = objectType<Moment>('ChangesAround', 'The commits around an instant.', {});

const RowChange = nodeType<ReturnType<typeof asRowChange>>(
  'RowChange',
  'One row that a commit changed, as the database itself recorded it. It is immutable, so its id is the same at all times.',
  {
    table: a.text('The table.'),
    rowId: a.text('The row’s primary key; its parts joined by commas.'),
    operation: a.of('What was done to it.', () => RowOperationEnum),
    versionId: optional.uuid('The version the row belongs to, if to one.'),
    before: optional.jsonObject('The row before, by column; null for INSERT.'),
    after: optional.jsonObject('The row after, by column; null for DELETE.'),
    changedFields: a.texts('The columns whose values differ, in alphabetical order.'),
  },
);

export const ChangeLogRead = nodeType<LogReadRow>(
  'ChangeLogRead',
  'A read of a change log, recorded once per request and log before the log was read. Append-only; not a commit.',
  {
    readAt: a.instant('When, by the database’s clock.'),
    origin: a.text(
      '`api` for a request; `command` for a command of this product, such as the export; `db:` and the role for others.',
    ),
    field: a.text(
      'The field through which the request read it first, as Type.field (`Workflow.changes`); `export:log` and `export:pack` for files.',
    ),
    requestId: optional.text('The request it came with (header X-Request-Id), for finding it in other logs.'),
  },
);

/** The result of a verification, its time, and the checkpoint that it was compared with. */
export interface Checked extends Omit<Verification, 'archived'> {
  readonly archivedSequence: number | null;
  readonly archivedIn: string | null;
  readonly checkedAt: Date;
  readonly checkpointSequence: number | null;
  readonly checkpointNotedAt: Date | null;
}

export const ChainVerification = objectType<Checked>(
  'ChainVerification',
  'The result of verifying a chain of commits.',
  {
    valid: a.flag('Whether nothing is wrong.'),
    changeSetsChecked: a.int('The number of commits checked before the first fault, or in all.'),
    headHash: optional.text('The hash of the last verified commit in hex.'),
    firstBrokenSequence: optional.int(
      'The first commit whose content no longer matches its hash, or whose predecessor is missing; for a live row that differs, the commit that last wrote it.',
    ),
    problem: optional.text('What is wrong, in a sentence; null if nothing is.'),
    checkedAt: a.instant('When it was checked, by the database’s clock.'),
    checkpointSequence: optional.int(
      'The last verified commit covered by a signed checkpoint outside the database: up to there, even a rewrite of the whole chain would be detected. Null if there is none.',
    ),
    checkpointNotedAt: optional.instant('When that checkpoint was recorded.'),
    archivedSequence: optional.int(
      'The last verified commit whose hash could not be recomputed here, because its rows are archived; an operator’s `npm run verify` recomputes it from the file. Null if every hash was recomputed.',
    ),
    archivedIn: optional.text('The file with those rows, and its SHA-256.'),
  },
);

export const TableCoverage = objectType<Coverage['tables'][number]>(
  'TableCoverage',
  'How a table is captured, and whether it is as the migrations create it, with everything that can run on it or show it.',
  {
    table: a.text(
      'The table or view, with its schema if that is not public, as for the log itself. What belongs to no table is listed under its schema, or as `database`.',
    ),
    captured: a.flag(
      'Whether every write to it, by any path, is recorded, and nothing about it differs from what the migrations create.',
    ),
    problem: optional.text('What is missing, changed, or present without a migration or an allowance.'),
  },
);

export const AuditCoverage = objectType<Coverage>(
  'AuditCoverage',
  'The database’s own catalogue, compared with what the migrations create in an empty database.',
  {
    complete: a.flag('Whether all of them are as they should be.'),
    tables: a.of('Every table of the product, and anything else that is not as it should be.', () => [TableCoverage]),
    recordsSchemaChanges: a.flag(
      'Whether the database records schema changes, so that changes that were reverted are known too: as rows of `schema_changes`, in `referenceChanges`. Off if the installer may not create event triggers.',
    ),
  },
);

export const ChangeSetConnection = connectionOf('ChangeSet', () => ChangeSet);
export const ChangeLogReadConnection = connectionOf('ChangeLogRead', () => ChangeLogRead);
export const RowChangeConnection = connectionOf('RowChange', () => RowChange);
