import { readFile } from 'node:fs/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum, type SqlQuery } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';
import type pg from 'pg';
import { withClient } from '../pg-client';
import { RETRY_POLICY, runScript, type RetryPolicy } from './online';

/**
 * Prisma's schema engine as WebAssembly. Prisma's own `migrate` command downloads a native engine on its first run, which closed networks
 * do not allow. This one comes with npm and uses the same driver as the server.
 */
type Engine = typeof import('@prisma/schema-engine-wasm/schema_engine_bg');

let loading: Promise<Engine> | undefined;

async function load(): Promise<Engine> {
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => console.error(message) },
  });
  const engine = (await import('@prisma/schema-engine-wasm/schema_engine_bg')) as Engine & WasmBindings;
  const file = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm');
  const imports = Object.fromEntries(
    Object.entries(engine).map(([name, value]) =>
      // The engine's ten-second timer for its advisory lock would keep the process alive.
      name.startsWith('__wbg_setTimeout')
        ? [name, (callback: () => void, ms: number) => setTimeout(callback, ms >>> 0).unref()]
        : [name, value],
    ),
  );
  const { instance } = await WebAssembly.instantiate(await readFile(file), { './schema_engine_bg.js': imports });
  engine.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return engine;
}

interface WasmBindings {
  __wbg_set_wasm(wasm: object): void;
}

/** Node provides it, but its types are only in the DOM library. */
declare const WebAssembly: {
  instantiate(code: Uint8Array, imports: object): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
};

/** Additional requirements of the engine's sessions and databases. */
export interface Surroundings {
  /** Created in a scratch database before the migrations: objects that a superuser makes elsewhere and the migrations build on. */
  readonly prepareDatabaseSql?: (name: string) => string;
  /** Run first on every session. */
  readonly onConnect?: pg.QueryConfig;
  /** The lock timeouts. */
  readonly patience?: RetryPolicy;
  /** Receives the progress of long migrations. */
  readonly report?: (progress: string) => void;
}

export interface SchemaFile {
  readonly path: string;
  readonly content: string;
}

/** Runs a function with an engine on the owner's database, and closes all connections. */
export async function withSchemaEngine<T>(
  ownerUrl: string,
  schema: readonly SchemaFile[],
  surroundings: Surroundings,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const { SchemaEngine } = await (loading ??= load());
  const factory = new MigrationAdapters(ownerUrl, surroundings);
  const datamodels = schema.map(({ path, content }): [string, string] => [path, content]);
  try {
    const engine = await SchemaEngine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(factory));
    try {
      return await work(engine);
    } finally {
      engine.free();
    }
  } catch (error) {
    // The engine itself only says "External error".
    throw factory.failure ?? error;
  } finally {
    await factory.dispose();
  }
}

/** A statement of a migration was refused. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
  constructor(cause: pg.DatabaseError, script: string) {
    super(describe(cause, script), { cause });
  }
}

/** PostgreSQL's complete error, with the line of the script it points at. */
function describe({ message, detail, hint, where, position, code }: pg.DatabaseError, script: string): string {
  const before = position ? script.slice(0, Number(position) - 1).split('\n') : [];
  const line = script.split('\n')[before.length - 1];
  return [
    `${message}${code ? ` (${code})` : ''}`,
    line !== undefined && `line ${before.length}: ${line}`,
    detail && `detail: ${detail}`,
    hint && `hint: ${hint}`,
    where && `where: ${where}`,
  ]
    .filter(Boolean)
    .join('\n  ');
}

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;
type PrivateAdapter = { performIO(query: SqlQuery): Promise<Pick<pg.QueryResult, 'fields'>> };

class MigrationAdapters extends PrismaPg {
  failure: Error | undefined;
  readonly #url: string;
  readonly #cleanUps: (() => Promise<void>)[] = [];

  constructor(
    url: string,
    private readonly surroundings: Surroundings,
  ) {
    super(oneSession(url));
    this.#url = url;
  }

  override async connect(): Promise<Adapter> {
    return this.#adapt(await super.connect());
  }

  /**
   * Given a connection string, the original would connect to the main database and empty it. This one creates a scratch database and drops
   * it afterwards.
   */
  override async connectToShadowDb(): Promise<Adapter> {
    const name = `shadow_${process.pid}_${Date.now()}`;
    await withClient(this.#url, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE template0`));
    const url = new URL(this.#url);
    url.pathname = `/${name}`;
    const prepare = this.surroundings.prepareDatabaseSql?.(name);
    return this.#adapt(await new PrismaPg(oneSession(url.href)).connect(), {
      before: async () => prepare && withClient(url.href, (client) => client.query(prepare)),
      // Without FORCE, dropping waits seconds for other sessions, such as autovacuum's, which an owner may not terminate.
      after: () => withClient(this.#url, (client) => client.query(`DROP DATABASE IF EXISTS ${name}`)),
    });
  }

  async dispose(): Promise<void> {
    for (const cleanUp of this.#cleanUps.splice(0)) await cleanUp();
  }

  async #adapt(
    adapter: Adapter,
    { before, after }: { before?: () => Promise<unknown>; after?: () => Promise<unknown> } = {},
  ): Promise<Adapter> {
    const end = adapter.dispose.bind(adapter);
    let ended: Promise<void> | undefined;
    adapter.dispose = () => (ended ??= end().then(async () => void (await after?.())));
    this.#cleanUps.push(() => adapter.dispose());
    await before?.();
    const { onConnect, patience = RETRY_POLICY, report = () => {} } = this.surroundings;
    if (onConnect) await adapter.underlyingDriver().query(onConnect);

    // Sent as a whole, a script is one transaction unless it says otherwise. The original splits it at semicolons, even within function
    // bodies.
    adapter.executeScript = async (script) => {
      // A pool closes a connection after an error, and with it the engine's lock and settings would be lost; this one keeps it.
      const client = await adapter.underlyingDriver().connect();
      try {
        await runScript(client, script, patience, report);
      } catch (error) {
        this.failure = new ScriptError(error as pg.DatabaseError, script);
        throw error;
      } finally {
        client.release();
      }
    };
    readSingleCharacters(adapter);
    return adapter;
  }
}

/** The engine's advisory lock belongs to a session, so there must be exactly one, which must not be closed when idle. */
const oneSession = (connectionString: string): pg.PoolConfig => ({ connectionString, max: 1, idleTimeoutMillis: 0 });

/** The engine needs the catalogue's "char" type, which the adapter does not know: it is read as text with its type stated. */
function readSingleCharacters(adapter: Adapter): void {
  const char = 18;
  const text = 25;
  const hidden = adapter as unknown as PrivateAdapter;
  const performIO = hidden.performIO.bind(adapter);
  const queryRaw = adapter.queryRaw.bind(adapter);
  const columns = new WeakMap<SqlQuery, number[]>();
  hidden.performIO = async (query) => {
    const result = await performIO(query);
    const found = result.fields.flatMap((field, index) => (field.dataTypeID === char ? [index] : []));
    for (const index of found) result.fields[index]!.dataTypeID = text;
    columns.set(query, found);
    return result;
  };
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    for (const index of columns.get(query) ?? []) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
}
