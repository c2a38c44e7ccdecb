/** The commit log in the API. */
import type { LogReadRow } from '../../database/change-log-reads';
import type { ChangeSetRow } from '../../database/rows';
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
    requestId: optional.text('The request it came with (header X-Request-Id), to find it in other logs.'),
    occurredAt: optional.instant(
      'For imported commits: when it happened in the system it came from, which is not when it was captured.',
    ),
    operator: optional.text(
      'For commits made by a command of this product: the login of the machine it ran on, as the machine says. It is no actor, and nobody has signed in with it.',
    ),
    previousHash: optional.text('The hash of the commit before it in its chain, hex; null for the first.'),
    hash: a.text('SHA-256, hex, over the previous hash and everything this commit says.'),
  },
);

/** An instant in a chain: the sequence of its last commit by then; 0 if there was none. */
export interface Moment {
  readonly streamId: string;
  readonly sequence: number;
}

export const ChangesAround = objectType<Moment>('ChangesAround', 'The commits around an instant.', {});

export const RowChange = nodeType<ReturnType<typeof asRowChange>>(
  'RowChange',
  'One row that a commit changed, as the database itself recorded it. It never changes, so it has one id at all times.',
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
  'That somebody read a change log: once for each request and log, noted before it was read. Append-only, and no commit.',
  {
    readAt: a.instant('When, by the database’s clock.'),
    origin: a.text(
      '`api` for a request; `command` for a command of this product, such as the export; `db:` and the role for others.',
    ),
    field: a.text(
      'What the request read it through first, as Type.field (`Workflow.changes`); `export:log` and `export:pack` for what was taken away as a file.',
    ),
    requestId: optional.text('The request it came with (header X-Request-Id), to find it in other logs.'),
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
  'What the verification of a chain of commits found.',
  {
    valid: a.flag('Whether nothing is wrong.'),
    changeSetsChecked: a.int('How many commits were checked before the first fault, or in all.'),
    headHash: optional.text('The hash of the last commit that was checked, hex.'),
    firstBrokenSequence: optional.int(
      'The first commit whose content no longer matches its hash, or whose predecessor is missing; for a live row, the commit that left it otherwise.',
    ),
    problem: optional.text('What is wrong, in a sentence; null if nothing is.'),
    checkedAt: a.instant('When it was checked, by the database’s clock.'),
    checkpointSequence: optional.int(
      'The last commit among those checked that a signed checkpoint outside the database has noted: up to there, not even who rewrites the whole chain goes unnoticed. Null where none is noted.',
    ),
    checkpointNotedAt: optional.instant('When that checkpoint was noted.'),
    archivedSequence: optional.int(
      'The last commit among those checked of which rows were archived, so that its hash could not be recomputed here; an operator’s `npm run verify` does with the file. Null where all of them were.',
    ),
    archivedIn: optional.text('The file that has those rows, and its SHA-256.'),
  },
);

export const TableCoverage = objectType<Coverage['tables'][number]>(
  'TableCoverage',
  'How a table is captured, and whether it is as the migrations make it, with all that can run on it or show it.',
  {
    table: a.text(
      'The table or view; one outside schema public, such as those of the log itself, with its schema. What belongs to none is told under its schema, or as `database`.',
    ),
    captured: a.flag(
      'Whether every write to it, by whatever path, is recorded, and nothing of it is otherwise than it was made.',
    ),
    problem: optional.text('What is missing, changed, or there although no migration made it and nobody allowed it.'),
  },
);

export const AuditCoverage = objectType<Coverage>(
  'AuditCoverage',
  'The database’s own catalogue, held against what the migrations make of an empty database.',
  {
    complete: a.flag('Whether all of them are.'),
    tables: a.of('Every table of the product, and whatever else is not as it must be.', () => [TableCoverage]),
    recordsSchemaChanges: a.flag(
      'Whether the database records changes of its schema, so that what was changed and changed back is known too: as rows of `schema_changes`, in `referenceChanges`. Off where whoever installed it may make no event trigger.',
    ),
  },
);

export const ChangeSetConnection = connectionOf('ChangeSet', () => ChangeSet);
export const ChangeLogReadConnection = connectionOf('ChangeLogRead', () => ChangeLogRead);
export const RowChangeConnection = connectionOf('RowChange', () => RowChange);
