/** How each untidy case of the old data is decided: by planners alone, without a database. */
import { phaseOf } from '../../src/phases';
import { parseLiteral } from '../../src/legacy/literals';
import { rowsOfJson } from '../../src/legacy/json-rows';
import { planPhase } from '../../src/legacy/plan/index';
import { People } from '../../src/legacy/plan/workflow';
import { readInstant, SourceRow } from '../../src/legacy/source-row';
import type { Unit } from '../../src/legacy/unit';
import { at, row, type OldRow } from '../support/old-system';

const SCOPING = 'cycle_report_scoping_versions';
const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

let ordinal = 0;
const sourceRow = (table: string, values: OldRow, key?: string) => {
  const raw = JSON.stringify(row(table, values));
  const own = key ?? `${(values.version_id ?? values.sample_id ?? values.id ?? `#${++ordinal}`) as string | number}`;
  return new SourceRow(table, own, raw, raw);
};

const plan = (phase: string, rows: readonly SourceRow[], repeated: ReadonlyMap<string, string> = new Map()): Unit[] =>
  planPhase(
    {
      workflow: { cycle: 1, report: 2 },
      phase: phaseOf(phase),
      people: new People(),
      reportOwner: 12,
      beganAt: at(0),
      rows,
    },
    repeated,
    new Map([[31, id(31)]]),
  );

/** A version of Scoping; approved ones by the owner, an hour after they were made. */
const version = (n: number, version_status: string, values: OldRow = {}): OldRow => ({
  version_id: id(n),
  version_number: n,
  version_status,
  phase_id: 5,
  created_by_id: 11,
  created_at: at(n * 100),
  updated_at: at(n * 100 + 70),
  ...(/approved|superseded/i.test(version_status) && {
    submitted_by_id: 11,
    submitted_at: at(n * 100 + 30),
    approved_by_id: 12,
    approved_at: at(n * 100 + 60),
  }),
  ...values,
});

interface Planned {
  readonly number: number;
  readonly status: string;
  readonly parent: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly findings: string[];
}

/** The versions that were planned, and what was noted of each. */
function versionsOf(units: readonly Unit[]): Planned[] {
  return units.flatMap(({ rows, sources }) =>
    rows
      .filter(([table]) => table === 'phase_version')
      .flatMap(([, all]) => all)
      .map((planned) => ({
        number: planned.version_number as number,
        status: planned.status as string,
        parent: planned.parent_version_id as string | null,
        from: planned.effective_from as string | null,
        to: planned.effective_to as string | null,
        findings: (sources[0]?.source.findings ?? [])
          .map(({ code }) => code)
          .filter((code) => !['EMPTY_VERSION', 'APPROVED_EMPTY'].includes(code)),
      })),
  );
}
const scoping = (...versions: OldRow[]) =>
  versionsOf(
    plan(
      'SCOPING',
      versions.map((values) => sourceRow(SCOPING, values)),
    ),
  );
const iso = (minutes: number) => new Date(at(minutes)).toISOString();

/** No two are in force at once, and the numbers are all different: what the database demands. */
function expectLawful(versions: readonly Planned[]): void {
  const inForce = versions
    .filter(({ from, to }) => from !== null && from !== to)
    .sort((a, b) => a.from!.localeCompare(b.from!));
  inForce.forEach(({ to }, i) => i + 1 < inForce.length && expect(to! <= inForce[i + 1]!.from!).toBe(true));
  expect(new Set(versions.map(({ number }) => number)).size).toBe(versions.length);
  expect(versions.filter(({ status }) => status === 'APPROVED').length).toBeLessThanOrEqual(1);
}

describe('versions', () => {
  it('dozens of abandoned drafts stay drafts, each with its number', () => {
    const versions = scoping(...Array.from({ length: 32 }, (_, i) => version(i + 1, i === 20 ? 'approved' : 'draft')));
    expect(versions.map(({ number }) => number)).toEqual(Array.from({ length: 32 }, (_, i) => i + 1));
    expect(versions.filter(({ status }) => status === 'DRAFT')).toHaveLength(31);
    expectLawful(versions);
  });

  it('several may be pending beside an approved one', () => {
    const versions = scoping(
      version(1, 'approved'),
      ...[2, 3, 4].map((n) => version(n, 'PENDING_APPROVAL', { submitted_by_id: 11, submitted_at: at(n * 100 + 5) })),
    );
    expect(versions.map(({ status, findings }) => [status, findings])).toEqual([
      ['APPROVED', []],
      ...Array.from({ length: 3 }, () => ['PENDING_APPROVAL', []]),
    ]);
    expectLawful(versions);
  });

  it('a draft that was handed in by somebody is a draft, a pending one by nobody is pending; each cell is told', () => {
    const versions = scoping(
      version(1, 'draft', { submitted_by_id: 11 }),
      version(2, 'pending_approval', { submitted_at: at(300), submitted_by_id: null }),
    );
    expect(versions.map(({ status, findings }) => [status, findings])).toEqual([
      ['DRAFT', ['DRAFT_WITH_SUBMISSION']],
      ['PENDING_APPROVAL', ['SUBMISSION_INCOMPLETE']],
    ]);
    expectLawful(versions);
  });

  it('of several approved ones the last is in force, the others until then', () => {
    const versions = scoping(
      version(1, 'approved'),
      version(3, 'approved'),
      version(2, 'approved', { approved_at: at(900) }),
    );
    expect(versions.map(({ number, status, from, to, findings }) => [number, status, from, to, findings])).toEqual([
      [1, 'SUPERSEDED', iso(160), iso(360), ['SEVERAL_APPROVED']],
      [2, 'APPROVED', iso(900), null, []],
      [3, 'SUPERSEDED', iso(360), iso(900), ['SEVERAL_APPROVED']],
    ]);
    expectLawful(versions);
  });

  it('a superseded one was in force until the next; one that was never approved never was', () => {
    const versions = scoping(
      version(1, 'superseded'),
      version(2, 'superseded', { approved_at: null, approved_by_id: null }),
      version(3, 'approved'),
    );
    expect(
      versions.map(({ status, from, to, findings }) => [status, from === to ? 'never' : [from, to], findings]),
    ).toEqual([
      ['SUPERSEDED', [iso(160), iso(360)], []],
      ['SUPERSEDED', 'never', ['NEVER_APPROVED']],
      ['APPROVED', [iso(360), null], []],
    ]);
    expectLawful(versions);
  });

  it('a superseded one without a successor has ended, and so has one that was approved after the one in force', () => {
    expect(scoping(version(1, 'superseded'))[0]).toMatchObject({
      status: 'SUPERSEDED',
      findings: ['SUPERSEDED_WITHOUT_SUCCESSOR'],
    });
    const versions = scoping(version(1, 'approved'), version(2, 'superseded'));
    expect(versions[0]!.findings).toEqual(['SUPERSEDED_AFTER_APPROVAL']);
    expectLawful(versions);
  });

  it('parents: missing ones are left out, circles are cut, undecided ones are kept', () => {
    const versions = scoping(
      version(1, 'draft', { parent_version_id: id(99) }),
      version(2, 'superseded', { parent_version_id: id(1) }),
      version(3, 'draft', { parent_version_id: id(4) }),
      version(4, 'draft', { parent_version_id: id(3) }),
      version(5, 'draft', { parent_version_id: id(5) }),
    );
    const byNumber = new Map(versions.map((one) => [one.number, one]));
    expect(byNumber.get(1)).toMatchObject({ parent: null, findings: ['PARENT_MISSING'] });
    expect(byNumber.get(2)).toMatchObject({ parent: id(1), findings: expect.arrayContaining(['PARENT_UNDECIDED']) });
    expect([byNumber.get(3)!, byNumber.get(4)!].filter(({ parent }) => parent === null)).toHaveLength(1);
    expect(byNumber.get(5)).toMatchObject({ parent: null, findings: ['PARENT_IN_A_CIRCLE'] });
    // Parents come first, so that they are there when they are pointed at.
    const order = versions.map(({ number }) => id(number));
    versions.forEach(
      ({ parent, number }) => parent && expect(order.indexOf(parent)).toBeLessThan(order.indexOf(id(number))),
    );
  });

  it('numbers that are there twice, or are none, are changed', () => {
    const versions = scoping(
      version(1, 'draft'),
      { ...version(2, 'draft'), version_number: 1 },
      { ...version(3, 'draft'), version_number: null },
      { ...version(4, 'draft'), version_number: -3 },
    );
    expect(versions.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4]);
    expect(versions.flatMap(({ findings }) => findings)).toEqual(Array.from({ length: 3 }, () => 'NUMBER_CHANGED'));
  });

  it.each([
    ['without submission', { submitted_at: null, submitted_by_id: null }, 'APPROVED_WITHOUT_SUBMISSION'],
    ['by its preparer', { approved_by_id: 11 }, 'SELF_APPROVED'],
    ['by somebody who is not the owner', { approved_by_id: 17 }, 'APPROVED_BY_ANOTHER'],
    ['by nobody', { approved_by_id: null }, 'APPROVER_MISSING'],
    ['at no time', { approved_at: null }, 'APPROVAL_TIME_MISSING'],
    ['before it was submitted', { approved_at: at(1) }, 'TIMES_OUT_OF_ORDER'],
    ['with counters that are wrong', { total_attributes: 118 }, 'COUNTER_DISAGREES'],
  ])('an approval %s is marked, not refused', (_, values, code) => {
    const [planned] = scoping(version(1, 'APPROVED', values));
    expect(planned).toMatchObject({ status: 'APPROVED', findings: expect.arrayContaining([code]) });
  });

  it.each(['approved', 'APPROVED', 'Approved', ' approved '])('a status is read in any letter case: %s', (status) => {
    expect(scoping(version(1, 'approved', { version_status: status }))[0]).toMatchObject({ status: 'APPROVED' });
  });

  it.each(['nothing we know', '', null, 'constructor', '__proto__'])(
    'a status that says nothing is quarantined: %p',
    (status) => {
      const units = plan('SCOPING', [sourceRow(SCOPING, version(1, 'draft', { version_status: status }))]);
      expect(units.flatMap(({ sources }) => sources)).toEqual([
        expect.objectContaining({ fate: 'QUARANTINED', refusal: expect.objectContaining({ code: 'UNKNOWN_STATUS' }) }),
      ]);
    },
  );

  it('a rejecter who was kept as approver, or not at all, is found', () => {
    const [byApprover] = plan('SCOPING', [
      sourceRow(SCOPING, version(1, 'rejected', { approved_by_id: 12, approved_at: at(5), rejection_reason: 'No' })),
    ]);
    const [byChange] = plan('SCOPING', [
      sourceRow(SCOPING, version(1, 'rejected', { updated_by_id: 12, rejection_reason: 'No' })),
    ]);
    for (const unit of [byApprover!, byChange!])
      expect(unit.rows[0]![1][0]).toMatchObject({
        status: 'REJECTED',
        reviewed_by: 1_000_012,
        approval_notes: 'No',
        effective_from: null,
      });
  });
});

describe('samples', () => {
  const VERSIONS = 'cycle_report_sample_selection_versions';
  const SAMPLES = 'cycle_report_sample_selection_samples';
  const sample = (n: number, values: OldRow = {}) => {
    const sample_id = values.sample_id ?? id(100 + n);
    const said = {
      phase_id: 5,
      sample_identifier: `S${n}`,
      sample_data: '{"a": 1}',
      created_by_id: 11,
      created_at: at(1),
    };
    return sourceRow(SAMPLES, { sample_id, version_id: id(1), ...said, ...values }, sample_id as string);
  };
  const fates = (...samples: SourceRow[]) =>
    plan('SAMPLE_SELECTION', [sourceRow(VERSIONS, version(1, 'draft')), ...samples])
      .flatMap(({ sources }) => sources)
      .filter(({ source }) => source.table === SAMPLES)
      .map(({ fate, refusal }) => refusal?.code ?? fate);

  it('that share an identifier are items of their own, each the same one in every version', () => {
    const of = (version: number, n: number, data: number) =>
      sample(1, { sample_id: id(n), version_id: id(version), sample_data: `{"a": ${data}}`, created_at: at(n) });
    const samples = [of(1, 101, 1), of(1, 102, 2), of(1, 103, 2), of(2, 201, 2), of(2, 202, 1), of(2, 203, 3)];
    const units = plan('SAMPLE_SELECTION', [
      sourceRow(VERSIONS, version(1, 'superseded')),
      sourceRow(VERSIONS, version(2, 'draft')),
      ...samples,
      sample(9),
    ]);
    const items = units.flatMap(({ rows }) =>
      rows.flatMap(([table, all]) => (table === 'sample_decisions' ? all : [])),
    );
    const keyOf = (n: number) => items.find((item) => item.item_id === id(n))!.item_key;
    expect(items).toHaveLength(7);
    expect(
      new Set(samples.slice(0, 3).map(({ key }) => items.find((item) => item.item_id === key)!.item_key)).size,
    ).toBe(3);
    expect([keyOf(201), keyOf(202)]).toEqual([keyOf(102), keyOf(101)]);
    for (const row of samples) expect(row.findings.map(({ code }) => code)).toContain('DUPLICATE_SAMPLE');
    expect(fates(sample(1), sample(1, { sample_id: id(200) }))).toEqual(['IMPORTED', 'IMPORTED']);
  });
  it('without a version they are quarantined, and without a name they are called by their ids', () => {
    const nameless = sample(2, { sample_identifier: ' ' });
    expect(fates(sample(1, { version_id: id(77) }), nameless).sort()).toEqual(['IMPORTED', 'PARENT_NOT_PLACED']);
    expect(nameless.findings).toContainEqual(expect.objectContaining({ code: 'NAME_MISSING' }));
  });
  it('that were rejected without a reason stay so, and are marked', () => {
    const decided = (notes: string) =>
      sample(1, {
        report_owner_decision: 'rejected',
        report_owner_decision_by_id: 12,
        report_owner_decision_at: at(10),
        report_owner_decision_notes: notes,
      });
    const codes = (row: SourceRow) => {
      expect(fates(row)).toEqual(['IMPORTED']);
      return row.findings.map(({ code }) => code);
    };
    expect(codes(decided(''))).toContain('REASON_MISSING');
    expect(codes(decided('Too old'))).not.toContain('REASON_MISSING');
  });
  it('both people’s decisions are kept: the tester’s as a mark, the owner’s as the decision', () => {
    const [unit] = plan('SAMPLE_SELECTION', [
      sourceRow(VERSIONS, version(1, 'draft')),
      sample(1, {
        tester_decision: 'Approved',
        tester_decision_by_id: 11,
        tester_decision_at: at(9),
        report_owner_decision: 'REJECTED',
        report_owner_decision_by_id: 12,
        report_owner_decision_at: at(10),
      }),
    ]);
    const rows = Object.fromEntries(unit!.rows);
    expect(rows.sample_decisions![0]!.recommendation_metadata).toMatchObject({
      testerDecision: { decision: 'Approved', by: 1_000_011, at: iso(9) },
    });
    expect(rows.item_decision).toEqual([
      expect.objectContaining({ status: 'REJECTED', decided_by: 1_000_012, decided_at: iso(10) }),
    ]);
  });
});

describe('planning', () => {
  const TABLE = 'cycle_report_planning_attributes';
  const attribute = (n: number, values: OldRow = {}) =>
    sourceRow(TABLE, {
      id: n,
      attribute_name: `A${n}`,
      version: 1,
      status: 'approved',
      phase_id: 5,
      version_created_by: 11,
      version_created_at: at(n),
      updated_at: at(n + 1),
      ...values,
    });
  const items = (unit: Unit) =>
    Object.fromEntries(unit.rows).attribute_decisions!.map(
      (item) => (item.attribute_data as { attribute_name: string }).attribute_name,
    );

  it('version n has every attribute as it was when one had come to n', () => {
    const units = plan('PLANNING', [
      attribute(1),
      attribute(2),
      attribute(3, { attribute_name: 'A1 new', version: 2, replaced_attribute_id: 1 }),
    ]);
    expect(units.map((unit) => items(unit).sort())).toEqual([
      ['A1', 'A2'],
      ['A1 new', 'A2'],
    ]);
    expect(versionsOf(units).map(({ number, status }) => [number, status])).toEqual([
      [1, 'SUPERSEDED'],
      [2, 'APPROVED'],
    ]);
    const keys = (unit: Unit) =>
      Object.fromEntries(unit.rows)
        .attribute_decisions!.map((item) => item.item_key)
        .sort();
    expect(keys(units[0]!)).toEqual(keys(units[1]!));
  });
  it('two rows that are the same version of an attribute are two attributes', () => {
    const [unit] = plan('PLANNING', [attribute(1), attribute(2, { master_attribute_id: 1 })]);
    expect(items(unit!)).toEqual(['A1', 'A2']);
    expect(unit!.sources[1]!.source.findings.map(({ code }) => code)).toContain('DUPLICATE_ATTRIBUTE');
  });
});

describe('test runs', () => {
  it('that were completed before they began are answered from the request on', () => {
    const units = plan('TEST_EXECUTION', [
      sourceRow('cycle_report_test_execution_results', {
        id: 1,
        phase_id: 5,
        execution_status: 'completed',
        test_result: 'pass',
        executed_by: 11,
        created_at: at(100),
        started_at: at(340),
        completed_at: at(90),
      }),
    ]);
    const details = units.map(({ rows }) => Object.fromEntries(rows).test_execution_audit![0]!);
    expect(details[1]).toMatchObject({ requested_at: iso(100), responded_at: iso(100), response_status: 'pass' });
    expect(units[0]!.sources[0]!.source.findings.map(({ code }) => code)).toEqual(['COMPLETED_BEFORE_START']);
  });
});

describe('rows that are there twice', () => {
  it('are merged where they say the same, and quarantined where they do not', () => {
    const first = sourceRow(SCOPING, version(1, 'draft'));
    const same = new SourceRow(SCOPING, `${first.key}#2`, first.raw, first.rowHash);
    const other = sourceRow(SCOPING, version(1, 'approved'), `${first.key}#3`);
    const repeated = new Map([`${first.key}#2`, `${first.key}#3`].map((key) => [`${SCOPING}:${key}`, first.key]));
    const fates = plan('SCOPING', [first, same, other], repeated).flatMap(({ sources }) =>
      sources.map(({ fate, refusal }) => refusal?.code ?? fate),
    );
    expect(fates).toEqual(['IMPORTED', 'DUPLICATE_KEY', 'MERGED'].sort((a, b) => fates.indexOf(a) - fates.indexOf(b)));
    expect([...fates].sort()).toEqual(['DUPLICATE_KEY', 'IMPORTED', 'MERGED']);
  });
});

describe('values', () => {
  it.each([
    ['{"a": [1, null]}', { value: { a: [1, null] }, as: 'json' }],
    ['null', { value: null, as: 'json' }],
    [
      "{'a': True, 'b': None, 'c': (1, 2.5), 'd': 'it\\'s'}",
      { value: { a: true, b: null, c: [1, 2.5], d: "it's" }, as: 'python' },
    ],
    ["{'a': 1", { value: "{'a': 1", as: 'text' }],
    ['{"a": "\\u0000"}', { value: '{"a": "\\u0000"}', as: 'text' }],
    ['plain words', { value: 'plain words', as: 'text' }],
    ['['.repeat(5000), { value: '['.repeat(5000), as: 'text' }],
  ])('%.40s', (text, literal) => expect(parseLiteral(text)).toEqual(literal));

  it.each([
    ['2025-07-29T17:54:55.259993+00:00', '2025-07-29T17:54:55.260Z', true],
    ['2025-08-01T21:35:56.742725', '2025-08-01T21:35:56.743Z', false],
    ['2025-07-29 17:54:55+05:30', '2025-07-29T12:24:55.000Z', true],
    ['2025-07-29', '2025-07-29T00:00:00.000Z', false],
  ])('%s is an instant', (text, instant, isZoned) => expect(readInstant(text)).toEqual({ iso: instant, isZoned }));
  it.each(['2025-02-30T10:00:00', '2025-13-01', '2025-07-29T25:00:00', 'yesterday', '', '0000-01-01'])(
    '%s is none',
    (text) => expect(readInstant(text)).toBeNull(),
  );

  it('a naive time is taken as UTC, and noted once', () => {
    const planned = sourceRow(SCOPING, version(1, 'draft', { created_at: at(100, ''), updated_at: at(170, '') }));
    const [unit] = plan('SCOPING', [planned]);
    expect(unit!.rows[0]![1][0]).toMatchObject({ created_at: iso(100) });
    expect(planned.findings.filter(({ code }) => code === 'NAIVE_TIME')).toHaveLength(1);
  });

  it('a row of JSON keeps every digit, and what is damaged is told', async () => {
    const split = async (text: string) => {
      const rows: string[] = [];
      const chunks = async function* () {
        for (let i = 0; i < text.length; i += 3) yield await Promise.resolve(text.slice(i, i + 3));
      };
      for await (const one of rowsOfJson(chunks())) rows.push(one);
      return rows;
    };
    expect(await split('[{"a": 12345678901234567890.123}, {"b": "],[{\\""}]')).toEqual([
      '{"a": 12345678901234567890.123}',
      '{"b": "],[{\\""}',
    ]);
    await expect(split('[{"a": 1}, {"b": ')).rejects.toThrow('breaks off after 1 row');
    await expect(split('')).rejects.toThrow('is empty');
  });
});
