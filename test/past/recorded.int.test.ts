/** The past before an import: answered from the times that the old system recorded, marked as such, and only that. */
import { randomUUID } from 'node:crypto';
import { Past } from '../../src/database/past';
import { buildVersion, mutate, sampleItems, transition } from '../support/builders';
import { insertRows, rawScoping, rawVersion } from '../support/log';
import { ada, aud, both, dan, olga, otherWorkflow, stranger, workflow, World } from '../support/world';
import { importCommit, importPeople, importWorkflow, lena, type Row } from './importing';
import { makeWorkflow, now, pass, plus, type Place } from './support';

let world: World;
/** A workflow that only the old system knew, and one that lives here, a phase of which is taken over later. */
const old: Place = { cycleId: workflow.cycleId, reportId: randomUUID(), workflowId: randomUUID() };
/** Instants: before anything was imported here, when the versions came, and after. */
let beforeImport: string, peopleCame: string, versionsCame: string[], afterImport: string;
let rejected: Row, approved: Row, pending: Row, assigned: Row, reassigned: Row;
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
const scopingVersion = (version_number: number, row: Row, place: Place) =>
  rawVersion({ phase: 'SCOPING', version_number, created_by: lena, content_hash: 'as it was', ...row }, place);

const byItem = (version: Row, n: number, row: Row = {}) =>
  rawScoping(version, { label: `Attribute ${n}`, item_hash: `hash ${n}`, scoping_rationale: `Because ${n}`, ...row });

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
  const decision = {
    ...{ decision_id: randomUUID(), stream_id: place.workflowId, version_id: v2.version_id, status: 'APPROVED' },
    ...{ item_key: items[1]![0]!.item_key, item_hash: 'hash 1', notes: 'Fine.' },
    ...{ decided_by: olga, decided_at: '2025-01-24T09:00:00Z' },
  };
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
              ...{ table_name: 'cycle_report_scoping_versions', source_key: version.version_id, import_id: 1 },
              ...{ stream_id: place.workflowId, phase: 'SCOPING', row: { n }, row_hash: 'hash', fate: 'IMPORTED' },
              ...{ target_table: 'phase_version', target_id: version.version_id, mapped: {} },
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
    ...{ phase: 'DATA_OWNER_ID', versioning_type: 'AUDIT_ONLY', master_record_id: randomUUID(), status: 'RECORDED' },
    ...{ created_by: lena, approval_required: false },
  };
  const starting = (version_number: number, at: string) =>
    rawVersion({ ...record, phase: 'SCOPING', version_number, created_at: at, effective_from: at }, place);
  const first = { ...starting(1, '2025-01-05T09:00:00Z'), ...record };
  const second = { ...starting(2, '2025-02-01T09:00:00Z'), ...record, parent_version_id: first.version_id };
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
            ...{ version_id: version.version_id, stream_id: place.workflowId, assignment_type: 'PRIMARY' },
            ...{ data_owner_id: version === first ? lena : olga, assignment_status: 'ACTIVE' },
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
  [rejected, approved, pending] = brought.versions;
  decided = brought.decision;
  versionsCame = brought.came;
  [assigned, reassigned] = await importAssignments(old);
  afterImport = await now(world);
  await pass(afterImport);
}, 60_000);
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
    ['2025-01-14T09:00:00Z', ['IN_PROGRESS', null, '1 REJECTED']],
    ['2025-01-21T00:00:00Z', ['IN_PROGRESS', null, '2 DRAFT', '1 REJECTED']],
    ['2025-01-24T00:00:00Z', ['AWAITING_APPROVAL', null, '2 PENDING_APPROVAL', '1 REJECTED']],
    ['2025-01-25T09:00:00Z', ['COMPLETE', 2, '2 APPROVED', '1 REJECTED']],
    ['2025-02-11T00:00:00Z', ['COMPLETE', 2, '3 DRAFT', '2 APPROVED', '1 REJECTED']],
    ['2026-01-01T00:00:00Z', ['COMPLETE', 2, '3 PENDING_APPROVAL', '2 APPROVED', '1 REJECTED']],
  ])('at %s', async (at, expected) => {
    expect(await seen(at)).toEqual(expected);
  });

  test('with nothing of what came later in it', async () => {
    const fields = 'submittedAt submittedBy { name } reviewedAt reviewedBy { name } approvalNotes effectiveFrom';
    const at = async (instant: string) =>
      (await world.get(aud, asOf(instant, ofVersion(approved, fields)))).phaseVersion;
    const nothing = {
      ...{ submittedAt: null, submittedBy: null, reviewedAt: null },
      ...{ reviewedBy: null, approvalNotes: null, effectiveFrom: null },
    };
    const submitted = { submittedAt: '2025-01-22T09:00:00.000Z', submittedBy: { name: 'Lena Legacy' } };
    expect(await at('2025-01-21T00:00:00Z')).toEqual(nothing);
    expect(await at('2025-01-23T00:00:00Z')).toEqual({ ...nothing, ...submitted });
    expect(await at('2025-01-26T00:00:00Z')).toEqual({
      ...submitted,
      ...{ reviewedAt: '2025-01-25T09:00:00.000Z', reviewedBy: { name: 'Lena Legacy' }, approvalNotes: 'Yes.' },
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
      ['APPROVED', { notes: 'Fine.', decidedBy: { name: 'Olga Owner' } }],
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
            `${ofWorkflow('workflowPhase(phase: DATA_OWNER_ID) { records { nodes { versionNumber status effectiveTo basis ... on DataOwnerAssignment { dataOwner { name } } } } }')}
             dataOwners(cycleId: "${old.cycleId}", reportId: "${old.reportId}") { versionNumber }`,
          ),
        )
      ).workflow.workflowPhase.records.nodes;
    const first = { versionNumber: 1, status: 'RECORDED', effectiveTo: null, basis: 'RECORDED' };
    expect(await records('2025-01-31T00:00:00Z')).toEqual([{ ...first, dataOwner: { name: 'Lena Legacy' } }]);
    expect(await records('2025-02-01T09:00:00Z')).toEqual([
      { ...first, versionNumber: 2, dataOwner: { name: 'Olga Owner' } },
    ]);
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
        ...{ status: 'DRAFT', basis: 'RECORDED', changes: { totalCount: 0 }, availableActions: [] },
        history: { nodes: [{ status: 'DRAFT' }, { status: 'APPROVED' }, { status: 'REJECTED' }] },
        ...{ current: { versionNumber: 2 }, parent: { status: 'APPROVED' }, base: { status: 'APPROVED' } },
      },
      before: null,
      current: { versionNumber: 2, basis: 'RECORDED' },
      basis: 'CAPTURED',
    });
    const [blamed] = phaseVersion.then.blame;
    expect(blamed.fields).toContainEqual({
      ...{ path: '/scopingRationale', value: 'Because 1', setAt: '2025-02-10T09:00:00.000Z' },
      ...{ setBy: { name: 'Lena Legacy' }, setInVersion: { versionNumber: 3 } },
    });
  });

  test('in lists as well, which say what each rests on', async () => {
    const list = async (at: string) => {
      const { data, extensions } = (await world.ask(
        aud,
        asOf(
          at,
          'workflows { totalCount nodes { basis cycle { name } report { name } reportOwner { name roles } testers { name } } }',
        ),
      )) as unknown as { data: any; extensions: Row };
      return { ...data.workflows, extensions };
    };
    expect(await list('2025-01-26T00:00:00Z')).toEqual({
      totalCount: 1,
      nodes: [
        {
          ...{ basis: 'RECORDED', cycle: { name: 'Fourth quarter' }, report: { name: 'Old report' } },
          ...{ reportOwner: { name: 'Olga Owner', roles: [] }, testers: [] },
        },
      ],
      extensions: { asOf: '2025-01-26T00:00:00.000Z', asOfBasis: 'RECORDED' },
    });
    expect(await list('2024-12-31T00:00:00Z')).toEqual({
      ...{ totalCount: 0, nodes: [], extensions: { asOf: '2024-12-31T00:00:00.000Z' } },
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
    ...{ importedAt, occurredAt: (version.created_at as string).replace('Z', '.000Z'), findings, importId: 1 },
    ...{ sourceTable: 'cycle_report_scoping_versions', sourceKey: version.version_id },
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
      ...{ occurredAt: '2025-01-05T09:00:00.000Z', sourceTable: null, sourceKey: null, importId: null, findings: [] },
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
      ...['RECORDED', 'SCOPING 3 RECORDED', 'SCOPING 2 RECORDED', 'SCOPING 1 RECORDED', ...assignments],
    ]);
    // Of a record of which something was captured, only that is shown.
    expect(await bases(versionsCame[1]!)).toEqual([
      ...['RECORDED', 'SCOPING 2 CAPTURED', 'SCOPING 1 CAPTURED', ...assignments],
    ]);
    expect(await bases(afterImport)).toEqual([
      ...['CAPTURED', 'SCOPING 3 CAPTURED', 'SCOPING 2 CAPTURED', 'SCOPING 1 CAPTURED'],
      ...['DATA_OWNER_ID 2 CAPTURED', 'DATA_OWNER_ID 1 CAPTURED'],
    ]);
  });
});
