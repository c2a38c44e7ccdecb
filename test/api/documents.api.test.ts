/** Documents that are handed in as evidence: submitted, reviewed by somebody else, revised, replaced by other documents. */
import { createHash, randomUUID } from 'node:crypto';
import canonicalize from 'canonicalize';
import {
  AssignDataOwnerDocument,
  DocumentDocument,
  PhaseStandingDocument,
  ReviewDocumentDocument,
  ReviseDocumentDocument,
  RevisionHistoryDocument,
  SubmitDocumentDocument,
  type RecordedFragment,
  type ReviseDocumentInput,
  type SubmissionStatus,
  type SubmitDocumentInput,
} from '../generated/graphql';
import { buildRecord, demandPhase } from '../support/builders';
import { refusalOf } from '../support/refusals';
import {
  ada,
  aud,
  ben,
  both,
  dan,
  eve,
  olga,
  otherWorkflow,
  root,
  stranger,
  tess,
  workflow,
  World,
} from '../support/world';

const { cycleId, reportId } = workflow;
const verdicts = ['ACCEPTED', 'REJECTED', 'REVISION_REQUESTED'] as const;

let world: World;
beforeAll(async () => {
  world = await World.create();
  await demandPhase(world, 'DATA_OWNER_ID', { of: workflow, preparer: ada });
  await world.run(eve, AssignDataOwnerDocument, {
    input: { cycleId, reportId, dataOwnerId: dan, assignmentType: 'BACKUP' },
  });
});
afterAll(() => world.destroy());

const asDocument = ({ version, changeSet }: RecordedFragment) => {
  if (version.__typename !== 'DocumentSubmission') throw new Error(`${version.__typename} is no document`);
  return { ...version, changeSet };
};
type Submission = ReturnType<typeof asDocument>;
const at = ({ versionId }: { versionId: string }) => ({ versionId, expectedRevision: 1 });

const aDocument = (): SubmitDocumentInput => ({
  cycleId,
  reportId,
  documentId: randomUUID(),
  documentMetadata: { name: 'statement.pdf', pages: 12 },
  submissionType: 'STATEMENT',
});
const submit = async (by = dan, input: Partial<SubmitDocumentInput> = {}) =>
  asDocument((await world.run(by, SubmitDocumentDocument, { input: { ...aDocument(), ...input } })).submitDocument!);
const review = async (
  of: Submission,
  status: SubmissionStatus,
  { by = ada, notes = status === 'ACCEPTED' ? null : 'Page 2 is missing.' } = {},
) => asDocument((await world.run(by, ReviewDocumentDocument, { input: { ...at(of), status, notes } })).reviewDocument!);
const aRevision = {
  documentMetadata: { name: 'corrected.pdf' },
  revisionType: 'CORRECTION',
  reason: 'Page 3 was missing.',
};
const revise = async (of: Submission, input: Partial<ReviseDocumentInput> = {}, by = dan) =>
  asDocument(
    (await world.run(by, ReviseDocumentDocument, { input: { ...at(of), ...aRevision, ...input } })).reviseDocument!,
  );
const read = async (versionId: string, as = aud) => {
  const { phaseVersion } = await world.run(as, DocumentDocument, { versionId });
  if (phaseVersion?.__typename !== 'DocumentSubmission') throw new Error(`document ${versionId} is not to be seen`);
  return phaseVersion;
};
const revisionsOf = async ({ versionId }: { versionId: string }) => {
  const { phaseVersion } = await world.run(aud, RevisionHistoryDocument, { versionId });
  if (!phaseVersion || !('revisionHistory' in phaseVersion)) throw new Error(`${versionId} is no document`);
  return phaseVersion.revisionHistory;
};
const progress = async () =>
  (await world.run(aud, PhaseStandingDocument, { cycleId, reportId, phase: 'REQUEST_INFO' })).workflow!.workflowPhase
    .progress;

describe('submitting', () => {
  test('a document waits for a review, and says who handed it in and when', async () => {
    const documentId = randomUUID();
    const submitted = await submit(dan, { documentId, reason: 'For sample 12.' });
    expect(submitted).toMatchObject({
      versionNumber: 1,
      documentId,
      documentVersion: 1,
      documentMetadata: { name: 'statement.pdf', pages: 12 },
      submissionType: 'STATEMENT',
      submissionStatus: 'PENDING_REVIEW',
      reviewNotes: null,
      submittedBy: { userId: dan },
      submittedAt: submitted.changeSet.committedAt,
      reviewedBy: null,
      reviewedAt: null,
      replacesSubmission: null,
      isCurrent: true,
      // Handing in is no revision.
      revisionType: null,
      changeSet: { operation: 'submitDocument', reason: 'For sample 12.', actor: { userId: dan } },
    });
    expect(await revisionsOf(submitted)).toEqual([]);
  });

  test('without metadata is possible, and one document may be handed in twice', async () => {
    const documentId = randomUUID();
    const [one, other] = [
      await submit(dan, { documentId, documentMetadata: null }),
      await submit(ada, { documentId, documentMetadata: {} }),
    ];
    expect(one.documentMetadata).toBeNull();
    expect(other.documentMetadata).toEqual({});
    expect(other.masterRecordId).not.toBe(one.masterRecordId);
    expect([one.isCurrent, other.isCurrent]).toEqual([true, true]);
  });

  test('keeps whatever metadata there is, value by value, and hashes it', async () => {
    const documentMetadata = {
      '': 'empty key',
      'a/b~c': { deep: [1, [null, { x: false }]] },
      none: null,
      text: '\u2028 "quoted" 😀 é',
      numbers: [0, -1, 1.5, 1e-7, 0.1 + 0.2, 2 ** 53 - 1, 5e-324],
      é: 1,
      z: 2,
      Z: 3,
    };
    const submitted = await submit(dan, { documentMetadata });
    expect(submitted.documentMetadata).toEqual(documentMetadata);
    expect(submitted.content.documentMetadata).toEqual(documentMetadata);
    const text = canonicalize({ content: submitted.content, items: {} })!;
    expect(createHash('sha256').update(text, 'utf8').digest('hex')).toBe(submitted.contentHash);
    // A review says something of the document; the document is the same.
    expect((await review(submitted, 'ACCEPTED')).documentMetadata).toEqual(documentMetadata);
  });

  test('is for the workflow’s testers and its data owners', async () => {
    expect((await submit(ben)).submittedBy).toEqual({ userId: ben });
    for (const person of [olga, eve, tess, root, aud])
      expect(await refusalOf(world, person, SubmitDocumentDocument, aDocument())).toMatchObject({ code: 'FORBIDDEN' });
    for (const person of [stranger, both])
      expect(await refusalOf(world, person, SubmitDocumentDocument, aDocument())).toMatchObject({ code: 'NOT_FOUND' });
  });

  test.each(['', ' ', '\n\t', '\u00a0'])('with %j for its type is refused', async (submissionType) => {
    expect(await refusalOf(world, dan, SubmitDocumentDocument, { ...aDocument(), submissionType })).toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });
});

describe('a review', () => {
  test.each(verdicts)('says %s, when and by whom; who submitted stays', async (status) => {
    const submitted = await submit();
    const reviewed = await review(submitted, status, { notes: 'Looked at twice.' });
    expect(reviewed).toMatchObject({
      masterRecordId: submitted.masterRecordId,
      versionNumber: 2,
      submissionStatus: status,
      reviewNotes: 'Looked at twice.',
      reviewedBy: { userId: ada },
      reviewedAt: reviewed.changeSet.committedAt,
      submittedBy: { userId: dan },
      submittedAt: submitted.submittedAt,
      createdBy: { userId: ada },
      isCurrent: true,
      // Reviews leave the document as it is.
      documentId: submitted.documentId,
      documentVersion: 1,
      documentMetadata: submitted.documentMetadata,
      replacesSubmission: null,
      changeSet: { operation: 'reviewDocument' },
    });
    expect(await read(submitted.versionId)).toMatchObject({
      submissionStatus: 'PENDING_REVIEW',
      reviewedBy: null,
      status: 'SUPERSEDED',
      isCurrent: false,
    });
  });

  test('without notes has none', async () => {
    expect((await review(await submit(), 'ACCEPTED')).reviewNotes).toBeNull();
  });

  test('cannot leave it open', async () => {
    const submitted = await submit();
    const input = { ...at(submitted), status: 'PENDING_REVIEW' as const };
    const refused = await refusalOf(world, ada, ReviewDocumentDocument, input);
    expect(refused).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('REVISION_REQUESTED') });
  });

  test('is done once: again on the latest is INVALID_TRANSITION, on the one before CONFLICT that names the latest', async () => {
    const submitted = await submit();
    const reviewed = await review(submitted, 'REJECTED');
    for (const status of verdicts) {
      expect(await refusalOf(world, ben, ReviewDocumentDocument, { ...at(reviewed), status })).toMatchObject({
        code: 'INVALID_TRANSITION',
        message: expect.stringContaining('reviseDocument'),
      });
      expect(await refusalOf(world, ben, ReviewDocumentDocument, { ...at(submitted), status })).toMatchObject({
        code: 'CONFLICT',
        latestVersionId: reviewed.versionId,
        latestVersionNumber: 2,
        message: expect.stringContaining(reviewed.versionId),
      });
    }
  });

  test('is for testers of the workflow only', async () => {
    const submitted = await submit(ben);
    const input = { ...at(submitted), status: 'ACCEPTED' as const };
    for (const person of [dan, olga, eve, tess, root, aud])
      expect(await refusalOf(world, person, ReviewDocumentDocument, input)).toMatchObject({ code: 'FORBIDDEN' });
    for (const person of [stranger, both])
      expect(await refusalOf(world, person, ReviewDocumentDocument, input)).toMatchObject({ code: 'NOT_FOUND' });
    expect((await read(submitted.versionId, ada)).availableActions).toEqual(['REVISE_DOCUMENT', 'REVIEW_DOCUMENT']);
    expect((await read(submitted.versionId, dan)).availableActions).toEqual(['REVISE_DOCUMENT']);
    for (const person of [olga, eve, tess, root, aud])
      expect((await read(submitted.versionId, person)).availableActions).toEqual([]);
  });
});

describe('nobody reviews their own:', () => {
  const verdictOf = (by: number, version: Submission) =>
    refusalOf(world, by, ReviewDocumentDocument, { ...at(version), status: 'ACCEPTED' });
  const offered = async (by: number, version: Submission) => (await read(version.versionId, by)).availableActions;

  test('who submitted a document', async () => {
    const submitted = await submit(ada);
    expect(await verdictOf(ada, submitted)).toMatchObject({ code: 'FOUR_EYES' });
    expect(await offered(ada, submitted)).not.toContain('REVIEW_DOCUMENT');
    expect(await review(submitted, 'ACCEPTED', { by: ben })).toMatchObject({ reviewedBy: { userId: ben } });
  });

  test('who submitted a document that somebody else revised', async () => {
    const revised = await revise(await submit(ada), {}, dan);
    expect(await verdictOf(ada, revised)).toMatchObject({ code: 'FOUR_EYES' });
    expect(await offered(ada, revised)).not.toContain('REVIEW_DOCUMENT');
    await review(revised, 'ACCEPTED', { by: ben });
  });

  test('who revised a document that somebody else submitted', async () => {
    const revised = await revise(await submit(dan), {}, ada);
    expect(await verdictOf(ada, revised)).toMatchObject({ code: 'FOUR_EYES' });
    expect(await offered(ada, revised)).not.toContain('REVIEW_DOCUMENT');
    await review(revised, 'ACCEPTED', { by: ben });
  });

  test('who revised a document, when another revision of it follows that nobody reviewed in between', async () => {
    const mine = await revise(await submit(dan), { documentId: randomUUID() }, ada);
    const theirs = await revise(mine, { documentMetadata: { name: 'renamed.pdf' } }, dan);
    expect(theirs.documentId).toBe(mine.documentId); // it is still what ada handed in
    expect(await offered(ada, theirs)).not.toContain('REVIEW_DOCUMENT');
    expect(await verdictOf(ada, theirs)).toMatchObject({ code: 'FOUR_EYES' });
    await review(theirs, 'ACCEPTED', { by: ben });
  });

  test('but who reviewed it before may review it again', async () => {
    const first = await review(await submit(dan), 'REVISION_REQUESTED', { by: ada });
    const second = await review(await revise(first), 'REVISION_REQUESTED', { by: ada });
    expect(await review(await revise(second), 'ACCEPTED', { by: ada })).toMatchObject({ documentVersion: 3 });
  });
});

describe('a revision', () => {
  test('is the next document version, waits again, and was handed in by the first submitter still', async () => {
    const submitted = await submit();
    const reviewed = await review(submitted, 'REVISION_REQUESTED', { notes: 'Page 3?' });
    const documentId = randomUUID();
    const revised = await revise(
      reviewed,
      { documentId, submissionType: 'LETTER', reason: '  Page 3 was missing. ' },
      ben,
    );
    expect(revised).toMatchObject({
      masterRecordId: submitted.masterRecordId,
      versionNumber: 3,
      documentId,
      documentVersion: 2,
      documentMetadata: { name: 'corrected.pdf' },
      submissionType: 'LETTER',
      submissionStatus: 'PENDING_REVIEW',
      reviewNotes: null,
      reviewedBy: null,
      reviewedAt: null,
      submittedBy: { userId: dan },
      submittedAt: submitted.submittedAt,
      createdBy: { userId: ben },
      replacesSubmission: { versionId: reviewed.versionId },
      isCurrent: true,
      revisionType: 'CORRECTION',
      revisionReason: 'Page 3 was missing.',
      changeSet: { operation: 'reviseDocument', actor: { userId: ben } },
    });
    const again = await review(revised, 'ACCEPTED');
    // What was said with the revision is about that change, not about the next one.
    expect(again).toMatchObject({ documentVersion: 2, revisionType: null, revisionReason: null, isCurrent: true });
    expect(again.replacesSubmission).toEqual({ versionId: reviewed.versionId });
  });

  test('keeps the document and its type where they are left out', async () => {
    const submitted = await submit();
    expect(await revise(submitted)).toMatchObject({
      documentId: submitted.documentId,
      submissionType: submitted.submissionType,
      documentVersion: 2,
    });
  });

  test.each([...verdicts, 'PENDING_REVIEW'] as const)('may follow on a document that is %s', async (status) => {
    const submitted = await submit();
    const latest = status === 'PENDING_REVIEW' ? submitted : await review(submitted, status);
    expect(await revise(latest)).toMatchObject({ submissionStatus: 'PENDING_REVIEW', documentVersion: 2 });
  });

  test('is told in the history with its kind, its reason and what changed; reviews are not', async () => {
    const submitted = await submit();
    const reviewed = await review(submitted, 'REVISION_REQUESTED', { notes: 'Blurred.' });
    const first = await revise(reviewed, { documentId: randomUUID() });
    const second = await revise(first, { revisionType: 'RENAMED', documentMetadata: { name: 'z.pdf' }, reason: 'B' });
    const accepted = await review(second, 'ACCEPTED');
    const revisionHistory = await revisionsOf(accepted);
    expect(revisionHistory).toEqual([
      {
        historyId: first.versionId,
        revisionType: 'CORRECTION',
        revisionReason: aRevision.reason,
        changedFields: expect.any(Array),
        revisedBy: { userId: dan },
        revisedAt: first.createdAt,
      },
      {
        historyId: second.versionId,
        revisionType: 'RENAMED',
        revisionReason: 'B',
        changedFields: expect.any(Array),
        revisedBy: { userId: dan },
        revisedAt: second.createdAt,
      },
    ]);
    const [one, two] = revisionHistory.map(({ changedFields }) => changedFields);
    for (const field of ['documentId', 'documentVersion', 'documentMetadata', 'submissionStatus', 'reviewNotes'])
      expect(one).toContain(field);
    expect(one).not.toContain('submissionType');
    for (const field of ['documentVersion', 'documentMetadata']) expect(two).toContain(field);
    for (const field of ['documentId', 'submissionType', 'submissionStatus', 'reviewNotes'])
      expect(two).not.toContain(field);
    // Each version tells what had happened up to it.
    const lengths = [];
    for (const version of [submitted, reviewed, first, second, accepted])
      lengths.push((await revisionsOf(version)).length);
    expect(lengths).toEqual([0, 0, 1, 2, 2]);
  });

  test('needs a reason, a kind and metadata', async () => {
    const submitted = await submit();
    for (const reason of ['', ' \n', '\u00a0'])
      expect(
        await refusalOf(world, dan, ReviseDocumentDocument, { ...at(submitted), ...aRevision, reason }),
      ).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'reason' });
    for (const missing of ['reason', 'revisionType', 'documentMetadata'])
      expect(
        await refusalOf(world, dan, ReviseDocumentDocument, { ...at(submitted), ...aRevision, [missing]: null }),
      ).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  test.each(['revisionType', 'submissionType'])('with a blank %s is refused', async (field) => {
    const submitted = await submit();
    for (const blank of ['', ' ', '\t\n'])
      expect(
        await refusalOf(world, dan, ReviseDocumentDocument, { ...at(submitted), ...aRevision, [field]: blank }),
      ).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining(field) });
  });
});

describe('replacing another document', () => {
  test('the new one is a record of its own, and the old one is current no longer', async () => {
    const old = await review(await submit(), 'REJECTED');
    const taker = await submit(ada, { replacesVersionId: old.versionId });
    expect(taker).toMatchObject({
      versionNumber: 1,
      documentVersion: 1,
      replacesSubmission: { versionId: old.versionId },
      isCurrent: true,
    });
    expect(taker.masterRecordId).not.toBe(old.masterRecordId);
    // Nothing is written to the old one: it is still its record's latest version.
    expect(await read(old.versionId)).toMatchObject({ status: 'RECORDED', effectiveTo: null, isCurrent: false });
    expect(taker.changeSet.versions).toEqual([{ versionId: taker.versionId }]);
  });

  test('whatever then happens to the new one, the old one stays replaced', async () => {
    const old = await submit();
    const expectReplaced = async () => {
      expect(await read(old.versionId)).toMatchObject({ isCurrent: false, availableActions: [] });
      expect(await refusalOf(world, dan, ReviseDocumentDocument, { ...at(old), ...aRevision })).toMatchObject({
        code: 'INVALID_TRANSITION',
      });
      expect(
        await refusalOf(world, dan, SubmitDocumentDocument, { ...aDocument(), replacesVersionId: old.versionId }),
      ).toMatchObject({ code: 'CONFLICT' });
    };
    const taker = await submit(dan, { replacesVersionId: old.versionId });
    await expectReplaced();
    const reviewed = await review(taker, 'REVISION_REQUESTED');
    await expectReplaced();
    const revised = await revise(reviewed);
    await expectReplaced();
    await review(revised, 'ACCEPTED');
    await expectReplaced();
  });

  test('by one that was itself replaced leaves both replaced', async () => {
    const first = await submit();
    const second = await submit(dan, { replacesVersionId: first.versionId });
    const third = await submit(dan, { replacesVersionId: second.versionId });
    const standing = [];
    for (const { versionId } of [first, second, third]) standing.push((await read(versionId)).isCurrent);
    expect(standing).toEqual([false, false, true]);
  });

  test('nobody acts on the replaced one any more', async () => {
    const old = await submit();
    await submit(dan, { replacesVersionId: old.versionId });
    expect(await refusalOf(world, dan, ReviseDocumentDocument, { ...at(old), ...aRevision })).toMatchObject({
      code: 'INVALID_TRANSITION',
    });
    expect(await refusalOf(world, ada, ReviewDocumentDocument, { ...at(old), status: 'ACCEPTED' })).toMatchObject({
      code: 'INVALID_TRANSITION',
    });
    for (const person of [ada, dan]) expect((await read(old.versionId, person)).availableActions).toEqual([]);
  });

  test('is done once, and only to the latest version of a document of this workflow', async () => {
    const replacing = (replacesVersionId: string) =>
      refusalOf(world, dan, SubmitDocumentDocument, { ...aDocument(), replacesVersionId });
    const old = await submit();
    const latest = await review(old, 'REJECTED');
    expect(await replacing(old.versionId)).toMatchObject({
      code: 'CONFLICT',
      latestVersionId: latest.versionId,
      latestVersionNumber: 2,
    });
    await submit(dan, { replacesVersionId: latest.versionId });
    expect(await replacing(latest.versionId)).toMatchObject({ code: 'CONFLICT' });

    const elsewhere = await buildRecord(world, { phase: 'REQUEST_INFO', of: otherWorkflow, by: ben, approver: both });
    const action = await buildRecord(world, { phase: 'TEST_EXECUTION' });
    for (const versionId of [elsewhere.versionId, action.versionId, randomUUID()])
      expect(await replacing(versionId)).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'replacesVersionId' });
  });
});

test('the phase waits while a document that counts waits for its review', async () => {
  // Whatever the tests before left open is reviewed first.
  const open = async () =>
    (
      await world.get(
        aud,
        `{ workflow(cycleId: "${cycleId}", reportId: "${reportId}") { workflowPhase(phase: REQUEST_INFO) { records(first: 100) { nodes { ... on DocumentSubmission {
           versionId submissionStatus isCurrent submittedBy { userId } } } } } } }`,
      )
    ).workflow.workflowPhase.records.nodes.filter(
      ({ submissionStatus, isCurrent }: any) => isCurrent && submissionStatus === 'PENDING_REVIEW',
    );
  for (const document of await open())
    await world.run(document.submittedBy.userId === ada ? ben : ada, ReviewDocumentDocument, {
      input: { ...at(document), status: 'ACCEPTED' },
    });
  expect(await progress()).toBe('COMPLETE');

  const submitted = await submit();
  expect(await progress()).toBe('AWAITING_APPROVAL');
  const reviewed = await review(submitted, 'REVISION_REQUESTED');
  expect(await progress()).toBe('COMPLETE'); // it is for the other side to move, and nothing waits for a review
  const revised = await revise(reviewed);
  expect(await progress()).toBe('AWAITING_APPROVAL');
  // A document that another took the place of waits for nobody.
  const taker = await submit(dan, { replacesVersionId: revised.versionId });
  await review(taker, 'ACCEPTED');
  expect(await progress()).toBe('COMPLETE');
});
