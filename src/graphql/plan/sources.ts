/**
 * Where the fields of a type come from. In expressions `$.` stands for the row that an object is made of, and `@.` for the row of
 * the phase's own version table beside it. The fields of phases follow from their declarations. A field that has no source here
 * is answered by its resolver, and so is the operation that asks for it.
 */
import { itemExpressions } from '../../database/items';
import { rolesOf } from '../../database/people';
import { inForce, phaseStatesIn, tookThePlaceOf, type PhaseState } from '../../database/versions';
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
import type { VersionFacts } from '../../versioning/rules';
import { globalId } from '../global-id';
import { hoursBetween } from '../phase/types';
import { phaseAnswers, type PhaseStanding } from '../workflow/phase-standing';
import { configOf } from '../workflow/types';
import { GiveUp } from './given-up';
import { isoOf, jsonOf, type Kind } from './json';
import type { Run } from './run';

type Cell = string | null;

/**
 * What a field reads besides its own row and those of its list: the register, other versions of the record, or anything else; and
 * whether it depends on what holds today, also where the past is read.
 */
export type Reads = 'reference' | 'record' | 'other' | 'today';

export type Source =
  /** An expression over the row, as JSON of the kind that the field's type says. */
  | { readonly is: 'column'; readonly sql: string; readonly unless?: string; readonly reads?: Reads }
  /** JSON, made of expressions over the row. */
  | { readonly is: 'computed'; readonly of: readonly string[]; readonly json: (cells: readonly Cell[]) => string }
  /** A value that is made of expressions over the row, and of who asks; what is selected of it is written from its members. */
  | {
      readonly is: 'made';
      readonly of: readonly string[];
      /** Whether it depends on how the viewer stands to the workflow. */
      readonly asksStanding?: boolean;
      readonly make: (cells: readonly Cell[], run: Run) => unknown;
    }
  /** A value that is made of what the rules look at in a version. */
  | { readonly is: 'ruled'; readonly make: (facts: VersionFacts) => unknown; readonly inThePast?: unknown }
  /** A global id; `lasts` where it may be the same at all instants. */
  | { readonly is: 'id'; readonly type: string; readonly of: readonly string[]; readonly lasts: boolean }
  /** The object of another type that a key points at. */
  | { readonly is: 'one'; readonly type: string; readonly key: string; readonly unless?: string }
  /** A version of the same phase; `hides` where it is shown only to those who may see it. */
  | { readonly is: 'version'; readonly key: string; readonly hides: boolean; readonly isOfRecord?: boolean }
  /** An object that is made of the same row, if `given` is not null. */
  | {
      readonly is: 'here';
      readonly type: string;
      readonly given: string;
      readonly unless?: string;
      readonly sources: Sources;
    }
  | { readonly is: 'current'; readonly where: string }
  | { readonly is: 'list'; readonly list: 'items' | 'history' }
  | { readonly is: 'diff' }
  | { readonly is: 'phases' }
  | { readonly is: 'testers' };

export type Sources = Readonly<Record<string, Source>>;

const column = (sql: string, unless?: string): Source => ({ is: 'column', sql, ...(unless && { unless }) });
/** Fields that are called as their columns are. */
const columns = (...names: readonly string[]): Sources =>
  Object.fromEntries(names.map((name) => [name, column(`$.${columnName(name)}`)]));
const one = (type: string, key: string, unless?: string): Source => ({
  is: 'one',
  type,
  key,
  ...(unless && { unless }),
});
const quoted = (text: string): string => `"${text}"`;
const nodeId = (type: string, ...of: readonly string[]): Source => ({ is: 'id', type, of, lasts: false });
/** What belongs to a version keeps its id once that is in force. */
const idInVersion = (type: string, ...of: readonly string[]): Source => ({ is: 'id', type, of, lasts: true });

/** Types whose objects are rows of one table. */
export const tables: Readonly<
  Record<string, { readonly table: string; readonly key: string; readonly sources: Sources }>
> = {
  User: {
    table: 'users',
    key: 'user_id',
    sources: {
      id: nodeId('User', '$.user_id'),
      ...columns('userId', 'name', 'isActive'),
      roles: { is: 'column', sql: `array_to_json(${rolesOf('$')})`, reads: 'reference' },
    },
  },
  Lob: { table: 'lobs', key: 'lob_id', sources: { id: nodeId('Lob', '$.lob_id'), ...columns('lobId', 'name') } },
  Cycle: {
    table: 'cycles',
    key: 'cycle_id',
    sources: {
      id: nodeId('Cycle', '$.cycle_id'),
      ...columns('cycleId', 'name', 'startDate', 'endDate', 'cycleStatus'),
    },
  },
  Report: {
    table: 'reports',
    key: 'report_id',
    sources: {
      id: nodeId('Report', '$.report_id'),
      ...columns('reportId', 'name', 'number'),
      lob: one('Lob', '$.lob_id'),
      owner: one('User', '$.owner_id'),
    },
  },
};

export const workflowSources: Sources = {
  id: nodeId('Workflow', '$.workflow_id'),
  cycle: one('Cycle', '$.cycle_id'),
  report: one('Report', '$.report_id'),
  testLead: one('User', '$.test_lead_id'),
  reportOwner: one('User', '$.report_owner_id'),
  testExecutive: one('User', '$.test_executive_id'),
  testers: { is: 'testers' },
  phases: { is: 'phases' },
  workflowPhase: { is: 'phases' },
};

const made = (of: readonly string[], make: (cells: readonly Cell[], run: Run) => unknown): Source => ({
  is: 'made',
  of,
  make,
});

/** What is said of a phase of a workflow, over the workflow's row; its lists are not among it. */
export function phaseSources(phase: PhaseDeclaration): Sources {
  const standing = (answer: (standing: PhaseStanding) => unknown): Source => ({
    is: 'made',
    of: ['$.workflow_id', phaseStatesIn('$.workflow_id')],
    asksStanding: true,
    make: ([workflowId, states], run) =>
      answer({ phase, ...run.standingIn(workflowId!), states: run.parsed<PhaseState[]>(states) ?? [], at: run.at }),
  });
  return {
    id: made(['$.workflow_id'], ([id], { at }) => globalId('WorkflowPhase', `${id}-${phase.key}`, at)),
    phase: made([], () => phase.key),
    config: made([], () => configOf(phase)),
    ...Object.fromEntries(Object.entries(phaseAnswers).map(([name, answer]) => [name, standing(answer)])),
  };
}

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

/** The content fields of a table, and what their columns' texts mean. */
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

/** A field of a phase's version or item whose columns are in this row; none where only its resolver knows. */
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
    case 'standing':
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
              if (word === undefined) throw new GiveUp(`no word for ${status}`);
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

/** What is asked once of each phase, and kept. */
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
        if (!hash) throw new GiveUp('a hash that is not known');
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
