/**
 * Plans observations and report sections, which had no versions: those of a workflow become one version, whose status follows from its
 * rows.
 */
import type { Json, JsonObject } from '../../versioning/model';
import { idOf, type IdKind } from '../ids';
import type { SourceRow } from '../source-row';
import { imported, merged, type Unit } from '../unit';
import { severities, type OldStatus } from '../words';
import { decisionOn, gather, planItem, type DecisionFacts, type ItemFacts, type PlannedItem } from './items';
import { planSeries } from './series';
import { earlier, later, rowsOf, type PhaseSource } from './workflow';

interface Item {
  readonly row: SourceRow;
  readonly planned: PlannedItem;
  readonly decision: DecisionFacts | null;
  /** Whether the preparer has finished with it. */
  readonly isHandedOn: boolean;
}

interface SingleVersion {
  readonly table: string;
  readonly kind: IdKind;
  readonly content: (rows: readonly SourceRow[]) => JsonObject;
  /** A table whose rows describe the version as a whole. */
  readonly about?: string;
  readonly item: (
    source: PhaseSource,
    row: SourceRow,
  ) => Omit<ItemFacts, 'itemId' | 'itemKey'> & { readonly isHandedOn: boolean };
}

/** Approved when every row is decided; pending when the preparer has finished with every row; otherwise a draft. */
function statusOf(items: readonly Item[]): OldStatus {
  if (items.every(({ decision }) => decision !== null)) return 'APPROVED';
  return items.every(({ isHandedOn, decision }) => isHandedOn || decision !== null) ? 'PENDING_APPROVAL' : 'DRAFT';
}

const createdAtOf = ({ beganAt }: PhaseSource, row: SourceRow): string =>
  row.instant('created_at') ?? row.instant('detected_at') ?? row.instant('updated_at') ?? beganAt;

function planSingleVersion(source: PhaseSource, { table, kind, content, about, item }: SingleVersion): Unit[] {
  const rows = rowsOf(source, table).sort((a, b) => Number(a.key) - Number(b.key));
  const [first] = rows;
  if (!first) return [];
  const { people, workflow } = source;
  const versionId = idOf(`${kind}_version`, `${workflow.cycle}:${workflow.report}`);
  const items = rows.map((row): Item => {
    const { isHandedOn, ...facts } = item(source, row);
    const planned = planItem(source, versionId, {
      ...facts,
      itemId: idOf(`${kind}_item`, row.key),
      itemKey: idOf(kind, row.key),
    });
    return { row, planned, decision: facts.decision ?? null, isHandedOn };
  });
  const status = statusOf(items);
  const updatedAt = rows.map((row) => row.instant('updated_at') ?? createdAtOf(source, row)).reduce(later);
  const createdBy = people.first(first, ['created_by_id', 'detected_by', 'updated_by_id']);
  const isSubmitted = status !== 'DRAFT';
  const decisions = items.flatMap(({ decision }) => decision ?? []).sort((a, b) => a.at.localeCompare(b.at));
  const last = status === 'APPROVED' ? decisions.at(-1)! : null;
  const target = (planned: PlannedItem) => ({ table: tableOf(source), id: planned.row.item_id as string });
  return planSeries(source, [
    {
      row: first,
      versionId,
      number: 1,
      status,
      parentId: null,
      updatedAt,
      createdBy,
      createdAt: rows.map((row) => createdAtOf(source, row)).reduce(earlier),
      submittedAt: isSubmitted ? updatedAt : null,
      submittedBy: isSubmitted ? createdBy : null,
      reviewedAt: last?.at ?? null,
      reviewedBy: last?.by ?? null,
      notes: last?.notes ?? null,
      content: content(rows),
      items: items.map(({ planned }) => planned),
      target: target(items[0]!.planned),
      with: [
        ...items.slice(1).map(({ row, planned }) => imported(row, target(planned))),
        ...(about === undefined ? [] : rowsOf(source, about)).map((row) =>
          merged(row, { table: source.phase.version.table, id: versionId }),
        ),
      ],
    },
  ]).map((unit) => ({
    ...unit,
    key: `${table}:${workflow.cycle}:${workflow.report}`,
    ids: items.map(({ row, planned }) => ({ kind, legacyId: row.key, newId: planned.key })),
  }));
}

const tableOf = ({ phase }: PhaseSource): string => ('item' in phase ? phase.item.table : phase.version.table);

const listOf = (value: Json): JsonObject[] => {
  const all = Array.isArray(value) ? value : value === null ? [] : [value];
  return all.map((one) => (typeof one === 'object' && one !== null && !Array.isArray(one) ? one : { reference: one }));
};

export const planObservations = (source: PhaseSource): Unit[] =>
  planSingleVersion(source, {
    table: 'cycle_report_observation_mgmt_observation_records',
    kind: 'observation',
    content: () => ({ observationPeriod: null }),
    item: (_source, row) => ({
      content: {
        observationType: row.text('observation_type') ?? 'OBSERVATION',
        severity: row.meaning('severity', severities, 'MEDIUM'),
        observationData: {
          title: row.text('observation_title'),
          description: row.text('observation_description'),
          ...gather(
            row,
            [
              'status',
              'approval_status',
              'source_test_execution_id',
              'source_sample_record_id',
              'source_attribute_id',
              'detection_method',
              'detection_confidence',
              'detected_at',
              'impact_description',
              'impact_categories',
              'financial_impact_estimate',
              'regulatory_risk_level',
              'affected_processes',
              'affected_systems',
              'related_observations',
              'tester_decision',
              'tester_comments',
            ],
            ['impact_categories', 'affected_processes', 'affected_systems', 'related_observations'],
          ),
        },
        evidenceReferences: ['evidence_documents', 'supporting_data', 'screenshots'].flatMap((column) =>
          listOf(row.json(column)),
        ),
        remediationStatus: row.text('status'),
        remediationDeadline: null,
      },
      stamps: {
        createdBy: source.people.optional(row.person('detected_by') ?? row.person('created_by_id')),
        creationTimestamp: row.instant('detected_at') ?? row.instant('created_at'),
      },
      decision: decisionOn(source, row, {
        decision: 'report_owner_decision',
        by: 'report_owner_decision_by_id',
        at: 'report_owner_decision_at',
        notes: 'report_owner_comments',
      }),
      isHandedOn: row.has('tester_decision') && row.word('tester_decision') !== 'pending',
    }),
  });

/** The last approval of a section, if any. */
function sectionDecision({ people, beganAt }: PhaseSource, row: SourceRow): DecisionFacts | null {
  for (const who of ['executive', 'report_owner'] as const) {
    if (!row.flag(`${who}_approved`)) continue;
    const at = row.instant(`${who}_approved_at`) ?? row.instant('updated_at') ?? beganAt;
    return { status: 'APPROVED', by: people.first(row, [`${who}_approved_by`]), at, notes: row.text(`${who}_notes`) };
  }
  return null;
}

export const planReport = (source: PhaseSource): Unit[] =>
  planSingleVersion(source, {
    table: 'cycle_report_test_report_sections',
    kind: 'section',
    about: 'cycle_report_test_report_generation',
    content: (rows) => ({
      reportTitle: 'Test report',
      includedSections: [...new Set(rows.flatMap((row) => row.text('section_name') ?? []))],
      generationMethod: 'GENERATED',
      generatedAt: rows
        .map((row) => row.instant('last_generated_at'))
        .reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null),
      requiresExecutiveApproval: true,
    }),
    item: (_source, row) => ({
      content: {
        sectionType: row.text('section_name') ?? row.text('section_type') ?? 'SECTION',
        sectionTitle: row.text('section_title') ?? row.text('section_name') ?? `Section ${row.key}`,
        sectionContent: row.text('markdown_content') ?? row.text('content_text') ?? row.text('section_content'),
        sectionOrder: row.integer('section_order') ?? 0,
        contentSource: row.text('status'),
        sourceReferences: listOf(row.json('data_sources')),
      },
      decision: sectionDecision(source, row),
      isHandedOn: row.flag('tester_approved'),
    }),
  });
