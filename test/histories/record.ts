/** Concurrent clients of several servers, which record their operations and the answers. */
import { createHash, randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { sampleContent, sampleItems } from '../support/builders';
import { chance } from '../support/chance';
import { seed } from '../support/effort';
import { post } from '../support/post';
import { token } from '../support/world';
import type { Operation } from './history';

/** Expected error codes. After BUSY or a lost connection, a client retries. */
const EXPECTED = new Set(['CONFLICT', 'BUSY', 'AS_OF_UNSETTLED']);
/** The time-out for an answer, after which a client retries. */
const PATIENCE_MS = 30_000;
/** The delay before a retry. */
const PAUSE_MS = 20;
/** The number of past instants of a workflow that are read repeatedly. */
const INSTANTS = 8;
/** How long a token is used: approving requires a recent sign-in. */
const TOKEN_MS = 60_000;

// What changes is in variables, so that servers parse and plan each document once.
const state = `changes(first: 1) { nodes { sequence } } workflowPhase(phase: PLANNING) { history(first: 100) { nodes { versionId revision status } } }`;
const documents = {
  read: `query ($cycleId: UUID!, $reportId: UUID!) { workflow(cycleId: $cycleId, reportId: $reportId) { ${state} } }`,
  readPast: `query ($cycleId: UUID!, $reportId: UUID!, $at: DateTime!) { workflow(cycleId: $cycleId, reportId: $reportId, asOf: $at) { ${state} } }`,
  write: `mutation ($input: UpdateVersionInput!) { saved: updateVersion(input: $input) { version { versionId revision } } }`,
  writePlaced: `mutation ($input: UpdateVersionInput!) { saved: updateVersion(input: $input) { version { versionId revision } changeSet { sequence } } }`,
  create: `mutation ($input: CreateVersionInput!) { saved: createVersion(input: $input) { version { versionId revision } } }`,
  submit: `mutation ($input: VersionTransitionInput!) { saved: submitVersion(input: $input) { version { versionId revision } } }`,
  approve: `mutation ($input: VersionTransitionInput!) { saved: approveVersion(input: $input) { version { versionId revision } } }`,
};

interface State {
  readonly changes: { readonly nodes: readonly { readonly sequence: number }[] };
  readonly workflowPhase: {
    readonly history: { readonly nodes: readonly { versionId: string; revision: number; status: string }[] };
  };
}
interface Saved {
  readonly version: { readonly versionId: string; readonly revision: number };
  readonly changeSet?: { readonly sequence: number };
}

export interface Place {
  readonly cycleId: string;
  readonly reportId: string;
  readonly workflowId: string;
}
/** A draft that clients write to. */
export interface Draft {
  readonly of: Place;
  readonly versionId: string;
}

export interface Wanted {
  readonly drafts: readonly Draft[];
  /** How far back a new instant of the past lies, and the share of operations that read the past. */
  readonly backMs: number;
  readonly past: number;
  /** Whether writes request their places in the stream, which are read after the commit. */
  readonly places: boolean;
  /** The share of writes that are sent again after their answer. */
  readonly repeated: number;
}

/** One operation's client, the server it goes to, and its times. */
interface Turn {
  readonly server: number;
  readonly userId: number;
  readonly of: Place;
  readonly timed: () => Pick<Operation, 'client' | 'begin' | 'end' | 'stream'>;
}

export class Recorder {
  readonly history: Operation[] = [];
  /** The number of retries of unanswered requests. */
  sentAgain = 0;
  readonly #tokens = new Map<number, { readonly since: number; readonly bearer: Promise<string> }>();
  /** The past instants of each workflow that were read last. */
  readonly #instants = new Map<string, string[]>();
  readonly #agent = new Agent({ keepAlive: true });
  #isOver = false;

  /** @param urls the URLs of the servers, which may change when a server restarts */
  constructor(
    private readonly urls: () => readonly string[],
    private readonly wanted: Wanted,
  ) {}

  count = (kind: Operation['kind']): number =>
    this.history.reduce((sum, operation) => sum + (operation.kind === kind ? 1 : 0), 0);

  get isOver(): boolean {
    return this.#isOver;
  }
  stop(): void {
    this.#isOver = true;
  }

  /** Runs clients until they have recorded this many operations in total, or are stopped. */
  async run(people: readonly number[], operations: number): Promise<void> {
    await Promise.all(people.map((userId, number) => this.#client(number, userId, operations)));
    this.#agent.destroy();
  }

  /** Makes a draft, however often that has to be sent. */
  create = async (userId: number, of: Place): Promise<string> => (await this.#create(userId, of)).versionId;

  /** Puts another version of a workflow in force, however often its steps have to be sent. */
  async approve(userId: number, of: Place): Promise<void> {
    const { versionId, revision } = await this.#create(userId, of);
    const submitted = await this.#write(userId, documents.submit, { versionId, expectedRevision: revision });
    await this.#write(userId, documents.approve, { versionId, expectedRevision: submitted.revision });
  }

  #create = (userId: number, { cycleId, reportId }: Place): Promise<Saved['version']> =>
    this.#write(userId, documents.create, { cycleId, reportId, phase: 'PLANNING', carryForward: 'NONE', content: sampleContent('PLANNING'), items: sampleItems('PLANNING', 1) }); // prettier-ignore

  /** Writes what nobody else writes to. */
  async #write(userId: number, query: string, input: object): Promise<Saved['version']> {
    const saved = await this.#sendKeyed(0, userId, query, { ...input, idempotencyKey: randomUUID() });
    if (!saved) throw new Error(`refused: ${query} ${JSON.stringify(input)}`);
    return saved.version;
  }

  #tokenOf(userId: number): Promise<string> {
    const kept = this.#tokens.get(userId);
    if (kept && Date.now() - kept.since < TOKEN_MS) return kept.bearer;
    const bearer = token(userId);
    this.#tokens.set(userId, { since: Date.now(), bearer });
    return bearer;
  }

  /** Returns the data, the code of a refusal, or null if there was no answer. */
  async #send<Data>(
    server: number,
    userId: number,
    query: string,
    variables: object,
  ): Promise<{ data: Data } | { code: string } | null> {
    const urls = this.urls();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await this.#tokenOf(userId)}` };
    const body = JSON.stringify({ query, variables });
    const sent = { body, headers, agent: this.#agent, patienceMs: PATIENCE_MS };
    const answer = await post(`${urls[server % urls.length]}/graphql`, sent).catch(() => null);
    if (!answer) return null;
    const { data, errors } = JSON.parse(answer.text) as { data: Data; errors?: { extensions: { code: string } }[] };
    const code = errors?.[0]?.extensions.code;
    if (code === undefined) return { data };
    if (!EXPECTED.has(code)) throw new Error(`${answer.text}: ${body}`);
    return { code };
  }

  /** Sends a write until its outcome is known. Returns null if it was refused. */
  async #sendKeyed(server: number, userId: number, query: string, input: object): Promise<Saved | null> {
    for (let n = server; ; n++) {
      const answer = await this.#send<{ saved: Saved }>(n, userId, query, { input });
      if (answer && 'data' in answer) return answer.data.saved;
      if (answer?.code === 'CONFLICT') return null;
      this.sentAgain++;
      await sleep(PAUSE_MS);
    }
  }

  async #client(number: number, userId: number, operations: number): Promise<void> {
    const next = chance(seed + number);
    // A client bases its writes on what it has seen.
    const seen = new Map<string, number>();
    // A client's requests go to alternating servers.
    for (let server = number; !this.#isOver && this.history.length < operations; server++) {
      const kind = next();
      const draft = this.wanted.drafts[Math.floor(next() * this.wanted.drafts.length)]!;
      const { of } = draft;
      const begin = performance.now();
      const timed = () => ({ client: number, begin, end: performance.now(), stream: of.workflowId });
      const turn = { server, userId, of, timed };
      const from = seen.get(draft.versionId);
      if (kind < 0.45 && from !== undefined) await this.#writeTo(draft, from, seen, turn, next);
      else if (kind < 1 - this.wanted.past) await this.#read(seen, turn);
      else await this.#readPast(next, turn);
    }
  }

  async #writeTo(
    { versionId }: Draft,
    from: number,
    seen: Map<string, number>,
    { server, userId, timed }: Turn,
    next: () => number,
  ): Promise<void> {
    const input = { versionId, expectedRevision: from, idempotencyKey: randomUUID(), content: { planning: {} } };
    const document = this.wanted.places ? documents.writePlaced : documents.write;
    const saved = await this.#sendKeyed(server, userId, document, input);
    seen.delete(versionId);
    if (!saved) return;
    const sequence = saved.changeSet?.sequence ?? null;
    const { revision } = saved.version;
    seen.set(versionId, revision);
    // Who sends again is told of their first commit, and shown the version as it is by then, with what others have written since.
    const to = Math.min(revision, from + 1);
    this.history.push({ kind: 'write', ...timed(), sequence, versionId, from, to });
    if (sequence === null || next() >= this.wanted.repeated) return;
    const again = await this.#sendKeyed(server + 1, userId, document, input);
    this.history.push({ kind: 'repeat', ...timed(), sequence, again: again?.changeSet?.sequence ?? null });
  }

  async #read(seen: Map<string, number>, { server, userId, of, timed }: Turn): Promise<void> {
    const { cycleId, reportId } = of;
    const answer = await this.#send<{ workflow: State }>(server, userId, documents.read, { cycleId, reportId });
    if (!answer || 'code' in answer) return this.#unanswered();
    const { changes, workflowPhase } = answer.data.workflow;
    const { nodes } = workflowPhase.history;
    // Of the drafts only, one object for each read: histories are long.
    const revisions: Record<string, number> = {};
    for (const { versionId } of this.wanted.drafts) {
      const found = nodes.find((node) => node.versionId === versionId);
      if (!found) continue;
      revisions[versionId] = found.revision;
      seen.set(versionId, found.revision);
    }
    const inForce = nodes.filter(({ status }) => status === 'APPROVED').length;
    this.history.push({ kind: 'read', ...timed(), head: changes.nodes[0]!.sequence, revisions, inForce });
  }

  /** Reads the past at a new instant, or at a recently read one. */
  async #readPast(next: () => number, { server, userId, of, timed }: Turn): Promise<void> {
    const { cycleId, reportId, workflowId } = of;
    let instants = this.#instants.get(workflowId);
    if (!instants) this.#instants.set(workflowId, (instants = []));
    const known = instants[Math.floor(next() * 2 * INSTANTS)];
    const at = known ?? new Date(Date.now() - this.wanted.backMs).toISOString();
    if (known === undefined) {
      instants.push(at);
      if (instants.length > INSTANTS) instants.shift();
    }
    const variables = { cycleId, reportId, at };
    const answer = await this.#send<{ workflow: State }>(server, userId, documents.readPast, variables);
    if (!answer || 'code' in answer) return this.#unanswered();
    const digest = createHash('sha256').update(JSON.stringify(answer.data)).digest('base64');
    this.history.push({ kind: 'past', ...timed(), at, answer: digest });
  }

  /** A read without an answer has shown nothing, so it is not recorded. */
  #unanswered(): Promise<void> {
    this.sentAgain++;
    return sleep(PAUSE_MS);
  }
}
