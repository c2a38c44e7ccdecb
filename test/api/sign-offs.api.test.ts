/** Signatures on test reports: who gives them, to what, for whom, and what they keep. */
import { randomUUID } from 'node:crypto';
import {
  buildVersion,
  decideAll,
  demandPhase,
  itemKeys,
  mutate,
  sampleItem,
  sampleItems,
  transition,
  type BuiltVersion,
} from '../support/builders';
import { refusalOf } from '../support/refusals';
import { ada, aud, ben, both, gone, olga, root, stranger, tess, token, workflow, World } from '../support/world';
import { lastCommit, makeWorkflow, now, type Place } from '../past/support';

const FINAL = 'FINALIZE_TEST_REPORT';
/** A report owner and a test executive who have nothing to do with the workflow. */
const [deputy, secondExecutive] = [41, 43];

let world: World;
beforeAll(async () => {
  world = await World.create();
  await world.sql(
    'owner',
    `insert into users (user_id, name, is_active) values (${deputy}, 'Dora Deputy', true), (${secondExecutive}, 'Theo Second', true);
     insert into user_roles (user_id, role) values (${deputy}, 'REPORT_OWNER'), (${deputy}, 'TESTER'), (${secondExecutive}, 'TEST_EXECUTIVE')`,
  );
  await demandPhase(world, FINAL, { of: workflow, preparer: ada });
});
afterAll(() => world.destroy());

const at = ({ versionId, revision }: BuiltVersion) => ({ versionId, expectedRevision: revision });
const submitted = (more: { of?: Place; preparer?: number } = {}) =>
  buildVersion(world, { phase: FINAL, status: 'PENDING_APPROVAL', ...more });

/** In a workflow of its own, in which these people come to sign. */
const submittedFor = async (people: Record<string, number>) => {
  const of = await makeWorkflow(world, workflow.cycleId);
  const version = await submitted({ of });
  for (const [column, userId] of Object.entries(people))
    await world.sql('owner', `update workflows set ${column} = $2 where workflow_id = $1`, [of.workflowId, userId]);
  return version;
};

const signMutation =
  'mutation ($input: SignOffInput!) { signOff(input: $input) { version { revision } changeSet { committedAt reason } } }';
const delegateMutation =
  'mutation ($input: DelegateSignOffInput!) { delegateSignOff(input: $input) { version { revision } changeSet { id } } }';
const signing = (version: BuiltVersion, role: string, more: object = {}) => ({
  ...at(version),
  role,
  status: 'SIGNED',
  meaning: 'Review',
  ...more,
});
const delegating = (version: BuiltVersion, role: string, toUserId: number, more: object = {}) => ({
  ...at(version),
  role,
  toUserId,
  reason: 'On leave.',
  ...more,
});
const sign = async (userId: number, version: BuiltVersion, role: string, more: object = {}) =>
  (await world.get(userId, signMutation, { input: signing(version, role, more) })).signOff;
const delegate = async (userId: number, version: BuiltVersion, role: string, toUserId: number) =>
  (await world.get(userId, delegateMutation, { input: delegating(version, role, toUserId) })).delegateSignOff;
const refusedSigning = (userId: number, version: BuiltVersion, role: string, more: object = {}) =>
  refusalOf(world, userId, signMutation, signing(version, role, more));
const refusedDelegating = (userId: number, version: BuiltVersion, role: string, toUserId: number, more: object = {}) =>
  refusalOf(world, userId, delegateMutation, delegating(version, role, toUserId, more));

const signOffFields = `signOffRole signOffStatus signOffDate signOffComments meaning signerName signedContentHash delegatedFromName
  delegationReason signOffUser { userId name } delegatedFrom { userId }`;
const signOffsOf = async (
  { versionId }: Pick<BuiltVersion, 'versionId'>,
  userId = aud,
  directive = '',
): Promise<any[]> =>
  (
    await world.get(
      userId,
      `query ($id: UUID!) ${directive} { phaseVersion(versionId: $id) { ... on TestReportVersion { signOffs { ${signOffFields} } } } }`,
      { id: versionId },
    )
  ).phaseVersion.signOffs;
const statuses = async (version: Pick<BuiltVersion, 'versionId'>) =>
  (await signOffsOf(version)).map(({ signOffStatus }: { signOffStatus: string }) => signOffStatus);
const requirement = async ({ versionId }: BuiltVersion) =>
  (
    await world.get(
      tess,
      'query ($id: UUID!) { phaseVersion(versionId: $id) { approvalRequirements { code status explanation satisfiableBy } } }',
      { id: versionId },
    )
  ).phaseVersion.approvalRequirements.find(({ code }: { code: string }) => code === 'SIGN_OFFS');
const ready = async (version: BuiltVersion) => decideAll(world, tess, version, FINAL);
const edited = async (version: BuiltVersion) => {
  const draft = await transition(world, ada, 'withdrawVersion', version);
  const changed = await mutate(world, ada, 'putItems', 'PutItemsInput', {
    ...at(draft),
    items: sampleItems(FINAL, 1, 90),
  });
  return transition(world, ada, 'submitVersion', changed);
};

describe('signing', () => {
  test('three people sign side by side, and the Test Executive approves when all have', async () => {
    const version = await ready(await submitted());
    expect(await requirement(version)).toEqual({
      code: 'SIGN_OFFS',
      status: 'UNSATISFIED',
      explanation:
        'The test lead (Ben Okafor) has not signed, the report owner (Olga Petrenko) has not signed and the test executive (Tess Nakamura) has not signed.',
      satisfiableBy: ['TESTER', 'REPORT_OWNER', 'TEST_EXECUTIVE'],
    });
    const answers = await Promise.all([
      sign(ben, version, 'test_lead', { comments: 'Complete.' }),
      sign(olga, version, 'report_owner', { meaning: ' Approval ' }),
      sign(tess, version, 'test_executive', { meaning: 'Responsibility' }),
    ]);
    // Nobody has to read it again because somebody else signed.
    expect(answers.map(({ version: { revision } }) => revision)).toEqual(answers.map(() => version.revision));
    expect(await requirement(version)).toMatchObject({ status: 'SATISFIED' });
    const found = await signOffsOf(version);
    expect(found.map(({ signerName, meaning, signOffStatus }: any) => [signerName, meaning, signOffStatus])).toEqual([
      ['Ben Okafor', 'Review', 'SIGNED'],
      ['Olga Petrenko', 'Approval', 'SIGNED'],
      ['Tess Nakamura', 'Responsibility', 'SIGNED'],
    ]);
    expect(found.map(({ signOffDate }: any) => signOffDate)).toEqual(
      answers.map(({ changeSet }) => changeSet.committedAt),
    );
    for (const { signedContentHash, delegatedFrom } of found)
      expect({ signedContentHash, delegatedFrom }).toEqual({
        signedContentHash: version.contentHash,
        delegatedFrom: null,
      });
    expect(answers[0].changeSet.reason).toBe('Complete.');
    const approved = await transition(world, tess, 'approveVersion', version);
    const { phaseVersion } = await world.get(
      aud,
      'query ($id: UUID!) { phaseVersion(versionId: $id) { status reviewedAt ... on TestReportVersion { executiveApprovedBy { userId } executiveApprovalDate } } }',
      { id: approved.versionId },
    );
    expect(phaseVersion).toMatchObject({ status: 'APPROVED', executiveApprovedBy: { userId: tess } });
    expect(phaseVersion.executiveApprovalDate).toBe(phaseVersion.reviewedAt);
    // What was signed stays signed, and is not signed again.
    expect(await refusedSigning(olga, approved, 'report_owner')).toMatchObject({ code: 'INVALID_TRANSITION' });
    expect(await statuses(approved)).toEqual(['SIGNED', 'SIGNED', 'SIGNED']);
  });

  test('an approval says which signature is missing', async () => {
    const version = await ready(await submitted());
    await sign(ben, version, 'test_lead');
    await sign(tess, version, 'test_executive');
    const approve =
      'mutation ($input: VersionTransitionInput!) { approveVersion(input: $input) { version { status } } }';
    expect(await refusalOf(world, tess, approve, at(version))).toMatchObject({
      code: 'SIGN_OFFS_MISSING',
      missing: ['report_owner'],
    });
  });

  test('a signature holds for the content that was signed: a change outdates it, submitting it again does not', async () => {
    const version = await submitted();
    await sign(ben, version, 'test_lead');
    await sign(olga, version, 'report_owner', { status: 'REJECTED', comments: 'Section 2 is wrong.' });
    const again = await transition(
      world,
      ada,
      'submitVersion',
      await transition(world, ada, 'withdrawVersion', version),
    );
    expect(await statuses(again)).toEqual(['SIGNED', 'REJECTED', 'PENDING']);
    const changed = await edited(again);
    expect(await statuses(changed)).toEqual(['OUTDATED', 'OUTDATED', 'PENDING']);
    expect((await requirement(changed)).explanation).toContain(
      'the test lead (Ben Okafor) signed other content'.slice(4),
    );
    await sign(ben, changed, 'test_lead');
    await sign(olga, changed, 'report_owner');
    expect(await statuses(changed)).toEqual(['SIGNED', 'SIGNED', 'PENDING']);
  });

  test('a change back to what was signed makes the signature hold again: it is the same content', async () => {
    const version = await submitted();
    await sign(ben, version, 'test_lead');
    const draft = await transition(world, ada, 'withdrawVersion', version);
    const [itemKey] = await itemKeys(world, version.versionId);
    const put = (item: object, from: BuiltVersion) =>
      mutate(world, ada, 'putItems', 'PutItemsInput', { ...at(from), items: { sections: [{ ...item, itemKey }] } });
    const { phaseVersion } = await world.get(
      aud,
      'query ($id: UUID!) { phaseVersion(versionId: $id) { items(first: 1) { nodes { content } } } }',
      { id: version.versionId },
    );
    const changed = await put(sampleItem(FINAL, 77), draft);
    expect((await statuses(changed))[0]).toBe('OUTDATED');
    const back = await put(phaseVersion.items.nodes[0].content, changed);
    expect(back.contentHash).toBe(version.contentHash);
    expect((await statuses(back))[0]).toBe('SIGNED');
  });

  test('who refuses to sign says why, and may sign later', async () => {
    const version = await submitted();
    const no = { status: 'REJECTED', comments: 'Evidence is missing.' };
    for (const comments of [undefined, null, ' '])
      expect(await refusedSigning(olga, version, 'report_owner', { ...no, comments })).toMatchObject({
        code: 'BAD_USER_INPUT',
        argument: 'comments',
      });
    await sign(olga, version, 'report_owner', no);
    expect((await signOffsOf(version))[1]).toMatchObject({
      signOffStatus: 'REJECTED',
      signOffComments: no.comments,
      signerName: 'Olga Petrenko',
    });
    expect((await requirement(version)).explanation).toContain('the report owner (Olga Petrenko) has refused to sign');
    await sign(olga, version, 'report_owner');
    expect((await statuses(version))[1]).toBe('SIGNED');
    expect(await refusedSigning(olga, version, 'report_owner', no)).toMatchObject({ code: 'INVALID_TRANSITION' });
  });

  test('a signature keeps name, time and meaning when the signer is renamed and leaves', async () => {
    const version = await submittedFor({ report_owner_id: deputy });
    await sign(deputy, version, 'report_owner', { meaning: 'Approval' });
    const [, before] = await signOffsOf(version);
    await world.sql('owner', `update users set name = 'Dora Married', is_active = false where user_id = ${deputy}`);
    const [, after] = await signOffsOf(version);
    expect(after).toEqual({ ...before, signOffUser: { userId: deputy, name: 'Dora Married' } });
    expect(after).toMatchObject({ signerName: 'Dora Deputy', meaning: 'Approval', signOffStatus: 'SIGNED' });
    await world.sql('owner', `update users set name = 'Dora Deputy', is_active = true where user_id = ${deputy}`);
  });

  test('the past shows the signatures that there were', async () => {
    const version = await submitted();
    const before = await now(world);
    await sign(ben, version, 'test_lead');
    const signed = await lastCommit(world, workflow.workflowId);
    await delegate(olga, version, 'report_owner', deputy);
    const then = async (instant: string) =>
      (await signOffsOf(version, aud, `@asOf(at: "${instant}")`)).map(({ signOffStatus, signOffUser }: any) => [
        signOffStatus,
        signOffUser.userId,
      ]);
    expect(await then(before)).toEqual([
      ['PENDING', ben],
      ['PENDING', olga],
      ['PENDING', tess],
    ]);
    expect(await then(signed)).toEqual([
      ['SIGNED', ben],
      ['PENDING', olga],
      ['PENDING', tess],
    ]);
    expect((await then(await now(world)))[1]).toEqual(['PENDING', deputy]);
  });
});

describe('who signs', () => {
  test.each([
    ['the test lead, asked for the owner’s', ben, 'report_owner', 'FORBIDDEN'],
    ['the tester who prepared it', ada, 'test_lead', 'FORBIDDEN'],
    ['the owner, asked for the lead’s', olga, 'test_lead', 'FORBIDDEN'],
    ['another test executive', secondExecutive, 'test_executive', 'FORBIDDEN'],
    ['an administrator', root, 'report_owner', 'FORBIDDEN'],
    ['an auditor', aud, 'report_owner', 'FORBIDDEN'],
    ['somebody who has nothing to do with it', stranger, 'test_lead', 'NOT_FOUND'],
    ['nobody at all', null, 'test_lead', 'UNAUTHENTICATED'],
    ['the owner, for a role that is none', olga, 'chairman', 'BAD_USER_INPUT'],
  ] as const)('%s: refused', async (_, userId, role, code) => {
    const version = await submitted();
    expect(await refusalOf(world, userId, signMutation, signing(version, role))).toMatchObject({ code });
    expect(await refusalOf(world, userId, delegateMutation, delegating(version, role, both))).toMatchObject({ code });
  });

  test('a refusal names who signs', async () => {
    const { message } = await refusedSigning(ben, await submitted(), 'report_owner');
    expect(message).toContain('Olga Petrenko, as a Report Owner');
  });

  test('not who lost the role, whatever the workflow still says', async () => {
    const version = await submitted();
    await world.sql('owner', `delete from user_roles where user_id = ${olga} and role = 'REPORT_OWNER'`);
    const refused = await refusedSigning(olga, version, 'report_owner');
    await world.sql('owner', `insert into user_roles (user_id, role) values (${olga}, 'REPORT_OWNER')`);
    expect(refused).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('not the test lead who edited, submitted or rebased the version, nor in bulk', async () => {
    const byEditing = await buildVersion(world, { phase: FINAL, items: 1 });
    const touched = await mutate(world, ben, 'putItems', 'PutItemsInput', {
      ...at(byEditing),
      items: sampleItems(FINAL, 200, 100),
    });
    const edited = await transition(world, ada, 'submitVersion', touched);
    const bySubmitting = await transition(
      world,
      ben,
      'submitVersion',
      await buildVersion(world, { phase: FINAL, items: 1 }),
    );
    const onOldBase = await buildVersion(world, { phase: FINAL, items: 1 });
    await buildVersion(world, { phase: FINAL, status: 'APPROVED' });
    const byRebasing = await mutate(world, ben, 'rebaseVersion', 'RebaseVersionInput', at(onOldBase));
    for (const version of [edited, bySubmitting, await transition(world, ada, 'submitVersion', byRebasing)]) {
      expect(await refusedSigning(ben, version, 'test_lead')).toMatchObject({ code: 'FOUR_EYES' });
      // Another tester may in his place.
      await delegate(ben, version, 'test_lead', stranger);
      await sign(stranger, version, 'test_lead');
      expect((await signOffsOf(version))[0]).toMatchObject({
        signerName: 'Stella Stranger',
        delegatedFromName: 'Ben Okafor',
      });
      await transition(world, ada, 'withdrawVersion', version);
    }
  });

  test('one person gives one signature', async () => {
    const version = await submittedFor({ test_lead_id: both, report_owner_id: both });
    await sign(both, version, 'test_lead');
    expect(await refusedSigning(both, version, 'report_owner')).toMatchObject({ code: 'FOUR_EYES' });
    const { availableActions } = (
      await world.get(both, 'query ($id: UUID!) { phaseVersion(versionId: $id) { availableActions } }', {
        id: version.versionId,
      })
    ).phaseVersion;
    expect(availableActions).toContain('DELEGATE_SIGN_OFF');
    expect(availableActions).not.toContain('SIGN_OFF');
    await delegate(both, version, 'report_owner', deputy);
    await sign(deputy, version, 'report_owner');
    expect((await statuses(version)).slice(0, 2)).toEqual(['SIGNED', 'SIGNED']);
  });

  test('a waived signature is not given, and the approval says that it was waived', async () => {
    const draft = await buildVersion(world, { phase: FINAL, items: 1 });
    const waived = await mutate(world, tess, 'updateVersion', 'UpdateVersionInput', {
      ...at(draft),
      content: { finalizeTestReport: { requiresExecutiveApproval: false } },
      reason: 'A small report.',
    });
    const version = await ready(await transition(world, ada, 'submitVersion', waived));
    expect(await refusedSigning(tess, version, 'test_executive')).toMatchObject({ code: 'INVALID_TRANSITION' });
    await sign(ben, version, 'test_lead');
    await sign(olga, version, 'report_owner');
    expect(await requirement(version)).toMatchObject({
      status: 'OVERRIDDEN',
      explanation: expect.stringContaining('the signature of the test executive was waived'),
    });
    expect(await transition(world, tess, 'approveVersion', version)).toMatchObject({ status: 'APPROVED' });
  });

  test.each([
    ['a draft', 'DRAFT'],
    ['a rejected version', 'REJECTED'],
    ['an approved version', 'APPROVED'],
  ] as const)('nobody signs %s', async (_, status) => {
    const version = await buildVersion(world, { phase: FINAL, status });
    expect(await refusedSigning(olga, version, 'report_owner')).toMatchObject({ code: 'INVALID_TRANSITION' });
  });

  test('what is not signed elsewhere is told so', async () => {
    const version = await buildVersion(world, { phase: 'SCOPING', status: 'PENDING_APPROVAL' });
    expect(await refusedSigning(olga, version, 'report_owner')).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'Scoping needs no signatures.',
    });
  });

  test.each([
    ['an empty meaning', { meaning: ' ' }],
    ['a status that is none to give', { status: 'OUTDATED' }],
    ['a status that takes it back', { status: 'PENDING' }],
  ])('%s is refused', async (_, more) => {
    expect(await refusedSigning(olga, await submitted(), 'report_owner', more)).toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });

  test('a signature is given to what its signer has seen', async () => {
    const version = await submitted();
    const changed = await edited(version);
    expect(await refusedSigning(olga, version, 'report_owner')).toMatchObject({
      code: 'CONFLICT',
      actualRevision: changed.revision,
    });
  });

  test('signing while somebody withdraws: either it is signed as it was, or not at all', async () => {
    for (let n = 0; n < 6; n++) {
      const version = await submitted();
      const [signed] = await Promise.allSettled([
        sign(olga, version, 'report_owner'),
        transition(world, ada, 'withdrawVersion', version),
      ]);
      expect((await statuses(version))[1]).toBe(signed.status === 'fulfilled' ? 'SIGNED' : 'PENDING');
    }
  });

  test('the same signature twice at once is one signature', async () => {
    const version = await submitted();
    const answers = await Promise.allSettled([1, 2, 3].map(() => sign(olga, version, 'report_owner')));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const rows = await world.sql('owner', 'select 1 from test_report_signoffs where version_id = $1', [
      version.versionId,
    ]);
    expect(rows).toHaveLength(1);
  });
});

describe('signing takes a sign-in of a few minutes ago', () => {
  const askWith = async (version: BuiltVersion, claims: Record<string, unknown>) => {
    const response = await fetch(`${world.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(olga, claims)}` },
      body: JSON.stringify({ query: signMutation, variables: { input: signing(version, 'report_owner') } }),
    });
    const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
    return errors?.[0]?.extensions ?? 'signed';
  };
  const ago = (seconds: number) => ({ auth_time: Math.floor(Date.now() / 1000) - seconds });

  test('one that is older, or of unknown age, is refused; a fresh one signs', async () => {
    const version = await submitted();
    for (const claims of [ago(301), ago(86_400), { auth_time: undefined }])
      expect(await askWith(version, claims)).toMatchObject({ code: 'REAUTHENTICATION_REQUIRED', maxAgeSeconds: 300 });
    expect(await statuses(version)).toEqual(['PENDING', 'PENDING', 'PENDING']);
    expect(await askWith(version, ago(290))).toBe('signed');
  });

  test('who may not sign is told so, whatever the age', async () => {
    const response = await fetch(`${world.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(ada, ago(3000))}` },
      body: JSON.stringify({ query: signMutation, variables: { input: signing(await submitted(), 'report_owner') } }),
    });
    expect(((await response.json()) as any).errors[0].extensions.code).toBe('FORBIDDEN');
  });
});

describe('delegating', () => {
  test('a delegate sees the workflow, signs in their own name, and both names are on the signature', async () => {
    const version = await ready(await submitted({ of: await makeWorkflow(world, workflow.cycleId) }));
    expect(
      (
        await world.get(deputy, 'query ($id: UUID!) { phaseVersion(versionId: $id) { status } }', {
          id: version.versionId,
        })
      ).phaseVersion,
    ).toBeNull();
    const answer = await delegate(olga, version, 'report_owner', deputy);
    expect(answer.version.revision).toBe(version.revision);
    expect((await signOffsOf(version, deputy))[1]).toMatchObject({
      signOffStatus: 'PENDING',
      signOffUser: { userId: deputy, name: 'Dora Deputy' },
      delegatedFrom: { userId: olga },
      delegationReason: 'On leave.',
      signerName: null,
    });
    expect((await requirement(version)).explanation).toContain(
      'the report owner (Dora Deputy for Olga Petrenko) has not signed',
    );
    // Whoever delegated it does not sign as well.
    expect(await refusedSigning(olga, version, 'report_owner')).toMatchObject({ code: 'FORBIDDEN' });
    await sign(deputy, version, 'report_owner', { meaning: 'Approval' });
    expect((await signOffsOf(version))[1]).toMatchObject({
      signOffStatus: 'SIGNED',
      signerName: 'Dora Deputy',
      delegatedFromName: 'Olga Petrenko',
      signOffUser: { userId: deputy },
      delegatedFrom: { userId: olga },
      delegationReason: 'On leave.',
    });
    await sign(ben, version, 'test_lead');
    await sign(tess, version, 'test_executive');
    expect(await transition(world, tess, 'approveVersion', version)).toMatchObject({ status: 'APPROVED' });
    // They see what they signed, and do nothing else here.
    const { phaseVersion } = await world.get(
      deputy,
      'query ($id: UUID!) { phaseVersion(versionId: $id) { status availableActions } }',
      { id: version.versionId },
    );
    expect(phaseVersion).toEqual({ status: 'APPROVED', availableActions: [] });
  });

  test('a delegate does not delegate further, and whose it is may take it back', async () => {
    const version = await submitted({ of: await makeWorkflow(world, workflow.cycleId) });
    await delegate(olga, version, 'report_owner', deputy);
    expect(await refusedDelegating(deputy, version, 'report_owner', both)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await refusedDelegating(olga, version, 'report_owner', deputy)).toMatchObject({ code: 'BAD_USER_INPUT' });
    await delegate(olga, version, 'report_owner', olga);
    expect(await world.codeOf(deputy, signMutation, { input: signing(version, 'report_owner') })).toBe('NOT_FOUND');
    expect(await refusedDelegating(olga, version, 'report_owner', olga)).toMatchObject({ code: 'BAD_USER_INPUT' });
    await sign(olga, version, 'report_owner');
    expect((await signOffsOf(version))[1]).toMatchObject({ signerName: 'Olga Petrenko', delegatedFrom: null });
    expect(await refusedDelegating(olga, version, 'report_owner', deputy)).toMatchObject({
      code: 'INVALID_TRANSITION',
    });
  });

  test('a delegation lasts through changes of the content, and ends with the assignment of who made it', async () => {
    const of = await makeWorkflow(world, workflow.cycleId);
    const version = await submitted({ of });
    await delegate(olga, version, 'report_owner', deputy);
    await sign(deputy, version, 'report_owner');
    const changed = await edited(version);
    expect((await signOffsOf(changed))[1]).toMatchObject({ signOffStatus: 'OUTDATED', signerName: 'Dora Deputy' });
    await sign(deputy, changed, 'report_owner');
    const again = await edited(changed);
    await world.sql('owner', 'update workflows set report_owner_id = $2 where workflow_id = $1', [of.workflowId, both]);
    expect(await world.codeOf(deputy, signMutation, { input: signing(again, 'report_owner') })).toBe('NOT_FOUND');
    await sign(both, again, 'report_owner');
    expect((await statuses(again))[1]).toBe('SIGNED');
    // The one who signed is named, whoever comes after.
    await world.sql('owner', 'update workflows set report_owner_id = $2 where workflow_id = $1', [of.workflowId, olga]);
    expect((await requirement(again)).explanation).toContain('the report owner (Bo Both) has signed');
    expect((await signOffsOf(again))[1]).toMatchObject({ signOffUser: { userId: both }, delegatedFrom: null });
  });

  test.each([
    ['somebody without the role', ben, 'BAD_USER_INPUT'],
    ['somebody who has left', gone, 'BAD_USER_INPUT'],
    ['an auditor', aud, 'BAD_USER_INPUT'],
    ['nobody there is', 999_999, 'BAD_USER_INPUT'],
    ['a number that is none of a person', -1, 'BAD_USER_INPUT'],
  ] as const)('not to %s', async (_, to, code) => {
    expect(await refusedDelegating(olga, await submitted(), 'report_owner', to)).toMatchObject({ code });
  });

  test('not to the one whose work is signed, nor to one who gives another signature', async () => {
    const version = await submitted();
    expect(await refusedDelegating(ben, version, 'test_lead', ada)).toMatchObject({ code: 'FOUR_EYES' });
    await delegate(olga, version, 'report_owner', deputy);
    // Dora is a tester as well.
    expect(await refusedDelegating(ben, version, 'test_lead', deputy)).toMatchObject({ code: 'FOUR_EYES' });
  });

  test('a delegate who comes to edit the version does not sign it', async () => {
    const of = await makeWorkflow(world, workflow.cycleId, { testers: [ada, ben, stranger] });
    const draft = await buildVersion(world, { phase: FINAL, of, items: 1 });
    await delegate(ben, draft, 'test_lead', stranger);
    const touched = await mutate(world, stranger, 'putItems', 'PutItemsInput', {
      ...at(draft),
      items: sampleItems(FINAL, 1, 80),
    });
    const version = await transition(world, ada, 'submitVersion', touched);
    expect(await refusedSigning(stranger, version, 'test_lead')).toMatchObject({ code: 'FOUR_EYES' });
  });

  test('a delegation needs a reason', async () => {
    expect(await refusedDelegating(olga, await submitted(), 'report_owner', deputy, { reason: '  ' })).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument: 'reason',
    });
  });

  test('delegating while the delegate signs for another: never two signatures of one person', async () => {
    for (let n = 0; n < 5; n++) {
      const version = await submitted();
      await Promise.allSettled([
        delegate(olga, version, 'report_owner', deputy),
        delegate(ben, version, 'test_lead', deputy),
      ]);
      await Promise.allSettled([sign(deputy, version, 'report_owner'), sign(deputy, version, 'test_lead')]);
      expect((await statuses(version)).filter((status: string) => status === 'SIGNED')).toHaveLength(1);
    }
  });
});

describe('the database keeps it, whatever the service would do', () => {
  type Row = Record<string, unknown>;
  const insert = (row: Row) => {
    const { sign_off_date: date, ...rest } = row;
    const names = Object.keys(rest);
    const stamp = `(select opened_at from log.stream where stream_id = '${workflow.workflowId}')`;
    return {
      sql: `insert into test_report_signoffs (${names.join()}, sign_off_date)
        values (${names.map((_, i) => `$${i + 1}`).join()}, coalesce($${names.length + 1}::timestamptz, ${stamp}, now()))`,
      values: [...Object.values(rest), date],
    };
  };
  const rowFor = (version: BuiltVersion, change: Row = {}): Row => ({
    sign_off_id: randomUUID(),
    stream_id: workflow.workflowId,
    version_id: version.versionId,
    sign_off_role: 'report_owner',
    sign_off_user_id: olga,
    sign_off_status: 'SIGNED',
    sign_off_date: null,
    meaning: 'Review',
    signer_name: 'Olga Petrenko',
    signed_content_hash: version.contentHash,
    ...change,
  });
  /** As the service would, in the name of somebody; the code of the refusal. */
  const tried = async (as: 'service' | 'owner', actor: number, statements: { sql: string; values?: unknown[] }[]) =>
    world.session(as, async (client) => {
      await client.query('begin');
      try {
        if (as === 'service')
          await client.query(`select log.open($1, $2, 'signOff', null, 'r')`, [workflow.workflowId, actor]);
        for (const { sql, values } of statements) await client.query(sql, values);
        if (as === 'service') await client.query('select log.commit($1)', [workflow.workflowId]);
        return 'accepted';
      } catch (error) {
        return (error as { code: string }).code;
      } finally {
        await client.query('rollback');
      }
    });

  test('a signature is the actor’s own, on the content that is there, while it is reviewed', async () => {
    const version = await submitted();
    const other = await submitted();
    const draft = await buildVersion(world, { phase: FINAL, items: 1 });
    const attempt = (change: Row = {}, of = version, actor = olga) =>
      tried('service', actor, [insert(rowFor(of, change))]);
    expect(await attempt()).toBe('accepted');
    expect(await attempt({}, version, tess)).toBe('PL006');
    expect(await attempt({ signer_name: 'Somebody Else' })).toBe('PL006');
    expect(await attempt({ sign_off_date: new Date('2020-01-01') })).toBe('PL006');
    expect(await attempt({ sign_off_user_id: ada, signer_name: 'Ada Lindqvist' }, version, ada)).toBe('PL006');
    expect(await attempt({ signed_content_hash: 'a'.repeat(64) })).toBe('PL005');
    expect(await attempt({ signed_content_hash: null })).toBe('23514');
    expect(await attempt({ meaning: null })).toBe('23514');
    expect(await attempt({}, draft)).toBe('PL004');
    // Pasted from one version to another it is no signature there: their hashes differ.
    const changed = await edited(other);
    expect(await attempt({ signed_content_hash: other.contentHash }, changed)).toBe('PL005');
    expect(await attempt({ delegated_from_id: olga, delegation_reason: 'Why.', delegated_from_name: 'Olga' })).toBe(
      '23514',
    );
    for (const as of ['service', 'owner'] as const)
      expect(
        await tried(as, olga, [insert(rowFor(version)), insert(rowFor(version, { sign_off_id: randomUUID() }))]),
      ).toBe('PL004');
  });

  test('signatures are not rewritten, also not by the owner', async () => {
    const version = await submitted();
    await sign(olga, version, 'report_owner');
    for (const sql of [
      `update test_report_signoffs set meaning = 'Nothing' where version_id = '${version.versionId}'`,
      `delete from test_report_signoffs where version_id = '${version.versionId}'`,
      'truncate test_report_signoffs',
    ]) {
      expect(await tried('owner', olga, [{ sql }])).toBe('PL005');
      expect(await tried('service', olga, [{ sql }])).toBe('42501');
    }
  });

  test('a report that is not signed by all does not come into force', async () => {
    const version = await ready(await submitted());
    const approve = {
      sql: `update phase_version set status = 'APPROVED', reviewed_at = now(), reviewed_by = ${tess}, effective_from = now(), revision = revision + 1 where version_id = '${version.versionId}'`,
    };
    expect(await tried('service', tess, [approve])).toBe('PL010');
    expect(await tried('owner', tess, [approve])).toBe('PL010');
    await sign(ben, version, 'test_lead');
    await sign(olga, version, 'report_owner', { status: 'REJECTED', comments: 'No.' });
    await sign(tess, version, 'test_executive');
    expect(await tried('service', tess, [approve])).toBe('PL010');
    await sign(olga, version, 'report_owner');
    expect(await tried('service', tess, [approve])).not.toBe('PL010');
  });
});
