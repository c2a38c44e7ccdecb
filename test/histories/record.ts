/** Concurrent clients of several servers, which record their operations and the answers. */
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { chance } from '../support/chance';
import { seed } from '../support/effort';
import { token, workflow } from '../support/world';
import type { Operation } from './history';

/** Expected error codes. After BUSY or a lost connection, a client retries. */
const EXPECTED = new Set(['CONFLICT', 'BUSY', 'AS_OF_UNSETTLED']);
/** The time-out for an answer, after which a client retries. */
const PATIENCE_MS = 30_000;
/** The delay before a retry. */
const PAUSE_MS = 20;
/** The number of past instants that are read repeatedly. */
const INSTANTS = 8;

const place = `cycleId: "${workflow.cycleId}", reportId: "${workflow.reportId}"`;
const state = `changes(first: 1) { nodes { sequence } } workflowPhase(phase: PLANNING) { history(first: 100) { nodes { versionId revision status } } }`;
interface State {
  readonly changes: { readonly nodes: readonly { readonly sequence: number }[] };
  readonly workflowPhase: {
    readonly history: { readonly nodes: readonly { versionId: string; revision: number; status: string }[] };
  };
}
interface Saved {
  readonly version: { readonly revision: number };
  readonly changeSet?: { readonly sequence: number };
}

export interface Wanted {
  /** The drafts that clients write to. */
  readonly drafts: readonly string[];
  /** How far back a new instant of the past lies, and the share of operations that read the past. */
  readonly backMs: number;
  readonly past: number;
  /** Whether writes request their places in the stream, which are read after the commit. */
  readonly places: boolean;
  /** The share of writes that are sent again after their answer. */
  readonly repeated: number;
}

export class Recorder {
  readonly history: Operation[] = [];
  /** The number of retries of unanswered requests. */
  sentAgain = 0;
  readonly #tokens = new Map<number, { readonly since: number; readonly bearer: Promise<string> }>();
  /** The past instants that were read last. */
  readonly #instants: string[] = [];
  #isOver = false;
  #left = 0;

  /** @param urls the URLs of the servers, which may change when a server restarts */
  constructor(
    private readonly urls: () => readonly string[],
    private readonly wanted: Wanted,
  ) {}

  count = (kind: Operation['kind']): number => this.history.filter((operation) => operation.kind === kind).length;

  get isOver(): boolean {
    return this.#isOver;
  }
  stop(): void {
    this.#isOver = true;
  }

  /** Runs clients that perform this many operations in total, or fewer if they are stopped. */
  async run(people: readonly number[], operations: number): Promise<void> {
    this.#left = operations;
    await Promise.all(people.map((userId, number) => this.#client(number, userId)));
  }

  #tokenOf(userId: number): Promise<string> {
    const kept = this.#tokens.get(userId);
    if (kept && Date.now() - kept.since < 600_000) return kept.bearer;
    const bearer = token(userId);
    this.#tokens.set(userId, { since: Date.now(), bearer });
    return bearer;
  }

  /** Returns the data, the code of a refusal, or null if there was no answer. */
  async #send<Data>(server: number, userId: number, query: string): Promise<{ data: Data } | { code: string } | null> {
    const urls = this.urls();
    let text: string;
    try {
      const response = await fetch(`${urls[server % urls.length]}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await this.#tokenOf(userId)}` },
        body: JSON.stringify({ query }),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      text = await response.text();
    } catch {
      return null;
    }
    const { data, errors } = JSON.parse(text) as { data: Data; errors?: { extensions: { code: string } }[] };
    const code = errors?.[0]?.extensions.code;
    if (code === undefined) return { data };
    if (!EXPECTED.has(code)) throw new Error(`${text}: ${query}`);
    return { code };
  }

  /** Sends a write until its outcome is known. Returns null if it was refused. */
  async #write(server: number, userId: number, query: string): Promise<Saved | null> {
    for (let n = server; ; n++) {
      const answer = await this.#send<{ updateVersion: Saved }>(n, userId, query);
      if (answer && 'data' in answer) return answer.data.updateVersion;
      if (answer?.code === 'CONFLICT') return null;
      this.sentAgain++;
      await sleep(PAUSE_MS);
    }
  }

  async #client(number: number, userId: number): Promise<void> {
    const next = chance(seed + number);
    // A client bases its writes on what it has seen.
    const seen = new Map<string, number>();
    // A client's requests go to alternating servers.
    for (let server = number; !this.#isOver && this.#left > 0; server++) {
      this.#left--;
      const kind = next();
      const versionId = this.wanted.drafts[Math.floor(next() * this.wanted.drafts.length)]!;
      const from = seen.get(versionId);
      const begin = performance.now();
      const timed = () => ({ client: number, begin, end: performance.now(), stream: workflow.workflowId });
      if (kind < 0.45 && from !== undefined) {
        const query = `mutation { updateVersion(input: { versionId: "${versionId}", expectedRevision: ${from}, idempotencyKey: "${randomUUID()}", content: { planning: {} } }) { version { revision } ${this.wanted.places ? 'changeSet { sequence }' : ''} } }`;
        const saved = await this.#write(server, userId, query);
        seen.delete(versionId);
        if (!saved) continue;
        const sequence = saved.changeSet?.sequence ?? null;
        const to = saved.version.revision;
        seen.set(versionId, to);
        this.history.push({ kind: 'write', ...timed(), sequence, versionId, from, to });
        if (sequence === null || next() >= this.wanted.repeated) continue;
        const again = await this.#write(server + 1, userId, query);
        this.history.push({
          kind: 'repeat',
          ...timed(),
          sequence,
          again: again?.changeSet?.sequence ?? null,
        });
      } else if (kind < 1 - this.wanted.past) await this.#read(server, userId, seen, timed);
      else await this.#readPast(server, userId, next, timed);
    }
  }

  async #read(server: number, userId: number, seen: Map<string, number>, timed: () => Timed): Promise<void> {
    const answer = await this.#send<{ workflow: State }>(server, userId, `{ workflow(${place}) { ${state} } }`);
    if (!answer || 'code' in answer) return sleep(PAUSE_MS);
    const { changes, workflowPhase } = answer.data.workflow;
    const { nodes } = workflowPhase.history;
    const revisions = Object.fromEntries(nodes.map((each) => [each.versionId, each.revision]));
    for (const id of this.wanted.drafts) if (id in revisions) seen.set(id, revisions[id]!);
    const inForce = nodes.filter(({ status }) => status === 'APPROVED').length;
    this.history.push({ kind: 'read', ...timed(), head: changes.nodes[0]!.sequence, revisions, inForce });
  }

  /** Reads the past at a new instant, or at a recently read one. */
  async #readPast(server: number, userId: number, next: () => number, timed: () => Timed): Promise<void> {
    const known = this.#instants[Math.floor(next() * 2 * INSTANTS)];
    const at = known ?? new Date(Date.now() - this.wanted.backMs).toISOString();
    if (known === undefined) {
      this.#instants.push(at);
      if (this.#instants.length > INSTANTS) this.#instants.shift();
    }
    const query = `query { workflow(${place}, asOf: "${at}") { ${state} } }`;
    const answer = await this.#send<{ workflow: State }>(server, userId, query);
    if (!answer || 'code' in answer) return sleep(PAUSE_MS);
    const digest = createHash('sha256').update(JSON.stringify(answer.data)).digest('base64');
    this.history.push({ kind: 'past', ...timed(), at, answer: digest });
  }
}

type Timed = Pick<Operation, 'client' | 'begin' | 'end' | 'stream'>;
