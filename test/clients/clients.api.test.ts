/**
 * Whether clients show what the server said. Each of the three keeps every object it was told of once, under its id, and shows
 * all queries from there: so one answer can change what another query shows. After each step everything that was asked before
 * is shown again, from the cache alone, and held against the server's own answer to it.
 */
import { print } from 'graphql';
import { fullPhaseOf } from '../../src/phases';
import { buildVersion, type BuiltVersion } from '../support/builders';
import { Drafts, lastCommit } from '../time/drafts';
import { ada, olga, workflow, World } from '../support/world';
import { introspect } from '../generated/snippets/introspect';
import { apollo } from './apollo';
import type { Client, MakeClient, Variables } from './client';
import { relay } from './relay';
import { documentOf, type ShownDocument } from './shown';
import { urql } from './urql';

const clients: Record<string, MakeClient> = { 'Apollo Client': apollo, urql, Relay: relay };

let world: World;
let scoping: Drafts;
/** What has happened before the clients come: a version in force, one that is reviewed anew, and a draft. */
let approved: BuiltVersion;
let reviewed: BuiltVersion;
let draft: BuiltVersion;
/** When the first was a draft, when it was approved, and when the second was first decided on. */
let drafted: string;
let inForce: string;
let decided: string;

const scoped = (n: number, riskRating: string) => ({
  attributeId: `0194d2a0-5c00-7000-8000-00000000b00${n}`,
  isInScope: true,
  riskRating,
});
const items = (riskRating: string) => [1, 2, 3, 4, 5].map((n) => scoped(n, n === 1 ? riskRating : 'MEDIUM'));
const keyOfFirst = async (version: BuiltVersion): Promise<string> =>
  Object.values((await scoping.read(version)).items).find(
    ({ content }) => content.attributeId === scoped(1, '').attributeId,
  )!.itemKey;

beforeAll(async () => {
  world = await World.create();
  scoping = new Drafts(world, 'SCOPING');
  await buildVersion(world, { phase: 'DATA_PROFILING', status: 'APPROVED' });
  const first = await scoping.start({ carryForward: 'NONE', items: items('LOW') });
  drafted = await lastCommit(world, first);
  approved = await scoping.approve(first);
  inForce = await lastCommit(world, approved);

  const second = await scoping.start({ carryForward: 'NONE', items: items('LOW') });
  const itemKey = await keyOfFirst(second);
  const seen = await scoping.decide(await scoping.submit(second), { [itemKey]: 'APPROVED' });
  decided = await lastCommit(world, seen);
  const edited = await scoping.edit(await scoping.withdraw(seen), itemKey, { riskRating: 'HIGH' });
  reviewed = await scoping.submit(edited);

  draft = await scoping.start({ carryForward: 'NONE', items: items('LOW') });
});
afterAll(() => world.destroy());

/** A client of somebody, with everything it has asked so far. */
class Screen {
  private readonly asked: [document: ShownDocument, variables: Variables][] = [];

  constructor(
    readonly client: Client,
    private readonly person: number,
  ) {}

  /** Asks the server; then the client shows this and everything before as the server answers it. */
  async ask(document: ShownDocument, variables: Variables): Promise<any> {
    await this.client.ask(document, variables);
    this.asked.push([document, variables]);
    await this.check();
    return this.client.shown(document, variables);
  }

  async send(mutation: ShownDocument, variables: Variables): Promise<void> {
    await this.client.send(mutation, variables);
    await this.check();
  }

  private async check(): Promise<void> {
    for (const [document, variables] of this.asked) {
      const said: unknown = await world.get(this.person, print(documentOf(document)), variables);
      expect({ document, ...plain(this.client.shown(document, variables)) }).toEqual({ document, ...plain(said) });
    }
  }
}

/** Data as it was asked for: clients add the names of types. */
const plain = (data: unknown): object =>
  JSON.parse(
    JSON.stringify(data ?? null, (key, value: unknown) => (key === '__typename' ? undefined : value)),
  ) as object;

const scenarios: [does: string, as: number, steps: (screen: Screen) => Promise<void>][] = [
  [
    'a second review shows what was there when it was first reviewed, and what is there now',
    olga,
    async (screen) => {
      const { versionId } = reviewed;
      await screen.ask('shownVersionQuery', { versionId });
      const { phaseVersion } = await screen.ask('shownReReviewQuery', { versionId });
      expect(phaseVersion.changesSinceMyReview.items.nodes).toMatchObject([
        { kind: 'CHANGED', before: { riskRating: 'LOW' }, after: { riskRating: 'HIGH' } },
      ]);
      await screen.ask('shownVersionQuery', { versionId });
    },
  ],
  [
    'the past beside the present leaves the present as it is',
    ada,
    async (screen) => {
      const { versionId } = approved;
      await screen.ask('shownVersionQuery', { versionId });
      const { phaseVersion: then } = await screen.ask('shownThenQuery', { versionId, at: drafted });
      expect(then).toMatchObject({ status: 'APPROVED', asOf: { status: 'DRAFT' } });
      await screen.ask('shownVersionQuery', { versionId });
    },
  ],
  [
    'the past that was asked for first stays as it was when the present comes',
    ada,
    async (screen) => {
      const { versionId } = reviewed;
      await screen.ask('shownThenQuery', { versionId, at: decided });
      await screen.ask('shownVersionQuery', { versionId });
      await screen.ask('shownThenQuery', { versionId, at: inForce });
    },
  ],
  [
    'the present, the past and the present again are each shown as they are, however they are asked for',
    ada,
    async (screen) => {
      const { versionId } = approved;
      const place = { cycleId: workflow.cycleId, reportId: workflow.reportId };
      const statuses: string[] = [];
      for (const asOf of [null, drafted, inForce, null, drafted])
        statuses.push((await screen.ask('shownVersionAsOfQuery', { versionId, asOf })).phaseVersion.status);
      expect(statuses).toEqual(['APPROVED', 'DRAFT', 'APPROVED', 'APPROVED', 'DRAFT']);
      const scopingIn = ({ phases }: any) => phases.find(({ phase }: { phase: string }) => phase === 'SCOPING');
      const progress: string[] = [];
      for (const asOf of [drafted, null, inForce, drafted])
        progress.push(
          scopingIn((await screen.ask('shownWorkflowQuery', { ...place, asOf })).workflow).progress as string,
        );
      expect(progress).toEqual(['IN_PROGRESS', 'AWAITING_APPROVAL', 'COMPLETE', 'IN_PROGRESS']);
      const shown = (await screen.ask('shownInWorkflowQuery', { ...place, at: drafted, asOf: inForce })).workflow;
      expect(scopingIn(shown.asOf)).toMatchObject({ progress: 'IN_PROGRESS', current: null });
      expect(scopingIn(shown)).toMatchObject({ current: { status: 'APPROVED' } });
    },
  ],
  [
    'each object that is shown, of whatever time, is fetched again by its id',
    ada,
    async (screen) => {
      const { versionId } = reviewed;
      const { phaseVersion } = await screen.ask('shownThenQuery', { versionId, at: decided });
      for (const { id } of [phaseVersion, phaseVersion.asOf, ...phaseVersion.asOf.items.nodes.slice(0, 2)] as {
        id: string;
      }[])
        expect((await screen.ask('shownNodeQuery', { id })).node.id).toBe(id);
      await screen.ask('shownVersionQuery', { versionId });
    },
  ],
  [
    'a mutation changes what is shown of the present, and nothing of the past',
    ada,
    async (screen) => {
      const { versionId } = draft;
      const at = await lastCommit(world, draft);
      const { phaseVersion } = await screen.ask('shownVersionQuery', { versionId });
      await screen.ask('shownThenQuery', { versionId, at });
      const itemKey = await keyOfFirst(draft);
      const shownRating = () =>
        (screen.client.shown('shownVersionQuery', { versionId }) as any).phaseVersion.items.nodes.find(
          (item: { itemKey: string }) => item.itemKey === itemKey,
        ).riskRating as string;
      const wanted = shownRating() === 'LOW' ? 'HIGH' : 'LOW';
      await screen.send('shownPutItemsMutation', {
        input: {
          versionId,
          expectedRevision: phaseVersion.revision,
          items: { [fullPhaseOf('SCOPING').item.input]: [{ itemKey, ...scoped(1, wanted) }] },
        },
      });
      expect(shownRating()).toBe(wanted);
    },
  ],
  ...(['start', 'end'] as const).map((end): (typeof scenarios)[number] => [
    `pages from the ${end} make one list`,
    ada,
    async ({ client }) => {
      const { versionId } = approved;
      const { phaseVersion } = await world.get(
        ada,
        'query ($versionId: UUID!) { phaseVersion(versionId: $versionId) { items(first: 10) { nodes { label } } } }',
        { versionId },
      );
      const all = phaseVersion.items.nodes.map(({ label }: { label: string }) => label) as string[];
      expect(all).toHaveLength(5);
      for (let shown = 2; shown < 7; shown += 2) {
        if (shown === 2) await client.startPages(versionId, end, 2);
        else await client.morePages(2);
        const labels = end === 'start' ? all.slice(0, shown) : all.slice(-shown);
        expect(client.pages()).toMatchObject({
          labels,
          ...(end === 'start' ? { hasNextPage: shown < 5 } : { hasPreviousPage: shown < 5 }),
        });
      }
    },
  ]),
];

describe.each(Object.keys(clients))('with %s', (name) => {
  test.each(scenarios)('%s', async (_, person, steps) => {
    const url = `${world.server.url}/graphql`;
    const token = await world.tokenOf(person);
    const client = clients[name]!(url, token, await introspect(url, token));
    await steps(new Screen(client, person));
  });
});
