/**
 * A fictitious old system: all its tables, generated from a seed, as clean or as dirty as requested. All data is invented; the dirt is of
 * the kinds that real systems have.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { v5 as uuidv5 } from 'uuid';
import { legacyTable, legacyTables } from '../../src/legacy/tables';
import { temporaryFolder } from './temporary';

export type OldRow = Record<string, unknown>;
export type OldTables = Record<string, OldRow[]>;

export interface OldSystemOptions {
  readonly workflows?: number;
  readonly attributes?: number;
  readonly profilingVersions?: number;
  readonly scopingVersions?: number;
  readonly sampleVersions?: number;
  readonly samples?: number;
  readonly testCases?: number;
  readonly firstCycle?: number;
}

export const phaseNames = [
  'Planning',
  'Data Profiling',
  'Scoping',
  'Sample Selection',
  'Data Provider ID',
  'Request Info',
  'Testing',
  'Observations',
  'Finalize Test Report',
];

const id = (name: string) => uuidv5(name, '8a1b0a52-0000-5000-8000-000000000000');

/** An instant as the old system writes it; minutes after the beginning of the workflow. */
export const at = (minutes: number, zone = '+00:00'): string =>
  `${new Date(Date.UTC(2025, 5, 2, 8, 0, 0, 120) + minutes * 60_000).toISOString().slice(0, 23)}456${zone}`;

/** A row with every column of its table, null where nothing is given. */
export function row(table: string, values: OldRow): OldRow {
  const columns = Object.keys(legacyTable.get(table)!.columns);
  const unknown = Object.keys(values).filter((name) => !columns.includes(name));
  if (unknown.length > 0) throw new Error(`${table} has no ${unknown.join(', ')}`);
  return { ...Object.fromEntries(columns.map((name) => [name, null])), ...values };
}

export const emptyTables = (): OldTables => Object.fromEntries(legacyTables.map(({ name }) => [name, []]));

/** A whole old system. */
export function oldSystem({
  workflows = 1,
  attributes = 6,
  profilingVersions = 4,
  scopingVersions = 4,
  sampleVersions = 3,
  samples = 4,
  testCases = 4,
  firstCycle = 70,
}: OldSystemOptions = {}): OldTables {
  const tables = emptyTables();
  const add = (table: string, values: OldRow) => void tables[table]!.push(row(table, values));
  for (const [user_id, first_name, role] of [
    [11, 'Tilda', 'Tester'],
    [12, 'Otto', 'Report Owner'],
    [13, 'Edda', 'TEST EXECUTIVE'],
    [14, 'Dora', 'data owner'],
  ] as const)
    add('users', {
      user_id,
      first_name,
      last_name: 'Old',
      role,
      is_active: true,
      is_cdo: false,
      created_at: at(-9000),
    });
  add('lobs', { lob_id: 31, lob_name: 'Old Cards', created_at: at(-9000) });
  addReference(add);
  for (let w = 0; w < workflows; w++) {
    const [cycle_id, report_id, base] = [firstCycle + w, 400 + w, 1000 + w * 100_000];
    const phase = (name: string) => base + phaseNames.indexOf(name);
    add('test_cycles', {
      cycle_id,
      cycle_name: `Old cycle ${cycle_id}`,
      test_executive_id: 13,
      start_date: '2025-06-01',
      end_date: '2025-08-31',
      status: 'Active',
      created_at: at(-100),
    });
    add('reports', {
      id: report_id,
      report_number: `OLD-${report_id}`,
      report_name: `Old report ${report_id}`,
      report_owner_id: 12,
      lob_id: 31,
      status: 'Active',
      is_active: true,
      created_at: at(-100),
    });
    add('cycle_reports', {
      cycle_id,
      report_id,
      tester_id: 11,
      status: 'In Progress',
      started_at: at(0),
      created_at: at(-1),
    });
    phaseNames.forEach((phase_name, i) =>
      add('workflow_phases', {
        phase_id: base + i,
        cycle_id,
        report_id,
        phase_name,
        status: 'Complete',
        state: 'Complete',
        phase_order: i + 1,
        actual_start_date: at(i * 100),
        started_by: 11,
        created_at: at(0),
      }),
    );
    for (let i = 0; i < attributes; i++)
      add('cycle_report_planning_attributes', {
        id: base + 100 + i,
        attribute_name: `Attribute ${i}`,
        description: `What ${i} is`,
        data_type: 'String',
        is_cde: i === 0,
        is_active: true,
        version: 1,
        status: 'approved',
        is_latest_version: true,
        line_item_number: String(i),
        mdrm: `M${i}`,
        is_mandatory: 'Mandatory',
        phase_id: phase('Planning'),
        version_created_by: 11,
        version_created_at: at(5, ''),
        created_at: at(5),
        updated_at: at(20 + i),
      });
    versions(
      tables,
      'cycle_report_data_profiling_rule_versions',
      phase('Data Profiling'),
      profilingVersions,
      `p${w}`,
      () => ({ total_rules: 0, approved_rules: 0 }),
    );
    versions(tables, 'cycle_report_scoping_versions', phase('Scoping'), scopingVersions, `s${w}`, () => ({
      total_attributes: 0,
      requested_changes: '{"feedback": "More"}',
    }));
    const sampleIds = versions(
      tables,
      'cycle_report_sample_selection_versions',
      phase('Sample Selection'),
      sampleVersions,
      `m${w}`,
      () => ({
        target_sample_size: samples,
        actual_sample_size: samples,
        selection_criteria: '{"method": "LLM Generated"}',
        metadata: 'null',
      }),
    );
    sampleIds.forEach((version_id, v) => {
      for (let i = 0; i < samples; i++)
        add('cycle_report_sample_selection_samples', {
          sample_id: id(`sample ${w} ${v} ${i}`),
          version_id,
          phase_id: phase('Sample Selection'),
          lob_id: 31,
          sample_identifier: `SAMPLE${i}`,
          sample_data: JSON.stringify({ Bank: String(i), Amount: i * 1.5 }),
          sample_category: 'clean',
          sample_source: 'tester',
          tester_decision: 'approved',
          tester_decision_at: at(330 + v * 60),
          tester_decision_by_id: 11,
          ...(v % 2 === 0 && {
            report_owner_decision: i === 0 ? 'rejected' : 'Approved',
            report_owner_decision_at: at(350 + v * 60 + i),
            report_owner_decision_by_id: 12,
            report_owner_decision_notes: '',
          }),
          risk_score: 0.2,
          confidence_score: 0.95,
          generation_metadata: "{'table': 'public.old', 'rows': 3, 'fresh': True}",
          created_at: at(320 + v * 60),
          updated_at: at(350 + v * 60),
          created_by_id: 11,
          updated_by_id: 12,
        });
    });
    add('cycle_report_data_owner_lob_mapping', {
      mapping_id: id(`mapping ${w}`),
      phase_id: phase('Data Provider ID'),
      attribute_id: base + 100,
      lob_id: 31,
      data_owner_id: 14,
      data_executive_id: 15,
      previous_data_owner_id: 16,
      change_reason: 'Has left',
      assignment_status: 'assigned',
      data_owner_acknowledged: false,
      assigned_by_data_executive_at: at(600),
      created_at: at(580),
      created_by_id: 11,
      updated_at: at(600),
      updated_by_id: 15,
    });
    for (let i = 0; i < testCases; i++) {
      const testCase = base + 200 + i;
      add('cycle_report_test_cases', {
        id: testCase,
        test_case_number: `TC-${testCase}`,
        test_case_name: `Evidence ${i}`,
        version: 1,
        status: 'Complete',
        phase_id: phase('Request Info'),
        attribute_id: base + 100,
        attribute_name: 'Attribute 0',
        lob_id: 31,
        data_owner_id: 14,
        assigned_by: 11,
        assigned_at: at(700 + i),
        created_at: at(700 + i),
        updated_at: at(900),
        updated_by: 14,
        submitted_at: at(720 + i),
      });
      if (i % 3 === 2) continue; // nothing was handed in yet
      for (let v = 1; v <= 2; v++)
        add('cycle_report_test_cases_evidence', {
          id: testCase * 10 + v,
          test_case_id: testCase,
          phase_id: phase('Request Info'),
          cycle_id,
          report_id,
          evidence_type: 'data_source',
          version_number: v,
          is_current: v === 2,
          data_owner_id: 14,
          submitted_at: at(720 + i + v * 20),
          submission_notes: '',
          validation_status: 'pending',
          query_text: 'SELECT 1',
          query_parameters: '{}',
          ...(v === 1
            ? { tester_decision: 'requires_revision', tester_notes: 'Again', decided_by: 11, decided_at: at(730 + i) }
            : { tester_decision: 'approved', decided_by: 11, decided_at: at(790 + i) }),
          requires_resubmission: v === 1,
          submission_number: v,
          is_revision: v === 2,
          created_at: at(720 + i + v * 20),
          updated_at: at(790 + i),
          created_by: 14,
          updated_by: 11,
        });
      if (i === 0)
        add('cycle_report_test_cases_document_submissions', {
          id: testCase,
          submission_id: id(`document ${testCase}`),
          test_case_id: testCase,
          phase_id: phase('Request Info'),
          data_owner_id: 14,
          document_type: 'Source Document',
          original_filename: 'statement.pdf',
          stored_filename: `${testCase}.pdf`,
          file_path: `uploads/${testCase}.pdf`,
          file_size_bytes: 1200,
          mime_type: 'application/pdf',
          submitted_at: at(705),
          submission_number: 1,
          is_current: true,
          is_valid: true,
          is_revision: false,
          validation_status: 'pending',
          created_at: at(705),
          updated_at: at(705),
          created_by: 14,
          updated_by: 14,
        });
      const execution = testCase * 10 + 5;
      add('cycle_report_request_info_audit_logs', {
        log_id: execution,
        phase_id: phase('Request Info'),
        cycle_id,
        report_id,
        action: 'SUBMIT_QUERY_EVIDENCE',
        entity_type: 'TestCaseEvidence',
        entity_id: String(testCase),
        performed_by: 14,
        performed_at: at(741 + i),
        old_values: 'null',
        new_values: 'null',
        notes: 'Submitted',
        created_at: at(741 + i),
        updated_at: at(741 + i),
        audit_id: id(`audit ${execution}`),
      });
      add('cycle_report_test_execution_results', {
        id: execution,
        phase_id: phase('Testing'),
        test_case_id: String(testCase),
        evidence_id: testCase * 10 + 2,
        execution_number: 1,
        is_latest_execution: true,
        execution_reason: 'initial',
        test_type: 'document_analysis',
        analysis_method: 'llm_analysis',
        test_result: 'pass',
        variance_details: '{}',
        execution_status: 'completed',
        started_at: at(1040 + i),
        completed_at: at(802 + i),
        processing_time_ms: 24,
        executed_by: 11,
        execution_method: 'automatic',
        retry_count: 0,
        created_at: at(800 + i),
        updated_at: at(802 + i),
        created_by: 11,
        updated_by: 11,
      });
      add('cycle_report_test_execution_reviews', {
        id: execution,
        execution_id: execution,
        phase_id: phase('Testing'),
        review_status: 'approved',
        review_notes: 'Fine',
        accuracy_score: 1,
        overall_score: 1,
        review_criteria_used: '{"criteria_version": "1.0"}',
        requires_retest: false,
        escalation_required: false,
        reviewed_by: 11,
        reviewed_at: at(810 + i),
        created_at: at(810 + i),
        updated_at: at(810 + i),
        created_by: 11,
        updated_by: 11,
      });
      for (const [n, action, minute] of [
        [1, 'created', 800],
        [2, 'completed', 802],
        [3, 'reviewed', 810],
      ] as const)
        add('cycle_report_test_execution_audit', {
          id: execution * 10 + n,
          execution_id: execution,
          action,
          action_details: '{"x": 1}',
          performed_by: 11,
          performed_at: at(minute + i),
          created_at: at(minute + i),
        });
    }
    add('cycle_report_observation_mgmt_observation_records', {
      observation_id: base + 900,
      phase_id: phase('Observations'),
      observation_title: 'Missing',
      observation_description: 'Nothing was found',
      observation_type: 'DOCUMENTATION',
      severity: 'medium',
      status: 'DETECTED',
      source_attribute_id: base + 100,
      detection_method: 'Manual',
      impact_categories: 'null',
      supporting_data: '{"linked": ["40"]}',
      detected_by: 11,
      detected_at: at(950, ''),
      manual_validation_required: false,
      created_at: at(950),
      updated_at: at(960),
      created_by_id: 11,
      updated_by_id: 11,
      approval_status: 'Pending Review',
    });
    for (const [i, section_name] of ['executive_summary', 'planning_phase', 'findings'].entries())
      add('cycle_report_test_report_sections', {
        id: base + 910 + i,
        section_id: base + 920 + i,
        phase_id: phase('Finalize Test Report'),
        cycle_id,
        report_id,
        section_name,
        section_order: Math.max(1, i),
        section_type: 'standard',
        section_title: section_name.replace('_', ' '),
        section_content: '{"charts": []}',
        data_sources: '["observations"]',
        last_generated_at: at(1000),
        requires_refresh: false,
        status: 'generated',
        updated_at: at(1000 + i, ''),
        updated_by_id: 11,
        tester_approved: false,
        report_owner_approved: false,
        executive_approved: false,
        markdown_content: `# ${section_name}\n`,
        html_content: '<h1/>',
      });
    addOthers(add, { cycle_id, report_id, base, phase, testCases });
  }
  return tables;
}

type Add = (table: string, values: OldRow) => void;

/** What is of no workflow, and has no counterpart here. */
function addReference(add: Add): void {
  const stamps = { created_at: at(-9000), updated_at: at(-9000) };
  add('activity_definitions', {
    id: 1,
    phase_name: 'Planning',
    activity_name: 'Start',
    activity_code: 'start',
    sequence_order: 1,
    ...stamps,
  });
  add('workflow_activity_templates', {
    template_id: 1,
    phase_name: 'Planning',
    activity_name: 'Start',
    activity_order: 1,
    ...stamps,
  });
  add('workflow_activity_dependencies', {
    dependency_id: 1,
    phase_name: 'Planning',
    activity_name: 'End',
    depends_on_activity: 'Start',
  });
  add('regulatory_data_dictionaries', {
    dict_id: 1,
    report_name: 'FR Y-14M',
    line_item_number: '1',
    mdrm: 'M1',
    ...stamps,
  });
  add('rbac_roles', { role_id: 1, role_name: 'Tester', is_system: true, ...stamps });
  add('rbac_permissions', { permission_id: 1, resource: 'reports', action: 'read', ...stamps });
  add('rbac_role_permissions', { role_id: 1, permission_id: 1, granted_at: at(-9000), ...stamps });
  add('rbac_user_roles', { user_id: 11, role_id: 1, assigned_at: at(-9000), ...stamps });
  add('rbac_user_permissions', { user_id: 11, permission_id: 1, granted: true, granted_by: 13, ...stamps });
  add('rbac_permission_audit_logs', {
    audit_id: 1,
    action_type: 'grant',
    target_type: 'user',
    target_id: 11,
    performed_by: 13,
    performed_at: at(-8000),
  });
  add('audit_logs', {
    audit_id: 1,
    user_id: 11,
    action: 'UPDATE',
    table_name: 'reports',
    record_id: 400,
    new_values: '{}',
    timestamp: at(-50, ''),
  });
  for (const version_num of ['a1', 'b2']) add('alembic_version', { version_num });
}

/** What else the old system keeps of a workflow. */
function addOthers(
  add: Add,
  place: {
    readonly cycle_id: number;
    readonly report_id: number;
    readonly base: number;
    readonly phase: (name: string) => number;
    readonly testCases: number;
  },
): void {
  const { cycle_id, report_id, base, phase, testCases } = place;
  const stamps = { created_at: at(600), updated_at: at(600), created_by_id: 11, updated_by_id: 11 };
  add('cycle_report_planning_data_sources', {
    id: base,
    name: 'Old warehouse',
    source_type: 'POSTGRESQL',
    phase_id: phase('Planning'),
    ...stamps,
  });
  add('cycle_report_planning_pde_mappings', {
    id: base,
    attribute_id: base + 101,
    data_source_id: base,
    pde_name: 'Balance',
    source_field: 'old.balance',
    pii_flag: false,
    llm_confidence_score: 90,
    phase_id: phase('Planning'),
    ...stamps,
  });
  add('cycle_report_data_profiling_results', {
    result_id: base,
    phase_id: phase('Data Profiling'),
    rule_id: id(`rule ${base}`),
    attribute_id: base + 100,
    pass_rate: 99.5,
    execution_status: 'success',
    executed_at: at(300),
    passed_count: 995,
    failed_count: 5,
    total_count: 1000,
    ...stamps,
  });
  for (let v = 1; v <= 2 && testCases > 1; v++)
    add('cycle_report_request_info_testcase_source_evidence', {
      id: base + v,
      phase_id: phase('Request Info'),
      test_case_id: base + 201,
      sample_id: id(`sample ${base}`),
      evidence_type: 'data_source',
      query_text: 'SELECT 1',
      submitted_by: 14,
      submitted_at: at(800 + v),
      validation_status: v === 1 ? 'requires_revision' : 'pending',
      ...(v === 1 && { validated_by: 11, validated_at: at(801, ''), validation_notes: 'Not this one' }),
      version_number: v,
      is_current: v === 2,
      created_at: at(800 + v),
      updated_at: at(803),
      created_by: 14,
      updated_by: 14,
    });
  if (testCases > 1) {
    add('cycle_report_request_info_tester_decisions', {
      id: base,
      phase_id: phase('Request Info'),
      evidence_id: base + 2,
      test_case_id: base + 201,
      decision: 'approved',
      decision_notes: 'Complete',
      decision_date: at(805),
      decided_by: 11,
      requires_resubmission: false,
      created_at: at(805),
    });
    add('cycle_report_rfi_query_validations', {
      validation_id: id(`validation ${base}`),
      test_case_id: base + 201,
      query_text: 'SELECT 1',
      validation_status: 'success',
    });
  }
  add('cycle_report_rfi_data_sources', {
    data_source_id: id(`source ${base}`),
    data_owner_id: 14,
    source_name: 'Old core',
    created_by: 14,
  });
  add('cycle_report_test_report_generation', {
    id: base,
    phase_id: phase('Finalize Test Report'),
    cycle_id,
    report_id,
    generated_by: 11,
    total_sections: 3,
    generation_started_at: at(1000),
    generation_completed_at: at(1001),
    output_formats_generated: ['markdown'],
  });
  add('activity_states', {
    id: base,
    cycle_id,
    report_id,
    phase_name: 'Scoping',
    activity_definition_id: 1,
    status: 'completed',
  });
  const assignment_id = id(`assignment ${base}`);
  add('universal_assignments', {
    assignment_id,
    assignment_type: 'Scoping Approval',
    title: 'Approve the scoping',
    from_user_id: 11,
    to_user_id: 12,
    context_type: 'Report',
    context_data: JSON.stringify({ cycle_id, report_id, phase_name: 'Scoping' }),
    assigned_at: at(320),
  });
  const change = { assignment_id, changed_by_user_id: 12, changed_at: at(330), change_reason: 'Done', new_value: '{}' };
  add('universal_assignment_history', { history_id: base, action: 'completed', ...change });
  add('universal_assignment_histories', { history_id: base, action: 'acknowledged', ...change });
}

/** Versions 1 to n: drafts given up, one rejected, one approved, and what came after. */
function versions(
  tables: OldTables,
  table: string,
  phase_id: number,
  count: number,
  seed: string,
  more: (i: number) => OldRow,
): string[] {
  const columns = legacyTable.get(table)!.columns;
  const ids = Array.from({ length: count }, (_, i) => id(`${table} ${seed} ${i}`));
  ids.forEach((version_id, i) => {
    const version_status =
      i === count - 1 ? 'approved' : (['rejected', 'draft', 'superseded', 'pending_approval'] as const)[i % 4]!;
    const isSubmitted = version_status !== 'draft';
    const values: OldRow = {
      version_id,
      phase_id,
      version_number: i + 1,
      version_status,
      parent_version_id: i === 0 ? null : ids[i - 1],
      ...(isSubmitted && { submitted_by_id: 11, submitted_at: at(330 + i * 60), submission_notes: '' }),
      ...(version_status === 'approved' || version_status === 'superseded'
        ? { approved_by_id: 12, approved_at: at(360 + i * 60), approval_notes: 'Approved' }
        : {}),
      ...(version_status === 'rejected' && {
        rejection_reason: 'Not yet',
        report_owner_feedback: 'Not yet',
        report_owner_reviewed_at: at(340 + i * 60),
        report_owner_reviewed_by_id: 12,
      }),
      created_at: at(320 + i * 60),
      updated_at: at(361 + i * 60),
      created_by_id: 11,
      updated_by_id: isSubmitted ? 12 : 11,
      ...more(i),
    };
    tables[table]!.push(row(table, Object.fromEntries(Object.entries(values).filter(([name]) => name in columns))));
  });
  return ids;
}

/** Writes tables as the old system is delivered: a folder with one JSON file a table. */
export function asFolder(tables: OldTables, folder = temporaryFolder()): string {
  mkdirSync(folder, { recursive: true });
  for (const [table, rows] of Object.entries(tables))
    writeFileSync(path.join(folder, `${table}.json`), JSON.stringify(rows, null, 2));
  return folder;
}
