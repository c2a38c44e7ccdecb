/**
 * Two phases that the product does not have, one of each kind: a folder and a line in the list each, and nothing anywhere else.
 * Their models and their migration are made by the generator, as anybody who adds a phase has them made.
 *
 * @jest-environment node
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { drafted } from '../../docs/example-phases/drafted';
import { recorded } from '../../docs/example-phases/recorded';
import { projectRoot } from '../../src/env';
import * as words from '../../src/versioning/fields';
import { uncapturedTables } from '../support/log';
import { ada, ben, olga, tess, World, workflow } from '../support/world';
import { controlReview } from './control-review';
import { issueLog } from './issue-log';

// The lines in the list of phases, said from outside.
jest.mock('../../src/phases', () => {
  const { phases } = jest.requireActual<typeof import('../../src/phases')>('../../src/phases');
  const { registryOf } = jest.requireActual<typeof import('../../src/versioning/registry')>(
    '../../src/versioning/registry',
  );
  const { controlReview: tenth } = jest.requireActual<typeof import('./control-review')>('./control-review');
  const { issueLog: eleventh } = jest.requireActual<typeof import('./issue-log')>('./issue-log');
  return registryOf([...phases, tenth, eleventh]);
});

// Imported behind the mock, because they know the phases.
import { createMigration, deployMigrations } from '../../src/database/deployment/migrations';
import { modelChanges } from '../../src/database/deployment/phase-models';

import { phases as allPhases } from '../../src/phases';
import {
  buildRecord,
  buildVersion,
  decideAll,
  mutate,
  sendCommand,
  sampleItems,
  transition,
} from '../support/builders';

const added = ['control-review', 'issue-log'];
let world: World;
let prisma: string;
beforeAll(async () => {
  world = await World.create();
  prisma = mkdtempSync(path.join(os.tmpdir(), 'phaseledger-models-'));
  cpSync(path.join(projectRoot, 'prisma'), prisma, { recursive: true });
  for (const [name, text] of modelChanges(prisma, allPhases).texts) writeFileSync(path.join(prisma, name), text);
  await createMigration(world.database.ownerUrl, 'two phases', {}, prisma);
  await deployMigrations(world.database.ownerUrl, prisma);
});
afterAll(async () => {
  await world.destroy();
  rmSync(prisma, { recursive: true });
});

const phase = controlReview.key;

test('another phase is one folder with fewer than 80 lines of TypeScript, and its line in the list', () => {
  const counts = added.map((name) => {
    const folder = path.join(__dirname, name);
    expect(readdirSync(folder)).toEqual(['index.ts']);
    return readFileSync(path.join(folder, 'index.ts'), 'utf8').trimEnd().split('\n').length;
  });
  for (const count of counts) expect(count).toBeLessThan(80);
  // ARCHITECTURE.md says how many; it must not say what is no longer so.
  const architecture = readFileSync(path.join(projectRoot, 'ARCHITECTURE.md'), 'utf8').replace(/\s+/g, ' ');
  expect(architecture).toContain(`${counts.join(' and ')} lines of TypeScript`);
  const printed = execFileSync(process.execPath, ['scripts/phase-lines.mjs'], { cwd: projectRoot, encoding: 'utf8' });
  expect(architecture).toContain(printed.trim());
});

test('its models are the generator’s, and the migration that is made from them leads to them', async () => {
  expect(modelChanges(prisma, allPhases)).toEqual({ texts: new Map(), orphans: [] });
  expect(await createMigration(world.database.ownerUrl, 'nothing', {}, prisma)).toBeNull();
  // Without the two, their files are too many.
  const { phases } = jest.requireActual<typeof import('../../src/phases')>('../../src/phases');
  expect(modelChanges(prisma, phases).orphans.sort()).toEqual(added.map((name) => `phases/${name}.prisma`));
});

test('it goes from draft to approved, is decided item by item in its own words, and keeps its history and diff', async () => {
  const first = await buildVersion(world, { phase, status: 'APPROVED', items: 3 });
  let second = await mutate(world, ada, 'createVersion', 'CreateVersionInput', {
    cycleId: workflow.cycleId,
    reportId: workflow.reportId,
    phase,
    content: { controlReview: { frameworks: ['COSO'] } },
    items: sampleItems(phase, 1, 4),
  });
  second = await transition(world, ada, 'submitVersion', second);
  expect(
    await world.codeOf(
      tess,
      'mutation ($input: VersionTransitionInput!) { approveVersion(input: $input) { version { id } } }',
      {
        input: { versionId: second.versionId, expectedRevision: second.revision },
      },
    ),
  ).toBe('ITEMS_UNDECIDED');
  second = await decideAll(world, tess, second, phase);
  const approval = { input: { versionId: second.versionId, expectedRevision: second.revision } };
  const approve = 'mutation ($input: VersionTransitionInput!) { approveVersion(input: $input) { version { id } } }';
  expect((await world.ask(tess, approve, approval)).errors?.[0]?.extensions).toMatchObject({
    code: 'SIGN_OFFS_MISSING',
    missing: ['control_owner', 'control_tester'],
  });
  for (const [signer, role] of [
    [olga, 'control_owner'],
    [ben, 'control_tester'],
  ] as const)
    await mutate(world, signer, 'signOff', 'SignOffInput', {
      versionId: second.versionId,
      expectedRevision: second.revision,
      role,
      status: 'SIGNED',
      meaning: 'Review',
    });
  second = await transition(world, tess, 'approveVersion', second);

  const { phaseVersion } = await world.get(
    ada,
    `query ($id: UUID!) { phaseVersion(versionId: $id) {
      versionNumber history(first: 5) { nodes { versionNumber status } }
      diff(from: 1) { summary { added changed unchanged fieldsChanged } fields { path after } items(first: 5) { nodes { label kind } } }
      items(first: 10) { nodes { label ... on ControlAssessment { controlId isEffective assessmentStatus agreedBy { userId } assessedAt carriedFromVersion { versionNumber } } } }
      ... on ControlReviewVersion { frameworks effectiveControls signatures { signOffRole signOffStatus signerName } }
      changes(first: 10) { totalCount } } }`,
    { id: second.versionId },
  );
  expect(phaseVersion).toMatchObject({
    versionNumber: 2,
    frameworks: ['COSO'],
    effectiveControls: 2,
    signatures: [
      { signOffRole: 'control_owner', signOffStatus: 'SIGNED', signerName: 'Olga Petrenko' },
      { signOffRole: 'control_tester', signOffStatus: 'SIGNED', signerName: 'Ben Okafor' },
    ],
    history: {
      nodes: [
        { versionNumber: 2, status: 'APPROVED' },
        { versionNumber: 1, status: 'SUPERSEDED' },
      ],
    },
    diff: {
      summary: { added: 1, changed: 0, unchanged: 3, fieldsChanged: 1 },
      fields: [{ path: '/frameworks', after: ['COSO'] }],
      items: { nodes: [{ label: 'Control Control 4', kind: 'ADDED' }] },
    },
    changes: { totalCount: 6 },
  });
  expect(phaseVersion.items.nodes).toHaveLength(4);
  for (const item of phaseVersion.items.nodes)
    expect(item).toMatchObject({
      assessmentStatus: 'AGREED',
      agreedBy: { userId: tess },
      assessedAt: expect.any(String),
    });
  expect(phaseVersion.items.nodes[0].carriedFromVersion).toEqual({ versionNumber: first.versionNumber });
});

test('the database knows its signatures and who may do without one', async () => {
  const submitted = await buildVersion(world, { phase, status: 'PENDING_APPROVAL' });
  const version = await decideAll(world, tess, submitted, phase);
  const approving = `update phase_version set status = 'APPROVED', reviewed_at = now(), reviewed_by = ${tess}, effective_from = now()
    where version_id = '${version.versionId}'`;
  const current = `update phase_version set status = 'SUPERSEDED', effective_to = now() where phase = 'CONTROL_REVIEW' and status = 'APPROVED'`;
  await expect(world.sql('owner', `${current}; ${approving}`)).rejects.toMatchObject({
    code: 'PL010',
    message: expect.stringContaining('control_owner, control_tester'),
  });
  const draft = await transition(world, ada, 'withdrawVersion', version);
  const waiving = (userId: number) =>
    world.session('service', async (client) => {
      await client.query('begin');
      await client.query(`select log.open($1, $2, 'test', 'Because.', null)`, [workflow.workflowId, userId]);
      await client.query('update control_review_versions set needs_tester = false where version_id = $1', [
        draft.versionId,
      ]);
      await client.query('rollback');
    });
  await expect(waiving(ada)).rejects.toMatchObject({ code: 'PL009' });
  await waiving(tess);
});

describe('an audit-only phase with verbs of its own', () => {
  const change = (
    userId: number,
    name: string,
    { versionId, revision }: { versionId: string; revision: number },
    more = {},
  ) =>
    sendCommand(world, userId, issueLog, name, { versionId, expectedRevision: revision, reason: 'Because.', ...more });
  const offered = async (userId: number, versionId: string) =>
    (
      await world.get(userId, 'query ($id: UUID!) { phaseVersion(versionId: $id) { availableActions } }', {
        id: versionId,
      })
    ).phaseVersion.availableActions;

  test('offers them to those who may, where the record takes them, and takes them in turn', async () => {
    const raised = await buildRecord(world, { phase: issueLog.key });
    expect([await offered(ada, raised.versionId), await offered(olga, raised.versionId)]).toEqual([['ESCALATE'], []]);
    const escalated = await change(ada, 'escalateIssue', raised);
    expect([await offered(ada, escalated.versionId), await offered(olga, escalated.versionId)]).toEqual([
      [],
      ['CLOSE'],
    ]);
    await expect(change(ada, 'escalateIssue', escalated)).rejects.toThrow('it is open no more');
    const closed = await change(olga, 'closeIssue', escalated, { remedy: 'Done again.' });
    const { phaseVersion } = await world.get(
      ada,
      `query ($id: UUID!) { phaseVersion(versionId: $id) { versionNumber status
         ... on LoggedIssue { state remedy raisedBy { userId } closedBy { userId } } } }`,
      { id: closed.versionId },
    );
    expect(phaseVersion).toEqual({
      versionNumber: 3,
      status: 'RECORDED',
      state: 'CLOSED',
      remedy: 'Done again.',
      raisedBy: { userId: ada },
      closedBy: { userId: olga },
    });
  });

  test('the database takes no step that it does not declare, nor one in the name of another', async () => {
    const { versionId } = await change(ada, 'escalateIssue', await buildRecord(world, { phase: issueLog.key }));
    /** Writes the next version of the record as the service, past its rules. */
    const writing = (changed: object, from = versionId) =>
      world.session('service', async (client) => {
        await client.query('begin');
        const opened = await client.query(`select log.open($1, $2, 'test', null, null) as now`, [
          workflow.workflowId,
          olga,
        ]);
        const { now } = opened.rows[0];
        await client.query(`update phase_version set status = 'SUPERSEDED', effective_to = $2 where version_id = $1`, [
          from,
          now,
        ]);
        await client.query(
          `insert into phase_version select (jsonb_populate_record(v, jsonb_build_object('version_id', $2::uuid, 'status', 'RECORDED',
             'parent_version_id', v.version_id, 'base_version_id', v.version_id, 'version_number', v.version_number + 1,
             'created_by', $3::int, 'created_at', $4::timestamptz, 'effective_from', $4::timestamptz, 'effective_to', null))).*
           from phase_version v where v.version_id = $1`,
          [from, next, olga, now],
        );
        await client.query(
          `insert into logged_issues select (jsonb_populate_record(i, $3::jsonb || jsonb_build_object('version_id', $2::uuid))).*
           from logged_issues i where i.version_id = $1`,
          [from, next, changed],
        );
        await client.query('rollback');
      });
    const next = '00000000-0000-7000-8000-000000000001';
    const closing = { state: 'CLOSED', closed_by_id: olga };
    await writing(closing);
    await expect(writing({ ...closing, closed_by_id: ada })).rejects.toMatchObject({ code: 'PL006' });
    const closed = await change(olga, 'closeIssue', { versionId, revision: 1 }, { remedy: 'Done.' });
    await expect(writing({ remedy: 'Nothing.' }, closed.versionId)).rejects.toMatchObject({ code: 'PL004' });
  });
});

test('its tables are captured and frozen like all others', async () => {
  expect(await world.session('owner', uncapturedTables)).toEqual([]);
  await expect(world.sql('owner', `update control_assessments set finding = 'changed'`)).rejects.toThrow(
    'its content is frozen',
  );
});

test('the examples use every word a phase can be declared in and every property, and are not registered', () => {
  const folderOfExamples = path.join(projectRoot, 'docs/example-phases');
  const texts = ['drafted.ts', 'recorded.ts'].map((file) => readFileSync(path.join(folderOfExamples, file), 'utf8'));
  const helpers = ['columnFields', 'columnName', 'contentFields', 'fallbacks', 'isAlwaysSet', 'isReference'];
  const vocabulary = Object.keys(words).filter((word) => ![...helpers, 'neverCarried', 'shownAs'].includes(word));
  expect(vocabulary.length).toBeGreaterThan(30);
  expect(vocabulary.filter((word) => !texts.some((text) => text.includes(`${word}(`)))).toEqual([]);

  // The properties of the declarations, as their interfaces have them.
  const declared = readFileSync(path.join(projectRoot, 'src/versioning/phase.ts'), 'utf8');
  const interfaces =
    declared.slice(0, declared.indexOf('export interface CommandContext')) +
    declared.slice(declared.indexOf('export interface CommandDeclaration'), declared.indexOf('/** A command, typed'));
  const properties = [...interfaces.matchAll(/^ {2}(?:readonly )?([a-zA-Z]+)\??[:(]/gm)].map(([, name]) => name!);
  expect(properties.length).toBeGreaterThan(30);
  expect(properties.filter((name) => !texts.some((text) => new RegExp(`\\b${name}\\b`).test(text)))).toEqual([]);

  const { phases } = jest.requireActual<typeof import('../../src/phases')>('../../src/phases');
  for (const example of [drafted, recorded]) expect(phases.map(({ key }) => key)).not.toContain(example.key);
  const { registryOf } = jest.requireActual<typeof import('../../src/versioning/registry')>(
    '../../src/versioning/registry',
  );
  // One phase says who owns data, and the product has it.
  expect(() => registryOf([...phases, recorded])).toThrow('one phase says who owns data, not two');
  const { ownership: _, ...another } = recorded;
  expect(registryOf([...phases, drafted, another]).phases).toHaveLength(phases.length + 2);
});

test('a declaration that cannot work is refused when the program starts', () => {
  const { registryOf } = jest.requireActual<typeof import('../../src/versioning/registry')>(
    '../../src/versioning/registry',
  );
  expect(() => registryOf([controlReview])).toThrow('CONTROL_REVIEW waits for PLANNING, which is not declared');
  const alone = { ...controlReview, prerequisites: [] };
  expect(() => registryOf([alone])).toThrow('one phase says who owns data, not none');
  const { escalateIssue } = issueLog.commands;
  for (const action of ['EDIT', 'CLOSE'])
    expect(() =>
      registryOf([
        {
          ...issueLog,
          prerequisites: [],
          commands: { ...issueLog.commands, escalateIssue: { ...escalateIssue, action } },
        },
      ]),
    ).toThrow(`ISSUE_LOG cannot call a command of its own ${action}`);
  expect(() => registryOf([alone, { ...alone, key: 'OTHER' }])).toThrow('two phases use the name ControlReviewVersion');
});
