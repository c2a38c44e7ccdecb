/**
 * Two people and more at the same records at once: of what excludes each other exactly one thing happens, the others are told
 * so, nobody acts after losing the right to, and the log stays sound.
 */
import { randomUUID } from 'node:crypto';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import pg from 'pg';
import {
  AssignDataOwnerDocument,
  DeactivateDataOwnerDocument,
  RequestTestActionDocument,
  RespondToTestActionDocument,
  ReviewDocumentDocument,
  ReviseDocumentDocument,
  SubmitDocumentDocument,
  TransferDataOwnerDocument,
  type AssignDataOwnerInput,
} from '../generated/graphql';
import { demandPhase } from '../support/builders';
import { logFaults, loggedCommits } from '../support/log';
import { waiting } from '../support/sessions';
import { until } from '../support/until';
import { ada, ben, both, dan, eve, olga, makeDataOwners, otherWorkflow, tess, workflow, World } from '../support/world';

const { cycleId, reportId } = workflow;
const ROUNDS = 5;

let world: World;
beforeAll(async () => {
  world = await World.create();
  await makeDataOwners(world, tess, olga, ada);
  await demandPhase(world, 'TEST_EXECUTION', { of: workflow, preparer: ada });
  await demandPhase(world, 'SAMPLE_SELECTION', { of: otherWorkflow, preparer: ben, approver: both });
  await need(assigning({ dataOwnerId: dan }));
});
afterEach(async () => {
  expect(await world.session('superuser', logFaults)).toEqual([]);
  expect(await unsoundRecords()).toEqual([]);
});
afterAll(() => world.destroy());

/** Records that are not in force in exactly one version, their latest, or whose periods do not touch. */
const unsoundRecords = () =>
  world.sql(
    'owner',
    `select master_record_id from (
       select *, lead(effective_from) over (partition by master_record_id order by version_number) as next_from,
         row_number() over (partition by master_record_id order by version_number) as place
       from phase_version where versioning_type = 'AUDIT_ONLY') v
     where version_number <> place or revision <> 1 or effective_to is distinct from next_from
       or (status = 'RECORDED') <> (next_from is null)`,
  );

interface Attempt {
  readonly by: number;
  readonly mutation: string;
  readonly input: object;
}
const attempt = <Input extends object>(
  by: number,
  mutation: TypedDocumentNode<unknown, { input: Input }>,
  input: Input,
): Attempt => ({ by, mutation: print(mutation), input });

/** What came of an attempt: the id of the version it answered with, or the code of its refusal. */
interface Outcome {
  readonly code: string;
  readonly versionId: string | null;
  readonly latestVersionId?: unknown;
}
async function make({ by, mutation, input }: Attempt): Promise<Outcome> {
  const { data, errors } = await world.ask<Record<string, { version: { versionId: string } }>>(by, mutation, { input });
  if (!errors) return { code: 'DONE', versionId: Object.values(data)[0]!.version.versionId };
  const { code, latestVersionId } = errors[0]!.extensions;
  return { code, versionId: null, ...(latestVersionId !== undefined && { latestVersionId }) };
}
const atOnce = (...attempts: Attempt[]): Promise<Outcome[]> => Promise.all(attempts.map(make));
const done = (outcomes: readonly Outcome[]) => outcomes.filter(({ code }) => code === 'DONE');

/** Exactly one is done; what the others are told is one of these. */
function expectOne(outcomes: readonly Outcome[], ...refusals: string[]): Outcome {
  expect(done(outcomes)).toHaveLength(1);
  for (const { code } of outcomes) expect(['DONE', ...refusals]).toContain(code);
  return done(outcomes)[0]!;
}

const need = async (made: Attempt): Promise<string> => {
  const outcome = await make(made);
  expect(outcome.code).toBe('DONE');
  return outcome.versionId!;
};
const at = (versionId: string) => ({ versionId, expectedRevision: 1 });

const assigning = (input: Partial<AssignDataOwnerInput> = {}, by = eve) =>
  attempt(by, AssignDataOwnerDocument, { cycleId, reportId, dataOwnerId: tess, assignmentType: 'BACKUP', ...input });
const transferring = (versionId: string, toUserId = olga, by = eve) =>
  attempt(by, TransferDataOwnerDocument, { ...at(versionId), toUserId, reason: 'Moved.' });
const deactivating = (versionId: string, by = ada) =>
  attempt(by, DeactivateDataOwnerDocument, { ...at(versionId), reason: 'Left.' });
const submitting = (by = ada, replacesVersionId: string | null = null, documentId: string = randomUUID()) =>
  attempt(by, SubmitDocumentDocument, {
    cycleId,
    reportId,
    documentId,
    submissionType: 'STATEMENT',
    replacesVersionId,
  });
const revising = (versionId: string, by = ada) =>
  attempt(by, ReviseDocumentDocument, {
    ...at(versionId),
    documentMetadata: { name: 'again.pdf' },
    revisionType: 'CORRECTION',
    reason: 'A page was missing.',
  });
const reviewing = (versionId: string, by = ben, status: 'ACCEPTED' | 'REJECTED' = 'ACCEPTED') =>
  attempt(by, ReviewDocumentDocument, { ...at(versionId), status, notes: 'Page 2.' });
const requesting = (by = ada, addresseeId: number | null = null) =>
  attempt(by, RequestTestActionDocument, {
    cycleId,
    reportId,
    actionType: 'RETEST',
    reason: 'It failed.',
    addresseeId,
  });
const responding = (versionId: string, by = ben, responseStatus = 'COMPLETED') =>
  attempt(by, RespondToTestActionDocument, { ...at(versionId), responseStatus });

const rounds = async (round: (n: number) => Promise<void>) => {
  for (let n = 0; n < ROUNDS; n++) await round(n);
};
const versionsOf = async (versionId: string) =>
  world.sql<{ version_id: string; status: string }>(
    'owner',
    `select version_id, status from phase_version where master_record_id = (select master_record_id from phase_version where version_id = $1)
     order by version_number`,
    [versionId],
  );
const count = async (sql: string, parameters: unknown[] = []) =>
  (await world.sql<{ n: number }>('owner', `select count(*)::int as n from ${sql}`, parameters))[0]!.n;
const commits = () => world.session('owner', (client) => loggedCommits(client, workflow.workflowId));
async function aLob(): Promise<string> {
  const lobId = randomUUID();
  await world.sql('owner', 'insert into lobs (lob_id, name) values ($1::uuid, $2)', [lobId, `Business ${lobId}`]);
  return lobId;
}

describe('of two that act on one version at once, one wins:', () => {
  test('two transfers', async () => {
    await rounds(async () => {
      const assignment = await need(assigning());
      const before = await count('data_owner_assignments');
      const outcomes = await atOnce(transferring(assignment, olga, eve), transferring(assignment, dan, ada));
      const { versionId } = expectOne(outcomes, 'CONFLICT');
      const versions = await versionsOf(assignment);
      expect(versions).toHaveLength(2);
      // The other one is told which version is the latest now.
      const loser = outcomes.find(({ code }) => code === 'CONFLICT');
      expect(loser?.latestVersionId).toBe(versions[1]!.version_id);
      expect(await count('data_owner_assignments')).toBe(before + 2);
      expect(await count(`data_owner_assignments where previous_assignment_id = $1`, [versions[1]!.version_id])).toBe(
        1,
      );
      await need(deactivating(versionId!));
    });
  });

  test('a transfer and a deactivation', async () => {
    await rounds(async (n) => {
      const assignment = await need(assigning());
      const both2 = [transferring(assignment), deactivating(assignment)];
      const { versionId } = expectOne(await atOnce(...(n % 2 === 0 ? both2 : both2.reverse())), 'CONFLICT');
      const versions = await versionsOf(assignment);
      expect(versions).toHaveLength(2);
      const wasTransferred = versionId !== versions[1]!.version_id;
      const [{ status }] = (await world.sql<{ status: string }>(
        'owner',
        'select assignment_status as status from data_owner_assignments where version_id = $1',
        [versions[1]!.version_id],
      )) as [{ status: string }];
      expect(status).toBe(wasTransferred ? 'TRANSFERRED' : 'INACTIVE');
    });
  });

  test('two reviews', async () => {
    await rounds(async () => {
      const document = await need(submitting(dan));
      const outcomes = await atOnce(reviewing(document, ada, 'ACCEPTED'), reviewing(document, ben, 'REJECTED'));
      expectOne(outcomes, 'CONFLICT');
      expect(await versionsOf(document)).toHaveLength(2);
    });
  });

  test('a revision and a review', async () => {
    await rounds(async (n) => {
      const document = await need(submitting(ada));
      const both2 = [revising(document, ada), reviewing(document, ben)];
      expectOne(await atOnce(...(n % 2 === 0 ? both2 : both2.reverse())), 'CONFLICT');
      expect(await versionsOf(document)).toHaveLength(2);
    });
  });

  test('two responses', async () => {
    await rounds(async () => {
      const action = await need(requesting());
      expectOne(await atOnce(responding(action, ada, 'COMPLETED'), responding(action, ben, 'DECLINED')), 'CONFLICT');
      expect(await versionsOf(action)).toHaveLength(2);
    });
  });

  test('two documents that take the place of one', async () => {
    await rounds(async () => {
      const old = await need(submitting());
      const outcomes = await atOnce(submitting(ada, old), submitting(ben, old), submitting(ben, old));
      const { versionId } = expectOne(outcomes, 'CONFLICT');
      expect(
        await world.sql('owner', 'select version_id from document_submissions where replaces_submission_id = $1', [
          old,
        ]),
      ).toEqual([{ version_id: versionId }]);
    });
  });

  test('a document that takes the place of one, and that one’s revision', async () => {
    await rounds(async (n) => {
      const old = await need(submitting());
      const both2 = [submitting(ben, old), revising(old, ada)];
      expectOne(await atOnce(...(n % 2 === 0 ? both2 : both2.reverse())), 'CONFLICT', 'INVALID_TRANSITION');
    });
  });
});

describe('one line of business gets one primary owner', () => {
  test('of ten that are assigned at once for the same time', async () => {
    await rounds(async () => {
      const lobId = await aLob();
      const people = [tess, olga, dan, eve, ada];
      const outcomes = await atOnce(
        ...Array.from({ length: 10 }, (_, i) =>
          assigning(
            { lobId, assignmentType: i % 2 ? 'PRIMARY' : ' primary', dataOwnerId: people[i % 5] },
            i % 3 ? eve : ada,
          ),
        ),
      );
      expectOne(outcomes, 'CONFLICT');
      expect(await count('data_owner_assignments where lob_id = $1', [lobId])).toBe(1);
    });
  });

  test('at any valid instant, of ten whose times overlap by one hour each', async () => {
    const lobId = await aLob();
    const hour = (n: number) => `2026-10-02T${String(n).padStart(2, '0')}:00:00.000Z`;
    const outcomes = await atOnce(
      ...Array.from({ length: 10 }, (_, i) =>
        assigning({ lobId, assignmentType: 'PRIMARY', validFrom: hour(i), validTo: hour(i + 2) }),
      ),
    );
    expect(done(outcomes).length).toBeGreaterThanOrEqual(4); // no more than two in a row are missing
    for (const { code } of outcomes) expect(['DONE', 'CONFLICT']).toContain(code);
    expect(
      await count(
        `data_owner_assignments a join data_owner_assignments b on a.lob_id = b.lob_id and a.version_id < b.version_id
           and tstzrange(a.valid_from, a.valid_to) && tstzrange(b.valid_from, b.valid_to) where a.lob_id = $1`,
        [lobId],
      ),
    ).toBe(0);
  });

  test('when two assignments are transferred and a third is made at once', async () => {
    const [one, other] = [await aLob(), await aLob()];
    const [first, second] = [
      await need(assigning({ lobId: one, assignmentType: 'PRIMARY' })),
      await need(assigning({ lobId: other, assignmentType: 'PRIMARY' })),
    ];
    const outcomes = await atOnce(
      transferring(first),
      transferring(second),
      assigning({ lobId: one, assignmentType: 'PRIMARY', dataOwnerId: ada }),
    );
    expect(outcomes.map(({ code }) => code)).toEqual(['DONE', 'DONE', 'CONFLICT']);
  });

  test('in each workflow', async () => {
    const lobId = await aLob();
    const outcomes = await atOnce(
      assigning({ lobId, assignmentType: 'PRIMARY' }),
      assigning({ lobId, assignmentType: 'PRIMARY', reportId: otherWorkflow.reportId }),
    );
    expect(outcomes.map(({ code }) => code)).toEqual(['DONE', 'DONE']);
  });
});

describe('who loses their data while they act', () => {
  const assignmentsOfDan = () =>
    world.sql<{ version_id: string }>(
      'owner',
      `select version_id from data_owner_assignments join phase_version using (version_id)
       where data_owner_id = ${dan} and assignment_status = 'ACTIVE' and status = 'RECORDED'`,
    );
  /** Dan owns data by one assignment, and no other. */
  async function danAlone(): Promise<string> {
    for (const { version_id } of await assignmentsOfDan()) await need(deactivating(version_id));
    return need(assigning({ dataOwnerId: dan }));
  }
  /** Resolves when so many of the server's writers wait for their turn, behind the one that waits for the lock. */
  async function queued(n: number): Promise<void> {
    await until(`${n} wait for their turn`, () => world.db.shares.streams.waiting >= n);
  }
  /** Both come while the workflow is held by somebody else, in this order, and then go on. */
  async function inOrder(first: Attempt, second: Attempt): Promise<Outcome[]> {
    const holder = new pg.Client({ connectionString: world.database.ownerUrl });
    await holder.connect();
    try {
      await holder.query('begin');
      await holder.query('select from log.stream where stream_id = $1 for update', [workflow.workflowId]);
      const one = make(first);
      await waiting(world, 1);
      const other = make(second);
      await queued(1);
      await holder.query('rollback');
      return await Promise.all([one, other]);
    } finally {
      await holder.end();
    }
  }

  const deeds: [string, () => Promise<Attempt>][] = [
    ['handing in a document', () => Promise.resolve(submitting(dan))],
    ['revising a document', async () => revising(await need(submitting(ada)), dan)],
    ['making a request', () => Promise.resolve(requesting(dan))],
    ['answering a request', async () => responding(await need(requesting(ada)), dan)],
  ];

  test.each(deeds)('by a transfer is refused %s, if the transfer comes first', async (_, deed) => {
    const assignment = await danAlone();
    const his = await deed();
    const before = (await commits()).length;
    const [transferred, acted] = await inOrder(transferring(assignment), his);
    expect(transferred!.code).toBe('DONE');
    expect(['NOT_FOUND', 'FORBIDDEN']).toContain(acted!.code);
    expect((await commits()).slice(before).map(({ operation }) => operation)).toEqual(['transferDataOwner']);
  });

  test.each(deeds)('by a deactivation is refused %s, if that comes first', async (_, deed) => {
    const assignment = await danAlone();
    const his = await deed();
    const before = (await commits()).length;
    const [ended, acted] = await inOrder(deactivating(assignment), his);
    expect(ended!.code).toBe('DONE');
    expect(['NOT_FOUND', 'FORBIDDEN']).toContain(acted!.code);
    expect((await commits()).slice(before).map(({ operation }) => operation)).toEqual(['deactivateDataOwner']);
  });

  test.each(deeds)('is still let in %s, if that comes first', async (_, deed) => {
    const assignment = await danAlone();
    const his = await deed();
    const before = (await commits()).length;
    const [acted, transferred] = await inOrder(his, transferring(assignment));
    expect([acted!.code, transferred!.code]).toEqual(['DONE', 'DONE']);
    const [one, other] = (await commits()).slice(before);
    expect([one!.actorId, other!.operation]).toEqual([dan, 'transferDataOwner']);
    expect(one!.committedAt < other!.committedAt).toBe(true);
  });

  test('is addressed no more, if the loss comes first; what was addressed to them before goes on', async () => {
    const lost = await inOrder(transferring(await danAlone()), requesting(ada, dan));
    expect(lost.map(({ code }) => code)).toEqual(['DONE', 'BAD_USER_INPUT']);
    const [asked, transferred] = await inOrder(requesting(ada, dan), transferring(await danAlone()));
    expect([asked!.code, transferred!.code]).toEqual(['DONE', 'DONE']);
    expect((await make(responding(asked!.versionId!, ben))).code).toBe('DONE');
  });

  test('writes nothing that is later than the loss, however many do what they can', async () => {
    await rounds(async () => {
      const assignment = await danAlone();
      const before = (await commits()).length;
      const outcomes = await atOnce(
        submitting(dan),
        requesting(dan),
        submitting(dan),
        transferring(assignment),
        submitting(dan),
        requesting(dan),
        submitting(dan),
      );
      expect(outcomes[3]!.code).toBe('DONE');
      for (const { code } of outcomes) expect(['DONE', 'NOT_FOUND', 'FORBIDDEN']).toContain(code);
      const made = (await commits()).slice(before);
      expect(made).toHaveLength(done(outcomes).length);
      expect(made.at(-1)!.operation).toBe('transferDataOwner');
      expect(
        await count('phase_version where created_by = $1 and created_at > $2', [dan, made.at(-1)!.committedAt]),
      ).toBe(0);
    });
  });
});

test('of twenty different things at once, each is done once or refused for a reason, and counted', async () => {
  await rounds(async () => {
    await need(assigning({ dataOwnerId: dan }));
    const [one, other] = [await need(assigning()), await need(assigning())];
    const [first, second, third] = [
      await need(submitting(dan)),
      await need(submitting(dan)),
      await need(submitting(ada)),
    ];
    const [asked, open] = [await need(requesting(dan)), await need(requesting(ada))];
    const lobId = await aLob();
    const before = (await commits()).length;
    const groups: Attempt[][] = [
      [transferring(one), transferring(one, dan, ada), deactivating(one)],
      [transferring(other), deactivating(other, ben)],
      [reviewing(first, ada), reviewing(first, ben), revising(first, dan)],
      [reviewing(second, ada, 'REJECTED'), submitting(dan, second), revising(second, dan)],
      [reviewing(third, ben), submitting(ben, third)],
      [responding(asked, ada), responding(asked, ben)],
      [responding(open, dan), responding(open, ben)],
      [
        assigning({ lobId, assignmentType: 'PRIMARY' }),
        assigning({ lobId, assignmentType: 'PRIMARY', dataOwnerId: olga }),
        assigning({ lobId, assignmentType: 'PRIMARY', dataOwnerId: ada }),
      ],
    ];
    // Each group's things come mixed with those of the others.
    const mixed = groups.flatMap((group, g) => group.map((made, i) => ({ g, i, made }))).sort((a, b) => a.i - b.i);
    expect(mixed).toHaveLength(20);
    const outcomes = await atOnce(...mixed.map(({ made }) => made));
    groups.forEach((_, g) => {
      const inGroup = outcomes.filter((_outcome, i) => mixed[i]!.g === g);
      expectOne(inGroup, 'CONFLICT', 'INVALID_TRANSITION');
    });
    const made = (await commits()).slice(before);
    expect(made).toHaveLength(groups.length);
    const stamps = made.map(({ committedAt }) => committedAt);
    expect([...new Set(stamps)].sort()).toEqual(stamps);
  });
});

test('twenty records that are started at once are twenty', async () => {
  const outcomes = await atOnce(
    ...Array.from({ length: 20 }, (_, i) => [submitting(ada), requesting(ben), assigning()][i % 3]!),
  );
  expect(outcomes.map(({ code }) => code)).toEqual(Array(20).fill('DONE'));
  expect(
    await count(
      `(select distinct master_record_id, created_at from phase_version where version_id = any($1::uuid[])) records`,
      [outcomes.map(({ versionId }) => versionId)],
    ),
  ).toBe(20);
});
