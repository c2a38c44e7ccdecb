/** The sources of the fields of versions, items and decisions, derived from the phases' declarations. */
import { itemExpressions } from '../../database/versions/items';
import { inForce, tookThePlaceOf } from '../../database/versions/versions';
import { approvalStatusOf } from '../../versioning/approval-status';
import {
  columnName,
  contentFields,
  shownAs,
  type Field,
  type FieldTable,
  type StoredKind,
} from '../../versioning/fields';
import { notCounting, type Bar } from '../../versioning/independence';
import type { ItemReviewStatus, Json, VersionStatus } from '../../versioning/model';
import type { AuditOnlyPhase, FullPhase, PhaseDeclaration } from '../../versioning/phase';
import { approvalRequirements, availableActions } from '../../versioning/policy';
import { hoursBetween } from '../phase/types';
import { PlanAborted } from './plan-errors';
import { isoOf, jsonOf, type Kind } from './json';
import { column, columns, idInVersion, nodeId, one, quoted, type Source, type Sources } from './sources';

const headerSources: Sources = {
  ...columns('versionId', 'masterRecordId', 'phase', 'versioningType', 'versionNumber', 'status', 'approvalRequired'),
  ...columns('approvalNotes', 'createdAt', 'submittedAt', 'reviewedAt', 'effectiveFrom', 'effectiveTo', 'isDeleted'),
  ...columns('deletedAt', 'revision', 'contentHash'),
  approvalStatus: {
    is: 'computed',
    of: ['$.approval_required', '$.status'],
    json: ([required, status]) =>
      quoted(approvalStatusOf({ approvalRequired: required === 't', status: status as VersionStatus })),
  },
  workflow: one('Workflow', '$.stream_id'),
  workflowPhase: { is: 'phase' },
  cycle: one('Cycle', '$.cycle_id'),
  report: one('Report', '$.report_id'),
  createdBy: one('User', '$.created_by'),
  submittedBy: one('User', '$.submitted_by'),
  reviewedBy: one('User', '$.reviewed_by'),
  deletedBy: one('User', '$.deleted_by'),
  parent: { is: 'version', key: '$.parent_version_id', hides: true, isOfRecord: true },
  base: { is: 'version', key: '$.base_version_id', hides: false, isOfRecord: true },
  availableActions: { is: 'ruled', make: availableActions, inThePast: [] },
  approvalRequirements: { is: 'ruled', make: approvalRequirements },
  current: { is: 'current', where: `v.master_record_id = $.master_record_id and ${inForce}` },
  history: { is: 'list', list: 'history' },
  items: { is: 'list', list: 'items' },
  diff: { is: 'diff' },
};

const kinds: Readonly<Record<StoredKind, Kind>> = {
  text: 'text',
  uuid: 'word',
  flag: 'flag',
  integer: 'number',
  date: 'word',
  instant: 'instant',
  json: 'json',
  jsonList: 'json',
  textList: 'json',
  enumeration: 'word',
  user: 'number',
  lob: 'word',
  version: 'word',
};

const values: Readonly<Record<Kind, (text: string) => Json>> = {
  word: (text) => text,
  text: (text) => text,
  number: Number,
  flag: (text) => text === 't',
  instant: isoOf,
  json: (text) => JSON.parse(text) as Json,
};

/** The content fields of a table, and how their texts are parsed. */
export const contentIn = (table: FieldTable) =>
  contentFields(table).map(([name, { kind }]) => ({ name, value: values[kinds[kind]] }));

/** All content fields of a row as one object. */
function content(table: FieldTable, row: string): Source {
  const fields = contentFields(table).map(([name, { kind }]) => ({ name, json: jsonOf[kinds[kind]] }));
  return {
    is: 'computed',
    of: fields.map(({ name }) => `${row}.${columnName(name)}`),
    json: (cells) =>
      `{${fields.map(({ name, json }, i) => `"${name}":${cells[i] === null ? 'null' : json(cells[i]!)}`).join(',')}}`,
  };
}

/** The source of a version's or item's field whose columns are in this row; undefined if only its resolver knows. */
function sourceOf(name: string, field: Field, phase: PhaseDeclaration, row: '$' | '@'): Source | undefined {
  const own = `${row}.${columnName(name)}`;
  switch (field.source) {
    case 'input':
      if (field.kind === 'version') return { is: 'version', key: own, hides: true };
      if (field.kind === 'user') return one('User', own);
      return field.kind === 'lob' ? one('Lob', own) : column(own);
    case 'stamped':
      return field.stamp === 'actor' ? one('User', own) : column(own);
    case 'change':
      return column(own);
    case 'count':
      return column(
        `(select count(*) from ${(phase as FullPhase).item.table} c where c.version_id = $.version_id${field.where ? ` and c.${columnName(field.where)}` : ''})`,
      );
    case 'approval': {
      const approved = (value: string) => `case when $.effective_from is not null then ${value} end`;
      return field.of === 'by' ? one('User', approved('$.reviewed_by')) : column(approved('$.reviewed_at'));
    }
    case 'latest':
      return column(`$.status = 'RECORDED' and not ${tookThePlaceOf(phase as AuditOnlyPhase, '$.master_record_id')}`);
    case 'duration':
      return {
        is: 'computed',
        of: [field.from, field.to].map((instant) => `${row}.${columnName(instant)}`),
        json: ([from, to]) => String(hoursBetween(from && isoOf(from), to && isoOf(to))),
      };
    case 'decision': {
      const { reviewStatus, decisionBar, isDecisionDeleted, ...decided } = itemExpressions(phase as FullPhase);
      const counting = (value: string) => `case when ${decisionBar} is null then ${value} end`;
      switch (field.of) {
        case 'status': {
          const { words, whileDraft } = field.enumeration!;
          return {
            is: 'computed',
            of: whileDraft ? [reviewStatus, 'own.status'] : [reviewStatus],
            json: ([status, versionStatus]) => {
              if (whileDraft && status === 'PENDING' && versionStatus === 'DRAFT') return quoted(whileDraft);
              const word = words[status as ItemReviewStatus];
              if (word === undefined) throw new PlanAborted(`no word for ${status}`);
              return quoted(word);
            },
          };
        }
        case 'decidedBy':
          return one('User', counting(decided.decidedBy), isDecisionDeleted);
        case 'decidedAt':
          return column(counting(decided.decidedAt), isDecisionDeleted);
        case 'notes':
          return column(counting(decided.decisionNotes), isDecisionDeleted);
      }
    }
  }
  return undefined;
}

function ofFields(table: FieldTable, phase: PhaseDeclaration, row: '$' | '@'): Sources {
  const sources: Record<string, Source> = { content: content(table, row) };
  for (const [name, field] of Object.entries(table)) {
    const source = sourceOf(name, field, phase, row);
    if (source) sources[field.source === 'input' ? shownAs(name, field.kind) : name] = source;
  }
  return sources;
}

function decisionSources(phase: FullPhase): Sources {
  const decided = itemExpressions(phase);
  return {
    id: idInVersion('ItemDecision', '$.item_id', decided.decisionId, decided.phase),
    status: column(decided.decidedAs),
    notes: column(decided.decisionNotes),
    decidedAt: column(decided.decidedAt),
    decidedBy: one('User', decided.decidedBy),
    decidedInVersion: { is: 'version', key: decided.decidedInVersionId, hides: false },
    countsForApproval: column(`${decided.decisionBar} is null`),
    notCountedBecause: {
      is: 'computed',
      of: [decided.decisionBar],
      json: ([bar]) => (bar === null ? 'null' : JSON.stringify(notCounting(bar as Bar))),
    },
  };
}

/** Memoizes sources by phase. */
function ofPhase<P extends PhaseDeclaration>(make: (phase: P) => Sources): (phase: P) => Sources {
  const known = new Map<P, Sources>();
  return (phase) => {
    const sources = known.get(phase) ?? make(phase);
    known.set(phase, sources);
    return sources;
  };
}

export const versionSources = ofPhase((phase) => ({
  ...headerSources,
  id: nodeId(phase.version.type, '$.version_id'),
  ...ofFields(phase.version.fields, phase, '@'),
}));

export const itemSources = ofPhase((phase: FullPhase) => {
  const { reviewStatus, decidedAs, isDecisionDeleted } = itemExpressions(phase);
  return {
    id: idInVersion(phase.item.type, '$.item_id'),
    ...columns('itemId', 'itemKey', 'label'),
    contentHash: {
      is: 'computed',
      of: ['$.item_hash'],
      json: ([hash]) => {
        if (!hash) throw new PlanAborted('a hash that is not known');
        return quoted(hash);
      },
    },
    reviewStatus: column(reviewStatus),
    decision: {
      is: 'here',
      type: 'ItemDecision',
      given: decidedAs,
      unless: isDecisionDeleted,
      sources: decisionSources(phase),
    },
    ...ofFields(phase.item.fields, phase, '$'),
  };
});
