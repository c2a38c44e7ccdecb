/** Plans phases 2 to 4: tables of versions, and, for sample selection, one of samples. */
import { groupBy } from '../../group-by';
import { isBlank } from '../../versioning/identity';
import type { JsonObject } from '../../versioning/model';
import { idOf, keptId } from '../ids';
import type { SourceRow } from '../source-row';
import { imported, quarantined, unitOfSources, unitsTogether, type PlacedRow, type Unit } from '../unit';
import { sampleSources, versionStatuses } from '../words';
import { decisionOn, gather, identityKeyOf, planItem, type PlannedItem } from './items';
import { readVersion, type OldVersion } from './read-version';
import { planSeries } from './series';
import { rowsOf, workflowKey, type PhaseSource } from './workflow';

/** Notes counters of a version row that differ from the number of its rows. */
function compareCounters(row: SourceRow, counted: Readonly<Record<string, number>>): void {
  for (const [column, count] of Object.entries(counted)) {
    const said = row.integer(column);
    if (said !== null && said !== count)
      row.note('COUNTER_DISAGREES', `${column} says ${said}, and there are ${count}; what is there counts.`, column);
  }
}

interface Parts {
  readonly content: (row: SourceRow) => JsonObject;
  readonly itemsOf?: (row: SourceRow, versionId: string) => { items: PlannedItem[]; placed: PlacedRow[] };
  readonly counters: (row: SourceRow, items: readonly PlannedItem[]) => Readonly<Record<string, number>>;
}

const noStatus = (row: SourceRow) => ({
  code: 'UNKNOWN_STATUS',
  reason: `version_status is ${JSON.stringify(row.text('version_status'))}, which says not what the version is. One of ${Object.keys(versionStatuses).join(', ')} would.`,
});

/** The id of the version that a version names as its parent. */
function parentIdOf({ row, parentId }: OldVersion, ids: ReadonlyMap<string, string>): string | null {
  const own = parentId === null ? null : (ids.get(parentId) ?? parentId);
  if (own !== parentId) row.note('ID_TAKEN', `Its parent has another id here, ${own!}.`, 'parent_version_id');
  return own;
}

/** A table of versions as a series; those that cannot be placed are quarantined. */
function planVersions(source: PhaseSource, table: string, { content, itemsOf, counters }: Parts): Unit[] {
  const refused: PlacedRow[] = [];
  const ids = new Map<string, string>();
  const versions = rowsOf(source, table).flatMap((row): OldVersion[] => {
    const read = readVersion(source, row);
    if (!read) {
      refused.push(quarantined(row, noStatus(row)));
      return [];
    }
    const { items, placed } = itemsOf?.(row, read.versionId) ?? { items: [], placed: [] };
    ids.set(keptId(table, row.key), read.versionId);
    compareCounters(row, counters(row, items));
    if (items.length === 0) row.note('EMPTY_VERSION', 'It has no items.');
    return [{ ...read, content: content(row), items, with: placed }];
  });
  const placed = versions.map((version) => ({ ...version, parentId: parentIdOf(version, ids) }));
  return [...planSeries(source, placed), ...refused.map((one) => unitOfSources(`${table}:${one.source.key}`, [one]))];
}

export const planDataProfiling = (source: PhaseSource): Unit[] =>
  planVersions(source, 'cycle_report_data_profiling_rule_versions', {
    content: (row) => ({
      sourceDataReference: gather(row, [
        'data_source_type',
        'source_table_name',
        'source_file_path',
        'planning_data_source_id',
        'total_records_processed',
        'overall_quality_score',
      ]),
      profilingParameters: gather(row, ['generation_job_id', 'generation_status', 'execution_job_id']),
    }),
    counters: (_row, items) => ({ total_rules: items.length }),
  });

export const planScoping = (source: PhaseSource): Unit[] =>
  planVersions(source, 'cycle_report_scoping_versions', {
    content: (row) => ({
      scopingCriteria: gather(
        row,
        [
          'total_attributes',
          'scoped_attributes',
          'declined_attributes',
          'override_count',
          'cde_count',
          'recommendation_accuracy',
          'submission_notes',
          'requested_changes',
          'resource_impact_assessment',
          'risk_coverage_assessment',
        ],
        ['requested_changes'],
      ),
    }),
    counters: (_row, items) => ({ total_attributes: items.length }),
  });

const SAMPLES = 'cycle_report_sample_selection_samples';

/** The tester's mark on a sample: a proposal to the report owner, who decides. */
function testersMark({ people }: PhaseSource, row: SourceRow): JsonObject | null {
  const decision = row.text('tester_decision');
  const by = people.optional(row.person('tester_decision_by_id'));
  const at = row.instant('tester_decision_at');
  const notes = row.text('tester_decision_notes');
  return decision === null && by === null && at === null && notes === null ? null : { decision, by, at, notes };
}

/** The identifier of a sample; one is made up if it is missing. */
function identifierOf(row: SourceRow): string {
  const identifier = row.text('sample_identifier');
  if (identifier !== null && !isBlank(identifier)) return identifier;
  const otherwise = `Sample (legacy ${row.key})`;
  row.note('NAME_MISSING', `sample_identifier is empty; it is called ${otherwise} here.`, 'sample_identifier');
  return otherwise;
}

/**
 * The item key of each sample. If an identifier occurs twice in a version, the samples are separate items, told apart by their content, so
 * that each has the same key in every version.
 */
function itemKeysOf(source: PhaseSource, samples: readonly SourceRow[]): Map<SourceRow, string> {
  const all = samples
    .map((row) => ({
      row,
      plain: identityKeyOf(source, identifierOf(row)),
      version: row.uuid('version_id') ?? '',
      said: JSON.stringify([row.text('sample_data'), row.text('sample_category')]),
      at: row.instant('created_at') ?? '',
    }))
    .sort((a, b) => a.at.localeCompare(b.at) || (a.row.key < b.row.key ? -1 : 1));
  const names = groupBy(all, ({ version, plain }) => `${version} ${plain}`);
  const crowded = new Set([...names.values()].flatMap((same) => (same.length > 1 ? [same[0]!.plain] : [])));
  const keysBySaid = new Map<string, Map<string, string>>();
  const keys = new Map<SourceRow, string>();
  const taken = new Set<string>();
  for (const { row, plain, version, said } of all) {
    const known = keysBySaid.get(plain) ?? new Map<string, string>();
    keysBySaid.set(plain, known);
    if (!known.has(said))
      known.set(said, known.size === 0 || !crowded.has(plain) ? plain : idOf('sample', `${plain}:${said}`));
    const own = known.get(said)!;
    const key = taken.has(`${version} ${own}`) ? idOf('sample', row.key) : own;
    taken.add(`${version} ${key}`);
    keys.set(row, key);
    if (names.get(`${version} ${plain}`)!.length > 1)
      row.note(
        'DUPLICATE_SAMPLE',
        'Its version has other samples with this identifier; each is an item of its own.',
        'sample_identifier',
      );
  }
  return keys;
}

function planSample(
  source: PhaseSource,
  row: SourceRow,
  versionId: string,
  itemKey: string,
  itemIds: ReadonlySet<string>,
): PlannedItem {
  const mark = testersMark(source, row);
  const about = gather(
    row,
    [
      'lob_id',
      'risk_score',
      'confidence_score',
      'generation_metadata',
      'validation_results',
      'carried_from_version_id',
      'carried_from_sample_id',
    ],
    ['generation_metadata', 'validation_results'],
  );
  const carried = row.uuid('carried_from_sample_id');
  if (carried !== null && !itemIds.has(carried))
    row.note(
      'CARRIED_FROM_MISSING',
      `The sample it was carried from, ${carried}, is not there.`,
      'carried_from_sample_id',
    );
  return planItem(source, versionId, {
    itemId: keptId(SAMPLES, row.key),
    itemKey,
    content: {
      sampleIdentifier: identifierOf(row),
      sampleData: row.object('sample_data') ?? {},
      sampleType: row.text('sample_category'),
      recommendationSource: row.meaning('sample_source', sampleSources, null),
      recommendationMetadata: mark || about ? { ...(mark && { testerDecision: mark }), ...about } : null,
      modificationReason: row.text('carry_forward_reason'),
    },
    stamps: {
      recommendedBy: source.people.optional(row.person('created_by_id')),
      recommendationTimestamp: row.instant('created_at'),
    },
    decision: decisionOn(source, row, {
      decision: 'report_owner_decision',
      by: 'report_owner_decision_by_id',
      at: 'report_owner_decision_at',
      notes: 'report_owner_decision_notes',
    }),
  });
}

export function planSampleSelection(source: PhaseSource): Unit[] {
  const samples = rowsOf(source, SAMPLES);
  const ids = new Set(samples.map(({ key }) => keptId(SAMPLES, key)));
  const itemKeys = itemKeysOf(source, samples);
  const left = new Set(samples);
  const units = planVersions(source, 'cycle_report_sample_selection_versions', {
    content: (row) => ({
      selectionCriteria: gather(
        row,
        [
          'selection_criteria',
          'intelligent_sampling_config',
          'distribution_metrics',
          'data_source_config',
          'metadata',
          'submission_notes',
        ],
        ['selection_criteria', 'intelligent_sampling_config', 'distribution_metrics', 'data_source_config', 'metadata'],
      ),
      targetSampleSize: row.integer('target_sample_size'),
      generationMethods: methodsOf(row),
    }),
    itemsOf(version, versionId) {
      const own = samples.filter((row) => row.uuid('version_id') === version.key.toLowerCase());
      const items = own.map((row) => planSample(source, row, versionId, itemKeys.get(row)!, ids));
      for (const row of own) {
        left.delete(row);
        if (version.isIdTaken) row.note('ID_TAKEN', `Its version has another id here, ${versionId}.`, 'version_id');
      }
      return {
        items,
        placed: own.map((row, i) => imported(row, { table: 'sample_decisions', id: items[i]!.row.item_id as string })),
      };
    },
    counters: (_row, items) => ({ actual_sample_size: items.length }),
  });
  const orphans = [...left].map((row) =>
    quarantined(row, {
      code: 'PARENT_NOT_PLACED',
      reason: `Its version ${row.text('version_id') ?? '(none)'} is not among those that could be placed.`,
    }),
  );
  return [...units, ...unitsTogether(`${workflowKey(source.workflow)}:orphans`, orphans)];
}

function methodsOf(row: SourceRow): string[] {
  const { method } = row.object('selection_criteria') ?? {};
  return typeof method === 'string' && method !== '' ? [method] : [];
}
