import pino from 'pino';
import type { Database } from '../../src/database/connection/database';
import { readEnv } from '../../src/env';
import { startServer, type RunningServer, type ServerOptions } from '../../src/transport/server';

export const JWT_SECRET = 'a secret that only the tests know, long enough';

/** Five times the product's: in tests this ends a hang, and must not end a slow statement on a busy machine. */
export const TEST_STATEMENT_TIMEOUT_MS = 5 * readEnv({}).statementTimeoutMs;

/** The queue timeout and the lock timeout, likewise: longer than a busy machine takes for what a test does while others wait. */
export const TEST_PATIENCE_MS = 60_000;
export const TEST_LOCK_TIMEOUT_MS = 60_000;

/** The real server with the defaults that everybody gets, on a port of its own. */
export const startTestServer = (db: Database, options: Partial<ServerOptions> = {}): Promise<RunningServer> =>
  startServer({
    ...readEnv({}),
    db,
    tokens: { secret: JWT_SECRET },
    port: 0,
    playground: false,
    console: false,
    noticing: { pollEveryMs: 3_600_000 },
    packing: { pollEveryMs: 3_600_000 }, // Background work must not disturb tests that count statements.
    recording: { gatherMs: 3_600_000, windowMs: 3_600_000 },
    costPerMinute: 0, // One person in a test sends as many requests as many people do.
    logger: pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' }),
    ...options,
  });
