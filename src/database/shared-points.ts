/**
 * Points that all servers on a database count together. A server takes them in portions, which it gives out from its memory, so
 * a request hardly ever waits for a statement, and one that asks for more than there is never does twice. Together they never
 * give more than there is; what one has taken and not given out, the others cannot give, which is why portions are small, and
 * smaller the less is left.
 */
import { LRUCache } from 'lru-cache';
import type { Database } from './database';

/** What came of taking points. */
export interface Taken {
  readonly isGiven: boolean;
  /** What may still be taken within this window, as far as is known here. */
  readonly remaining: number;
  readonly msBeforeNext: number;
}

export interface Points {
  /** Takes points of a person, all or none. */
  take(userId: number, cost: number): Promise<Taken>;
}

/** A portion is this part of all points, and at most this part of those that are left. */
const PART_OF_ALL = 20;
const PART_OF_REST = 4;
/** So many people's portions are kept; who is forgotten has lost theirs until the window ends. */
const MAX_KEPT = 10_000;
/** A window may end, and others may take what was brought, before it is taken: but not that often. */
const TRIES = 5;

/** Of a person, what this server has of the window under way. */
interface Portion {
  /** Which window that is, as the database says it. */
  window: string;
  /** When it ends, by this process's own clock. */
  until: number;
  left: number;
  /** What nobody had taken yet when it was asked last: it does not become more. */
  unclaimed: number;
  /** Who asks the database next waits for who asks it now. */
  asking: Promise<unknown>;
}

/** Gives what is asked for at least, a portion where there is one, or nothing; `excluded` is a window that begins now. */
const TAKE = `insert into log.points_taken as t (user_id, ends_at, points, granted)
  select $1::int, clock_timestamp() + w.length, g.granted, g.granted
  from (select $5::int * interval '1 s' as length) w,
    (select case when $2::bigint > $4::bigint then 0 else greatest($2::bigint, least($3::bigint, $4::bigint)) end as granted) g
  on conflict (user_id) do update set (ends_at, points, granted) = (
    select case when o.is_over then excluded.ends_at else t.ends_at end,
      case when o.is_over then 0 else t.points end + o.granted, o.granted
    from (
      select n.is_over, case when n.is_over then excluded.granted when $2::bigint > n.rest then 0
        else greatest($2::bigint, least($3::bigint, n.rest / ${PART_OF_REST})) end as granted
      from (select t.ends_at <= excluded.ends_at - $5::int * interval '1 s' as is_over, $4::bigint - t.points as rest) n) o)
  returning t.granted::float8 as granted, ($4::bigint - t.points)::float8 as unclaimed, t.ends_at::text as window,
    floor(extract(epoch from t.ends_at - clock_timestamp()) * 1000)::float8 as ms`;

interface Given {
  readonly granted: number;
  readonly unclaimed: number;
  readonly window: string;
  readonly ms: number;
}

export class SharedPoints implements Points {
  readonly #portions = new LRUCache<number, Portion>({ max: MAX_KEPT });
  readonly #portion: number;

  /** @param each how many points each person has in a window */
  constructor(
    private readonly db: Database,
    private readonly each: number,
    private readonly windowSeconds: number,
  ) {
    this.#portion = Math.max(1, Math.floor(each / PART_OF_ALL));
  }

  async take(userId: number, cost: number): Promise<Taken> {
    const portion = this.#of(userId);
    const taken = this.#takeHere(portion, cost);
    if (taken) return taken;
    // As many as wait for it take in their turn what the first of them brings.
    const taking = portion.asking.then(() => this.#takeBrought(userId, portion, cost));
    portion.asking = taking.catch(() => undefined);
    return taking;
  }

  #of(userId: number): Portion {
    let portion = this.#portions.get(userId);
    if (!portion) {
      portion = { window: '', until: 0, left: 0, unclaimed: 0, asking: Promise.resolve() };
      this.#portions.set(userId, portion);
    }
    return portion;
  }

  /** Takes what is here, or refuses what is nowhere; null where the database has to be asked. */
  #takeHere(portion: Portion, cost: number): Taken | null {
    if (performance.now() >= portion.until) return null;
    if (cost > portion.left) return cost > portion.left + portion.unclaimed ? answer(portion, false) : null;
    portion.left -= cost;
    return answer(portion, true);
  }

  async #takeBrought(userId: number, portion: Portion, cost: number): Promise<Taken> {
    for (let tries = 1; ; tries++) {
      const taken = this.#takeHere(portion, cost);
      if (taken) return taken;
      if (tries > TRIES) return answer(portion, false);
      await this.#bring(userId, portion, cost - here(portion));
    }
  }

  /** Brings a portion with what is lacking in it, if there is that much. */
  async #bring(userId: number, portion: Portion, lacking: number): Promise<void> {
    const began = performance.now();
    const parameters = [userId, Math.ceil(lacking), this.#portion, this.each, this.windowSeconds];
    const [given] = await this.db.inNameOf(userId).atPrimary().query<Given>(TAKE, parameters);
    const { granted, unclaimed, window, ms } = given!;
    portion.left = granted + (window === portion.window ? portion.left : 0);
    portion.unclaimed = unclaimed;
    portion.window = window;
    // By the earliest instant at which the database can have said so: nothing is spent here when it is over there.
    portion.until = began + ms;
  }
}

const here = ({ until, left }: Portion): number => (performance.now() < until ? left : 0);

const answer = ({ left, unclaimed, until }: Portion, isGiven: boolean): Taken => ({
  isGiven,
  remaining: left + unclaimed,
  msBeforeNext: Math.max(0, until - performance.now()),
});
