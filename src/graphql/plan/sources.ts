/**
 * The declared sources of a type's fields. In expressions, `$.` stands for the row that an object is made of, and `@.` for the row of the
 * phase's own version table beside it. A field without a source is answered by its resolver, and so is the whole operation.
 */
import { rolesOf } from '../../database/register/people';
import { phaseStatesIn, workflowCounts, type PhaseState } from '../../database/versions/versions';
import { columnName } from '../../versioning/fields';
import type { PhaseDeclaration } from '../../versioning/phase';
import type { VersionFacts } from '../../versioning/rules';
import { globalId } from '../global-id';
import { phaseAnswers, type PhaseFacts } from '../workflow/phase-facts';
import { configOf } from '../workflow/types';
import type { Run } from './run';

export type Cell = string | null;

/**
 * What a field reads besides its own row and those of its list: the register, other versions of the record, or anything else; and whether
 * it depends on the present even when the past is read.
 */
export type Reads = 'reference' | 'record' | 'other' | 'today';

export type Source =
  /** An expression over the row, converted to JSON according to the field's type. */
  | { readonly is: 'column'; readonly sql: string; readonly unless?: string; readonly reads?: Reads }
  /** JSON made from expressions over the row. */
  | { readonly is: 'computed'; readonly of: readonly string[]; readonly json: (cells: readonly Cell[]) => string }
  /** A value made from expressions over the row and from the viewer; its members are written as selected. */
  | {
      readonly is: 'made';
      readonly of: readonly string[];
      /** Whether it depends on the viewer's assignment to the workflow. */
      readonly asksStanding?: boolean;
      readonly make: (cells: readonly Cell[], run: Run) => unknown;
    }
  /** A value made from the facts for the rules. */
  | { readonly is: 'ruled'; readonly make: (facts: VersionFacts) => unknown; readonly inThePast?: unknown }
  /** A global id; `lasts` if it may be the same at all instants. */
  | { readonly is: 'id'; readonly type: string; readonly of: readonly string[]; readonly lasts: boolean }
  /** The object of another type that a key refers to. */
  | { readonly is: 'one'; readonly type: string; readonly key: string; readonly unless?: string }
  /** A version of the same phase; `hides` if only viewers who may see it are shown it. */
  | { readonly is: 'version'; readonly key: string; readonly hides: boolean; readonly isOfRecord?: boolean }
  /** An object made from the same row, if `given` is not null. */
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
  /** The phase of the workflow that a version belongs to. */
  | { readonly is: 'phase' }
  | { readonly is: 'testers' };

export type Sources = Readonly<Record<string, Source>>;

export const column = (sql: string, unless?: string): Source => ({ is: 'column', sql, ...(unless && { unless }) });
/** Fields with the same names as their columns. */
export const columns = (...names: readonly string[]): Sources =>
  Object.fromEntries(names.map((name) => [name, column(`$.${columnName(name)}`)]));
export const one = (type: string, key: string, unless?: string): Source => ({
  is: 'one',
  type,
  key,
  ...(unless && { unless }),
});
export const quoted = (text: string): string => `"${text}"`;
export const nodeId = (type: string, ...of: readonly string[]): Source => ({ is: 'id', type, of, lasts: false });
/** What belongs to a version keeps its id once the version is in force. */
export const idInVersion = (type: string, ...of: readonly string[]): Source => ({ is: 'id', type, of, lasts: true });

const lastChange = (column: string): string =>
  `(select c.${column} from change_set c where c.stream_id = $.workflow_id order by c.sequence desc limit 1)`;

const counted = (condition: string): string =>
  `(select count(*)::int from phase_version v where v.stream_id = $.workflow_id and not v.is_deleted and ${condition})`;

export const workflowSources: Sources = {
  id: nodeId('Workflow', '$.workflow_id'),
  ...columns('workflowId'),
  cycle: one('Cycle', '$.cycle_id'),
  report: one('Report', '$.report_id'),
  testLead: one('User', '$.test_lead_id'),
  reportOwner: one('User', '$.report_owner_id'),
  testExecutive: one('User', '$.test_executive_id'),
  lastChange: {
    is: 'here',
    type: 'LastChange',
    given: lastChange('sequence'),
    sources: { sequence: column(lastChange('sequence')), committedAt: column(lastChange('committed_at')) },
  },
  counts: {
    is: 'here',
    type: 'WorkflowCounts',
    given: 'true',
    sources: Object.fromEntries(
      Object.entries(workflowCounts).map(([name, condition]) => [name, column(counted(condition))]),
    ),
  },
  testers: { is: 'testers' },
  phases: { is: 'phases' },
  workflowPhase: { is: 'phases' },
};

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
  Workflow: { table: 'workflows', key: 'workflow_id', sources: workflowSources },
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

const made = (of: readonly string[], make: (cells: readonly Cell[], run: Run) => unknown): Source => ({
  is: 'made',
  of,
  make,
});

/** The sources of a workflow's phase over the workflow's row, without its lists. */
export function phaseSources(phase: PhaseDeclaration): Sources {
  const standing = (answer: (standing: PhaseFacts) => unknown): Source => ({
    is: 'made',
    of: ['$.workflow_id', phaseStatesIn('$.workflow_id')],
    asksStanding: true,
    make: ([workflowId, states], run) =>
      answer({ phase, ...run.actorIn(workflowId!), states: run.parsed<PhaseState[]>(states) ?? [], at: run.at }),
  });
  return {
    id: made(['$.workflow_id'], ([id], { at }) => globalId('WorkflowPhase', `${id}-${phase.key}`, at)),
    phase: made([], () => phase.key),
    config: made([], () => configOf(phase)),
    ...Object.fromEntries(Object.entries(phaseAnswers).map(([name, answer]) => [name, standing(answer)])),
  };
}
