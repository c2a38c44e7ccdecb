// What all measurements need: a database of their own, and the built server on it with the demo and a client.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
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

/** Creates a database with all tables and nothing in it, does the work, and leaves nothing behind. */
export async function withDatabase(work) {
  process.env.NODE_ENV = 'production';
  await ensureAll();
  const dist = (file) => require(inRoot('dist', 'src', file));
  const folder = mkdtempSync(path.join(os.tmpdir(), 'phaseledger-bench-'));
  chmodSync(folder, 0o755);
  const database = await dist('database/embedded.js').openEmbedded(folder);
  try {
    await dist('database/migrations.js').deployMigrations(database.ownerUrl);
    await work({ dist, database, folder });
  } finally {
    await database.close();
    for (const place of [database.cluster, folder]) rmSync(place, { recursive: true, force: true });
  }
}

/** Starts a server with the demo, does the work, and leaves nothing behind. */
export const withServer = (work) =>
  withDatabase(async ({ dist, database }) => {
    const { SignJWT } = require('jose');
    const { Database } = dist('database/database.js');
    const db = new Database({ url: database.serviceUrl, poolSize: 10, statementTimeoutMs: 0 });
    let server;
    try {
      await dist('demo/load.js').loadDemo(db, database.ownerUrl);
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
      const now = Math.floor(Date.now() / 1000);
      const token = (userId) =>
        new SignJWT({ sub: String(userId), iss: 'phaseledger', aud: 'phaseledger', iat: now, exp: now + 36_000 })
          .setProtectedHeader({ alg: 'HS256' })
          .sign(Buffer.from(jwtSecret));
      const tokens = new Map();
      const ask = async (userId, query, variables) => {
        if (!tokens.has(userId)) tokens.set(userId, await token(userId));
        const response = await fetch(`${server.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens.get(userId)}` },
          body: JSON.stringify({ query, variables }),
        });
        const { data, errors } = await response.json();
        if (errors) throw new Error(JSON.stringify(errors[0]));
        return data;
      };
      await work({ ask, db });
    } finally {
      await server?.stop();
      await db.close();
    }
  });

export const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Milliseconds that something takes. */
export async function timed(work) {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
}

/** A table with its first column to the left. */
export function table(head, rows) {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  for (const row of all)
    console.log(row.map((text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]))).join('   '));
}
