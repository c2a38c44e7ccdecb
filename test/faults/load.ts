/** People who write while something breaks, send again until they are answered, and remember what they were told. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '../../packages/pg-client';
import { logFaults } from '../support/log';
import { ada, both, otherWorkflow, token, workflow } from '../support/world';

interface Acknowledged {
  readonly userId: number;
  readonly key: string;
  readonly versionId: string;
  /** When it was sent first, and when it was acknowledged. */
  readonly sent: number;
  readonly at: number;
}

const writers = [
  { userId: ada, of: workflow },
  { userId: both, of: otherWorkflow },
] as const;
const ofUser = (userId: number) => writers.find((writer) => writer.userId === userId)!.of;

/** What an answer may say that asks for another try; anything else is a fault of the product. */
const AGAIN = new Set(['BUSY']);

export class Load {
  readonly acknowledged: Acknowledged[] = [];
  /** How often something had to be sent again. */
  sentAgain = 0;
  /** Codes of refusals that nobody should meet. */
  readonly refused: string[] = [];
  #isOver = false;
  #running: Promise<unknown>[] = [];

  /**
   * @param url where servers answer now
   * @param tokenOf who gives out tokens
   */
  constructor(
    private readonly url: () => string,
    private readonly tokenOf: (userId: number) => Promise<string> = token,
  ) {}

  start(clients: number): void {
    for (let n = 0; n < clients; n++) this.#running.push(this.#write(writers[n % writers.length]!.userId));
  }
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#running);
    this.#running = [];
    this.#isOver = false;
  }
  async #write(userId: number): Promise<void> {
    while (!this.#isOver) await this.once(userId);
  }

  /** Writes once, however often it has to be sent. */
  async once(userId: number = ada, key: string = randomUUID()): Promise<string> {
    const sent = performance.now();
    const versionId = await this.#sendUntilAnswered(userId, key);
    this.acknowledged.push({ userId, key, versionId, sent, at: performance.now() });
    return versionId;
  }

  async #sendUntilAnswered(userId: number, key: string): Promise<string> {
    for (;;) {
      const versionId = await this.#send(userId, key);
      if (versionId !== null) return versionId;
      this.sentAgain++;
      await sleep(50);
    }
  }

  async #send(userId: number, key: string): Promise<string | null> {
    const { cycleId, reportId } = ofUser(userId);
    const query = `mutation { createVersion(input: { cycleId: "${cycleId}", reportId: "${reportId}", phase: PLANNING, carryForward: NONE, idempotencyKey: "${key}" }) { version { versionId } } }`;
    try {
      const response = await fetch(`${this.url()}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await this.tokenOf(userId)}` },
        body: JSON.stringify({ query }),
        signal: AbortSignal.timeout(20_000),
      });
      const { data, errors } = (await response.json()) as {
        data?: { createVersion: { version: { versionId: string } } | null } | null;
        errors?: { extensions: { code: string } }[];
      };
      const code = errors?.[0]?.extensions.code;
      if (code !== undefined && !AGAIN.has(code)) this.refused.push(code);
      return data?.createVersion?.version.versionId ?? null;
    } catch {
      return null; // no server, or one that ended before it had answered
    }
  }

  /** Waits until so many more are acknowledged that were sent from now on. */
  async served(more: number): Promise<void> {
    const since = performance.now();
    while (this.acknowledged.filter(({ sent }) => sent >= since).length < more) await sleep(20);
  }

  /** The longest that nobody at all was answered since an instant, in seconds. */
  longestSilence(since: number): number {
    const answers = [since, ...this.acknowledged.map(({ at }) => at).filter((at) => at > since)].sort((a, b) => a - b);
    return Math.max(...answers.slice(1).map((at, n) => at - answers[n]!)) / 1000;
  }

  /**
   * What is there, held against what was acknowledged; each is sent once more, and must get its first answer.
   * @param from those that were acknowledged before were sent once more already
   */
  async held(
    superuserUrl: string,
    from = 0,
  ): Promise<{ lost: number; doubled: number; changed: number; faults: string[] }> {
    let changed = 0;
    for (const { userId, key, versionId } of this.acknowledged.slice(from)) {
      const again = await this.#sendUntilAnswered(userId, key);
      if (again !== versionId) changed++;
    }
    return withClient(superuserUrl, async (client) => {
      const { rows } = await client.query<{ id: string }>('select version_id as id from phase_version');
      const there = new Set(rows.map(({ id }) => id));
      const told = new Set(this.acknowledged.map(({ versionId }) => versionId));
      return {
        lost: [...told].filter((id) => !there.has(id)).length,
        doubled: [...there].filter((id) => !told.has(id)).length,
        changed,
        faults: await logFaults(client),
      };
    });
  }
}
