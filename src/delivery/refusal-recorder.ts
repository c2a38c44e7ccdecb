/**
 * Records what this server refused, for security monitoring. A request is neither delayed by it nor fails with it: refusals wait in memory
 * and are written together. What waits is bounded: if somebody is refused more often than `EACH_MINUTE`, or the database cannot be reached
 * for long, further refusals are counted by person and code, and recorded as one event that says how many they were.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Db } from '../database/connection/statements';
import { Outage } from '../outage';
import { Poller } from '../database/delivery/poller';
import {
  forgetSecurityEvents,
  noteRefusals,
  numberReads,
  refusalKinds,
  type Refusal,
  type RefusalKind,
} from '../database/delivery/security-events';

export type Refused = Pick<Refusal, 'kind' | 'userId' | 'code' | 'operation' | 'isMutation' | 'requestId'>;

/** How many refusals of one person (or of nobody known) are recorded one by one within a minute. */
const EACH_MINUTE = 60;
/** The maximum number of refusals in memory, and of people and codes by which further ones are counted. */
const MAX_WAITING = 1_000;
/** How long a server that stops waits for the database. */
const MAX_GOODBYE_MS = 5_000;
/** How many are written by one statement. */
const AT_ONCE = 200;

export interface RecorderOptions {
  readonly logger: Pick<Logger, 'warn' | 'info'>;
  /** How many days events are kept; the database keeps each for 30 days at least. */
  readonly keptDays: number;
  /** How long refusals wait for others before they are written. */
  readonly gatherMs?: number;
  /** The interval in which what exceeds the limit is counted, and after which old events are deleted. */
  readonly windowMs?: number;
}

export class RefusalRecorder {
  /** The refusals since this server started, by kind. */
  readonly counts = new Map<RefusalKind, number>(refusalKinds.map((kind) => [kind, 0]));
  private readonly waiting: Refusal[] = [];
  /** How many of each person were recorded in this window. */
  private readonly recorded = new Map<number | null, number>();
  /** What exceeds the limits, by kind, person and code. */
  private readonly crowds = new Map<string, Refusal>();
  private readonly rounds: Poller;
  private readonly gatherMs: number;
  private readonly windowMs: number;
  private windowEndsAt: number;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly db: Db,
    private readonly options: RecorderOptions,
  ) {
    const { gatherMs = 100, windowMs = 60_000, logger } = options;
    this.gatherMs = gatherMs;
    this.windowMs = windowMs;
    this.windowEndsAt = performance.now() + windowMs;
    const outage = new Outage(logger, {
      begins: 'refusals cannot be recorded; they are kept in memory, or counted',
      ends: 'refusals are recorded again',
    });
    this.rounds = new Poller(() => this.look(), outage, gatherMs);
  }

  start(): this {
    this.rounds.start();
    return this;
  }

  /** Records what is left, unless the database cannot be reached, or does not answer. */
  async stop(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    const late = new AbortController();
    await Promise.race([this.finish(), sleep(MAX_GOODBYE_MS, undefined, { signal: late.signal })]);
    late.abort();
  }

  private async finish(): Promise<void> {
    await this.rounds.stop();
    this.closeWindow();
    await this.writeAll().catch(() => undefined);
  }

  /** How many refusals were not written yet. */
  get unwritten(): number {
    return [...this.waiting, ...this.crowds.values()].reduce((sum, { count }) => sum + count, 0);
  }

  record(refused: Refused): void {
    const { kind, userId } = refused;
    this.counts.set(kind, this.counts.get(kind)! + 1);
    const happenedAt = new Date();
    const ofPerson = this.recorded.get(userId) ?? 0;
    if (ofPerson >= EACH_MINUTE || this.waiting.length >= MAX_WAITING) return this.count(refused, happenedAt);
    this.recorded.set(userId, ofPerson + 1);
    this.waiting.push({ ...refused, eventId: randomUUID(), happenedAt, count: 1, endedAt: null });
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.rounds.wake();
    }, this.gatherMs);
  }

  private count({ kind, userId, code }: Refused, at: Date): void {
    const isNew = !this.crowds.has(`${kind} ${userId} ${code}`);
    const person = isNew && this.crowds.size >= MAX_WAITING ? null : userId;
    const key = `${kind} ${person} ${code}`;
    const crowd = this.crowds.get(key);
    const begun = { kind, userId: person, code, operation: null, isMutation: false, requestId: null };
    const { happenedAt, count } = crowd ?? { happenedAt: at, count: 0 };
    const endedAt = count === 0 ? null : at;
    this.crowds.set(key, { ...begun, eventId: randomUUID(), happenedAt, count: count + 1, endedAt });
  }

  /** From then on everybody is recorded one by one again. */
  private closeWindow(): void {
    this.waiting.push(...this.crowds.values());
    this.crowds.clear();
    this.recorded.clear();
    this.windowEndsAt = performance.now() + this.windowMs;
  }

  private async look(): Promise<number> {
    await this.writeAll();
    const left = this.windowEndsAt - performance.now();
    if (left > 0) return left;
    this.closeWindow();
    await this.writeAll();
    await numberReads(this.db);
    await forgetSecurityEvents(this.db, this.options.keptDays);
    return this.windowMs;
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, AT_ONCE);
      await noteRefusals(this.db, batch);
      this.waiting.splice(0, batch.length);
    }
  }
}
