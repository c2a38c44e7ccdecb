import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../src/env';
import { drafted, recorded } from '../../src/phases/_example';
import * as words from '../../src/versioning/fields';
import { uncapturedTables } from '../support/log';
import { ada, olga, World, workflow } from '../support/world';
import { controlReview } from './control-review';

// The one line in the list of phases, said from outside.
jest.mock('../../src/phases', () => {
  const { phases } = jest.requireActual<typeof import('../../src/phases')>('../../src/phases');
  const { registryOf } = jest.requireActual<typeof import('../../src/versioning/registry')>(
    '../../src/versioning/registry',
  );
  const added = jest.requireActual<typeof import('./control-review')>('./control-review');
  return registryOf([...phases, added.controlReview]);
});

// Imported behind the mock, because builders know the phases.
import { buildVersion, decideAll, mutate, sampleItems, transition } from '../support/builders';

const folder = path.join(__dirname, 'control-review');
let world: World;
beforeAll(async () => {
  world = await World.create();
  await world.sql('owner', `alter type "Phase" add value 'CONTROL_REVIEW'`);
  await world.sql('owner', readFileSync(path.join(folder, 'migration.sql'), 'utf8'));
});
afterAll(() => world.destroy());

const phase = controlReview.key;

test('another phase is one folder with fewer than 80 lines of TypeScript, its line in the list, and its migration', () => {
  expect(readdirSync(folder).sort()).toEqual(['index.ts', 'migration.sql']);
  const lines = readFileSync(path.join(folder, 'index.ts'), 'utf8').trimEnd().split('\n').length;
  expect(lines).toBeLessThan(80);
  // ARCHITECTURE.md says how many; it must not say what is no longer so.
  const architecture = readFileSync(path.join(projectRoot, 'ARCHITECTURE.md'), 'utf8');
  expect(architecture).toContain(`${lines} lines of TypeScript`);
  const printed = execFileSync(process.execPath, ['scripts/phase-lines.mjs'], { cwd: projectRoot, encoding: 'utf8' });
  expect(architecture.replace(/\s+/g, ' ')).toContain(printed.trim());
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
      olga,
      'mutation ($input: VersionTransitionInput!) { approveVersion(input: $input) { version { id } } }',
      {
        input: { versionId: second.versionId, expectedRevision: second.revision },
      },
    ),
  ).toBe('ITEMS_UNDECIDED');
  second = await decideAll(world, olga, second, phase);
  second = await transition(world, olga, 'approveVersion', second);

  const { phaseVersion } = await world.get(
    ada,
    `query ($id: UUID!) { phaseVersion(versionId: $id) {
      versionNumber history(first: 5) { nodes { versionNumber status } }
      diff(from: 1) { summary { added changed unchanged fieldsChanged } fields { path after } items(first: 5) { nodes { label kind } } }
      items(first: 10) { nodes { label ... on ControlAssessment { controlId isEffective assessmentStatus agreedBy { userId } assessedAt carriedFromVersion { versionNumber } } } }
      ... on ControlReviewVersion { frameworks effectiveControls }
      changes(first: 10) { totalCount } } }`,
    { id: second.versionId },
  );
  expect(phaseVersion).toMatchObject({
    versionNumber: 2,
    frameworks: ['COSO'],
    effectiveControls: 2,
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
    changes: { totalCount: 4 },
  });
  expect(phaseVersion.items.nodes).toHaveLength(4);
  for (const item of phaseVersion.items.nodes)
    expect(item).toMatchObject({
      assessmentStatus: 'AGREED',
      agreedBy: { userId: olga },
      assessedAt: expect.any(String),
    });
  expect(phaseVersion.items.nodes[0].carriedFromVersion).toEqual({ versionNumber: first.versionNumber });
});

test('its tables are captured and frozen like all others', async () => {
  expect(await world.session('owner', uncapturedTables)).toEqual([]);
  await expect(world.sql('owner', `update control_assessments set finding = 'changed'`)).rejects.toThrow(
    'its content is frozen',
  );
});

test('the examples use every word a phase can be declared in and every property, and are not registered', () => {
  const folderOfExamples = path.join(projectRoot, 'src/phases/_example');
  const texts = ['drafted.ts', 'recorded.ts'].map((file) => readFileSync(path.join(folderOfExamples, file), 'utf8'));
  const helpers = ['columnFields', 'columnName', 'contentFields', 'fallbacks', 'isAlwaysSet', 'isReference'];
  const vocabulary = Object.keys(words).filter((word) => ![...helpers, 'neverCarried', 'shownAs'].includes(word));
  expect(vocabulary.length).toBeGreaterThan(30);
  expect(vocabulary.filter((word) => !texts.some((text) => text.includes(`${word}(`)))).toEqual([]);

  // The properties of the declarations, as their interfaces have them.
  const declared = readFileSync(path.join(projectRoot, 'src/versioning/phase.ts'), 'utf8');
  const interfaces =
    declared.slice(0, declared.indexOf('export interface Deed')) +
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
  expect(() => registryOf([alone, { ...alone, key: 'OTHER' }])).toThrow('two phases use the name ControlReviewVersion');
});
