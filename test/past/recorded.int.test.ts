/** The past before an import: answered from the times that the old system recorded, marked as such, and only that. */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { AsOfReader } from '../../src/database/log/as-of-reader';
import { takeover } from '../../src/legacy/extension';
import { buildVersion, mutate, sampleItems, transition, type BuiltVersion } from '../support/builders';
import { insertRows, rawScoping, rawVersion } from '../support/log';
import { ada, aud, both, olga, otherWorkflow, stranger, workflow, World } from '../support/world';
import { importCommit, importPeople, importWorkflow, lena, type Row } from './importing';
import { makeWorkflow, now, pass, plus, type Place } from './support';

let world: World;
/** A workflow that only the old system knew, and one that lives here, a phase of which is taken over later. */
const old: Place = { cycleId: workflow.cycleId, reportId: randomUUID(), workflowId: randomUUID() };
/** Instants: before anything was imported here, when the versions came, and after. */
let beforeImport: string, peopleCame: string, versionsCame: string[], afterImport: string;
let approved: Row, pending: Row, assigned: Row, reassigned: Row;
let decided: Row;
/** Everything about a workflow that has nothing to do with imports, before and after there was one. */
let untouchedBefore: unknown;

const asOf = (at: string, selection: string) => `query @asOf(at: "${at}") { ${selection} }`;
const ofWorkflow = (selection: string, { cycleId, reportId }: Place = old) =>
  `workflow(cycleId: "${cycleId}", reportId: "${reportId}") { ${selection} }`;
const ofVersion = ({ version_id }: Row, selection: string) =>
  `phaseVersion(versionId: "${String(version_id)}") { ${selection} }`;
const scoping = (selection: string, place = old) => ofWorkflow(`workflowPhase(phase: SCOPING) { ${selection} }`, place);
const untouched = (at: string) =>
  world.ask(
    aud,
    asOf(
      at,
      `${ofWorkflow(
        `id basis cycle { name } report { name } testers { name roles } changes { totalCount nodes { sequence hash } } phases { progress blockedBy metrics { versionCount }
         history { totalCount nodes { versionId status basis imported { importedAt } createdBy { name roles } items { totalCount nodes { label reviewStatus } } blame { fields { path setAt } } } } }`,
        otherWorkflow,
      )} none: ${ofVersion({ version_id: randomUUID() }, 'status')}`,
    ),
  );

/** A version as the old system had it, of a phase with items. */
const scopingVersion = (version_number: number, row: Row, place: Place): Row =>
  rawVersion({ phase: 'SCOPING', version_number, created_by: lena, content_hash: 'as it was', ...row }, place);

const byItem = (version: Row, n: number, row: Row = {}) =>
  rawScoping(version, {
    item_id: uuidv7(),
    label: `Attribute ${n}`,
    item_hash: `hash ${n}`,
    scoping_rationale: `Because ${n}`,
    ...row,
  });

/** Olga's decision on an item. */
const decisionOn = ({ stream_id, version_id, item_key, item_hash }: Row, row: Row = {}) => ({
  decision_id: randomUUID(),
  stream_id,
  version_id,
  item_key,
  item_hash,
  status: 'APPROVED',
  notes: 'Fine.',
  decided_by: olga,
  decided_at: '2025-01-24T09:00:00Z',
  ...row,
});

/** Versions of a phase with items: one that was rejected, one that was approved, one that waits. */
async function importScoping(place: Place) {
  const v1 = scopingVersion(
    1,
    { status: 'REJECTED', approval_notes: 'No.', created_at: '2025-01-10T09:00:00Z' },
    place,
  );
  Object.assign(v1, { submitted_at: '2025-01-12T09:00:00Z', submitted_by: lena });
  Object.assign(v1, { reviewed_at: '2025-01-14T09:00:00Z', reviewed_by: olga });
  const v2 = scopingVersion(
    2,
    { status: 'APPROVED', approval_notes: 'Yes.', created_at: '2025-01-20T09:00:00Z' },
    place,
  );
  Object.assign(v2, { submitted_at: '2025-01-22T09:00:00Z', submitted_by: lena, parent_version_id: v1.version_id });
  Object.assign(v2, { reviewed_at: '2025-01-25T09:00:00Z', reviewed_by: lena, effective_from: '2025-01-25T09:00:00Z' });
  const v3 = scopingVersion(3, { status: 'PENDING_APPROVAL', created_at: '2025-02-10T09:00:00Z' }, place);
  Object.assign(v3, { submitted_at: '2025-02-12T09:00:00Z', submitted_by: lena, base_version_id: v2.version_id });
  Object.assign(v3, { parent_version_id: v2.version_id });
  const items = [[byItem(v1, 1)], [byItem(v2, 1), byItem(v2, 2)], [byItem(v3, 1), byItem(v3, 2), byItem(v3, 3)]];
  const decision = decisionOn(items[1]![0]!);
  const came: string[] = [];
  for (const [n, version] of [v1, v2, v3].entries())
    came.push(
      await importCommit(
        world,
        place.workflowId,
        async (client) => {
          await insertRows(client, 'phase_version', [version]);
          await insertRows(client, 'scoping_versions', [
            { version_id: version.version_id, stream_id: place.workflowId, scoping_criteria: { n } },
          ]);
          await insertRows(client, 'scoping_decisions', items[n]!);
          if (version === v2) await insertRows(client, 'item_decision', [decision]);
          await insertRows(client, 'legacy.source_row', [
            {
              table_name: 'cycle_report_scoping_versions',
              source_key: version.version_id,
              import_id: 1,
              stream_id: place.workflowId,
              phase: 'SCOPING',
              row: { n },
              row_hash: 'hash',
              fate: 'IMPORTED',
              target_table: 'phase_version',
              target_id: version.version_id,
              mapped: {},
              findings: version === v2 ? [{ code: 'SELF_APPROVED', message: 'Its author approved it.' }] : [],
            },
          ]);
        },
        { actor: lena, occurredAt: version.created_at as string },
      ),
    );
  return { versions: [v1, v2, v3] as const, decision, came };
}

/** A record of an audit-only phase, each of whose versions comes in a commit of its own. */
async function importAssignments(place: Place) {
  const record = {
    phase: 'DATA_OWNER_ID',
    versioning_type: 'AUDIT_ONLY',
    master_record_id: randomUUID(),
    status: 'RECORDED',
    created_by: lena,
    approval_required: false,
  };
  // Declarations of phases with items give a version its record; this one has a record of its own.
  const starting = (version_number: number, at: string): Row => ({
    ...rawVersion({ version_number, created_at: at, effective_from: at }, place),
    ...record,
  });
  const first = starting(1, '2025-01-05T09:00:00Z');
  const second: Row = { ...starting(2, '2025-02-01T09:00:00Z'), parent_version_id: first.version_id };
  for (const version of [first, second])
    await importCommit(
      world,
      place.workflowId,
      async (client) => {
        if (version === second)
          await client.query(
            `update phase_version set status = 'SUPERSEDED', effective_to = $2, revision = revision where version_id = $1`,
            [first.version_id, second.created_at],
          );
        await insertRows(client, 'phase_version', [version]);
        await insertRows(client, 'data_owner_assignments', [
          {
            version_id: version.version_id,
            stream_id: place.workflowId,
            assignment_type: 'PRIMARY',
            data_owner_id: version === first ? lena : olga,
            assignment_status: 'ACTIVE',
            valid_from: version.created_at,
          },
        ]);
      },
      { actor: lena, occurredAt: version.created_at as string },
    );
  return [first, second] as const;
}

beforeAll(async () => {
  world = await World.create();
  await world.sql('owner', `insert into legacy.import (import_id, source) values (1, 'a folder')`);
  await buildVersion(world, { phase: 'PLANNING', items: 2, of: otherWorkflow, preparer: both, approver: both });
  await buildVersion(world, { phase: 'PLANNING', status: 'APPROVED', items: 2 });
  beforeImport = await now(world);
  await pass(beforeImport);
  untouchedBefore = await untouched(beforeImport);
  peopleCame = await importPeople(world);
  await importWorkflow(world, old);
  const brought = await importScoping(old);
  [, approved, pending] = brought.versions;
  decided = brought.decision;
  versionsCame = brought.came;
  [assigned, reassigned] = await importAssignments(old);
  afterImport = await now(world);
  await pass(afterImport);
});
afterAll(() => world.destroy());

describe('before an import, a workflow is answered as the old system recorded it', () => {
  const history =
    scoping(`progress history { nodes { versionNumber status basis submittedAt submittedBy { name } reviewedAt
    reviewedBy { name } approvalNotes effectiveFrom } } current { versionNumber }`);
  const seen = async (at: string) => {
    const { workflow: found } = await world.get(aud, asOf(at, history));
    if (!found) return null;
    const { progress, current, history: versions } = found.workflowPhase;
    for (const { basis } of versions.nodes) expect(basis).toBe('RECORDED');
    return [
      progress,
      current?.versionNumber ?? null,
      ...versions.nodes.map(({ versionNumber, status }: Row) => `${String(versionNumber)} ${String(status)}`),
    ];
  };

  test.each([
    ['2025-01-01T00:00:00Z', null],
    ['2025-01-08T00:00:00Z', ['BLOCKED', null]], // an assignment was made, nothing else
    ['2025-01-10T08:59:59.999Z', ['BLOCKED', null]],
    ['2025-01-10T09:00:00Z', ['IN_PROGRESS', null, '1 DRAFT']],
    ['2025-01-13T00:00:00Z', ['AWAITING_APPROVAL', null, '1 PENDING_APPROVAL']],
    ['2025-01-14T09:00:00Z', ['BLOCKED', null, '1 REJECTED']],
    ['2025-01-21T00:00:00Z', ['IN_PROGRESS', null, '2 DRAFT', '1 REJECTED']],
    ['2025-01-24T00:00:00Z', ['AWAITING_APPROVAL', null, '2 PENDING_APPROVAL', '1 REJECTED']],
    ['2025-01-25T09:00:00Z', ['COMPLETE', 2, '2 APPROVED', '1 REJECTED']],
    ['2025-02-11T00:00:00Z', ['IN_PROGRESS', 2, '3 DRAFT', '2 APPROVED', '1 REJECTED']],
    ['2026-01-01T00:00:00Z', ['AWAITING_APPROVAL', 2, '3 PENDING_APPROVAL', '2 APPROVED', '1 REJECTED']],
  ])('at %s', async (at, expected) => {
    expect(await seen(at)).toEqual(expected);
  });

  test('with nothing of what came later in it', async () => {
    const fields = 'submittedAt submittedBy { name } reviewedAt reviewedBy { name } approvalNotes effectiveFrom';
    const at = async (instant: string) =>
      (await world.get(aud, asOf(instant, ofVersion(approved, fields)))).phaseVersion;
    const nothing = {
      submittedAt: null,
      submittedBy: null,
      reviewedAt: null,
      reviewedBy: null,
      approvalNotes: null,
      effectiveFrom: null,
    };
    const submitted = { submittedAt: '2025-01-22T09:00:00.000Z', submittedBy: { name: 'Lena Legacy' } };
    expect(await at('2025-01-21T00:00:00Z')).toEqual(nothing);
    expect(await at('2025-01-23T00:00:00Z')).toEqual({ ...nothing, ...submitted });
    expect(await at('2025-01-26T00:00:00Z')).toEqual({
      ...submitted,
      reviewedAt: '2025-01-25T09:00:00.000Z',
      reviewedBy: { name: 'Lena Legacy' },
      approvalNotes: 'Yes.',
      effectiveFrom: '2025-01-25T09:00:00.000Z',
    });
  });

  test('with its content and items, and decisions from their time on', async () => {
    const items = async (at: string) =>
      (
        await world.get(
          aud,
          asOf(
            at,
            ofVersion(
              approved,
              'content items { totalCount nodes { id label content reviewStatus decision { notes decidedBy { name } } } }',
            ),
          ),
        )
      ).phaseVersion;
    const early = await items('2025-01-23T00:00:00Z');
    expect(early.content).toEqual({ scopingCriteria: { n: 1 } });
    expect(early.items.nodes.map(({ label, reviewStatus, decision }: Row) => [label, reviewStatus, decision])).toEqual([
      ['Attribute 1', 'PENDING', null],
      ['Attribute 2', 'PENDING', null],
    ]);
    const late = await items(decided.decided_at as string);
    expect(late.items.nodes.map(({ reviewStatus, decision }: Row) => [reviewStatus, decision])).toEqual([
      ['APPROVED', { notes: 'Fine.', decidedBy: { name: 'Olga Petrenko' } }],
      ['PENDING', null],
    ]);
    const { nodes } = await world.get(
      aud,
      `query ($ids: [ID!]!) @asOf(at: "2025-01-23T00:00:00Z") { nodes(ids: $ids) { ... on VersionItem { label } } }`,
      { ids: early.items.nodes.map(({ id }: Row) => id) },
    );
    expect(nodes).toEqual([{ label: 'Attribute 1' }, { label: 'Attribute 2' }]);
  });

  test('and so is every record whose versions replace each other at once', async () => {
    const records = async (at: string) =>
      (
        await world.get(
          aud,
          asOf(
            at,
            ofWorkflow(
              'workflowPhase(phase: DATA_OWNER_ID) { records { nodes { versionNumber status effectiveTo basis ... on DataOwnerAssignment { dataOwner { name } } } } }',
            ),
          ),
        )
      ).workflow.workflowPhase.records.nodes;
    const first = { versionNumber: 1, status: 'RECORDED', effectiveTo: null, basis: 'RECORDED' };
    expect(await records('2025-01-31T00:00:00Z')).toEqual([{ ...first, dataOwner: { name: 'Lena Legacy' } }]);
    expect(await records('2025-02-01T09:00:00Z')).toEqual([
      { ...first, versionNumber: 2, dataOwner: { name: 'Olga Petrenko' } },
    ]);
    const known = async (at: string) =>
      (
        await world.get(
          aud,
          `{ dataOwners(cycleId: "${old.cycleId}", reportId: "${old.reportId}", knownAt: "${at}") { versionNumber basis } }`,
        )
      ).dataOwners;
    expect(await known('2025-01-01T00:00:00Z')).toEqual([]);
    expect(await known('2025-01-31T00:00:00Z')).toEqual([{ versionNumber: 1, basis: 'RECORDED' }]);
    const superseded = await world.get(aud, asOf('2025-03-01T00:00:00Z', ofVersion(assigned, 'status effectiveTo')));
    expect(superseded.phaseVersion).toEqual({ status: 'SUPERSEDED', effectiveTo: '2025-02-01T09:00:00.000Z' });
    expect(
      (await world.get(aud, asOf('2025-01-31T00:00:00Z', ofVersion(reassigned, 'status')))).phaseVersion,
    ).toBeNull();
  });

  test('also at the instant of a field, of a diff, of a history and of who set what', async () => {
    const { phaseVersion } = await world.get(
      aud,
      `{ ${ofVersion(
        pending,
        `then: asOf(at: "2025-02-11T00:00:00Z") { status basis changes { totalCount } history { nodes { status } } current { versionNumber }
         parent { status } base { status } diff(from: 1) { summary { added unchanged } } blame { label fields { path value setAt setBy { name } setInVersion { versionNumber } } }
         approvalRequirements { code status } availableActions }
         before: asOf(at: "2025-02-09T00:00:00Z") { status } current(asOf: "2025-01-26T00:00:00Z") { versionNumber basis } basis`,
      )} }`,
    );
    expect(phaseVersion).toMatchObject({
      then: {
        status: 'DRAFT',
        basis: 'RECORDED',
        changes: { totalCount: 0 },
        availableActions: [],
        history: { nodes: [{ status: 'DRAFT' }, { status: 'APPROVED' }, { status: 'REJECTED' }] },
        current: { versionNumber: 2 },
        parent: { status: 'APPROVED' },
        base: { status: 'APPROVED' },
      },
      before: null,
      current: { versionNumber: 2, basis: 'RECORDED' },
      basis: 'CAPTURED',
    });
    const [blamed] = phaseVersion.then.blame;
    expect(blamed.fields).toContainEqual({
      path: '/scopingRationale',
      value: 'Because 1',
      setAt: '2025-02-10T09:00:00.000Z',
      setBy: { name: 'Lena Legacy' },
      setInVersion: { versionNumber: 3 },
    });
  });

  test('in lists as well, which say what each rests on', async () => {
    const list = async (at: string) => {
      const { data, errors, extensions } = (await world.ask(
        aud,
        asOf(
          at,
          'workflows { totalCount nodes { basis cycle { name } report { name } reportOwner { name roles } testers { name } } }',
        ),
      )) as unknown as { data: any; errors: unknown; extensions: Row };
      expect(errors).toBeUndefined();
      return { ...data.workflows, extensions };
    };
    expect(await list('2025-01-26T00:00:00Z')).toEqual({
      totalCount: 1,
      nodes: [
        {
          basis: 'RECORDED',
          cycle: { name: 'Fourth quarter' },
          report: { name: 'Old report' },
          reportOwner: { name: 'Olga Petrenko', roles: [] },
          testers: [{ name: 'Lena Legacy' }],
        },
      ],
      extensions: { asOf: '2025-01-26T00:00:00.000Z', asOfBasis: 'RECORDED' },
    });
    expect(await list('2024-12-31T00:00:00Z')).toEqual({
      totalCount: 0,
      nodes: [],
      extensions: { asOf: '2024-12-31T00:00:00.000Z' },
    });
    const { nodes, extensions } = await list(plus(beforeImport, 0));
    expect(nodes.map(({ basis, report }: any) => [report.name, basis]).sort()).toEqual([
      ['Credit cards', 'CAPTURED'],
      ['Liquidity', 'CAPTURED'],
      ['Old report', 'RECORDED'],
    ]);
    expect(extensions).toEqual({ asOf: beforeImport, asOfBasis: 'RECORDED' });
  });

  test('and nothing of it is in the log then', async () => {
    const at = '2026-01-01T00:00:00Z';
    const { workflow: found, phaseVersion } = await world.get(
      aud,
      asOf(
        at,
        `${ofWorkflow('changes { totalCount nodes { sequence } }')} ${ofVersion(approved, 'changes { totalCount }')}`,
      ),
    );
    expect([found.changes, phaseVersion.changes]).toEqual([{ totalCount: 0, nodes: [] }, { totalCount: 0 }]);
  });
});

describe('what was taken over', () => {
  const origin =
    'basis imported { importedAt occurredAt sourceTable sourceKey importId findings { code message column } }';
  const from = (version: Row, importedAt: string, findings: unknown[] = []) => ({
    importedAt,
    occurredAt: (version.created_at as string).replace('Z', '.000Z'),
    findings,
    importId: 1,
    sourceTable: 'cycle_report_scoping_versions',
    sourceKey: version.version_id,
  });
  const selfApproved = [{ code: 'SELF_APPROVED', message: 'Its author approved it.', column: null }];

  test('says where it came from, what was untidy about it, and whether it was captured by then', async () => {
    const imported = from(approved, versionsCame[1]!, selfApproved);
    const live = await world.get(aud, `{ ${ofVersion(approved, origin)} }`);
    expect(live.phaseVersion).toEqual({ basis: 'CAPTURED', imported });
    const then = await world.get(aud, asOf('2025-06-01T00:00:00Z', ofVersion(approved, origin)));
    expect(then.phaseVersion).toEqual({ basis: 'RECORDED', imported });
    const later = await world.get(aud, asOf(versionsCame[1]!, ofVersion(approved, origin)));
    expect(later.phaseVersion).toEqual({ basis: 'CAPTURED', imported });
    const record = await world.get(aud, `{ ${ofVersion(assigned, origin)} }`);
    expect(record.phaseVersion.imported).toMatchObject({
      occurredAt: '2025-01-05T09:00:00.000Z',
      sourceTable: null,
      sourceKey: null,
      importId: null,
      findings: [],
    });
  });

  test('is shown to whoever sees the version, and to nobody else', async () => {
    for (const at of ['2025-06-01T00:00:00Z', afterImport]) {
      expect((await world.get(olga, asOf(at, ofVersion(approved, origin)))).phaseVersion.imported.findings).toEqual(
        selfApproved,
      );
      const nothing = await world.get(
        stranger,
        asOf(at, `${ofVersion(approved, origin)} ${scoping('progress')} workflows { totalCount }`),
      );
      expect(nothing).toEqual({ phaseVersion: null, workflow: null, workflows: { totalCount: 0 } });
      const refused = `dataOwners(cycleId: "${old.cycleId}", reportId: "${old.reportId}") { versionId }`;
      expect(await world.codeOf(stranger, asOf(at, refused))).toBe('NOT_FOUND');
    }
    expect(
      (
        await world.get(
          aud,
          `{ ${ofWorkflow('workflowPhase(phase: PLANNING) { current { imported { importId } } }', workflow)} }`,
        )
      ).workflow.workflowPhase.current.imported,
    ).toBeNull();
  });

  test('is answered from the log from its commit on, one record after the other', async () => {
    const bases = async (at: string) => {
      const { workflow: found } = await world.get(
        aud,
        asOf(at, ofWorkflow('basis phases { history { nodes { versionNumber phase basis } } }')),
      );
      return [
        found.basis,
        ...found.phases.flatMap(({ history }: any) =>
          history.nodes.map(({ phase, versionNumber, basis }: Row) => [phase, versionNumber, basis].join(' ')),
        ),
      ];
    };
    const assignments = ['DATA_OWNER_ID 2 RECORDED', 'DATA_OWNER_ID 1 RECORDED'];
    expect(await bases(peopleCame)).toEqual([
      'RECORDED',
      'SCOPING 3 RECORDED',
      'SCOPING 2 RECORDED',
      'SCOPING 1 RECORDED',
      ...assignments,
    ]);
    // Of a record of which something was captured, only that is shown.
    expect(await bases(versionsCame[1]!)).toEqual([
      'RECORDED',
      'SCOPING 2 CAPTURED',
      'SCOPING 1 CAPTURED',
      ...assignments,
    ]);
    expect(await bases(afterImport)).toEqual([
      'CAPTURED',
      'SCOPING 3 CAPTURED',
      'SCOPING 2 CAPTURED',
      'SCOPING 1 CAPTURED',
      'DATA_OWNER_ID 2 CAPTURED',
      'DATA_OWNER_ID 1 CAPTURED',
    ]);
  });
});

describe('what is here', () => {
  const live = `basis workflowPhase(phase: PLANNING) { progress current { versionNumber basis imported { importedAt } items { totalCount } } }`;
  let taken: Awaited<ReturnType<typeof importScoping>>;

  test('is answered from the log beside a phase that is taken over later', async () => {
    const at = await now(world);
    await pass(at);
    const before = await world.get(aud, asOf(at, ofWorkflow(live, workflow)));
    expect(before.workflow.basis).toBe('CAPTURED');
    taken = await importScoping(workflow);
    const after = await world.get(
      aud,
      asOf(at, `${ofWorkflow(live, workflow)} scoping: ${scoping('current { versionNumber basis }', workflow)}`),
    );
    expect(after.workflow).toEqual({ ...before.workflow, basis: 'RECORDED' });
    expect(after.scoping.workflowPhase.current).toEqual({ versionNumber: 2, basis: 'RECORDED' });
    // Before the workflow was here, only what was taken over is known of it.
    const early = await world.get(
      aud,
      asOf(
        '2025-01-26T00:00:00Z',
        ofWorkflow(
          'cycle { name } testers { name } phases { phase progress current { versionNumber basis } }',
          workflow,
        ),
      ),
    );
    expect(early.workflow).toMatchObject({ cycle: { name: 'Fourth quarter' }, testers: [] });
    expect(early.workflow.phases.filter(({ current }: Row) => current)).toEqual([
      { phase: 'SCOPING', progress: 'COMPLETE', current: { versionNumber: 2, basis: 'RECORDED' } },
    ]);
  });

  test('and done with what was taken over does not change what was recorded of it', async () => {
    const at = '2025-02-11T00:00:00Z';
    const [, second, third] = taken.versions;
    const then = async () => [
      await world.get(
        aud,
        asOf(at, ofVersion(second, 'status effectiveTo revision items { nodes { label content } }')),
      ),
      await world.get(aud, asOf(at, ofVersion(third, 'status revision isDeleted content items { nodes { label } }'))),
    ];
    const before = await then();
    const waiting = { versionId: String(third.version_id), revision: 1 } as BuiltVersion;
    const withdrawn = await transition(world, ada, 'withdrawVersion', waiting, 'Not yet.');
    const draft = await mutate(world, ada, 'putItems', 'PutItemsInput', {
      versionId: withdrawn.versionId,
      expectedRevision: withdrawn.revision,
      items: sampleItems('SCOPING', 1, 9),
    });
    const deletion = await transition(world, ada, 'deleteVersion', draft, 'Started again here.');
    expect(await then()).toEqual(before);
    const today = await world.get(aud, `{ ${ofVersion(third, 'isDeleted items { totalCount }')} }`);
    expect(today.phaseVersion).toEqual({ isDeleted: true, items: { totalCount: 4 } });
    // What is deleted today is hidden in the past as well.
    expect((await world.get(olga, asOf(at, ofVersion(third, 'status')))).phaseVersion).toBeNull();
    expect(deletion.versionId).toBe(third.version_id);
  });

  test('of a workflow without imports is answered as before, byte for byte', async () => {
    const { headers: _, ...before } = untouchedBefore as Row;
    const { headers, ...after } = (await untouched(beforeImport)) as unknown as Row;
    expect(headers).toBeDefined();
    expect(JSON.stringify(after)).toBe(JSON.stringify(before));
  });

  test('is all that a reader of the log alone sees', async () => {
    const past = new AsOfReader(world.db, new Date('2025-06-01T00:00:00Z'));
    await past.closeStreams([old.workflowId]);
    expect(await past.query('select * from phase_version')).toEqual([]);
    expect(past.isRecorded()).toBe(false);
  });
});

describe('times that the old system did not record, or that contradict each other,', () => {
  const at = '2025-03-10T00:00:00Z';
  const cases: [string, Row, Row][] = [
    [
      'an approval without a time counts from when it took effect',
      { status: 'APPROVED', effective_from: '2025-03-05' },
      { status: 'APPROVED' },
    ],
    [
      'and not before',
      { status: 'APPROVED', effective_from: '2025-03-15', submitted_at: '2025-03-02' },
      { status: 'PENDING_APPROVAL', effectiveFrom: null },
    ],
    [
      'a rejection without any counts from the submission',
      { status: 'REJECTED', approval_notes: 'No.', submitted_at: '2025-03-02' },
      { status: 'REJECTED', approvalNotes: 'No.' },
    ],
    [
      'what waits without a time has waited from the start',
      { status: 'PENDING_APPROVAL', submitted_by: lena },
      { status: 'PENDING_APPROVAL', submittedAt: null, submittedBy: { userId: lena } },
    ],
    [
      'what was decided before it was submitted is decided',
      {
        status: 'APPROVED',
        reviewed_at: '2025-03-03',
        reviewed_by: olga,
        submitted_at: '2025-03-20',
        submitted_by: lena,
        effective_from: '2025-03-03',
      },
      { status: 'APPROVED', submittedAt: null, submittedBy: null, reviewedBy: { userId: olga } },
    ],
    [
      'what ended is superseded from then on',
      { status: 'SUPERSEDED', reviewed_at: '2025-03-02', effective_from: '2025-03-02', effective_to: '2025-03-10' },
      { status: 'SUPERSEDED', effectiveTo: '2025-03-10T00:00:00.000Z' },
    ],
    [
      'and in force until then',
      {
        status: 'SUPERSEDED',
        reviewed_at: '2025-03-02',
        effective_from: '2025-03-02',
        effective_to: '2025-03-10T00:00:00.001Z',
      },
      { status: 'APPROVED', effectiveTo: null },
    ],
    [
      'a draft that had been submitted once is a draft',
      { status: 'DRAFT', submitted_at: '2025-03-02' },
      { status: 'DRAFT', submittedAt: null },
    ],
    [
      'what was deleted later is not deleted yet',
      {
        status: 'REJECTED',
        approval_notes: 'No.',
        reviewed_at: '2025-03-02',
        is_deleted: true,
        deleted_at: '2025-04-01',
        deleted_by: lena,
      },
      { status: 'REJECTED', isDeleted: false, deletedAt: null, deletedBy: null },
    ],
  ];

  test.each(cases)('%s', async (_, row, expected) => {
    const place = { ...old, reportId: randomUUID(), workflowId: randomUUID() };
    await importWorkflow(world, place);
    const version = scopingVersion(1, { created_at: '2025-03-01T00:00:00Z', ...row }, place);
    await importCommit(world, place.workflowId, (client) => insertRows(client, 'phase_version', [version]));
    const fields =
      'status submittedAt submittedBy { userId } reviewedAt reviewedBy { userId } approvalNotes effectiveFrom effectiveTo isDeleted deletedAt deletedBy { userId }';
    expect((await world.get(aud, asOf(at, ofVersion(version, fields)))).phaseVersion).toMatchObject(expected);
    expect(
      await world.get(
        aud,
        asOf('2025-02-28T23:59:59.999Z', `${ofVersion(version, 'status')} ${ofWorkflow('id', place)}`),
      ),
    ).toEqual({ phaseVersion: null, workflow: null });
  });
});

describe('an import that is rolled back', () => {
  const query = (place: Place) =>
    `${scoping('history { nodes { versionNumber status basis imported { importedAt } items { nodes { label } } } }', place)} workflows { totalCount }`;

  test('takes its answers away again, and leaves what was captured', async () => {
    const place = { ...old, reportId: randomUUID(), workflowId: randomUUID() };
    const recorded = '2025-01-26T00:00:00Z';
    const nothing = await world.get(aud, asOf(recorded, query(place)));
    expect(nothing.workflow).toBeNull();
    await importWorkflow(world, place);
    const { versions, came } = await importScoping(place);
    const brought = await world.get(aud, asOf(recorded, query(place)));
    expect(brought.workflow.workflowPhase.history.nodes.map(({ versionNumber }: Row) => versionNumber)).toEqual([2, 1]);
    expect(brought.workflows.totalCount).toBe(nothing.workflows.totalCount + 1);
    const captured = await world.get(aud, asOf(came[2]!, query(place)));

    const rollBack = async (client: pg.Client) => {
      const ids = versions.map(({ version_id }) => version_id).reverse();
      for (const table of ['item_decision', 'version_editor', 'scoping_decisions', 'scoping_versions'])
        await client.query(`delete from ${table} where version_id = any($1)`, [ids]);
      await client.query('delete from legacy.source_row where target_id = any($1)', [ids]);
      for (const id of ids) await client.query('delete from phase_version where version_id = $1', [id]);
    };
    const rolledBack = await importCommit(world, place.workflowId, rollBack);
    const gone = await world.get(aud, asOf(recorded, query(place)));
    expect(gone).toEqual(nothing);
    expect(await world.get(aud, asOf(came[2]!, query(place)))).toEqual(captured);

    // Taken over anew, it is recorded again, but not for the time in which it was captured as it had come first.
    const again = await importScoping(place);
    const anew = await world.get(aud, asOf(recorded, query(place)));
    expect(anew.workflow.workflowPhase.history.nodes.map(({ imported }: any) => imported.importedAt)).toEqual([
      again.came[1],
      again.came[0],
    ]);
    expect(await world.get(aud, asOf(came[2]!, query(place)))).toEqual(captured);
    const between = await world.get(aud, asOf(rolledBack, query(place)));
    expect(between.workflow.workflowPhase.history.nodes.map(({ basis }: Row) => basis)).toEqual([
      'RECORDED',
      'RECORDED',
      'RECORDED',
    ]);
  });
});

describe('costs', () => {
  const sent = async (query: string) => {
    await world.get(aud, query);
    return world.counted(() => world.get(aud, query));
  };
  const about = (first: number) =>
    `basis workflowPhase(phase: SCOPING) { progress history(first: ${first}) { nodes { versionId basis imported { importedAt findings { code } }
     createdBy { name roles } parent { versionNumber } items { totalCount nodes { label decision { decidedBy { name } } } } } } }`;

  test('as many statements for much as for little, and no more before an import than after it', async () => {
    const place = { ...old, reportId: randomUUID(), workflowId: randomUUID() };
    await importWorkflow(world, place);
    const versions = Array.from({ length: 30 }, (_, n) =>
      scopingVersion(n + 1, { status: 'REJECTED', approval_notes: 'No.', reviewed_at: '2025-03-01T00:00:00Z' }, place),
    );
    const items = versions.flatMap((version) => [byItem(version, 1), byItem(version, 2)]);
    await importCommit(world, place.workflowId, async (client) => {
      for (const version of versions) Object.assign(version, { created_at: '2025-01-01T00:00:00Z' });
      await insertRows(client, 'phase_version', versions);
      await insertRows(client, 'scoping_decisions', items);
      await insertRows(
        client,
        'item_decision',
        items.map((item) => decisionOn(item, { status: 'REJECTED' })),
      );
    });
    const at = await now(world);
    await pass(at);
    const cost = async (instant: string, first: number) => sent(asOf(instant, ofWorkflow(about(first), place)));
    const [little, much] = [await cost('2026-01-01T00:00:00Z', 3), await cost('2026-01-01T00:00:00Z', 30)];
    const size = ({ result }: { result: unknown }) => JSON.stringify(result).length;
    expect(size(much)).toBeGreaterThan(8 * size(little));
    expect(much.statements).toHaveLength(little.statements.length);
    expect((await cost(at, 30)).statements).toHaveLength(much.statements.length);
  });

  test('nothing where nothing was taken over later', async () => {
    const plain = await makeWorkflow(world, workflow.cycleId);
    await buildVersion(world, { phase: 'PLANNING', items: 2, of: plain });
    const at = await now(world);
    await pass(at);
    const past = new AsOfReader(world.db, new Date(at), takeover.supplement);
    await past.closeStreams([plain.workflowId]);
    const searchPath = async (read: AsOfReader) =>
      (await read.query<{ path: string }>(`select current_setting('search_path') as path`))[0]!.path;
    expect(await searchPath(past)).toBe('past,public,log');
    const before = new AsOfReader(world.db, new Date('2026-01-01T00:00:00Z'), takeover.supplement);
    await before.closeStreams([old.workflowId]);
    expect(await searchPath(before)).toBe('recorded,past,public,log');
    expect(await searchPath(past)).toBe('past,public,log');
  });
});
