/**
 * A signature, or a decision on an item, counts while its giver is independent: asked when the approval relies on it, of who
 * has edited or submitted the version by then, and not only when it was given.
 */
import { fullPhases } from '../../src/phases';
import type { FullPhase } from '../../src/versioning/phase';
import {
  buildVersion,
  decideAll,
  demandPhase,
  itemKeys,
  mutate,
  sampleItem,
  signAll,
  transition,
  type BuiltVersion,
} from '../support/builders';
import { refusalOf } from '../support/refusals';
import { ada, aud, ben, olga, tess, workflow, World } from '../support/world';
import { lastCommit } from '../past/support';

const FINAL = 'FINALIZE_TEST_REPORT';
/** Has every role there is to prepare and to decide; tester, report owner and test executive of a workflow with Ben. */
const jack = 31;
/** A tester who has nothing to do with the workflows. */
const deputy = 41;
const place = {
  cycleId: workflow.cycleId,
  reportId: '0194d2a0-5c00-7000-8000-000000000005',
  workflowId: '0194d2a0-5c00-7000-8000-0000000000f4',
};

let world: World;
beforeAll(async () => {
  world = await World.create();
  await world.sql(
    'owner',
    `insert into users (user_id, name, is_active) values (${jack}, 'Jack Ofall', true), (${deputy}, 'Dora Deputy', true);
     insert into user_roles (user_id, role) values (${jack}, 'TESTER'), (${jack}, 'REPORT_OWNER'), (${jack}, 'TEST_EXECUTIVE'),
       (${deputy}, 'TESTER');
     insert into reports (report_id, name, number) values ('${place.reportId}', 'Small report', 'SR-1');
     insert into workflows (workflow_id, cycle_id, report_id, test_lead_id, report_owner_id, test_executive_id) values
       ('${place.workflowId}', '${place.cycleId}', '${place.reportId}', ${ben}, ${olga}, ${tess});
     insert into workflow_testers (workflow_id, user_id) values ('${place.workflowId}', ${ben}), ('${place.workflowId}', ${jack});`,
  );
  await demandPhase(world, FINAL, { of: workflow, preparer: ada });
  await demandPhase(world, FINAL, { of: place, preparer: ben });
});
afterAll(() => world.destroy());

const at = ({ versionId, revision }: BuiltVersion) => ({ versionId, expectedRevision: revision });
const submit = (by: number, version: BuiltVersion) => transition(world, by, 'submitVersion', version);
const withdraw = (by: number, version: BuiltVersion) => transition(world, by, 'withdrawVersion', version);
const transitionMutation = (name: string) =>
  `mutation ($input: VersionTransitionInput!) { ${name}(input: $input) { version { status } } }`;
const refusedApproval = (by: number, version: BuiltVersion) =>
  refusalOf(world, by, transitionMutation('approveVersion'), at(version));

/** What a person can do to a draft that makes them its editor, whether or not it changes anything in the end. */
const saving: readonly [string, (by: number, draft: BuiltVersion, phase: string) => Promise<BuiltVersion>][] = [
  [
    'changes an item and changes it back',
    async (by, draft, phase) => {
      const [, itemKey] = await itemKeys(world, draft.versionId);
      const { name, before, changed } = anItem(phase, itemKey!);
      const other = await mutate(world, by, 'putItems', 'PutItemsInput', {
        ...at(draft),
        items: { [name]: [changed] },
      });
      return mutate(world, by, 'putItems', 'PutItemsInput', { ...at(other), items: { [name]: [before] } });
    },
  ],
  [
    'saves an item as it is',
    async (by, draft, phase) => {
      const [, itemKey] = await itemKeys(world, draft.versionId);
      const { name, before } = anItem(phase, itemKey!);
      return mutate(world, by, 'putItems', 'PutItemsInput', { ...at(draft), items: { [name]: [before] } });
    },
  ],
  [
    'saves the version’s own content as it is',
    async (by, draft, phase) => {
      const { version } = fullPhases.find(({ key }) => key === phase)!;
      const [row] = await world.sql<Record<string, unknown>>(
        'owner',
        `select * from ${version.table} where version_id = $1`,
        [draft.versionId],
      );
      const [field, column] = sameText[phase] ?? [];
      const content = { [version.input]: field ? { [field]: row![column!] } : {} };
      return mutate(world, by, 'updateVersion', 'UpdateVersionInput', { ...at(draft), content });
    },
  ],
];
/** A field of the version's own that can be sent again as it is. */
const sameText: Record<string, [string, string]> = { [FINAL]: ['reportTitle', 'report_title'] };

/** The second sample item as it was put, and in another form. */
function anItem(phase: string, itemKey: string) {
  const { item } = fullPhases.find(({ key }) => key === phase)!;
  const before = { ...sampleItem(phase, 2), itemKey };
  const kept = item.identity ? { [item.identity]: before[item.identity as keyof typeof before] } : {};
  return { name: item.input, before, changed: { ...sampleItem(phase, 77), ...kept, itemKey } };
}

// ── signatures ──────────────────────────────────────────────────────────────────────────────────────────────────────

describe('a signature', () => {
  const sign = (by: number, version: BuiltVersion, role: string) =>
    world.get(by, `mutation ($input: SignOffInput!) { signOff(input: $input) { version { revision } } }`, {
      input: { ...at(version), role, status: 'SIGNED', meaning: 'Review' },
    });
  const delegate = (by: number, version: BuiltVersion, toUserId: number) =>
    world.get(by, `mutation ($i: DelegateSignOffInput!) { delegateSignOff(input: $i) { version { revision } } }`, {
      i: { ...at(version), role: 'test_lead', toUserId, reason: 'I have worked on it.' },
    });
  const standing = async ({ versionId }: BuiltVersion) => {
    const { phaseVersion } = await world.get(
      aud,
      `query ($id: UUID!) { phaseVersion(versionId: $id) { approvalRequirements { code status explanation }
         ... on TestReportVersion { signOffs { signOffRole signOffStatus countsForApproval notCountedBecause signerName } } } }`,
      { id: versionId },
    );
    const requirement = phaseVersion.approvalRequirements.find(({ code }: { code: string }) => code === 'SIGN_OFFS');
    return { lead: phaseVersion.signOffs[0], requirement };
  };
  const drafted = () => buildVersion(world, { phase: FINAL, preparer: ada });
  /** Submitted by Ada, signed by Ben, the test lead. */
  const signedByBen = async () => {
    const version = await submit(ada, await drafted());
    await sign(ben, version, 'test_lead');
    return version;
  };
  const allButBen = async (version: BuiltVersion) => {
    const decided = await decideAll(world, tess, version, FINAL);
    await sign(olga, decided, 'report_owner');
    await sign(tess, decided, 'test_executive');
    return decided;
  };

  test('counts as long as its giver stays out of the work', async () => {
    const version = await allButBen(await signedByBen());
    expect((await standing(version)).lead).toEqual({
      signOffRole: 'test_lead',
      signOffStatus: 'SIGNED',
      signerName: 'Ben Okafor',
      countsForApproval: true,
      notCountedBecause: null,
    });
    expect(await transition(world, tess, 'approveVersion', version)).toMatchObject({ status: 'APPROVED' });
  });

  const worked: typeof saving = [
    ['submits the version', async (by, draft) => submit(by, draft)],
    ...saving.map(([deed, save]): (typeof saving)[number] => [
      deed,
      async (by, draft, phase) => submit(ada, await save(by, draft, phase)),
    ]),
  ];
  test.each(worked)('counts no more when its giver %s', async (deed, work) => {
    const bar = deed.startsWith('submits') ? 'submitted' : 'edited';
    const signed = await signedByBen();
    const again = await work(ben, await withdraw(ada, signed), FINAL);
    expect(again).toMatchObject({ status: 'PENDING_APPROVAL', contentHash: signed.contentHash });

    const because = `Whoever gave it has ${bar} this version, and only others may decide on it. Somebody else has to.`;
    const explanation = `The test lead (Ben Okafor) gave it, and then ${bar} this version, so it no longer counts and somebody else has to sign`;
    const { lead, requirement } = await standing(again);
    expect(lead).toMatchObject({ signOffStatus: 'OUTDATED', countsForApproval: false, notCountedBecause: because });
    expect(requirement).toMatchObject({ status: 'UNSATISFIED', explanation: expect.stringContaining(explanation) });

    const ready = await allButBen(again);
    expect(await refusedApproval(tess, ready)).toMatchObject({ code: 'SIGN_OFFS_MISSING', missing: ['test_lead'] });
    // He cannot give it again, and it is not in anybody's way: he has somebody else sign.
    const signing = { ...at(ready), role: 'test_lead', status: 'SIGNED', meaning: 'Review' };
    expect(
      await refusalOf(
        world,
        ben,
        'mutation ($input: SignOffInput!) { signOff(input: $input) { version { revision } } }',
        signing,
      ),
    ).toMatchObject({ code: 'FOUR_EYES' });
    await delegate(ben, ready, deputy);
    await sign(deputy, ready, 'test_lead');
    expect(await transition(world, tess, 'approveVersion', ready)).toMatchObject({ status: 'APPROVED' });
  });

  test('counts again when its giver has taken their submission back, and somebody else submits', async () => {
    const own = await submit(ben, await withdraw(ada, await signedByBen()));
    const version = await allButBen(await submit(ada, await withdraw(ben, own)));
    expect(await transition(world, tess, 'approveVersion', version)).toMatchObject({ status: 'APPROVED' });
  });

  test('of somebody who submitted the version is refused as missing by the database, too', async () => {
    const version = await allButBen(await submit(ben, await withdraw(ada, await signedByBen())));
    const attempt = world.session('service', async (client) => {
      await client.query('begin');
      await client.query('select log.open($1, $2, $3, null, null)', [workflow.workflowId, tess, 'approveVersion']);
      await client.query(
        `update phase_version set status = 'SUPERSEDED', effective_to = now()
         where stream_id = $1 and phase = $2::"Phase" and status = 'APPROVED'`,
        [workflow.workflowId, FINAL],
      );
      await client.query(
        `update phase_version set status = 'APPROVED', reviewed_at = now(), reviewed_by = $2, effective_from = now()
         where version_id = $1`,
        [version.versionId, tess],
      );
    });
    await expect(attempt).rejects.toMatchObject({ code: 'PL010', message: expect.stringContaining('test_lead') });
  });

  test('that somebody is to give who has edited the version is known before they try', async () => {
    const draft = await mutate(world, ben, 'putItems', 'PutItemsInput', {
      ...at(await drafted()),
      items: { sections: [sampleItem(FINAL, 50)] },
    });
    const { requirement } = await standing(await submit(ada, draft));
    expect(requirement.explanation).toContain(
      'The test lead (Ben Okafor) has not signed, and may not: they edited this version',
    );
  });
});

// ── decisions on items ──────────────────────────────────────────────────────────────────────────────────────────────

const decidedOneByOne = fullPhases.filter(({ item }) => item.reviewed === 'BY_DECISIONS');
test('there are phases whose items are decided one by one', () => expect(decidedOneByOne).toHaveLength(5));

describe.each(decidedOneByOne.map((phase) => [phase.title, phase] as const))(
  '%s: a decision on an item',
  (_, phase) => {
    /** The workflow's report owner and test executive: both Jack, or those who decide otherwise. */
    const decidedBy = (who: 'jack' | 'others') =>
      world.sql('owner', 'update workflows set report_owner_id = $2, test_executive_id = $3 where workflow_id = $1', [
        place.workflowId,
        ...(who === 'jack' ? [jack, jack] : [olga, tess]),
      ]);
    const other = phase.approvedBy.includes('TEST_EXECUTIVE') ? tess : olga;
    const drafted = () =>
      buildVersion(world, { phase: phase.key, of: place, preparer: ben, approver: other, items: 3 });
    /** Prepared and submitted by Ben, every item approved by Jack, and back with Ben; from now on others decide. */
    const decidedByJack = async () => {
      await decidedBy('jack');
      const version = await decideAll(world, jack, await submit(ben, await drafted()), phase.key);
      await decidedBy('others');
      return withdraw(ben, version);
    };
    const itemsOf = async ({ versionId }: BuiltVersion, directive = '') =>
      (
        await world.get(
          aud,
          `query ($id: UUID!) ${directive} { phaseVersion(versionId: $id) { items(first: 10) { nodes { reviewStatus
           decision { status countsForApproval notCountedBecause decidedBy { userId } } } }
           pending: items(reviewStatus: [PENDING]) { totalCount } } }`,
          { id: versionId },
        )
      ).phaseVersion;
    const signed = async (version: BuiltVersion) => {
      await signAll(world, version, phase.key);
      return version;
    };
    const undecided = {
      reviewStatus: 'PENDING',
      decision: { status: 'APPROVED', countsForApproval: false, decidedBy: { userId: jack } },
    };

    test('counts when the version is submitted again by somebody else', async () => {
      const version = await submit(ben, await decidedByJack());
      const { items, pending } = await itemsOf(version);
      expect(pending.totalCount).toBe(0);
      expect(items.nodes[0]).toEqual({
        reviewStatus: 'APPROVED',
        decision: { status: 'APPROVED', countsForApproval: true, notCountedBecause: null, decidedBy: { userId: jack } },
      });
      expect(await transition(world, other, 'approveVersion', await signed(version))).toMatchObject({
        status: 'APPROVED',
      });
    });

    const worked: typeof saving = [
      ['submits the version', (by, draft) => submit(by, draft)],
      ...saving.map(([deed, save]): (typeof saving)[number] => [
        deed,
        async (by, draft, key) => submit(ben, await save(by, draft, key)),
      ]),
    ];
    test.each(worked)('counts no more when its giver %s', async (deed, work) => {
      const draft = await decidedByJack();
      const before = await lastCommit(world, place.workflowId);
      const version = await work(jack, draft, phase.key);
      const { items, pending } = await itemsOf(version);
      expect(pending.totalCount).toBe(3);
      expect(items.nodes).toMatchObject([undecided, undecided, undecided]);
      expect(items.nodes[0].decision.notCountedBecause).toContain(deed.startsWith('submits') ? 'submitted' : 'edited');
      // It did then, and no answer about then has changed.
      expect((await itemsOf(version, `@asOf(at: "${before}")`)).pending.totalCount).toBe(0);

      expect(await refusedApproval(other, await signed(version))).toMatchObject({
        code: 'ITEMS_UNDECIDED',
        undecided: 3,
      });
      const decided = await decideAll(world, other, version, phase.key);
      expect(await transition(world, other, 'approveVersion', decided)).toMatchObject({ status: 'APPROVED' });
      expect((await itemsOf(decided)).items.nodes[0].reviewStatus).toBe('APPROVED');
    });

    test('that was carried forward counts for no version that its giver edits', async () => {
      const version = await submit(ben, await decidedByJack());
      await transition(world, other, 'approveVersion', await signed(version));
      const start = (by: number) =>
        mutate(world, by, 'createVersion', 'CreateVersionInput', {
          cycleId: place.cycleId,
          reportId: place.reportId,
          phase: phase.key,
        });
      expect((await itemsOf(await start(ben))).pending.totalCount).toBe(0);
      expect((await itemsOf(await start(jack))).items.nodes).toMatchObject([undecided, undecided, undecided]);
    });

    test('that does not count is not carried into another version', async () => {
      const version = await submit(jack, await decidedByJack());
      const rejected = await transition(world, other, 'rejectVersion', version, 'Who decided that?');
      const draft = await transition(world, ben, 'reviseVersion', rejected);
      // Jack has nothing to do with the new one; what he approved of the other counted for nothing.
      expect((await itemsOf(draft)).pending.totalCount).toBe(3);
    });
  },
);

// ── saving ──────────────────────────────────────────────────────────────────────────────────────────────────────────

describe('whoever saves a draft is its editor', () => {
  const editors = async ({ versionId }: BuiltVersion): Promise<number[]> =>
    (await world.sql('owner', 'select user_id from version_editor where version_id = $1 order by 1', [versionId])).map(
      ({ user_id }) => user_id,
    );
  const phases = fullPhases.map((phase): [string, FullPhase] => [phase.title, phase]);

  test.each(phases)('of %s, also when nothing changed', async (_, phase) => {
    for (const [, save] of saving) {
      const draft = await buildVersion(world, { phase: phase.key, preparer: ada });
      const saved = await save(ben, draft, phase.key);
      expect(await editors(saved)).toEqual([ada, ben]);
      expect(saved.contentHash).toBe(draft.contentHash);
    }
  });

  test('but not who withdraws, deletes or brings back what others wrote, nor who waives a signature', async () => {
    const own = await buildVersion(world, { phase: FINAL, status: 'PENDING_APPROVAL', preparer: ada });
    const deleted = await transition(world, ben, 'deleteVersion', await withdraw(ben, own));
    const back = await transition(world, ben, 'undeleteVersion', deleted);
    const waiver = { content: { finalizeTestReport: { requiresExecutiveApproval: false } }, reason: 'Small report.' };
    const waived = await mutate(world, tess, 'updateVersion', 'UpdateVersionInput', { ...at(back), ...waiver });
    const again = await mutate(world, tess, 'updateVersion', 'UpdateVersionInput', { ...at(waived), ...waiver });
    expect(await editors(again)).toEqual([ada]);
  });

  test('not whose merge was only tried', async () => {
    const draft = await buildVersion(world, { phase: 'SCOPING', preparer: ada });
    await buildVersion(world, { phase: 'SCOPING', preparer: ada, status: 'APPROVED' });
    await world.get(
      ben,
      `mutation ($input: RebaseVersionInput!) { rebaseVersion(input: $input) { conflicts { path } } }`,
      { input: { ...at(draft), dryRun: true } },
    );
    expect(await editors(draft)).toEqual([ada]);
  });
});
