/** The difference between two versions in the API. */
import type { ChangedItem } from '../../database/versions/items';
import type { FieldChange as AnyFieldChange } from '../../versioning/diff';
import type { VersionHeader } from '../../versioning/model';
import { connectionOf } from '../connection';
import type { Context } from '../context';
import { a, objectType, optional } from '../declare';
import { ChangeKindEnum } from '../enums';
import { PhaseVersion } from '../version/types';

/** Two versions to compare; if the first is read at another instant, with the context for it. */
export interface Compared {
  readonly from: VersionHeader;
  readonly to: VersionHeader;
  readonly fromContext?: Context;
}

interface Summary {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly fieldsChanged: number;
}
export const DiffSummary = objectType<Summary>('DiffSummary', 'How much changed.', {
  added: a.int('Items that are only in `to`.'),
  removed: a.int('Items that are only in `from`.'),
  changed: a.int('Items that are in both, with different content.'),
  unchanged: a.int('Items that are in both, with the same content.'),
  fieldsChanged: a.int('Changes of the version’s own content fields.'),
});

export const FieldChange = objectType<AnyFieldChange>('FieldChange', 'One change of one field.', {
  path: a.text('RFC 6901 JSON Pointer into the content of the version or of the item.'),
  kind: a.of('The kind of change.', () => ChangeKindEnum),
  before: optional.json('The value in `from`.'),
  after: optional.json('The value in `to`.'),
});

export const ItemChange = objectType<ChangedItem & Compared>(
  'ItemChange',
  'An item that differs between both versions.',
  {
    itemKey: a.uuid('The item’s identity within the record.'),
    label: a.text('Its label.'),
    kind: a.of('The kind of change.', () => ChangeKindEnum),
  },
);

export const VersionDiff = objectType<Compared>(
  'VersionDiff',
  'What changed between two versions of a record, by item key and field.',
  {
    from: a.of('The version compared from.', () => PhaseVersion),
    to: a.of('The version compared to.', () => PhaseVersion),
  },
);

export const ItemChangeConnection = connectionOf('ItemChange', () => ItemChange);
