/** Who owned what, on two axes: when it held in the business, and when it was known. */
import fc from 'fast-check';
import { DataOwnersAsOfDocument, DataOwnersDocument, type OwnerFragment } from '../generated/graphql';
import { phaseOf } from '../../src/phases';
import type { AuditOnlyPhase } from '../../src/versioning/phase';
import { lastCommit } from '../past/support';
import { buildVersion, sendCommand, type BuiltVersion } from '../support/builders';
import { assign as assignOwner } from '../support/cast';
import { logFaults } from '../support/log';
import {
  ada,
  aud,
  ben,
  both,
  dan,
  eve,
  makeDataOwners,
  olga,
  otherWorkflow,
  root,
  stranger,
  tess,
  workflow,
  World,
} from '../support/world';

let world: World;
/** The records that a test made: assignments are never taken back, so each looks at its own only. */
const mine = new Set<string>();

async function open(): Promise<void> {
  world = await World.create();
  await makeDataOwners(world, olga, ben);
  await buildVersion(world, { phase: 'SAMPLE_SELECTION', status: 'APPROVED', items: 1 });
}
async function close(): Promise<void> {
  try {
    expect(await world.session('superuser', logFaults)).toEqual([]);
  } finally {
    await world.destroy();
  }
}
beforeAll(open);
afterAll(close);
beforeEach(() => mine.clear());

const place = { cycleId: workflow.cycleId, reportId: workflow.reportId };
/** The n-th day of a year long past, so that nothing is ever "now" by accident. */
const day = (n: number): string => new Date(Date.UTC(2020, 0, n)).toISOString();
interface Recorded {
  readonly versionId: string;
  readonly masterRecordId: string;
  readonly revision: number;
  /** When it became known. */
  readonly at: string;
}
const recorded = async (version: BuiltVersion): Promise<Recorded> => {
  mine.add(version.masterRecordId);
  return { ...version, at: await lastCommit(world, workflow.workflowId) };
};
const run = async (command: string, input: object): Promise<Recorded> =>
  recorded(await sendCommand(world, ada, phaseOf('DATA_OWNER_ID') as AuditOnlyPhase, command, input));

const assign = async (owner: number, validFrom?: string, validTo?: string): Promise<Recorded> =>
  recorded(await assignOwner(world, owner, { validFrom, validTo }));
const transfer = ({ versionId, revision }: Recorded, toUserId: number, validFrom?: string): Promise<Recorded> =>
  run('transferDataOwner', { versionId, expectedRevision: revision, toUserId, validFrom, reason: 'Handed over.' });
const deactivate = ({ versionId, revision }: Recorded, validTo?: string): Promise<Recorded> =>
  run('deactivateDataOwner', { versionId, expectedRevision: revision, validTo, reason: 'Ended.' });
const ours = <T extends { masterRecordId: string }>(found: readonly T[]): T[] =>
  found.filter(({ masterRecordId }) => mine.has(masterRecordId));
const owners = async (at: { validAt?: string; knownAt?: string } = {}, as = aud): Promise<OwnerFragment[]> =>
  ours((await world.run(as, DataOwnersDocument, { ...place, ...at })).dataOwners!);
const people = async (validAt?: string, knownAt?: string): Promise<number[]> =>
  (await owners({ validAt, knownAt })).map(({ dataOwner }) => dataOwner.userId);
const codeOf = async (at: object, as = aud, where: object = place) =>
  (await world.refusal(as, DataOwnersDocument, { ...place, ...where, ...at }))?.extensions.code;

describe('by valid time', () => {
  test('an assignment holds from its first instant up to its last, exclusively', async () => {
    await assign(dan, day(10), day(20));
    expect(await people(day(9))).toEqual([]);
    expect(await people('2020-01-09T23:59:59.999Z')).toEqual([]);
    expect(await people(day(10))).toEqual([dan]);
    expect(await people('2020-01-19T23:59:59.999Z')).toEqual([dan]);
    expect(await people(day(20))).toEqual([]);
    expect(await people()).toEqual([]);
  });

  test('an open-ended one holds for good, and one to come holds only then', async () => {
    await assign(dan, day(10));
    await assign(eve, '2199-01-01T00:00:00Z');
    expect(await people()).toEqual([dan]);
    expect(await people('2198-12-31T23:59:59.999Z')).toEqual([dan]);
    expect(await people('2199-01-01T00:00:00Z')).toEqual([dan, eve]);
    expect(await people('2300-01-01T00:00:00Z')).toEqual([dan, eve]);
  });

  test('a transfer cuts it: the old owner up to that instant, the new one from it', async () => {
    const old = await assign(dan, day(10), day(40));
    const next = await transfer(old, eve, day(20));
    const seen = await Promise.all([day(10), day(19), day(20), day(39), day(40)].map((at) => people(at)));
    expect(seen).toEqual([[dan], [dan], [eve], [eve], []]);
    const [before] = await owners({ validAt: day(15) });
    const [after] = await owners({ validAt: day(25) });
    expect(before).toMatchObject({
      masterRecordId: old.masterRecordId,
      assignmentStatus: 'TRANSFERRED',
      status: 'RECORDED',
      validFrom: day(10),
      validTo: day(20),
      effectiveTo: null,
    });
    expect(after).toMatchObject({
      versionId: next.versionId,
      assignmentStatus: 'ACTIVE',
      validFrom: day(20),
      validTo: day(40),
    });
  });

  test('a transfer of the next month leaves the owner of today', async () => {
    const old = await assign(dan, day(10));
    await transfer(old, eve, '2199-01-01T00:00:00Z');
    expect(await people()).toEqual([dan]);
    expect(await people('2199-01-01T00:00:00Z')).toEqual([eve]);
  });

  test('what ends the instant it begins never held', async () => {
    await deactivate(await assign(dan, day(10)), day(10));
    await transfer(await assign(dan, day(10)), eve, day(10));
    expect(await people(day(10))).toEqual([eve]);
    expect(await people(day(9))).toEqual([]);
  });

  test('an end in the past is a correction: it did not hold after that', async () => {
    const assigned = await assign(dan, day(10));
    expect(await people(day(30))).toEqual([dan]);
    await deactivate(assigned, day(20));
    expect(await people(day(19))).toEqual([dan]);
    expect(await people(day(20))).toEqual([]);
    expect(await people()).toEqual([]);
  });

  test('the eldest comes first, and of the same day the one that was recorded first', async () => {
    await assign(eve, day(12));
    await assign(dan, day(10));
    await assign(olga, day(12));
    await assign(ben, day(11));
    expect(await people(day(12))).toEqual([dan, ben, eve, olga]);
  });
});

describe('by transaction time', () => {
  test('what was recorded later was not known before', async () => {
    const before = await assign(dan, day(10), day(20));
    const after = await assign(eve, day(10));
    expect(await people(day(15), before.at)).toEqual([dan]);
    expect(await people(day(15), after.at)).toEqual([dan, eve]);
    expect(await people(day(15), new Date(Date.parse(before.at) - 1).toISOString())).toEqual([]);
    expect(await people(day(15), day(15))).toEqual([]);
  });

  test('before a correction the answer is what was believed then, with the versions of then', async () => {
    const first = await assign(dan, day(10));
    const second = await transfer(first, eve, day(20));
    const third = await deactivate(second, day(20));
    const belief = async (knownAt: string) =>
      Promise.all([day(15), day(25)].map(async (validAt) => (await owners({ validAt, knownAt }))[0]));
    const [then, thenLater] = await belief(first.at);
    for (const known of [then, thenLater])
      expect(known).toMatchObject({
        versionId: first.versionId,
        status: 'RECORDED',
        assignmentStatus: 'ACTIVE',
        validTo: null,
        effectiveTo: null,
      });
    expect(await belief(second.at)).toMatchObject([
      { dataOwner: { userId: dan }, assignmentStatus: 'TRANSFERRED', validTo: day(20) },
      { dataOwner: { userId: eve }, assignmentStatus: 'ACTIVE', validTo: null },
    ]);
    expect((await belief(third.at)).map((known) => known?.dataOwner.userId)).toEqual([dan, undefined]);
    expect((await belief(second.at)).map((known) => known?.dataOwner.userId)).toEqual([dan, eve]);
  });

  test('without validAt it is what held when it was known, and without both what holds now', async () => {
    const first = await assign(dan);
    const second = await transfer(first, eve);
    const third = await deactivate(second);
    expect(await people(undefined, first.at)).toEqual([dan]);
    expect(await people(undefined, second.at)).toEqual([eve]);
    expect(await people(undefined, third.at)).toEqual([]);
    expect(await people()).toEqual([]);
    await assign(olga);
    expect(await people()).toEqual([olga]);
  });

  test('an instant that has not come yet is refused, whatever is asked of it', async () => {
    await assign(dan, day(10));
    const knownAt = new Date(Date.now() + 60_000).toISOString();
    expect(await codeOf({ knownAt })).toBe('BAD_USER_INPUT');
    expect(await codeOf({ knownAt, validAt: day(10) })).toBe('BAD_USER_INPUT');
    expect(await codeOf({ validAt: knownAt })).toBeUndefined();
  });

  test('an operation as of an instant knows no more than that', async () => {
    const first = await assign(dan, day(10));
    const second = await transfer(first, eve, day(20));
    const third = await deactivate(second, day(30));
    const asOf = async (at: string, also: object) =>
      ours((await world.run(aud, DataOwnersAsOfDocument, { ...place, at, ...also })).dataOwners!);
    for (const known of [first, second, third])
      for (const validAt of [day(5), day(15), day(25), day(35)]) {
        expect(await asOf(known.at, { validAt })).toEqual(await owners({ validAt, knownAt: known.at }));
        expect(await asOf(third.at, { validAt, knownAt: known.at })).toEqual(
          await owners({ validAt, knownAt: known.at }),
        );
      }
    expect(await asOf(first.at, {})).toEqual(await owners({ knownAt: first.at }));
    const refusal = await world.refusal(aud, DataOwnersAsOfDocument, { ...place, at: first.at, knownAt: second.at });
    expect(refusal?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

test('many owners take as many statements as one', async () => {
  const { at } = await assign(dan, day(1));
  const statements = async () => {
    const sent = [];
    for (const knownAt of [undefined, at])
      sent.push((await world.counted(() => owners({ validAt: day(20), knownAt }))).statements.length);
    return sent;
  };
  await statements();
  const few = await statements();
  for (let n = 0; n < 10; n++) await assign([eve, olga, ben][n % 3]!, day(1 + n));
  expect(await people(day(20))).toHaveLength(11);
  expect(await statements()).toEqual(few);
});

// ── whatever is recorded ────────────────────────────────────────────────────────────────────────────────────────────

/** All there is to bitemporal data: each belief about a record, with when it was believed and for when it was. */
interface Belief {
  readonly record: string;
  readonly owner: number;
  readonly from: number;
  readonly to: number;
  readonly knownFrom: string;
  knownTo: string;
}
interface GridEntry {
  readonly masterRecordId: string;
  readonly dataOwner: { readonly userId: number };
  readonly validFrom: string;
  readonly validTo: string | null;
}
const FOREVER = 99;
const END_OF_TIME = '9999';

type Step =
  | { do: 'assign'; owner: number; from: number; length: number | null }
  | { do: 'transfer'; which: number; owner: number; at: number }
  | { do: 'deactivate'; which: number; at: number };
const owner = fc.constantFrom(dan, eve, olga, ben);
const instant = fc.integer({ min: 1, max: 9 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('assign' as const),
    owner,
    from: instant,
    length: fc.option(fc.integer({ min: 1, max: 5 }), { nil: null }),
  }),
  fc.record({ do: fc.constant('transfer' as const), which: fc.nat(9), owner, at: instant }),
  fc.record({ do: fc.constant('deactivate' as const), which: fc.nat(9), at: instant }),
);

test('whatever is assigned, transferred and corrected, every pair of instants has the answer of a plain table', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 16 }), async (steps) => {
      mine.clear();
      const beliefs: Belief[] = [];
      const active: { handle: Recorded; belief: Belief }[] = [];
      const believe = (record: string, who: number, from: number, to: number, knownFrom: string): Belief => {
        const belief = { record, owner: who, from, to, knownFrom, knownTo: END_OF_TIME };
        beliefs.push(belief);
        return belief;
      };
      const known = [day(1)];
      for (const made of steps) {
        if (made.do === 'assign') {
          const to = made.length === null ? FOREVER : made.from + made.length;
          const handle = await assign(made.owner, day(made.from), to === FOREVER ? undefined : day(to));
          active.push({ handle, belief: believe(handle.masterRecordId, made.owner, made.from, to, handle.at) });
          known.push(handle.at);
          continue;
        }
        if (active.length === 0) continue;
        const [{ handle, belief }] = active.splice(made.which % active.length, 1) as [(typeof active)[number]];
        // Ends lie within the time it was made for; a transfer leaves something to transfer, to somebody else.
        const end = Math.min(Math.max(made.at, belief.from), belief.to);
        if (made.do === 'transfer' && end < belief.to && made.owner !== belief.owner) {
          const next = await transfer(handle, made.owner, day(end));
          belief.knownTo = next.at;
          believe(belief.record, belief.owner, belief.from, end, next.at);
          active.push({ handle: next, belief: believe(next.masterRecordId, made.owner, end, belief.to, next.at) });
          known.push(next.at);
        } else {
          const ended = await deactivate(handle, day(end));
          belief.knownTo = ended.at;
          believe(belief.record, belief.owner, belief.from, end, ended.at);
          known.push(ended.at);
        }
      }
      const expected = (valid: number, at: string) =>
        beliefs
          .filter(({ from, to, knownFrom, knownTo }) => from <= valid && valid < to && knownFrom <= at && at < knownTo)
          .map(({ record, owner: who, from, to }) => `${record} ${who} ${from}-${to}`)
          .sort();
      // The whole grid in one request for each instant it was known.
      const days = Array.from({ length: 11 }, (_, i) => i);
      const grid = days
        .map(
          (n) =>
            `d${n}: dataOwners(cycleId: $c, reportId: $r, validAt: "${day(n)}", knownAt: $k) { masterRecordId dataOwner { userId } validFrom validTo }`,
        )
        .join(' ');
      const dayOf = (at: string | null) =>
        at === null ? FOREVER : Math.round((Date.parse(at) - Date.parse(day(0))) / 864e5);
      for (const knownAt of [...known, undefined]) {
        const answers = await world.get<Record<string, GridEntry[]>>(
          aud,
          `query ($c: UUID!, $r: UUID!, $k: DateTime) { ${grid} }`,
          { c: place.cycleId, r: place.reportId, k: knownAt },
        );
        for (const n of days) {
          const answer = ours(answers[`d${n}`]!);
          expect(
            answer
              .map(
                (one) => `${one.masterRecordId} ${one.dataOwner.userId} ${dayOf(one.validFrom)}-${dayOf(one.validTo)}`,
              )
              .sort(),
          ).toEqual(expected(n, knownAt ?? '9998'));
          const starts = answer.map(({ validFrom }) => validFrom);
          expect(starts).toEqual([...starts].sort());
        }
      }
    }),
    { numRuns: 3 },
  );
});

describe('of who may ask,', () => {
  // Owning is a right, so what other tests made would tell.
  beforeAll(async () => {
    await close();
    await open();
  });

  test('everybody of the workflow is answered, and nobody else learns that there is one', async () => {
    await assign(eve, day(10));
    for (const person of [ada, ben, olga, tess, eve, aud, root]) expect(await codeOf({}, person)).toBeUndefined();
    const nowhere = { reportId: '0194d2a0-5c00-7000-8000-00000000dead' };
    for (const person of [stranger, both, dan])
      for (const at of [{}, { validAt: day(10) }, { knownAt: day(10) }, { knownAt: '2199-01-01T00:00:00Z' }]) {
        expect(await codeOf(at, person)).toBe('NOT_FOUND');
        expect(await codeOf(at, person, nowhere)).toBe('NOT_FOUND');
      }
    expect(await codeOf({}, aud, nowhere)).toBe('NOT_FOUND');
  });

  test('an owner is, for as long as they own; the past is judged by today’s rights', async () => {
    const assigned = await assign(dan, day(10));
    expect(await codeOf({}, dan)).toBeUndefined();
    expect(await codeOf({ knownAt: day(5) }, dan)).toBeUndefined();
    await deactivate(assigned);
    expect(await codeOf({}, dan)).toBe('NOT_FOUND');
    expect(await codeOf({ knownAt: assigned.at }, dan)).toBe('NOT_FOUND');
  });

  test('another workflow’s owners are not among them', async () => {
    await assign(dan, day(10));
    const { dataOwners } = await world.run(aud, DataOwnersDocument, {
      cycleId: otherWorkflow.cycleId,
      reportId: otherWorkflow.reportId,
      validAt: day(10),
    });
    expect(dataOwners).toEqual([]);
  });
});
