/** A version on paper: what it is, its content, decisions and signatures, changes, and commits. */
import { fullPhases, phaseOf } from '../../phases';
import { contentFields, type FieldTable } from '../../versioning/fields';
import { titleOfOrigin } from '../../versioning/titles';
import { facts, heading, note, text, type Block, type Column, type Level } from './block';
import type { Commit, Differences, FieldDifference, Item, Signature, Version } from './paper';
import {
  contentRows,
  whenAndByWhom,
  instant,
  instantOrNull,
  hasValue,
  numbered,
  people,
  person,
  personOrNull,
  valueOf,
  words,
} from './values';

const titleOf = (phase: string): string => phaseOf(phase).title;
export const versionTitle = ({ phase, versionNumber }: Pick<Version, 'phase' | 'versionNumber'>): string =>
  `${titleOf(phase)}, version ${versionNumber}`;

function standing(version: Version): Block {
  const { effectiveFrom, effectiveTo, status } = version;
  return facts(
    ['Status', words(status) + (version.isDeleted ? ', deleted' : '')],
    [
      'In force',
      effectiveFrom &&
        `from ${instant(effectiveFrom)} ${effectiveTo ? `until ${instant(effectiveTo)}` : 'on, and still in force at the instant of this paper'}`,
    ],
    ['Created', whenAndByWhom(version.createdAt, version.createdBy)],
    ['Edited by', people(version.editors) || null],
    ['Submitted', whenAndByWhom(version.submittedAt, version.submittedBy)],
    [status === 'REJECTED' ? 'Rejected' : 'Approved', whenAndByWhom(version.reviewedAt, version.reviewedBy)],
    ['Said with it', version.approvalNotes],
    ['Deleted', whenAndByWhom(version.deletedAt, version.deletedBy)],
    ['Based on', numbered(version.base)],
    ['Content from', numbered(version.parent)],
    ['Revision', String(version.revision)],
    ['Rests on', version.basis === 'CAPTURED' ? null : 'what the old system recorded, not what was captured here'],
    ['Version id', version.versionId],
    ['Record id', version.masterRecordId],
    ['Content hash', `${version.contentHash} (SHA-256)`],
  );
}

const SIGNATURES: readonly Column[] = [
  { title: 'Role', share: 14 },
  { title: 'Signature of', share: 24 },
  { title: 'Signed at', share: 20 },
  { title: 'Meaning', share: 18 },
  { title: 'How it stands', share: 24 },
];

const signature = (one: Signature): string[] => [
  words(one.signOffRole),
  [
    one.signerName ?? (one.signOffUser ? `awaited of ${person(one.signOffUser)}` : 'awaited'),
    ...(one.delegatedFromName ? [`in place of ${one.delegatedFromName}`] : []),
    ...(one.delegationReason ? [one.delegationReason] : []),
  ].join('\n'),
  instantOrNull(one.signOffDate) ?? '–',
  [one.meaning ?? '–', ...(one.signOffComments ? [`“${one.signOffComments}”`] : [])].join('\n'),
  [
    words(one.signOffStatus) + (one.countsForApproval ? ', counts' : ''),
    ...(one.notCountedBecause ? [one.notCountedBecause] : []),
    ...(one.signedContentHash ? [`signed content ${one.signedContentHash}`] : []),
  ].join('\n'),
];

const ITEMS: readonly Column[] = [
  { title: 'No.', share: 6 },
  { title: 'Item', share: 34 },
  { title: 'Review', share: 14 },
  { title: 'Decided', share: 26 },
  { title: 'Notes', share: 20 },
];

const itemRow = ({ label, reviewStatus, decision }: Item, index: number): string[] => [
  String(index + 1),
  label,
  words(reviewStatus),
  decision ? whenAndByWhom(decision.decidedAt, decision.decidedBy)! : '–',
  [decision?.notes, decision?.notCountedBecause].filter((said) => said != null).join('\n') || '–',
];

const itemParts =
  ({ versionNumber }: Version, fields: FieldTable, level: Level) =>
  (item: Item, index: number): Block[] => {
    const { decision, carriedFromVersion } = item;
    const elsewhere = decision && decision.decidedInVersion.versionNumber !== versionNumber;
    return [
      heading(level, `${index + 1}. ${item.label}`),
      facts(
        ...contentRows(fields, item).filter(hasValue),
        ['Review status', words(item.reviewStatus)],
        [
          'Decision',
          decision &&
            `${words(decision.status)}, ${whenAndByWhom(decision.decidedAt, decision.decidedBy)}${elsewhere ? `, in version ${decision.decidedInVersion.versionNumber}` : ''}`,
        ],
        ['Carried from', numbered(carriedFromVersion)],
        ['Item key', item.itemKey],
        ['Item hash', item.contentHash],
      ),
    ];
  };

const FIELD_CHANGES: readonly Column[] = [
  { title: 'Item', share: 24 },
  { title: 'What', share: 18 },
  { title: 'Before', share: 29 },
  { title: 'After', share: 29 },
];

/** A path into content with the field's label: /auditNotes/0 becomes “Audit notes › 0”. The field is given if the path is of all of it. */
function placeOf(fields: FieldTable, path: string) {
  const [first = '', ...rest] = path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const field = contentFields(fields).find(([name]) => name === first)?.[1];
  return {
    name: [field?.label ?? first, ...rest].join(' › '),
    field: rest.length === 0 && field ? field : ({ kind: 'json' } as const),
  };
}

const changeRows = (fields: FieldTable, of: string, changes: readonly FieldDifference[]): string[][] =>
  changes.map(({ path, before, after }) => {
    const { name, field } = placeOf(fields, path);
    return [of, name, valueOf(field, before), valueOf(field, after)];
  });

function differences(version: Version, own: FieldTable, ofItems: FieldTable | undefined): Block[] {
  if (!version.before) return [text('There is no previous version.')];
  const { versionNumber, differences } = version.before;
  const { added, removed, changed, unchanged, fieldsChanged } = differences.summary;
  const rows = [
    ...changeRows(own, 'The version itself', differences.fields),
    ...differences.items.flatMap((item) => itemChange(item, ofItems ?? {})),
  ];
  return [
    text(
      `Compared with version ${versionNumber}: ${added} items added, ${changed} changed, ${removed} removed, ${unchanged} unchanged; ` +
        `${fieldsChanged} changes of the version’s own fields.`,
    ),
    ...(rows.length > 0 ? [{ kind: 'table', columns: FIELD_CHANGES, rows } as const] : []),
  ];
}

function itemChange({ kind, label, fields }: Differences['items'][number], table: FieldTable): string[][] {
  return kind === 'CHANGED' ? changeRows(table, label, fields) : [[label, words(kind), '–', '–']];
}

const COMMITS: readonly Column[] = [
  { title: 'No.', share: 7 },
  { title: 'Committed at', share: 17 },
  { title: 'By', share: 19 },
  { title: 'What, and why', share: 25 },
  { title: 'Hash', share: 32, isFine: true },
];

const commitRow = (commit: Commit): string[] => [
  String(commit.sequence),
  [instant(commit.committedAt), ...(commit.occurredAt ? [`(happened ${instant(commit.occurredAt)})`] : [])].join('\n'),
  personOrNull(commit.actor) ??
    [titleOfOrigin(commit.origin), ...(commit.operator ? [commit.operator] : [])].join('\n'),
  [words(commit.operation), ...(commit.reason ? [`“${commit.reason}”`] : [])].join('\n'),
  commit.hash,
];

export const commitsPart = (commits: readonly Commit[]): Block[] =>
  commits.length > 0
    ? [{ kind: 'table', columns: COMMITS, rows: commits.map(commitRow) }]
    : [text('It has no commits at this instant.')];

/** @param level the level of its title; its parts are one level below */
export function versionParts(version: Version, level: 1 | 2): Block[] {
  const below = level === 1 ? 2 : 3;
  const phase = phaseOf(version.phase);
  const item = fullPhases.find(({ key }) => key === version.phase)?.item;
  const { items, signatures } = version;
  return [
    heading(level, versionTitle(version)),
    standing(version),
    heading(below, 'Content'),
    facts(...contentRows(phase.version.fields, version)),
    ...(signatures.length > 0
      ? [heading(below, 'Signatures'), { kind: 'table', columns: SIGNATURES, rows: signatures.map(signature) } as const]
      : []),
    ...(item
      ? [
          heading(below, `Items (${items.length})`),
          ...(items.length > 0
            ? [{ kind: 'table', columns: ITEMS, rows: items.map(itemRow) } as const]
            : [note('The version has no items.')]),
          note('Empty fields of items are left out.'),
          ...items.flatMap(itemParts(version, item.fields, level === 1 ? 3 : 4)),
        ]
      : []),
    heading(below, 'Differences from the previous version'),
    ...differences(version, phase.version.fields, item?.fields),
  ];
}
