/**
 * A workflow that was taken over, made by hand: source rows, and what they became, as an import writes them. The people are the
 * world's own, with other numbers in the old system.
 */
import type pg from 'pg';
import { v5 as uuidv5 } from 'uuid';
import { ada, dan, olga, workflow, type World } from '../support/world';

/** The numbers that people and things have in the old system. */
export const old = { ada: 101, olga: 103, dan: 104, lob: 5, cycle: 7, report: 70 };

export const id = (n: number): string => `0194d2a0-5c00-7000-8000-00000000${n.toString(16).padStart(4, '0')}`;

/** What the source rows became. */
export const became = {
  planningVersion: id(0x1001),
  balance: id(0x1011),
  branch: id(0x1012),
  profilingVersion: id(0x2001),
  scopingVersion: id(0x3001),
  samplesVersion: id(0x4001),
  firstSample: id(0x4011),
  secondSample: id(0x4012),
  assignment: id(0x5001),
  request: id(0x6001),
  evidence: id(0x6002),
  review: id(0x6003),
  execution: id(0x7001),
  observationVersion: id(0x8001),
  observation: id(0x8011),
  reportVersion: id(0x9001),
  section: id(0x9011),
};

const at = (hour: number, fraction = '000000') => `2025-07-01T${String(hour).padStart(2, '0')}:00:00.${fraction}+00:00`;
const REFERENCE = '00000000-0000-0000-0000-000000000000';

export type Row = Readonly<Record<string, unknown>>;

export async function insert(client: pg.Client, table: string, row: Row): Promise<void> {
  const columns = Object.keys(row).map((column) => `"${column}"`);
  await client.query(
    `insert into ${table} (${columns.join()}) select ${columns.map((column) => `r.${column}`).join()} from jsonb_populate_record(null::${table}, $1) r`,
    [JSON.stringify(row)],
  );
}

interface Placed {
  readonly stream?: string;
  readonly phase?: string;
  readonly fate?: 'IMPORTED' | 'MERGED' | 'QUARANTINED';
  readonly target?: readonly [table: string, id: string | null];
  readonly findings?: readonly object[];
}

/** A source row as an import keeps it, with what the new tables say about what it became. */
export async function place(
  client: pg.Client,
  table: string,
  key: string,
  row: Row,
  placed: Placed = {},
): Promise<void> {
  const {
    stream = workflow.workflowId,
    phase = null,
    fate = 'IMPORTED',
    target = [null, null],
    findings = [],
  } = placed;
  await client.query(
    `insert into legacy.source_row (table_name, source_key, stream_id, import_id, phase, row, row_hash, fate, target_table, target_id, mapped, findings)
     select $1, $2, $3, 1, $4::"Phase", $5, legacy.hash_of($5), $6::legacy.fate, $7, $8, coalesce(legacy.values_now($1, $8, $2), '{}'), $9`,
    [table, key, stream, phase, JSON.stringify(row), fate, ...target, JSON.stringify(findings)],
  );
}

/** One commit of an import. */
export async function importing(
  world: World,
  stream: string,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  await world.session('owner', async (client) => {
    await client.query('begin');
    await client.query(`set local search_path = public, log`);
    await client.query(`select log.open_import($1, null, 'importPhase', 'Taken over.', null)`, [stream]);
    await work(client);
    await client.query('commit');
  });
}

const version = (versionId: string, phase: string, type: 'FULL' | 'AUDIT_ONLY', more: Row = {}): Row => ({
  version_id: versionId,
  stream_id: workflow.workflowId,
  cycle_id: workflow.cycleId,
  master_record_id: type === 'FULL' ? uuidv5(phase, workflow.workflowId) : versionId,
  report_id: workflow.reportId,
  phase,
  versioning_type: type,
  version_number: 1,
  status: 'DRAFT',
  created_at: at(8),
  created_by: ada,
  approval_required: type === 'FULL',
  ...more,
});
const approved: Row = {
  status: 'APPROVED',
  submitted_at: at(9),
  submitted_by: ada,
  reviewed_at: at(10),
  reviewed_by: olga,
  effective_from: at(10),
};
const recorded: Row = { status: 'RECORDED', effective_from: at(8) };
const item = (itemId: string, versionId: string, content: Row): Row => ({
  item_id: itemId,
  stream_id: workflow.workflowId,
  version_id: versionId,
  item_key: itemId,
  item_hash: `hash of ${itemId}`,
  ...content,
});
const detail = (versionId: string, content: Row = {}): Row => ({
  version_id: versionId,
  stream_id: workflow.workflowId,
  ...content,
});

async function takeReferenceData(client: pg.Client): Promise<void> {
  await insert(client, 'legacy.import', { import_id: 1, source: 'a test', started_at: at(20) });
  const ids: [kind: string, legacyId: number, newId: string | number][] = [
    ...([
      ['user', old.ada, ada],
      ['user', old.olga, olga],
      ['user', old.dan, dan],
    ] as [string, number, number][]),
    ['lob', old.lob, '0194d2a0-5c00-7000-8000-0000000000a1'],
  ];
  for (const [kind, legacyId, newId] of ids)
    await insert(client, 'legacy.id_map', {
      kind,
      legacy_id: String(legacyId),
      new_id: String(newId),
      workflow_id: REFERENCE,
    });
  const reference = { stream: REFERENCE };
  const person = {
    lob_id: null,
    is_active: true,
    created_at: at(1, '123456'),
    updated_at: at(1, '123456'),
    is_cdo: false,
  };
  const people = await client.query<{ user_id: number; name: string }>('select user_id, name from users');
  for (const [legacyId, userId, role] of [
    [old.ada, ada, 'Tester'],
    [old.olga, olga, 'Report Owner'],
    [old.dan, dan, 'Data Owner'],
  ] as const) {
    const [first_name, last_name] = people.rows.find(({ user_id }) => user_id === userId)!.name.split(' ');
    await place(
      client,
      'users',
      String(legacyId),
      { user_id: legacyId, first_name, last_name, role, ...person },
      { ...reference, target: ['users', null] },
    );
  }
  await place(
    client,
    'lobs',
    String(old.lob),
    { lob_id: old.lob, lob_name: 'Consumer Cards', created_at: at(1, '5') },
    {
      ...reference,
      target: ['lobs', '0194d2a0-5c00-7000-8000-0000000000a1'],
    },
  );
  await place(
    client,
    'reports',
    String(old.report),
    {
      id: old.report,
      report_number: 'CC-1',
      report_name: 'Credit cards',
      report_owner_id: old.olga,
      lob_id: old.lob,
      frequency: 'monthly',
    },
    {
      ...reference,
      target: ['reports', workflow.reportId],
    },
  );
  await place(
    client,
    'test_cycles',
    String(old.cycle),
    { cycle_id: old.cycle, cycle_name: 'Fourth quarter', start_date: '2026-10-01', end_date: null, status: 'Planned' },
    {
      ...reference,
      target: ['cycles', workflow.cycleId],
    },
  );
  await place(
    client,
    'cycle_reports',
    `${old.cycle},${old.report}`,
    { cycle_id: old.cycle, report_id: old.report, tester_id: old.ada, status: 'In Progress' },
    {
      ...reference,
      target: ['workflows', workflow.workflowId],
    },
  );
}

const phases = [
  'PLANNING',
  'DATA_PROFILING',
  'SCOPING',
  'SAMPLE_SELECTION',
  'DATA_OWNER_ID',
  'REQUEST_INFO',
  'TEST_EXECUTION',
  'OBSERVATION_MANAGEMENT',
  'FINALIZE_TEST_REPORT',
];
/** The phase's id in the old system. */
export const phaseId = (phase: string): number => 470 + phases.indexOf(phase);

async function takePhases(client: pg.Client): Promise<void> {
  for (const phase of phases)
    await place(
      client,
      'workflow_phases',
      String(phaseId(phase)),
      { phase_id: phaseId(phase), cycle_id: old.cycle, report_id: old.report, phase_name: phase },
      { phase },
    );
}

async function takeVersions(client: pg.Client): Promise<void> {
  const add = (table: string, row: Row) => insert(client, `public.${table}`, row);
  const put = (
    phase: string,
    table: string,
    key: string | number,
    row: Row,
    target: readonly [string, string],
    findings: object[] = [],
  ) => place(client, table, String(key), { ...row, phase_id: phaseId(phase) }, { phase, target, findings });

  await add('phase_version', version(became.planningVersion, 'PLANNING', 'FULL', { ...approved, reviewed_by: ada }));
  await add('planning_phase_versions', detail(became.planningVersion));
  for (const [n, itemId, name] of [
    [361, became.balance, 'Balance'],
    [362, became.branch, 'Branch'],
  ] as const) {
    const data = { attribute_name: name, data_type: 'Decimal', is_cde: n === 361 };
    await add(
      'attribute_decisions',
      item(itemId, became.planningVersion, { attribute_id: id(n), attribute_data: data, decision_type: 'INCLUDE' }),
    );
    await put(
      'PLANNING',
      'cycle_report_planning_attributes',
      n,
      {
        id: n,
        ...data,
        status: 'approved',
        version: 1,
        is_mandatory: 'Mandatory',
        version_created_at: '2025-07-01T08:00:00.657515',
      },
      ['attribute_decisions', itemId],
    );
  }

  await add('phase_version', version(became.profilingVersion, 'DATA_PROFILING', 'FULL'));
  await add('data_profiling_versions', detail(became.profilingVersion));
  await put(
    'DATA_PROFILING',
    'cycle_report_data_profiling_rule_versions',
    became.profilingVersion,
    {
      version_id: became.profilingVersion,
      version_number: 1,
      version_status: 'draft',
      total_rules: 3,
      created_by_id: old.ada,
      created_at: at(8, '000400'),
      overall_quality_score: 0.75,
    },
    ['data_profiling_versions', became.profilingVersion],
  );

  await add(
    'phase_version',
    version(became.scopingVersion, 'SCOPING', 'FULL', {
      status: 'REJECTED',
      submitted_at: at(9),
      submitted_by: ada,
      reviewed_at: at(10),
      reviewed_by: olga,
      approval_notes: 'Too wide',
    }),
  );
  await add('scoping_versions', detail(became.scopingVersion));
  await put(
    'SCOPING',
    'cycle_report_scoping_versions',
    became.scopingVersion,
    {
      version_id: became.scopingVersion,
      version_number: 1,
      version_status: 'rejected',
      submitted_by_id: old.ada,
      submitted_at: at(9),
      rejection_reason: 'Too wide',
      created_by_id: old.ada,
      created_at: at(8),
      requested_changes: '{"why": "too wide"}',
    },
    ['scoping_versions', became.scopingVersion],
  );

  await add(
    'phase_version',
    version(became.samplesVersion, 'SAMPLE_SELECTION', 'FULL', { ...approved, approval_notes: 'Fine' }),
  );
  await add(
    'sample_selection_versions',
    detail(became.samplesVersion, {
      target_sample_size: 2,
      selection_criteria: { selection_criteria: { method: 'RANDOM' } },
    }),
  );
  await put(
    'SAMPLE_SELECTION',
    'cycle_report_sample_selection_versions',
    became.samplesVersion,
    {
      version_id: became.samplesVersion,
      version_number: 1,
      version_status: 'approved',
      submitted_by_id: old.ada,
      submitted_at: at(9),
      approved_by_id: old.olga,
      approved_at: at(10),
      approval_notes: 'Fine',
      target_sample_size: 2,
      created_by_id: old.ada,
      created_at: at(8),
      selection_criteria: '{"method":"RANDOM"}',
    },
    ['sample_selection_versions', became.samplesVersion],
  );
  for (const [n, sampleId, decision] of [
    [1, became.firstSample, 'approved'],
    [2, became.secondSample, 'rejected'],
  ] as const) {
    const mark = { by: ada, at: '2025-07-01T08:30:00.000Z', notes: null, decision: 'approved' };
    await add(
      'sample_decisions',
      item(sampleId, became.samplesVersion, {
        sample_identifier: `S-${n}`,
        sample_data: { account: n },
        sample_type: 'anomaly',
        recommendation_source: 'TESTER',
        recommendation_metadata: { testerDecision: mark },
      }),
    );
    await add('item_decision', {
      decision_id: id(0x4100 + n),
      stream_id: workflow.workflowId,
      version_id: became.samplesVersion,
      item_key: sampleId,
      item_hash: `hash of ${sampleId}`,
      status: decision.toUpperCase(),
      decided_by: olga,
      decided_at: at(10, '000000'),
    });
    await put(
      'SAMPLE_SELECTION',
      'cycle_report_sample_selection_samples',
      sampleId,
      {
        sample_id: sampleId,
        version_id: became.samplesVersion,
        lob_id: old.lob,
        sample_identifier: `S-${n}`,
        sample_data: `{ "account": ${n} }`,
        sample_category: 'anomaly',
        sample_source: 'tester',
        tester_decision: 'approved',
        tester_decision_at: at(8).replace('08:00', '08:30'),
        tester_decision_by_id: old.ada,
        report_owner_decision: decision,
        report_owner_decision_notes: '',
        report_owner_decision_at: at(10, '000301'),
        report_owner_decision_by_id: old.olga,
        risk_score: 0.8,
      },
      ['sample_decisions', sampleId],
    );
  }

  await add('phase_version', version(became.assignment, 'DATA_OWNER_ID', 'AUDIT_ONLY', recorded));
  await add(
    'data_owner_assignments',
    detail(became.assignment, {
      data_owner_id: dan,
      lob_id: '0194d2a0-5c00-7000-8000-0000000000a1',
      assignment_type: 'PRIMARY',
      assignment_status: 'ACTIVE',
      valid_from: at(8),
    }),
  );
  await put(
    'DATA_OWNER_ID',
    'cycle_report_data_owner_lob_mapping',
    id(0x5999),
    { mapping_id: id(0x5999), lob_id: old.lob, data_owner_id: old.dan, assignment_status: 'assigned' },
    ['data_owner_assignments', became.assignment],
  );

  const document = { document_id: id(0x6999), submission_type: 'STATEMENT' };
  const chain = { master_record_id: became.request };
  const closed = (from: number, to: number) => ({
    status: 'SUPERSEDED',
    effective_from: at(from),
    effective_to: at(to),
  });
  await add('phase_version', version(became.request, 'REQUEST_INFO', 'AUDIT_ONLY', closed(8, 9)));
  await add(
    'document_submissions',
    detail(became.request, { ...document, document_version: 1, submission_status: 'PENDING_REVIEW' }),
  );
  await add(
    'phase_version',
    version(became.evidence, 'REQUEST_INFO', 'AUDIT_ONLY', {
      ...chain,
      ...closed(9, 10),
      version_number: 2,
      parent_version_id: became.request,
      base_version_id: became.request,
      created_by: dan,
      created_at: at(9),
      submitted_by: dan,
      submitted_at: at(9),
    }),
  );
  await add(
    'document_submissions',
    detail(became.evidence, { ...document, document_version: 1, submission_status: 'PENDING_REVIEW' }),
  );
  await add(
    'phase_version',
    version(became.review, 'REQUEST_INFO', 'AUDIT_ONLY', {
      ...chain,
      status: 'RECORDED',
      effective_from: at(10),
      version_number: 3,
      parent_version_id: became.evidence,
      base_version_id: became.evidence,
      created_at: at(10),
      submitted_by: dan,
      submitted_at: at(9),
      reviewed_by: ada,
      reviewed_at: at(10),
    }),
  );
  await add(
    'document_submissions',
    detail(became.review, { ...document, document_version: 1, submission_status: 'ACCEPTED', review_notes: 'Legible' }),
  );
  await put(
    'REQUEST_INFO',
    'cycle_report_test_cases',
    434,
    { id: 434, test_case_number: 'TC-1', status: 'Complete', sample_id: became.firstSample, attribute_id: 361 },
    ['document_submissions', became.request],
  );
  await put(
    'REQUEST_INFO',
    'cycle_report_test_cases_evidence',
    15,
    {
      id: 15,
      test_case_id: 434,
      cycle_id: old.cycle,
      report_id: old.report,
      evidence_type: 'document',
      version_number: 1,
      is_current: true,
      data_owner_id: old.dan,
      submitted_at: at(9),
      tester_decision: 'approved',
      tester_notes: 'Legible',
      decided_by: old.ada,
      decided_at: at(10),
      query_text: 'select 1',
    },
    ['document_submissions', became.evidence],
  );
  await put(
    'REQUEST_INFO',
    'cycle_report_request_info_audit_logs',
    9,
    { log_id: 9, action: 'SUBMIT', performed_by: old.dan, performed_at: at(9, '306013') },
    [null as never, null as never],
  );

  await add('phase_version', version(became.execution, 'TEST_EXECUTION', 'AUDIT_ONLY', recorded));
  await add(
    'test_execution_audit',
    detail(became.execution, {
      action_type: 'TEST',
      requested_by_id: ada,
      requested_at: at(8),
      responded_by_id: ada,
      responded_at: at(9),
      response_status: 'COMPLETED',
    }),
  );
  await put(
    'TEST_EXECUTION',
    'cycle_report_test_execution_results',
    19,
    {
      id: 19,
      test_case_id: '434',
      execution_number: 1,
      execution_status: 'completed',
      completed_at: at(9),
      executed_by: old.ada,
      llm_confidence_score: 0.5,
    },
    ['test_execution_audit', became.execution],
  );

  await add('phase_version', version(became.observationVersion, 'OBSERVATION_MANAGEMENT', 'FULL'));
  await add('observation_versions', detail(became.observationVersion));
  await add(
    'observation_decisions',
    item(became.observation, became.observationVersion, {
      observation_type: 'DATA_QUALITY',
      severity: 'MEDIUM',
      observation_data: { title: 'Missing limit', description: 'No document shows it' },
    }),
  );
  await put(
    'OBSERVATION_MANAGEMENT',
    'cycle_report_observation_mgmt_observation_records',
    41,
    {
      observation_id: 41,
      observation_title: 'Missing limit',
      observation_description: 'No document shows it',
      observation_type: 'DATA_QUALITY',
      severity: 'MEDIUM',
      status: 'DETECTED',
      detected_at: '2025-07-01T08:00:00.742725',
    },
    ['observation_decisions', became.observation],
  );

  await add('phase_version', version(became.reportVersion, 'FINALIZE_TEST_REPORT', 'FULL'));
  await add('test_report_versions', detail(became.reportVersion, { report_title: 'Test report' }));
  await add(
    'test_report_sections',
    item(became.section, became.reportVersion, {
      section_type: 'standard',
      section_title: 'Summary',
      section_content: 'All is *well*.',
      section_order: 1,
    }),
  );
  await put(
    'FINALIZE_TEST_REPORT',
    'cycle_report_test_report_sections',
    13,
    {
      id: 13,
      section_name: 'summary',
      section_order: 1,
      section_title: 'Summary',
      markdown_content: 'All is *well*.',
      report_owner_approved: false,
      updated_at: '2025-07-01T13:58:24.363352',
    },
    ['test_report_sections', became.section],
  );
}

/** Everything, in two commits of an import. */
export async function takeOver(world: World): Promise<void> {
  await importing(world, REFERENCE, takeReferenceData);
  await importing(world, workflow.workflowId, async (client) => {
    await takePhases(client);
    await takeVersions(client);
  });
}
