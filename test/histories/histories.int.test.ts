/**
 * Clients of two servers, one of which reads from standbys, concurrently write, read and read the past. A single copy of the data must be
 * able to explain their history (history.ts). The checker is tested in two ways: with anomalies inserted into a recorded history, and with
 * bugs seeded in the product while clients use it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Database } from '../../src/database/connection/database';
import { WRITTEN } from '../../src/database/connection/standbys';
import { Transaction } from '../../src/database/connection/transaction';
import { buildVersion } from '../support/builders';
import { effort } from '../support/effort';
import { startReplicated, type Replicated } from '../support/standby';
import { ada, ben, workflow, World } from '../support/world';
import { anomalies, type Operation, type Read, type ReadOfPast, type Write } from './history';
import { Recorder, type Draft, type Wanted } from './record';

let servers: Replicated;
let world: World;
let second: Awaited<ReturnType<World['secondServer']>>;
let drafts: Draft[];
let history: readonly Operation[];
const clients = [ada, ben, ada, ben, ada, ada];

beforeAll(async () => {
  servers = await startReplicated(2);
  world = await World.create({ poolSize: 8 }, servers);
  second = await world.secondServer(8, {}, []);
  drafts = await newDrafts();
});
afterAll(async () => {
  await second.stop();
  await world.destroy();
});

const newDrafts = async (): Promise<Draft[]> => {
  const made: Draft[] = [];
  for (let n = 0; n < 3; n++) {
    const { versionId } = await buildVersion(world, { phase: 'PLANNING', items: 1 });
    made.push({ of: workflow, versionId });
  }
  return made;
};
const usual = { backMs: 100, past: 0.1, repeated: 0.1, places: true };
const recorder = (wanted: Partial<Wanted> = {}) =>
  new Recorder(() => [world.server.url, second.server.url], { ...usual, drafts, ...wanted });

/** Pauses the replay of each standby in turn while the given work runs. */
async function whileLagging<T>(work: () => Promise<T>): Promise<T> {
  let isOver = false;
  const lagging = (async () => {
    for (let n = 0; !isOver; n++) {
      const { sql } = servers.standbys[n % 2]!;
      await sql('select pg_wal_replay_pause()');
      await sleep(60);
      await sql('select pg_wal_replay_resume()');
    }
  })();
  return work().finally(async () => {
    isOver = true;
    await lagging;
  });
}

test('a history of clients of two servers and two standbys is one of a single copy of the data', async () => {
  const recording = recorder();
  let isOver = false;
  const approving = async () => {
    for (let n = 0; !isOver && n < 4; n++)
      await buildVersion(world, { phase: 'PLANNING', items: 1, status: 'APPROVED' });
  };
  await whileLagging(() =>
    Promise.all([approving(), recording.run(clients, effort.historyOperations).finally(() => (isOver = true))]),
  );
  ({ history } = recording);
  expect(recording.count('write')).toBeGreaterThan(effort.historyOperations / 20);
  expect(recording.count('repeat')).toBeGreaterThan(0);
  expect(recording.count('read')).toBeGreaterThan(effort.historyOperations / 5);
  expect(recording.count('past')).toBeGreaterThan(0);
  expect(world.db.standbys!.counts.standby).toBeGreaterThan(recording.count('read') / 10);
  expect(anomalies(history)).toEqual([]);
});

// ── anomalies inserted into a recorded history ───────────────────────────────────────────────────────────────────────

const last = <Kind extends Operation>(kind: Kind['kind']): Kind =>
  history.filter((each): each is Kind => each.kind === kind).at(-1)!;
const changedTo = (old: Operation, changed: Operation): Operation[] =>
  history.map((each) => (each === old ? changed : each));

test.each<[bug: string, found: RegExp, put: () => Operation[]]>([
  ['a write over what somebody else had written (no check of the revision)', /^lost update/, () => {
    const write = last<Write>('write');
    return changedTo(write, { ...write, from: write.from - 1, to: write.to - 1 });
  }],
  ['a read from a copy that lags (a server that caches)', /^stale read/, () => {
    const read = last<Read>('read');
    return changedTo(read, { ...read, head: 1 });
  }],
  ['a commit that is put in front of one that was acknowledged before it began', /^against real time/, () => {
    const write = last<Write>('write');
    return changedTo(write, { ...write, begin: write.end + 1_000, end: write.end + 2_000, sequence: 1 });
  }],
  ['an instant of the past that reads otherwise later', /^the past has changed/, () => {
    const past = last<ReadOfPast>('past');
    return [...history, { ...past, answer: '{}' }];
  }],
  ['two versions in force', /^two in force/, () => {
    const read = last<Read>('read');
    return changedTo(read, { ...read, inForce: 2 });
  }],
  ['a client that comes to a server that is behind the one before', /^went back/, () => {
    const read = last<Read>('read');
    return [...history, { ...read, begin: read.end + 1, end: read.end + 2, head: read.head - 1 }];
  }],
])('found: %s', (_, found, put) => {
  expect(anomalies(put())).toEqual(expect.arrayContaining([expect.stringMatching(found)]));
}); // prettier-ignore

// ── bugs seeded in the product ───────────────────────────────────────────────────────────────────────────────────────

interface Bug {
  readonly name: string;
  /** The anomaly that the bug must cause. */
  readonly found: RegExp;
  readonly wanted?: Partial<Wanted>;
  /** Introduces the bug. */
  readonly seed: () => Promise<unknown>;
  readonly mend: () => Promise<unknown>;
}
const superuser = (sql: string) => world.sql('superuser', sql);
/** Replaces functions of the database, and restores them. */
const changing = (changes: Readonly<Record<string, (definition: string) => string>>): Pick<Bug, 'seed' | 'mend'> => {
  const originals: string[] = [];
  return {
    seed: async () => {
      for (const [signature, change] of Object.entries(changes)) {
        const [found] = await world.sql<{ text: string }>('superuser', `select pg_get_functiondef('${signature}'::regprocedure) as text`); // prettier-ignore
        const changed = change(found!.text);
        if (changed === found!.text) throw new Error(`nothing is changed in ${signature}`);
        originals.push(found!.text);
        await superuser(changed);
      }
    },
    mend: async () => {
      for (const original of originals) await superuser(original);
    },
  };
};
const { commit } = Transaction.prototype;
const { query } = pg.Client.prototype;
const { query: readNow } = Database.prototype;
const bugs: readonly Bug[] = [
  {
    name: 'a standby is read however far behind it is',
    found: /^(stale read|went back)/,
    seed: () => {
      const anywhere = `select p.name, p."isStandby", p.timeline, 0::float8 as lsn, p.snapshot from (${WRITTEN}) p`;
      pg.Client.prototype.query = function (this: pg.Client, asked: { text?: string }, ...rest: unknown[]) {
        const instead = asked.text === WRITTEN ? { ...asked, name: 'anywhere', text: anywhere } : asked;
        return (query as (...args: unknown[]) => unknown).call(this, instead, ...rest);
      } as typeof query;
      return Promise.resolve();
    },
    mend: () => Promise.resolve((pg.Client.prototype.query = query)),
  },
  {
    name: 'a commit that is acknowledged is rolled back',
    found: /^(stale read|lost update)/,
    wanted: { places: false, repeated: 0 },
    seed: () => {
      let commits = 0;
      Transaction.prototype.commit = async function (this: Transaction, patienceMs) {
        if (++commits % 5 > 0) return commit.call(this, patienceMs);
        await this.query('rollback');
        return 'COMMITTED';
      };
      return Promise.resolve();
    },
    mend: () => Promise.resolve((Transaction.prototype.commit = commit)),
  },
  {
    name: 'the key of a request is not remembered',
    found: /^another answer/,
    wanted: { repeated: 1 },
    seed: () => superuser(`create function log.forget() returns trigger language plpgsql as $$ begin return null; end $$;
      create trigger forget before insert on log.idempotency_key for each row execute function log.forget();
      alter table log.idempotency_key enable always trigger forget`), // prettier-ignore
    mend: () => superuser('drop trigger forget on log.idempotency_key; drop function log.forget()'),
  },
  {
    name: 'the past is read before its stream is closed',
    found: /^the past has changed/,
    wanted: { backMs: 0, past: 0.4 },
    ...changing({
      'log.close_idle(uuid[], timestamptz)': (text) =>
        text.replace(/begin[^]*end/, () => `begin return '{}'::uuid[]; end`),
      // Delays the end of a commit after its stamp.
      'log.commit(uuid)': (text) => text.replace('begin', 'begin perform pg_sleep(0.3);'),
    }),
  },
  {
    name: 'a server keeps what it has read for its next hundred reads',
    found: /^(stale read|went back)/,
    seed: () => {
      let reads = 0;
      const kept = new Map<string, { readonly until: number; readonly rows: Promise<object[]> }>();
      Database.prototype.query = function <Row extends object>(
        this: Database,
        sql: string,
        parameters: readonly unknown[] = [],
      ) {
        reads++;
        const key = JSON.stringify([sql, parameters]);
        const found = kept.get(key);
        if (found && reads < found.until) return found.rows as Promise<Row[]>;
        const rows = readNow.call(this, sql, parameters);
        if (/^\s*select/.test(sql) && sql.includes('phase_version')) kept.set(key, { until: reads + 100, rows });
        return rows as Promise<Row[]>;
      };
      return Promise.resolve();
    },
    mend: () => Promise.resolve((Database.prototype.query = readNow)),
  },
];
/** The number of operations after which an undetected bug counts as not found. */
const MOST = 3_000;

test.each(bugs.map((bug) => [bug.name, bug] as const))(
  'found in the product: %s',
  async (_, bug) => {
    drafts = await newDrafts();
    const recording = recorder(bug.wanted);
    let found: string[] = [];
    await bug.seed();
    try {
      await whileLagging(async () => {
        const running = recording.run(clients, MOST).finally(() => recording.stop());
        for (let isFound = false; !isFound && !recording.isOver;) {
          await sleep(100);
          found = anomalies(recording.history);
          isFound = found.some((each) => bug.found.test(each));
        }
        recording.stop();
        await running;
      });
    } finally {
      await bug.mend();
    }
    expect(found).toEqual(expect.arrayContaining([expect.stringMatching(bug.found)]));
  },
  600_000,
); // it ends by what was done, not by time, however busy the machine is
