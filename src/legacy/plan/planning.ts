/**
 * Planning had no versions: each attribute has its own version number, and a new number replaces the previous row. Version n of the phase
 * is its state when some attribute first reached n: every attribute with its highest number up to n.
 */
import { groupBy } from '../../group-by';
import type { JsonObject } from '../../versioning/model';
import { idOf } from '../ids';
import type { SourceRow } from '../source-row';
import { imported, merged, type MappedId, type Unit } from '../unit';
import { attributeStatuses, type OldStatus } from '../words';
import { legacyTable } from '../tables';
import { gather, planItem, type PlannedItem } from './items';
import type { OldVersion } from './read-version';
import { planSeries } from './series';
import { earlier, later, rowsOf, type PhaseSource } from './workflow';

const TABLE = 'cycle_report_planning_attributes';
const MAPPINGS = 'cycle_report_planning_pde_mappings';
const SOURCES = 'cycle_report_planning_data_sources';

const described = [
  'attribute_name',
  'description',
  'data_type',
  'is_cde',
  'has_issues',
  'is_primary_key',
  'primary_key_order',
  'information_security_classification',
  'data_source_id',
  'source_table',
  'source_column',
  'is_mandatory',
  'is_scoped',
  'llm_generated',
  'llm_rationale',
  'tester_notes',
  'line_item_number',
  'technical_line_item_name',
  'mdrm',
  'validation_rules',
  'typical_source_documents',
  'keywords_to_look_for',
  'testing_approach',
  'risk_score',
  'llm_risk_rationale',
];

/** A row's data, without links and stamps. */
const contentOf = (row: SourceRow): JsonObject =>
  gather(
    row,
    Object.keys(legacyTable.get(row.table)!.columns).filter(
      (column) => !/^(phase_id|attribute_id)$|_at$|_by_id$/.test(column),
    ),
  ) ?? {};

interface Attribute {
  readonly row: SourceRow;
  readonly status: OldStatus;
  readonly version: number;
  /** The attribute's first row, which names it in every version. */
  readonly identity: string;
  readonly at: string;
}

/** The row that an attribute began with: rows refer to the one they replace, or to their master. */
function originOf(row: SourceRow, byKey: ReadonlyMap<string, SourceRow>): string {
  const seen = new Set<string>();
  let at = row;
  for (;;) {
    seen.add(at.key);
    const before = String(at.integer('master_attribute_id') ?? at.integer('replaced_attribute_id') ?? at.key);
    const next = byKey.get(before);
    if (next === undefined) {
      row.note('ORIGIN_MISSING', `Attribute ${before}, which it goes back to, is not there.`, 'master_attribute_id');
      return at.key;
    }
    if (seen.has(next.key)) return [...seen].sort((a, b) => Number(a) - Number(b))[0]!;
    at = next;
  }
}

function readAttributes(source: PhaseSource): Attribute[] {
  const rows = rowsOf(source, TABLE);
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const taken = new Set<string>();
  return rows
    .sort((a, b) => Number(a.key) - Number(b.key))
    .map((row) => {
      const version = Math.max(1, row.integer('version') ?? 1);
      let identity = originOf(row, byKey);
      if (taken.has(`${identity}:${version}`)) {
        row.note(
          'DUPLICATE_ATTRIBUTE',
          `Another row is version ${version} of the same attribute; this one counts as an attribute of its own.`,
          'version',
        );
        identity = row.key;
      }
      taken.add(`${identity}:${version}`);
      return {
        row,
        version,
        identity,
        status: row.meaning('status', attributeStatuses, 'DRAFT'),
        at: row.instant('version_created_at') ?? row.instant('created_at') ?? source.beganAt,
      };
    });
}

/** The attributes when one of them reached a number; archived ones are dropped. */
function asOfVersion(attributes: readonly Attribute[], number: number): Attribute[] {
  const latest = new Map<string, Attribute>();
  for (const attribute of attributes) {
    const known = latest.get(attribute.identity);
    if (attribute.version <= number && (!known || attribute.version > known.version))
      latest.set(attribute.identity, attribute);
  }
  return [...latest.values()].filter(({ row, version }) => version === number || !row.has('archived_at'));
}

const order: readonly OldStatus[] = ['DRAFT', 'PENDING_APPROVAL', 'REJECTED', 'APPROVED'];

/** The status of a version is that of its least advanced new row; if an approved version follows, it is superseded. */
function statusOf(own: readonly Attribute[], isFollowedByApproved: boolean): OldStatus {
  const stati = own.map(({ status }): OldStatus => (status === 'SUPERSEDED' ? 'APPROVED' : status));
  // An approved plan may contain rejected attributes.
  const least = stati.every((status) => status === 'REJECTED')
    ? 'REJECTED'
    : order.find((status) => status !== 'REJECTED' && stati.includes(status))!;
  return least === 'APPROVED' && isFollowedByApproved ? 'SUPERSEDED' : least;
}

const decisionTypes: Readonly<Partial<Record<OldStatus, string>>> = {
  APPROVED: 'INCLUDE',
  SUPERSEDED: 'INCLUDE',
  REJECTED: 'EXCLUDE',
};

function planAttribute(
  source: PhaseSource,
  versionId: string,
  number: number,
  { row, identity, status }: Attribute,
  mappings: readonly SourceRow[],
): PlannedItem {
  return planItem(source, versionId, {
    itemId: idOf('planning_item', `${row.key}@${number}`),
    content: {
      attributeId: idOf('attribute', identity),
      attributeData: gather(row, described) ?? {},
      decisionType: decisionTypes[status] ?? null,
      decisionReason: row.text('change_reason') ?? row.text('version_notes'),
      decisionMetadata: mappings.length === 0 ? null : { pdeMappings: mappings.map(contentOf) },
    },
  });
}

export function planPlanning(source: PhaseSource): Unit[] {
  const attributes = readAttributes(source);
  const numbers = [...new Set(attributes.map(({ version }) => version))].sort((a, b) => b - a);
  const { people } = source;
  const ids: MappedId[] = attributes.map(({ row, identity }) => ({
    kind: 'attribute',
    legacyId: row.key,
    newId: idOf('attribute', identity),
  }));
  const byKey = (a: SourceRow, b: SourceRow) => Number(a.key) - Number(b.key);
  const mappings = groupBy(rowsOf(source, MAPPINGS).sort(byKey), (row) => row.text('attribute_id'));
  const known = new Set(attributes.map(({ row }) => row.key));
  for (const [attribute, rows] of mappings)
    if (!known.has(attribute ?? ''))
      for (const row of rows)
        row.note(
          'ATTRIBUTE_MISSING',
          `Attribute ${attribute ?? '(none)'}, which it maps, is not there.`,
          'attribute_id',
        );
  const dataSources = rowsOf(source, SOURCES).sort(byKey);
  let isFollowedByApproved = false;
  const versions = numbers.map((number): OldVersion => {
    const own = attributes.filter(({ version }) => version === number);
    const status = statusOf(own, isFollowedByApproved);
    isFollowedByApproved ||= status === 'APPROVED';
    const { row } = own[0]!;
    const versionId = versionIdOf(source, number);
    const items = asOfVersion(attributes, number).map((attribute) => ({
      attribute,
      item: planAttribute(source, versionId, number, attribute, mappings.get(attribute.row.key) ?? []),
    }));
    // The data sources had no versions, so they go with the last one.
    const told = number === numbers[0] ? dataSources : [];
    const createdAt = own.map(({ at }) => at).reduce(earlier);
    const updatedAt = own.map(({ row: each, at }) => each.instant('updated_at') ?? at).reduce(later);
    const isDecided = status === 'APPROVED' || status === 'SUPERSEDED' || status === 'REJECTED';
    const approver = own.map(({ row: each }) => each.person('approved_by')).find((person) => person !== null) ?? null;
    const approvedAt = own.map(({ row: each }) => each.instant('approved_at')).filter((at) => at !== null);
    const createdBy = people.first(row, [
      'version_created_by',
      'created_by_id',
      'created_by',
      'updated_by_id',
      'updated_by',
    ]);
    return {
      row,
      versionId,
      number,
      status,
      parentId: numbers.includes(number - 1) ? versionIdOf(source, number - 1) : null,
      createdAt,
      createdBy,
      updatedAt,
      submittedAt: status === 'PENDING_APPROVAL' ? updatedAt : null,
      submittedBy: status === 'PENDING_APPROVAL' ? createdBy : null,
      reviewedAt: isDecided ? (approvedAt.length > 0 ? approvedAt.reduce(later) : updatedAt) : null,
      reviewedBy: isDecided ? people.optional(approver) : null,
      notes: status === 'REJECTED' ? (row.text('version_notes') ?? 'Rejected in the old system.') : null,
      content: {
        planningMetadata: {
          source: TABLE,
          version: number,
          ...(told.length > 0 && { dataSources: told.map(contentOf) }),
        },
      },
      items: items.map(({ item }) => item),
      target: targetOf(items.find(({ attribute }) => attribute.row === row)!.item),
      with: [
        ...items
          .filter(({ attribute }) => attribute.version === number && attribute.row !== row)
          .map(({ attribute, item }) => imported(attribute.row, targetOf(item))),
        ...items
          .filter(({ attribute }) => attribute.version === number)
          .flatMap(({ attribute, item }) =>
            (mappings.get(attribute.row.key) ?? []).map((mapping) => merged(mapping, targetOf(item))),
          ),
        ...told.map((dataSource) => merged(dataSource, { table: source.phase.version.table, id: versionId })),
      ],
    };
  });
  const units = planSeries(source, versions);
  return units.map((unit, i) => (i === 0 ? { ...unit, ids } : unit));
}

const targetOf = ({ row }: PlannedItem) => ({ table: 'attribute_decisions', id: row.item_id as string });

const versionIdOf = ({ workflow }: PhaseSource, number: number): string =>
  idOf('planning_version', `${workflow.cycle}:${workflow.report}:${number}`);
