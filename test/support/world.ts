/**
 * A test world: a fresh database, the demo's people and a few strangers, one workflow, and the real server in front of it. Tests talk to it
 * as clients do, over HTTP with a token; they can count statements, and run SQL as any role.
 */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { Agent } from 'node:http';
import pg from 'pg';
import { SignJWT } from 'jose';
import { withClient } from '../../packages/pg-client';
import { Database } from '../../src/database/connection/database';
import { users } from '../../src/demo/content/people';
import { TOKEN_AUDIENCE, TOKEN_ISSUER } from '../../src/transport/auth/authenticate';
import type { RunningServer, ServerOptions } from '../../src/transport/server';
import { createFilledDatabase, type ClusterUrls, type TestDatabase } from './database';
import { post } from './post';
import {
  JWT_SECRET,
  startTestServer,
  TEST_LOCK_TIMEOUT_MS,
  TEST_PATIENCE_MS,
  TEST_STATEMENT_TIMEOUT_MS,
} from './server';

export { JWT_SECRET };

/** The demo's people with their numbers in the whole product, and others who have nothing to do with the workflow. */
export const ada = 1;
export const ben = 2;
export const olga = 3;
export const dan = 4;
export const eve = 5;
export const tess = 6;
export const root = 7;
export const aud = 8;
/** A tester who is assigned to nothing. */
export const stranger = 9;
/** Tester and report owner at once, and assigned as both to the second workflow. */
export const both = 10;
/** Was a tester of the workflow and has left. */
export const gone = 11;

export const workflow = {
  cycleId: '0194d2a0-5c00-7000-8000-000000000001',
  reportId: '0194d2a0-5c00-7000-8000-000000000002',
  workflowId: '0194d2a0-5c00-7000-8000-0000000000f1',
};
/** Testers ben and both; report owner both. */
export const otherWorkflow = {
  cycleId: workflow.cycleId,
  reportId: '0194d2a0-5c00-7000-8000-000000000003',
  workflowId: '0194d2a0-5c00-7000-8000-0000000000f2',
};

const referenceData = `
insert into users (user_id, name, is_active) values ${users.map(({ userId, name }) => `(${userId}, '${name}', true)`).join(', ')},
  (${stranger}, 'Stella Stranger', true), (${both}, 'Bo Both', true), (${gone}, 'Gil Gone', true);
insert into user_roles (user_id, role) select r.id, r.role::"UserRole" from (values
  ${users.flatMap(({ userId, roles }) => roles.map((role) => `(${userId}, '${role}')`)).join(', ')},
  (${stranger}, 'TESTER'), (${both}, 'TESTER'), (${both}, 'REPORT_OWNER'), (${gone}, 'TESTER')) r(id, role);
insert into cycles (cycle_id, name, start_date) values ('${workflow.cycleId}', 'Fourth quarter', '2026-10-01');
insert into lobs (lob_id, name) values ('0194d2a0-5c00-7000-8000-0000000000a1', 'Consumer Cards');
insert into reports (report_id, name, number, owner_id, lob_id) values
  ('${workflow.reportId}', 'Credit cards', 'CC-1', ${olga}, '0194d2a0-5c00-7000-8000-0000000000a1'), ('${otherWorkflow.reportId}', 'Liquidity', 'LQ-1', null, null);
insert into workflows (workflow_id, cycle_id, report_id, test_lead_id, report_owner_id, test_executive_id) values
  ('${workflow.workflowId}', '${workflow.cycleId}', '${workflow.reportId}', ${ben}, ${olga}, ${tess}),
  ('${otherWorkflow.workflowId}', '${otherWorkflow.cycleId}', '${otherWorkflow.reportId}', null, ${both}, null);
insert into workflow_testers (workflow_id, user_id) values
  ('${workflow.workflowId}', ${ada}), ('${workflow.workflowId}', ${ben}), ('${workflow.workflowId}', ${gone}),
  ('${otherWorkflow.workflowId}', ${ben}), ('${otherWorkflow.workflowId}', ${both});
update users set is_active = false where user_id = ${gone};
`;

/** Writes the people and the workflows into a database. */
export const addPeople = ({ ownerUrl }: ClusterUrls): Promise<unknown> =>
  withClient(ownerUrl, (owner) => owner.query(referenceData));

/** A database with the people and workflows, which are written once per test run, because writing them takes longer than a copy. */
const createPeopledDatabase = async (): Promise<TestDatabase> =>
  (await createFilledDatabase('people', async (urls) => void (await addPeople(urls)))).database;

/** Gives people the role of a data owner, in addition to their other roles. */
export const makeDataOwners = (world: World, ...people: readonly number[]): Promise<unknown> =>
  world.sql(
    'owner',
    `insert into user_roles (user_id, role) select unnest($1::int[]), 'DATA_OWNER' on conflict do nothing`,
    [people],
  );

/** A token as the token command makes it. Claims can be overridden; undefined removes one. */
export function token(userId: number, claims: Record<string, unknown> = {}, secret = JWT_SECRET): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const issued = { iss: TOKEN_ISSUER, aud: TOKEN_AUDIENCE, iat: now, exp: now + 3600, auth_time: now };
  const payload = { sub: String(userId), ...issued, ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret));
}

type Role = 'owner' | 'service' | 'superuser';

export interface GraphQLAnswer<Data = any> {
  readonly status: number;
  readonly data: Data;
  readonly errors?: readonly {
    message: string;
    path?: (string | number)[];
    extensions: { code: string } & Record<string, unknown>;
  }[];
  readonly headers: Headers;
}

const texts = new WeakMap<object, string>();
/** An operation as it is sent. */
function textOf(document: TypedDocumentNode<any, any>): string {
  let text = texts.get(document);
  if (text === undefined) texts.set(document, (text = print(document)));
  return text;
}

export type WorldOptions = Partial<Omit<ServerOptions, 'db'>> & {
  readonly statementTimeoutMs?: number;
  readonly commitPatienceMs?: number;
  readonly poolSize?: number;
  readonly patienceMs?: number;
  readonly lockTimeoutMs?: number;
};

/** The number of a role's connections that a world keeps for its own statements. */
const OWN_CONNECTIONS = 4;

/** How long a world reuses its tokens: signing requires a recent sign-in, however slow the machine is. */
const TOKEN_MS = 60_000;

export class World {
  private readonly tokens = new Map<number, { readonly since: number; readonly bearer: Promise<string> }>();
  private readonly agent = new Agent({ keepAlive: true });
  private readonly pools = new Map<Role, pg.Pool>();

  private constructor(
    readonly database: TestDatabase & { readonly replicaUrls?: readonly string[] },
    readonly db: Database,
    readonly server: RunningServer,
  ) {}

  /**
   * @param options overrides of the server's defaults
   * @param given a migrated and empty database, if it is not to be one of the shared cluster
   */
  static async create(
    options: WorldOptions = {},
    given?: TestDatabase & { readonly replicaUrls?: readonly string[] },
  ): Promise<World> {
    if (given) await addPeople(given);
    return World.open(options, given ?? (await createPeopledDatabase()));
  }

  /** A copy of the world that the first caller in this test run made, with the result of making it. */
  static async like<Told>(
    what: string,
    options: WorldOptions,
    make: (world: World) => Promise<Told>,
  ): Promise<{ world: World; told: Told }> {
    const { database, told } = await createFilledDatabase(what, async (urls) => {
      const first = await World.create(options, { ...urls, drop: () => Promise.resolve() });
      return make(first).finally(() => first.destroy());
    });
    return { world: await World.open(options, database), told };
  }

  private static async open(
    {
      statementTimeoutMs = TEST_STATEMENT_TIMEOUT_MS,
      commitPatienceMs,
      poolSize = 8,
      patienceMs = TEST_PATIENCE_MS,
      lockTimeoutMs = TEST_LOCK_TIMEOUT_MS,
      ...options
    }: WorldOptions,
    database: TestDatabase & { readonly replicaUrls?: readonly string[] },
  ): Promise<World> {
    const db = new Database({
      url: database.serviceUrl,
      replicaUrls: database.replicaUrls,
      poolSize,
      statementTimeoutMs,
      commitPatienceMs,
      patienceMs,
      lockTimeoutMs,
      logger: options.logger,
    });
    const server = await startTestServer(db, options);
    return new World(database, db, server);
  }

  async destroy(): Promise<void> {
    this.agent.destroy();
    await this.server.stop();
    for (const pool of this.pools.values()) await pool.end();
    await this.db.close();
    await this.database.drop();
  }

  tokenOf(userId: number): Promise<string> {
    const kept = this.tokens.get(userId);
    if (kept && Date.now() - kept.since < TOKEN_MS) return kept.bearer;
    const bearer = token(userId);
    this.tokens.set(userId, { since: Date.now(), bearer });
    return bearer;
  }

  /** Sends an operation as a person; with null, without a token. */
  async ask<Data = any>(
    userId: number | null,
    query: string,
    variables?: object,
    headers: Record<string, string> = {},
  ): Promise<GraphQLAnswer<Data>> {
    const bearer = userId === null ? undefined : await this.tokenOf(userId);
    const sent = {
      accept: 'application/graphql-response+json, application/json;q=0.9', // As clients that know GraphQL over HTTP send it.
      'content-type': 'application/json',
      ...(bearer && { authorization: `Bearer ${bearer}` }),
      ...headers,
    };
    return this.post(JSON.stringify({ query, variables }), sent);
  }

  private async post<Data>(body: string, headers: Record<string, string>): Promise<GraphQLAnswer<Data>> {
    const { text, ...answer } = await post(`${this.server.url}/graphql`, { body, headers, agent: this.agent });
    try {
      return { ...answer, ...(JSON.parse(text) as { data: Data }) };
    } catch (error) {
      throw new Error(`The answer is no JSON: ${text.slice(0, 200)}`, { cause: error });
    }
  }

  /** Sends an operation, and fails the test on any error. */
  async get<Data = any>(userId: number, query: string, variables?: object): Promise<Data> {
    const { data, errors } = await this.ask<Data>(userId, query, variables);
    if (errors) throw new Error(`unexpected errors: ${JSON.stringify(errors, null, 1)}`);
    return data;
  }

  /** The error code; undefined if there was no error. */
  async codeOf(userId: number | null, query: string, variables?: object): Promise<string | undefined> {
    return (await this.ask(userId, query, variables)).errors?.[0]?.extensions.code;
  }

  /** Runs one of the operations in test/operations, whose variables and answer are typed from the schema; fails on any error. */
  run<Data, Variables extends object>(
    userId: number,
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
  ): Promise<Data> {
    return this.get<Data>(userId, textOf(document), variables);
  }

  /** Runs such an operation that must be rejected, and returns its first error, or undefined. */
  async refusal<Data, Variables extends object>(
    userId: number | null,
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
  ): Promise<NonNullable<GraphQLAnswer['errors']>[number] | undefined> {
    return (await this.ask(userId, textOf(document), variables)).errors?.[0];
  }

  /** Another server on the same database, with connections of its own. */
  async secondServer(
    poolSize = 4,
    { lockTimeoutMs = TEST_LOCK_TIMEOUT_MS, ...options }: WorldOptions = {},
    replicaUrls = this.database.replicaUrls,
  ): Promise<{ db: Database; server: RunningServer; stop(): Promise<void> }> {
    const db = new Database({
      url: this.database.serviceUrl,
      replicaUrls,
      poolSize,
      statementTimeoutMs: TEST_STATEMENT_TIMEOUT_MS,
      patienceMs: TEST_PATIENCE_MS,
      lockTimeoutMs,
    });
    const server = await startTestServer(db, options);
    const stop = async () => {
      await server.stop();
      await db.close();
    };
    return { db, server, stop };
  }

  /** The same world, asked through another of its servers. */
  at(server: RunningServer): World {
    return Object.create(this, { server: { value: server } }) as World;
  }

  /** Runs some work and returns the SQL statements that it took. */
  async counted<T>(work: () => Promise<T>): Promise<{ result: T; statements: string[]; packets: number }> {
    const statements: string[] = [];
    let packets = 0;
    this.db.onStatement = (sql) => statements.push(sql);
    this.db.onPacket = () => packets++;
    try {
      const result = await work();
      return { result, statements, packets };
    } finally {
      this.db.onStatement = undefined;
      this.db.onPacket = undefined;
    }
  }

  /** The same without the statements that read the caller: a known operation reads the caller later, together with other things. */
  async countedBesideAsking<T>(work: () => Promise<T>): Promise<{ result: T; statements: string[] }> {
    const { result, statements } = await this.counted(work);
    return { result, statements: statements.filter((sql) => !/from users u where/.test(sql)) };
  }

  /** The statements sent while idle, and the actual duration, which exceeds the requested one on a busy machine. */
  async countedFor(ms: number): Promise<{ statements: string[]; seconds: number }> {
    const since = performance.now();
    const { statements } = await this.counted(() => new Promise((resolve) => setTimeout(resolve, ms)));
    return { statements, seconds: (performance.now() - since) / 1000 };
  }

  /** Runs SQL as a role, on a connection outside the server. */
  async sql<Row extends object = any>(as: Role, sql: string, parameters: unknown[] = []): Promise<Row[]> {
    // Session state must not leak to others.
    if (/^\s*(set|begin)\b/i.test(sql))
      return this.session(as, async (client) => (await client.query<Row>(sql, parameters)).rows);
    return (await this.pool(as).query<Row>(sql, parameters)).rows;
  }

  /**
   * Runs some work as a role, in a transaction that is rolled back. It reuses a connection, because the initial catalogue reads of a new
   * one cost more than most of the work.
   */
  async undone<T>(as: Role, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool(as).connect();
    try {
      await client.query('begin');
      return await work(client);
    } finally {
      await client.query('rollback');
      client.release();
    }
  }

  private pool(as: Role): pg.Pool {
    let pool = this.pools.get(as);
    if (!pool) {
      // A test may end a connection, and dropping the database ends waiting ones; that must not end the process.
      pool = new pg.Pool({ connectionString: this.urls[as], max: OWN_CONNECTIONS }).on('error', () => undefined);
      this.pools.set(as, pool);
    }
    return pool;
  }

  private get urls(): Record<Role, string> {
    const { ownerUrl, serviceUrl, superuserUrl } = this.database;
    return { owner: ownerUrl, service: serviceUrl, superuser: superuserUrl };
  }

  /** Runs some work on a separate connection, as a role. */
  async session<T>(as: Role, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: this.urls[as] });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
}
