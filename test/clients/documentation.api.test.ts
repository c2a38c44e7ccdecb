/** docs/clients.md says what is so: its code is what the three clients of these tests are made of, and the rest is tried here. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { gql, type ApolloClient } from '@apollo/client';
import { createClient } from 'graphql-sse';
import { projectRoot } from '../../src/env';
import { auditQuestions } from '../../playground/src/audit-questions';
import { errorCodes, INTERNAL, publicCodes } from '../../src/transport/errors/error-codes';
import { apolloClient } from '../generated/snippets/apollo';
import { introspect } from '../generated/snippets/introspect';
import { untilAnswered } from '../generated/snippets/retry';
import { urqlClient } from '../generated/snippets/urql';
import { sampleItem, type BuiltVersion } from '../support/builders';
import { ada, ben, root, workflow, World } from '../support/world';
import { Drafts, lastCommit } from '../time/drafts';

const inRoot = (...parts: string[]) => path.join(projectRoot, ...parts);
const page = readFileSync(inRoot('docs', 'clients.md'), 'utf8');
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text]) => ({ language, text: text! }));
const of = (language: string) => blocks.filter((block) => block.language === language).map(({ text }) => text);
const operation = (name: string): string =>
  of('graphql').find((text) => new RegExp(`^(query|mutation|subscription) ${name}\\b`, 'm').test(text))!;

let world: World;
let version: BuiltVersion;
/** When the version had just been started. */
let at: string;
let url: string;
beforeAll(async () => {
  world = await World.create();
  url = `${world.server.url}/graphql`;
  const planning = new Drafts(world, 'PLANNING');
  const draft = await planning.start({ items: [sampleItem('PLANNING', 1)] });
  at = await lastCommit(world, draft);
  version = await planning.approve(draft);
});
afterAll(() => world.destroy());

const place = { cycleId: workflow.cycleId, reportId: workflow.reportId };
test('every block of code on the page is run by a test', () => {
  const named = of('ts').map((text) => /^\/\/ (\S+)\n/.exec(text)?.[1]);
  expect(named).toEqual(['introspect.ts', 'apollo.ts', 'urql.ts', 'relay.ts', 'retry.ts']);
  for (const [i, text] of of('ts').entries())
    expect(readFileSync(inRoot('test', 'generated', 'snippets', named[i]!), 'utf8')).toBe(text);
  expect(of('graphql').map((text) => /^(?:query|mutation|subscription) (\w+)/m.exec(text)?.[1])).toEqual([
    'Then',
    ...auditQuestions.map(({ operation }) => /^query (\w+)/.exec(operation)![1]),
    'FollowAWorkflow',
    'Start',
    'Partial',
    'Reports',
    'Items',
    'ChangeInPart',
    'Assign',
  ]);
  expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(['yaml', 'ts', 'json', 'graphql']));
});

test('commits are told as they happen, and nothing is missing for who comes back', async () => {
  const client = createClient({ url, headers: async () => ({ authorization: `Bearer ${await world.tokenOf(ada)}` }) });
  const told = client.iterate<{ workflowChanged: { sequence: number } }>({
    query: operation('FollowAWorkflow'),
    variables: { ...place, afterSequence: 0 },
  });
  const sequences: (number | undefined)[] = [];
  for await (const { data } of told) {
    sequences.push(data?.workflowChanged.sequence);
    if (sequences.length === 3) break;
  }
  expect(sequences).toEqual([1, 2, 3]);
  client.dispose();
});

test('Relay is compiled with the configuration that the page has', () => {
  const [config, ...others] = of('json');
  expect(others).toEqual([]);
  expect(JSON.parse(config!)).toEqual(JSON.parse(readFileSync(inRoot('test', 'relay.config.json'), 'utf8')));
});

test('graphql-codegen makes types with the configuration that the page has: every scalar is named', async () => {
  const folder = mkdtempSync(inRoot('test', 'generated', 'codegen-')); // where it finds the preset
  try {
    writeFileSync(path.join(folder, 'codegen.yml'), of('yaml')[0]!.replace('src/**/', '').replace('src/gql/', 'gql/'));
    writeFileSync(path.join(folder, 'schema.graphql'), readFileSync(inRoot('schema.graphql')));
    writeFileSync(path.join(folder, 'then.graphql'), operation('Then'));
    const cli = inRoot('node_modules', '@graphql-codegen', 'cli', 'cjs', 'bin.js');
    await promisify(execFile)(process.execPath, [cli, '--errors-only'], { cwd: folder });
    const types = readFileSync(path.join(folder, 'gql', 'graphql.ts'), 'utf8');
    expect(types).toMatch(/ThenQueryVariables = Exact<\{\s*cycleId: string;\s*reportId: string;/);
    expect(types).toMatch(/at: string;/);
    expect(types).not.toMatch(/: any\b/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('with the operations of the page', () => {
  let apollo: ApolloClient;
  beforeAll(async () => {
    const token = await world.tokenOf(ada);
    apollo = apolloClient(url, token, await introspect(url, token));
  });

  test('the past has ids of its own, by every argument the same', async () => {
    const { versionId } = version;
    const { now, then, workflow: found } = await world.get(ada, operation('Then'), { ...place, versionId, at });
    expect(now.asOf.id).toBe(then.id);
    expect(now.id).not.toBe(then.id);
    const { workflow: present } = await world.get(
      ada,
      'query ($cycleId: UUID!, $reportId: UUID!) { workflow(cycleId: $cycleId, reportId: $reportId) { id phases { id } } }',
      place,
    );
    expect(found.asOf.id).not.toBe(present.id);
    expect(found.asOf.phases[0].id).not.toBe(present.phases[0].id);
  });

  test('a picker finds reports by text, in their order', async () => {
    const { reports } = await world.get(ada, operation('Reports'), { text: '', after: null });
    expect(reports.totalCount).toBeGreaterThan(1);
    const names = reports.nodes.map(({ name }: { name: string }) => name.toLowerCase());
    expect(names).toEqual([...names].sort());
    const [{ number }] = reports.nodes;
    const found = await world.get(ada, operation('Reports'), { text: number.toLowerCase() });
    expect(found.reports.nodes).toContainEqual(expect.objectContaining({ number }));
  });

  test('an item is changed in part, found by its identity', async () => {
    const draft = await new Drafts(world, 'PLANNING').start({ items: [sampleItem('PLANNING', 2)] });
    const { attributeId, ...others } = sampleItem('PLANNING', 2);
    const change = { attributeId, decisionReason: 'It is asked for by the form.' };
    const input = {
      versionId: draft.versionId,
      expectedRevision: draft.revision,
      changes: { attributeDecisions: [change] },
    };
    const { putItems } = await world.get(ada, operation('ChangeInPart'), { input });
    expect(putItems.version.revision).toBe(draft.revision + 1);
    const { phaseVersion } = await world.get(
      ada,
      'query ($id: UUID!) { phaseVersion(versionId: $id) { items { nodes { content } } } }',
      { id: draft.versionId },
    );
    expect(phaseVersion.items.nodes).toContainEqual({ content: { ...others, ...change } });
  });

  test('items are chosen by what their phase declares', async () => {
    const variables = {
      versionId: version.versionId,
      filter: {
        reviewStatus: ['APPROVED', 'MODIFIED', 'REJECTED'],
        fields: [{ field: 'decisionReason', isNull: false }],
      },
      orderBy: { field: 'label', direction: 'ASC' },
    };
    const { itemFacets, items } = (await world.get(ada, operation('Items'), variables)).phaseVersion;
    expect(items.totalCount).toBe(1);
    expect(itemFacets[1]).toEqual({
      field: 'label',
      distinctCount: 1,
      values: [{ value: items.nodes[0].label, count: 1 }],
    });
  });

  test('an administrator assigns people at the revision they saw', async () => {
    const revision =
      'query ($cycleId: UUID!, $reportId: UUID!) { workflow(cycleId: $cycleId, reportId: $reportId) { workflowId revision } }';
    const { workflow: seen } = await world.get(root, revision, place);
    const input = {
      workflowId: seen.workflowId,
      expectedRevision: seen.revision,
      testerIds: [ada, ben],
      reason: 'Two now.',
    };
    const { updateWorkflow } = await world.get(root, operation('Assign'), { input });
    expect(updateWorkflow.workflow.testers).toHaveLength(2);
    expect(updateWorkflow.workflow.revision).toBe(updateWorkflow.changeSet.sequence);
    expect(await world.codeOf(root, operation('Assign'), { input })).toBe('CONFLICT');
  });

  test('a mutation that is repeated with its key is done once, also when its first answer was lost', async () => {
    const variables = { ...place, key: randomUUID() };
    const send = () => world.ask(ada, operation('Start'), variables);
    let lost = 0;
    const { data } = await untilAnswered(async () => {
      const answer = await send();
      if (lost++ < 1) throw new TypeError('fetch failed');
      return answer;
    }, 1);
    expect(lost).toBe(2);
    expect((await send()).data).toEqual(data);
    const { versionNumber } = data.createVersion.version;
    expect(
      await world.sql('owner', `select 1 as one from phase_version where version_number = ${versionNumber}`),
    ).toHaveLength(1);
  });

  test('a part is refused, and clients show the rest and the refusal', async () => {
    const { versionId } = version;
    const refused = { path: ['refused'], extensions: { code: 'BAD_USER_INPUT' } };
    const { data, error } = await apollo.query<{ viewer: { name: string }; refused: null }>({
      query: gql(operation('Partial')),
      variables: { versionId },
      errorPolicy: 'all',
    });
    expect(data).toMatchObject({ viewer: { name: 'Ada Lindqvist' }, refused: null });
    expect(error).toMatchObject({ errors: [refused] });
    const token = await world.tokenOf(ada);
    const urql = urqlClient(url, token, await introspect(url, token));
    const answer = await urql.query(operation('Partial'), { versionId }).toPromise();
    expect(answer.data).toMatchObject({ viewer: { name: 'Ada Lindqvist' }, refused: null });
    expect(answer.error?.graphQLErrors).toMatchObject([refused]);
  });
});

describe('trying again', () => {
  /** Answers one after the other; the last again and again. */
  const answers = (...given: object[]) => {
    const last = given.pop()!;
    return given.reduce<jest.Mock<Promise<object>>>(
      (send, answer) => send.mockResolvedValueOnce(answer),
      jest.fn<Promise<object>, []>().mockResolvedValue(last),
    );
  };
  const busy = { errors: [{ extensions: { code: 'BUSY', retryable: true } }] };

  test('ends with the first answer that stands, be it a refusal', async () => {
    const refusal = { errors: [{ extensions: { code: 'CONFLICT' } }] };
    for (const final of [{ data: 1 }, refusal]) {
      const send = answers(busy, busy, final);
      expect(await untilAnswered(send, 1)).toBe(final);
      expect(send).toHaveBeenCalledTimes(3);
    }
  });

  test('ends after five times, with what came last', async () => {
    const send = answers(busy);
    expect(await untilAnswered(send, 1)).toBe(busy);
    expect(send).toHaveBeenCalledTimes(5);
    const lost = jest.fn(() => Promise.reject(new TypeError('fetch failed')));
    await expect(untilAnswered(lost, 1)).rejects.toThrow('fetch failed');
    expect(lost).toHaveBeenCalledTimes(5);
  });
});

test('the page has every code that a client may meet over GraphQL, and no other', () => {
  const table = page.slice(page.indexOf('## Errors'), page.indexOf('**An answer may be partial.**'));
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const told = rows.flatMap((row) => [...row.split('|')[1]!.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code!));
  for (const code of Object.keys(errorCodes)) expect(told).toContain(code);
  expect(told.filter((code) => code !== INTERNAL && !publicCodes.has(code))).toEqual([]);
  expect(new Set(told).size).toBe(told.length);
});
