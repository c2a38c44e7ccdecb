// The fixture of all measurements: a separate database, and the built server on it with the demo and a client.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { ensureAll } from '../scripts/bootstrap.mjs';
import { inRoot } from '../scripts/run.mjs';

const require = createRequire(import.meta.url);

export const creditCards = {
  cycleId: '0194d2a0-5c00-7000-8000-000000000001',
  reportId: '0194d2a0-5c00-7000-8000-000000000002',
};

/**
 * Creates a database with all tables and no rows, runs the work, and cleans up.
 * @param options.folder where the database is kept for the next run; if omitted, it is deleted
 * @param options.settings settings of PostgreSQL, including those that require a restart
 */
export async function withDatabase(work, { folder: kept, settings = {} } = {}) {
  process.env.NODE_ENV = 'production';
  await ensureAll();
  const dist = (file) => require(inRoot('dist', 'src', file));
  const folder = kept ?? mkdtempSync(path.join(os.tmpdir(), 'phaseledger-bench-'));
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  const { openEmbedded } = dist('database/deployment/embedded.js');
  let database = await openEmbedded(folder);
  try {
    if (Object.keys(settings).length > 0) {
      await dist('../packages/pg-client/index.js').withClient(database.superuserUrl, async (client) => {
        for (const [name, value] of Object.entries(settings))
          await client.query(`alter system set ${name} = '${value}'`);
      });
      await database.close();
      database = await openEmbedded(folder);
    }
    await dist('database/deployment/migrations.js').deployMigrations(database.ownerUrl);
    await work({ dist, database, folder });
  } finally {
    await database.close();
    if (!kept) for (const place of [database.cluster, folder]) rmSync(place, { recursive: true, force: true });
  }
}

const KEPT_MS = 60_000;

/** Makes tokens as the token command does, and renews them, because signing requires a recent sign-in. */
export function tokensSignedWith(secret) {
  const { SignJWT } = require('jose');
  const made = new Map();
  return (userId) => {
    const kept = made.get(userId);
    if (kept && Date.now() - kept.since < KEPT_MS) return kept.token;
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      sub: String(userId),
      iss: 'phaseledger',
      aud: 'phaseledger',
      iat: now,
      exp: now + 36_000,
      auth_time: now,
    };
    const token = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(secret));
    made.set(userId, { since: Date.now(), token });
    return token;
  };
}

/** Starts a server in this process on an existing database, and stops it after the work. */
export async function serving({ dist, database }, work, { prepare = async () => {} } = {}) {
  const { Database } = dist('database/connection/database.js');
  const { serviceUrl: url, replicaUrls } = database;
  const db = new Database({ url, replicaUrls, poolSize: 10, statementTimeoutMs: 0 });
  let server;
  try {
    await prepare(db);
    const jwtSecret = 'a secret that only this measurement knows';
    server = await dist('transport/server.js').startServer({
      ...dist('env.js').readEnv({}),
      db,
      tokens: { secret: jwtSecret },
      port: 0,
      playground: false,
      maxBodyBytes: 52_428_800,
      costPerMinute: 0,
      logger: require('pino')({ level: 'error' }),
    });
    const token = tokensSignedWith(jwtSecret);
    const ask = async (userId, query, variables) => {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(userId)}` },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = await response.json();
      if (errors) throw new Error(JSON.stringify(errors[0]));
      return data;
    };
    return await work({ ask, db });
  } finally {
    await server?.stop();
    await db.close();
  }
}

/** Starts a server with the demo, runs the work, and cleans up. */
export const withServer = (work) =>
  withDatabase((fixture) =>
    serving(fixture, work, {
      prepare: (db) => fixture.dist('demo/load.js').loadDemo(db, fixture.database.ownerUrl),
    }),
  );

export const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** The duration of some work in milliseconds. */
export async function timed(work) {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
}

/** A table with a left-aligned first column. */
export function table(head, rows) {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  for (const row of all)
    console.log(row.map((text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]))).join('   '));
}
