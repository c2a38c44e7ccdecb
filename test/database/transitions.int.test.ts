/**
 * Transitions that the rules do not know, tried in SQL: as the service's role, in the name of a person and without one, and
 * where the rule binds whoever asks, as the owner and as a superuser. What is allowed stands beside it, so that a refusal is
 * known to be about what it should be about; and nothing of it leaves a trace.
 */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { auditOnlyPhases, fullPhases, phaseOf } from '../../src/phases';
import { columnName, contentFields } from '../../src/versioning/fields';
import { versionStatuses, type VersionStatus } from '../../src/versioning/model';
import type { AuditOnlyPhase, FullPhase, PhaseDeclaration } from '../../src/versioning/phase';
import {
  approverOf,
  buildRecord,
  buildVersion,
  commandInput,
  signAll,
  sendCommand,
  type BuiltVersion,
} from '../support/builders';
import { liveRows, logFaults, loggedCommits, transaction } from '../support/log';
import { ada, aud, ben, dan, eve, olga, makeDataOwners, otherWorkflow, tess, workflow, World } from '../support/world';

let world: World;
/** A version of every phase in every status that it can have; those of records are of two records. */
const versions: Record<string, Partial<Record<VersionStatus, BuiltVersion>>> = {};
/** The latest version of the record whose first version is superseded. */
const latest: Record<string, string> = {};
/** A recorded version that was imported without its content. */
const bare: Record<string, string> = {};
const idOf = (phase: string, status: VersionStatus) => versions[phase]![status]!.versionId;

const lob = '0194d2a0-5c00-7000-8000-0000000000a1';
const otherLob = '0194d2a0-5c00-7000-8000-0000000000a2';

type Role = 'service' | 'owner' | 'superuser';
const clients = {} as Record<Role, pg.Client>;
const everything = () =>
  world.session('superuser', async (client) => ({
    rows: await liveRows(client),
    commits: (await loggedCommits(client)).map(({ changeSetId }) => changeSetId),
  }));
let before: Awaited<ReturnType<typeof everything>>;

beforeAll(async () => {
  world = await World.create();
  await makeDataOwners(world, tess, olga, ada, ben);
  await world.sql('owner', `insert into lobs (lob_id, name) values ('${otherLob}', 'Treasury')`);
  for (const { key } of fullPhases)
    versions[key] = {
      SUPERSEDED: await buildVersion(world, { phase: key, status: 'APPROVED' }),
      APPROVED: await buildVersion(world, { phase: key, status: 'APPROVED' }),
      REJECTED: await buildVersion(world, { phase: key, status: 'REJECTED' }),
      PENDING_APPROVAL: await buildVersion(world, { phase: key, status: 'PENDING_APPROVAL' }),
      DRAFT: await buildVersion(world, { phase: key }),
    };
  for (const { key } of fullPhases) await signAll(world, versions[key]!.PENDING_APPROVAL!, key);
  for (const phase of auditOnlyPhases) {
    const { key, commands } = phase;
    const first = await buildRecord(world, { phase: key });
    const [change] = Object.keys(commands).filter((name) => commands[name]!.next && !commands[name]!.start);
    const next = await sendCommand(world, ben, phase, change!, {
      versionId: first.versionId,
      expectedRevision: first.revision,
      ...commandInput(phase, change!),
    });
    versions[key] = { SUPERSEDED: first, RECORDED: await buildRecord(world, { phase: key }) };
    latest[key] = next.versionId;
    const header = headerOf(phase, 'RECORDED');
    bare[key] = header.version_id;
    await world.session('owner', (client) =>
      transaction(client, () => client.query(inserting('phase_version', header))),
    );
  }
  for (const role of ['service', 'owner', 'superuser'] as const) {
    clients[role] = new pg.Client({ connectionString: world.database[`${role}Url`] });
    await clients[role].connect();
  }
  before = await everything();
});
afterAll(async () => {
  for (const client of Object.values(clients)) await client.end();
  await world.destroy();
});

// ── statements ──────────────────────────────────────────────────────────────────────────────────────────────────────

type Row = Record<string, unknown>;
const literal = (value: unknown) => `'${JSON.stringify(value).replaceAll("'", "''")}'::jsonb`;
const inserting = (table: string, row: Row) =>
  `insert into ${table} select * from jsonb_populate_record(null::${table}, ${literal(row)})`;
/** A copy of a version's row of a table, with changes. */
const copying = (table: string, versionId: string, changes: string) =>
  `insert into ${table} select c.* from ${table} t, jsonb_populate_record(null::${table}, to_jsonb(t) || ${changes}) c
   where t.version_id = '${versionId}'`;

const periods: Partial<Record<VersionStatus, Row>> = {
  APPROVED: { effective_from: '2026-01-01T00:00:00Z' },
  RECORDED: { effective_from: '2026-01-01T00:00:00Z' },
  SUPERSEDED: { effective_from: '2020-01-01T00:00:00Z', effective_to: '2020-02-01T00:00:00Z' },
};

/** The header of one more version of a drafted phase, or of the first of another record. */
function headerOf(phase: PhaseDeclaration, status: VersionStatus, changes: Row = {}): Row & { version_id: string } {
  const isDrafted = phase.versioning === 'FULL';
  return {
    version_id: randomUUID(),
    master_record_id: isDrafted ? versions[phase.key]!.DRAFT!.masterRecordId : randomUUID(),
    stream_id: workflow.workflowId,
    cycle_id: workflow.cycleId,
    report_id: workflow.reportId,
    phase: phase.key,
    versioning_type: phase.versioning,
    version_number: isDrafted ? 1000 : 1,
    status,
    created_at: '2026-01-01T00:00:00Z',
    created_by: ada,
    approval_required: isDrafted,
    revision: 1,
    content_hash: '',
    is_deleted: false,
    ...periods[status],
    ...changes,
  };
}

/** A new record with the content of another. */
function starting(phase: AuditOnlyPhase, changes: Row = {}, content: Row = {}): string[] {
  const header = headerOf(phase, 'RECORDED', changes);
  const row = { version_id: header.version_id, stream_id: header.stream_id, ...content };
  return [inserting('phase_version', header), copying(phase.version.table, idOf(phase.key, 'RECORDED'), literal(row))];
}

const closing = (versionId: string) =>
  `update phase_version set status = 'SUPERSEDED', effective_to = date_trunc('milliseconds', now()) where version_id = '${versionId}'`;

/** The next version of a record, which closes the one before it; `after` is that one, unless told otherwise. */
function following(phase: AuditOnlyPhase, after: string, by: number, changes: Row = {}): string[] {
  const row = { version_id: randomUUID() };
  return [
    closing(after),
    copying(
      'phase_version',
      after,
      `jsonb_build_object('version_number', t.version_number + 1, 'parent_version_id', t.version_id, 'base_version_id', t.version_id,
         'status', 'RECORDED', 'effective_from', t.effective_to, 'effective_to', null, 'created_by', ${by}, 'reviewed_by', null)
       || ${literal({ ...row, ...changes })}`,
    ),
    copying(phase.version.table, after, literal(row)),
  ];
}

interface Writer {
  readonly role: Role;
  /** Whose deed the service says it is; nobody's if left out. */
  readonly actor?: number;
}
const inNobodysName: Writer = { role: 'service' };
const as = (actor: number): Writer => ({ role: 'service', actor });
const whoever: readonly [title: string, writer: Writer][] = [
  ['the service for a person', as(ada)],
  ['the service for nobody', inNobodysName],
  ['the owner', { role: 'owner' }],
  ['a superuser', { role: 'superuser' }],
];
const noService = whoever.filter(([, { role }]) => role !== 'service');

/** Runs statements in a transaction that is always undone, up to what is checked at its end; says how it ended. */
async function tried({ role, actor }: Writer, ...statements: string[]): Promise<string> {
  const client = clients[role];
  await client.query('begin');
  try {
    if (actor)
      await client.query("select log.open($1, $2, $3, 'Because.', null)", [workflow.workflowId, actor, 'test']);
    for (const sql of statements) if ((await client.query(sql)).rowCount === 0) return 'no row';
    await client.query('set constraints all immediate');
    return 'done';
  } catch (error) {
    return (error as pg.DatabaseError).code!;
  } finally {
    await client.query('rollback');
  }
}

// ── drafted versions ────────────────────────────────────────────────────────────────────────────────────────────────

const drafted = versionStatuses.filter((status) => status !== 'RECORDED');
const steps = new Set([
  'DRAFT PENDING_APPROVAL',
  'PENDING_APPROVAL DRAFT',
  'PENDING_APPROVAL APPROVED',
  'PENDING_APPROVAL REJECTED',
  'APPROVED SUPERSEDED',
  'RECORDED SUPERSEDED',
]);
const pairs = (from: readonly VersionStatus[]) =>
  from.flatMap((one) => versionStatuses.filter((other) => other !== one).map((other) => [one, other] as const));

/** All that a status asks for beside its name, so that a refusal is about the step and nothing else. */
function dressed(to: VersionStatus, { key, versioning }: PhaseDeclaration): string {
  const reviewed = `reviewed_at = now(), reviewed_by = ${versioning === 'FULL' ? approverOf(key) : olga}`;
  const asked: Record<VersionStatus, string> = {
    DRAFT: `effective_from = null, effective_to = null, submitted_at = null, submitted_by = null`,
    PENDING_APPROVAL: `effective_from = null, effective_to = null, submitted_at = now(), submitted_by = ${ada}`,
    APPROVED: `effective_from = now(), effective_to = null, ${reviewed}`,
    REJECTED: `effective_from = null, effective_to = null, ${reviewed}, approval_notes = 'why'`,
    SUPERSEDED: `effective_from = coalesce(effective_from, now()), effective_to = now()`,
    RECORDED: `effective_from = now(), effective_to = null`,
  };
  return `status = '${to}', ${asked[to]}`;
}
const step = (phase: PhaseDeclaration, from: VersionStatus, assignments: string) =>
  `update phase_version set ${assignments} where version_id = '${idOf(phase.key, from)}'`;

/** How every step that is none ends: with its status alone, and with all that the status asks for. */
async function illegalSteps(writer: Writer, phase: PhaseDeclaration, from: readonly VersionStatus[]) {
  const outcomes: [step: string, outcome: string][] = [];
  for (const [one, other] of pairs(from).filter((pair) => !steps.has(pair.join(' '))))
    for (const assignments of [`status = '${other}'`, dressed(other, phase)])
      outcomes.push([`${one} → ${other}`, await tried(writer, step(phase, one, assignments))]);
  return outcomes;
}
const refused = (outcomes: readonly [string, string][]) =>
  outcomes.map(([what]) => [what, expect.stringMatching(/^PL00[45]$/)]);

describe.each(fullPhases.map((phase) => [phase.title, phase] as [string, FullPhase]))('%s', (_, phase) => {
  const approver = approverOf(phase.key);
  /** A version is superseded by the one that is approved. */
  const taking = (from: VersionStatus, to: VersionStatus) => [
    ...(to === 'APPROVED' ? [closing(idOf(phase.key, 'APPROVED'))] : []),
    step(phase, from, dressed(to, phase)),
  ];

  test.each(whoever)('takes no step that is none, whoever asks: %s', async (_, writer) => {
    const outcomes = await illegalSteps(writer, phase, drafted);
    expect(outcomes).toHaveLength(40);
    expect(outcomes).toEqual(refused(outcomes));
  });

  test('takes the steps that there are, in the name of the one who acts', async () => {
    for (const [from, to] of pairs(drafted).filter((pair) => steps.has(pair.join(' ')) && pair[1] !== 'SUPERSEDED')) {
      const own = to === 'PENDING_APPROVAL' ? ada : approver;
      const answer = async (writer: Writer) => [from, to, await tried(writer, ...taking(from, to))];
      expect(await answer(as(own))).toEqual([from, to, 'done']);
      // All but the way back name who took them.
      const names = to !== 'DRAFT';
      expect(await answer(as(eve))).toEqual([from, to, names ? 'PL006' : 'done']);
      expect(await answer(inNobodysName)).toEqual([from, to, names ? 'PL006' : 'done']);
    }
  });

  test('starts as a draft and as nothing else, unless it is imported', async () => {
    const start = async (writer: Writer, status: VersionStatus) => [
      status,
      await tried(writer, inserting('phase_version', headerOf(phase, status))),
    ];
    for (const writer of [as(ada), inNobodysName])
      for (const status of versionStatuses)
        expect(await start(writer, status)).toEqual([
          status,
          status === 'DRAFT' ? 'done' : status === 'RECORDED' ? '23514' : 'PL004',
        ]);
    // Whoever imports it: it is not recorded, and there is one in force already.
    for (const [, writer] of noService) {
      expect(await start(writer, 'RECORDED')).toEqual(['RECORDED', '23514']);
      expect(await start(writer, 'APPROVED')).toEqual(['APPROVED', '23P01']);
      expect(await start(writer, 'SUPERSEDED')).toEqual(['SUPERSEDED', 'done']);
    }
  });
});

// ── records ─────────────────────────────────────────────────────────────────────────────────────────────────────────

describe.each(auditOnlyPhases.map((phase) => [phase.title, phase] as [string, AuditOnlyPhase]))('%s', (_, phase) => {
  const { key, version } = phase;
  const recorded = () => idOf(key, 'RECORDED');
  const [word] = contentFields(version.fields).find(([, { kind, required }]) => kind === 'text' && required)!;
  const column = columnName(word);

  test.each(whoever)('takes no step that is none, whoever asks: %s', async (_, writer) => {
    const outcomes = await illegalSteps(writer, phase, ['RECORDED', 'SUPERSEDED']);
    expect(outcomes).toHaveLength(18);
    expect(outcomes).toEqual(refused(outcomes));
  });

  test('starts as recorded and as nothing else, not even imported', async () => {
    const start = async (writer: Writer, status: VersionStatus) => [
      status,
      await tried(writer, inserting('phase_version', headerOf(phase, status))),
    ];
    for (const status of versionStatuses) {
      const service = { RECORDED: 'done', DRAFT: '23514' }[status as string] ?? 'PL004';
      expect(await start(as(ada), status)).toEqual([status, service]);
      // Superseded by what? The rule is asked when all is written.
      const imported = { RECORDED: 'done', SUPERSEDED: 'PL004' }[status as string] ?? '23514';
      for (const [, writer] of noService) expect(await start(writer, status)).toEqual([status, imported]);
    }
  });

  test.each(whoever)(
    'is not closed without a next version, and that is known at the end: %s',
    async (_, { role, actor }) => {
      const client = clients[role];
      const close = async (...more: string[]) => {
        await client.query('begin');
        if (actor)
          await client.query("select log.open($1, $2, $3, 'Because.', null)", [workflow.workflowId, actor, 'test']);
        for (const sql of [closing(recorded()), ...more]) expect((await client.query(sql)).rowCount).toBe(1);
        return client.query('commit').then(
          () => 'done',
          (error: pg.DatabaseError) => error.code,
        );
      };
      expect(await close()).toBe('PL004');
      if (actor) expect(await close(`select log.commit('${workflow.workflowId}')`)).toBe('PL004');
      const { rows } = await client.query('select status, effective_to from phase_version where version_id = $1', [
        recorded(),
      ]);
      expect(rows).toEqual([{ status: 'RECORDED', effective_to: null }]);
    },
  );

  test('goes on with the version after its latest', async () => {
    const next = (changes: Row, after = recorded()) => tried(as(ada), ...following(phase, after, ada, changes));
    expect(await next({})).toBe('done');
    expect(await next({}, latest[key])).toBe('done');
    expect(await next({ version_number: 3 })).toBe('PL004');
    expect(await next({ version_number: 1 })).toBe('PL004');
    expect(await next({ parent_version_id: null, base_version_id: null })).toBe('PL004');
    expect(await next({ parent_version_id: null, base_version_id: null, version_number: 1 })).toBe('23505');
    // After one that is not the latest, by its number and by its place.
    const earlier = { parent_version_id: idOf(key, 'SUPERSEDED'), base_version_id: idOf(key, 'SUPERSEDED') };
    expect(await next(earlier, latest[key])).toBe('PL004');
    expect(await next({ ...earlier, version_number: 2 }, latest[key])).toBe('23505');
    // (A document would name another submitter, which is told first.)
    expect(await next({ parent_version_id: latest[key], version_number: 3 })).toMatch(/^(23503|PL005)$/);
    // And nothing is put beside a version that is in force.
    const [, ...beside] = following(phase, recorded(), ada, { effective_from: '2026-01-01T00:00:00Z' });
    expect(await tried(as(ada), ...beside)).toBe('23P01');
    for (const [, writer] of noService) expect(await tried(writer, ...beside)).toBe('23P01');
  });

  test('is recorded, submitted and reviewed in nobody’s name but the actor’s', async () => {
    const start = (writer: Writer, changes: Row = {}) => tried(writer, ...starting(phase, changes));
    const next = (writer: Writer, changes: Row = {}) => tried(writer, ...following(phase, recorded(), ben, changes));
    const at = '2026-01-02T00:00:00Z';
    expect(await start(as(ada), { created_by: ada, submitted_by: ada, submitted_at: at })).toBe('done');
    expect(await start(as(ada), { created_by: olga })).toBe('PL006');
    expect(await start(as(ada), { submitted_by: olga, submitted_at: at })).toBe('PL006');
    expect(await start(as(ada), { reviewed_by: olga, reviewed_at: at })).toBe('PL006');
    expect(await start(inNobodysName)).toBe('PL006');
    expect(await next(as(ben))).toBe('done');
    expect(await next(as(ben), { reviewed_by: ben, reviewed_at: at })).toBe('done');
    expect(await next(as(ada))).toBe('PL006');
    expect(await next(as(ben), { created_by: eve })).toBe('PL006');
    expect(await next(as(ben), { submitted_by: eve, submitted_at: at })).toBe('PL005');
    expect(await next(as(ben), { submitted_by: ben, submitted_at: at })).toBe('PL005');
    expect(await next(as(ben), { reviewed_by: olga, reviewed_at: at })).toBe('PL006');
    expect(await next(inNobodysName)).toBe('PL006');
  });

  test('is not reviewed by who handed it in, nor by who changed it', async () => {
    const review = (by: number, after: string) =>
      tried(as(by), ...following(phase, after, by, { reviewed_by: by, reviewed_at: '2026-01-02T00:00:00Z' }));
    expect(await review(ada, recorded())).toBe('PL006');
    expect(await review(ben, recorded())).toBe('done');
    // Ada handed it in, and Ben changed it.
    expect(await review(ben, latest[key]!)).toBe('PL006');
    expect(await review(dan, latest[key]!)).toBe('done');
  });

  describe.each(whoever)('stays as it was recorded, whoever asks: %s', (_, writer) => {
    const statuses = ['RECORDED', 'SUPERSEDED'] as const;

    test('its content', async () => {
      for (const status of statuses) {
        const of = `version_id = '${idOf(key, status)}'`;
        const edits = [
          `update ${version.table} set ${column} = 'forged' where ${of}`,
          `delete from ${version.table} where ${of}`,
          `insert into ${version.table} select * from ${version.table} where ${of} on conflict (version_id) do update set ${column} = 'forged'`,
          `merge into ${version.table} t using (select 1) s on t.${of} when matched then delete`,
        ];
        for (const sql of edits) expect([sql, await tried(writer, sql)]).toEqual([sql, 'PL005']);
      }
      const late = copying(version.table, recorded(), literal({ version_id: bare[key] }));
      expect(await tried(writer, late)).toBe('PL005');
    });

    test('also in the commit that records it', async () => {
      const id = randomUUID();
      const start = starting(phase, { version_id: id, created_by: writer.actor ?? ada });
      const code = writer.role === 'service' && !writer.actor ? 'PL006' : 'PL005';
      for (const edit of [`update ${version.table} set ${column} = 'forged'`, `delete from ${version.table}`])
        expect([edit, await tried(writer, ...start, `${edit} where version_id = '${id}'`)]).toEqual([edit, code]);
    });

    test('its header', async () => {
      const changes: [assignment: string, code: string][] = [
        ['created_by = 5', 'PL003'],
        [`created_at = '2020-01-01'`, 'PL003'],
        ['version_number = 99', 'PL003'],
        ['approval_required = not approval_required', 'PL003'],
        ['parent_version_id = case when parent_version_id is null then version_id end', 'PL003'],
        ['base_version_id = case when base_version_id is null then version_id end', 'PL005'],
        [`content_hash = 'forged'`, 'PL005'],
        ['submitted_by = 5', 'PL005'],
        [`submitted_at = '2020-01-01'`, 'PL005'],
        ['reviewed_by = 5', 'PL005'],
        [`reviewed_at = '2020-01-01'`, 'PL005'],
        [`approval_notes = 'forged'`, 'PL005'],
        [`effective_from = '2020-01-01'`, 'PL005'],
        ['revision = revision - 1', 'PL005'],
      ];
      for (const status of statuses)
        for (const [assignment, code] of changes)
          expect([assignment, await tried(writer, step(phase, status, assignment))]).toEqual([assignment, code]);
      const deletion = 'is_deleted = true, deleted_at = now(), deleted_by = 1';
      expect(await tried(writer, step(phase, 'RECORDED', deletion))).toBe('PL005');
      expect(await tried(writer, step(phase, 'SUPERSEDED', deletion))).toBe('PL005');
      expect(await tried(writer, step(phase, 'SUPERSEDED', `effective_to = '2999-01-01'`))).toBe('PL005');
      expect(await tried(writer, step(phase, 'RECORDED', `effective_to = now()`))).toBe('PL005');
    });

    test('and is there', async () => {
      for (const status of statuses)
        for (const sql of [
          `delete from phase_version where version_id = '${idOf(key, status)}'`,
          `truncate phase_version cascade`,
          `truncate ${version.table}`,
        ])
          expect([sql, await tried(writer, sql)]).toEqual([sql, writer.role === 'service' ? '42501' : 'PL005']);
    });
  });
});

describe('an assignment', () => {
  const phase = phaseOf('DATA_OWNER_ID') as AuditOnlyPhase;
  const [first, second, third] = ['2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'];
  const primary = { data_owner_id: tess, lob_id: lob, assignment_type: 'PRIMARY', assignment_status: 'ACTIVE' };
  const assigned = (from: string, to: string | null, content: Row = {}, header: Row = {}) =>
    starting(phase, header, { ...primary, valid_from: from, valid_to: to, ...content });
  const writers = whoever.filter(([, { role, actor }]) => role !== 'service' || actor);

  type Assigned = Parameters<typeof assigned>;
  test.each<[string, Assigned, Assigned]>([
    ['for the same time', [first, second], [first, second]],
    ['for a millisecond', [first, second], ['2026-01-31T23:59:59.999Z', third]],
    ['for ever', [first, null], [second, null]],
    ['within the other’s time', [first, third], ['2026-01-02T00:00:00Z', second]],
    ['around the other’s time', ['2026-01-02T00:00:00Z', second], [first, third]],
    ['written otherwise', [first, third], [first, third, { assignment_type: ' primary ' }]],
    ['until the other is handed over', [first, third, { assignment_status: 'TRANSFERRED' }], [second, null]],
    ['until the other ends', [first, third, { assignment_status: 'INACTIVE' }], [second, null]],
    ['of the same person', [first, second, { data_owner_id: dan }], [first, null, { data_owner_id: dan }]],
  ])('does not make a second primary owner of a line of business: %s', async (_, one, other) => {
    for (const [who, writer] of writers) {
      expect([who, await tried(writer, ...assigned(...one))]).toEqual([who, 'done']);
      expect([who, await tried(writer, ...assigned(...one), ...assigned(...other))]).toEqual([who, 'PL008']);
    }
  });

  test('does not make one either in the same statement as the other', async () => {
    const [header1, content1] = assigned(first, null) as [string, string];
    const [header2, content2] = assigned(second, null) as [string, string];
    const both = `${content1} union all ${content2.slice(content2.indexOf('select'))}`;
    for (const [, writer] of writers) expect(await tried(writer, header1, header2, both)).toBe('PL008');
  });

  test.each<[string, Assigned, Assigned]>([
    ['one after the other', [first, second], [second, third]],
    ['for no time at all', [first, third], [second, second]],
    ['of another line of business', [first, null], [first, null, { lob_id: otherLob }]],
    ['of the whole report', [first, null], [first, null, { lob_id: null }]],
    ['as another kind of owner', [first, null], [first, null, { assignment_type: 'BACKUP' }]],
  ])('may stand beside a primary owner: %s', async (_, one, other) => {
    for (const [who, writer] of writers)
      expect([who, await tried(writer, ...assigned(...one), ...assigned(...other))]).toEqual([who, 'done']);
  });

  test('may stand beside a primary owner: in another workflow', async () => {
    const { workflowId, reportId } = otherWorkflow;
    const elsewhere = assigned(first, null, { stream_id: workflowId }, { stream_id: workflowId, report_id: reportId });
    for (const [, writer] of noService)
      expect(await tried(writer, ...assigned(first, null), ...elsewhere)).toBe('done');
  });

  test('does not end before it starts', async () => {
    for (const [who, writer] of writers) {
      expect([who, await tried(writer, ...assigned(second, first))]).toEqual([who, '23514']);
      expect([who, await tried(writer, ...assigned(second, second))]).toEqual([who, 'done']);
    }
  });

  test('is counted, like a document, from one; and an answer is whole, and after its question', async () => {
    const document = (content: Row) => starting(phaseOf('REQUEST_INFO') as AuditOnlyPhase, {}, content);
    const answer = (content: Row) => starting(phaseOf('TEST_EXECUTION') as AuditOnlyPhase, {}, content);
    const whole = { responded_by_id: ada, responded_at: '2999-01-01T00:00:00Z', response_status: 'DONE' };
    for (const [, writer] of writers) {
      expect(await tried(writer, ...document({ document_version: 0 }))).toBe('23514');
      expect(await tried(writer, ...answer(whole))).toBe('done');
      expect(await tried(writer, ...answer({ ...whole, responded_at: '2020-01-01T00:00:00Z' }))).toBe('23514');
      for (const part of Object.keys(whole))
        expect(await tried(writer, ...answer({ ...whole, [part]: null }))).toBe('23514');
    }
  });
});

describe('the test report', () => {
  const phase = phaseOf('FINALIZE_TEST_REPORT') as FullPhase;
  const draft = () => idOf(phase.key, 'DRAFT');
  const set = (assignments: string, status: VersionStatus = 'DRAFT') =>
    `update ${phase.version.table} set ${assignments} where version_id = '${idOf(phase.key, status)}'`;
  const waiving = 'requires_executive_approval = false';
  const waived = (): string[] => {
    const header = headerOf(phase, 'DRAFT');
    const content = { version_id: header.version_id, requires_executive_approval: false };
    return [inserting('phase_version', header), copying(phase.version.table, draft(), literal(content))];
  };

  test('does without the executive’s signature only if a test executive says so', async () => {
    for (const person of [ada, ben, olga, dan, eve, aud]) {
      expect([person, await tried(as(person), set(waiving))]).toEqual([person, 'PL009']);
      expect([person, await tried(as(person), ...waived())]).toEqual([person, 'PL009']);
    }
    expect(await tried(inNobodysName, set(waiving))).toBe('PL009');
    expect(await tried(inNobodysName, ...waived())).toBe('PL009');
    expect(await tried(as(tess), set(waiving))).toBe('done');
  });

  test('that does without it has no more editors than before, unless more than that is written', async () => {
    const editors = async (assignments: string) => {
      const client = clients.service;
      await client.query('begin');
      await client.query("select log.open($1, $2, $3, 'Because.', null)", [workflow.workflowId, tess, 'test']);
      await client.query(set(assignments));
      const { rows } = await client.query<{ user_id: number }>(
        'select user_id from version_editor where version_id = $1 order by 1',
        [draft()],
      );
      await client.query('rollback');
      return rows.map(({ user_id }) => user_id);
    };
    expect(await editors(waiving)).toEqual([ada]);
    expect(await editors(`${waiving}, report_title = 'Another'`)).toEqual([ada, tess]);
    expect(await editors(`report_title = 'Another'`)).toEqual([ada, tess]);
  });

  test('that was submitted does not do without it any more, whoever asks', async () => {
    for (const status of ['PENDING_APPROVAL', 'APPROVED', 'REJECTED', 'SUPERSEDED'] as const)
      for (const [who, writer] of [...whoever, ['the test executive', as(tess)] as const]) {
        const code = writer.role === 'service' && writer.actor !== tess ? 'PL009' : 'PL005';
        expect([status, who, await tried(writer, set(waiving, status))]).toEqual([status, who, code]);
      }
  });

  test('is signed in the name of the one who acts while it is reviewed, and no signature is ever changed', async () => {
    const table = 'test_report_signoffs';
    const changing = [
      `update ${table} set sign_off_status = 'SIGNED', sign_off_user_id = ${ada}`,
      `update ${table} set sign_off_comments = 'forged'`,
      `delete from ${table}`,
      `truncate ${table}`,
      `merge into ${table} t using (select 1) s on true when matched then delete`,
    ];
    const signing = (status: VersionStatus) =>
      copying(
        table,
        idOf(phase.key, status),
        `jsonb_build_object('sign_off_id', gen_random_uuid(), 'sign_off_date', now())`,
      );
    for (const [, writer] of whoever)
      for (const sql of changing)
        expect([sql, await tried(writer, sql)]).toEqual([sql, writer.role === 'service' ? '42501' : 'PL005']);
    for (const writer of [inNobodysName, as(ada), as(tess), { role: 'owner' } as const])
      for (const status of ['APPROVED', 'PENDING_APPROVAL'] as const)
        expect(await tried(writer, signing(status))).toBe('PL004');
  });
});

// What the service writes must follow from what was there before.
describe('the database refuses the service as well:', () => {
  const documents = phaseOf('REQUEST_INFO') as AuditOnlyPhase;
  const owners = phaseOf('DATA_OWNER_ID') as AuditOnlyPhase;
  const questions = phaseOf('TEST_EXECUTION') as AuditOnlyPhase;
  /** The next version of a record, with other content. */
  function changing(phase: AuditOnlyPhase, after: string, by: number, content: Row, header: Row = {}): string[] {
    const version_id = randomUUID();
    const [close, next] = following(phase, after, by, { version_id, ...header }) as [string, string, string];
    return [close, next, copying(phase.version.table, after, literal({ version_id, ...content }))];
  }
  const reviewed = (by: number) => ({ reviewed_by: by, reviewed_at: '2026-01-02T00:00:00Z' });

  test('a record that begins with a review by the one who hands it in', async () => {
    const own = { submitted_by: ada, submitted_at: '2026-01-02T00:00:00Z', ...reviewed(ada) };
    expect(await tried(as(ada), ...starting(documents, own))).toMatch(/^PL/);
  });

  test('a revision that grows although nothing changes, of a version that is recorded', async () => {
    expect(await tried(as(ada), step(documents, 'RECORDED', 'revision = revision + 1'))).toMatch(/^PL/);
  });

  test('the end of an approved version that no other follows', async () => {
    expect(await tried(as(tess), closing(idOf('SCOPING', 'APPROVED')))).toMatch(/^PL/);
  });

  test.each<[string, () => string[]]>([
    [
      'a document that its submitter accepts by naming no reviewer',
      () => changing(documents, idOf(documents.key, 'RECORDED'), ada, { submission_status: 'ACCEPTED' }),
    ],
    [
      'an assignment that has ended and is active again',
      () => changing(owners, latest[owners.key]!, ada, { assignment_status: 'ACTIVE', valid_to: null }),
    ],
    [
      'a second answer to a request',
      () => changing(questions, latest[questions.key]!, ada, { response_status: 'ANOTHER' }),
    ],
    [
      'an answer in another person’s name',
      () =>
        changing(questions, idOf(questions.key, 'RECORDED'), ada, {
          responded_by_id: olga,
          responded_at: '2999-01-01T00:00:00Z',
          response_status: 'DONE',
        }),
    ],
  ])('%s', async (_, statements) => {
    expect(await tried(as(ada), ...statements())).toMatch(/^PL/);
  });
});

test('nothing of all this has left a trace', async () => {
  expect(await everything()).toEqual(before);
  expect(await world.session('superuser', logFaults)).toEqual([]);
});
