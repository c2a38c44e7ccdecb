import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigurationError, projectRoot, readEnv, variableNames } from '../src/env';

describe('the environment', () => {
  test('.env.example names exactly the variables that are read, and a copy of it is valid', () => {
    const example = readFileSync(path.join(projectRoot, '.env.example'), 'utf8');
    const entries = [...example.matchAll(/^#?([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]);
    expect(entries.map(([name]) => name).sort()).toEqual([...variableNames].sort());
    expect(readEnv(Object.fromEntries(entries))).toMatchObject({ port: 4000, databasePoolSize: 10 });
  });

  test('.env.example states the real defaults', () => {
    const example = readFileSync(path.join(projectRoot, '.env.example'), 'utf8');
    const uncommented = [...example.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
    expect(readEnv(Object.fromEntries(uncommented))).toEqual(readEnv({}));
  });

  test('without any variable the server runs on the embedded database, with the demo', () => {
    expect(readEnv({})).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      databaseUrl: undefined,
      dataDir: path.join(projectRoot, '.data'),
      demo: true,
      playground: true,
    });
  });

  test('an empty variable counts as not set', () => {
    expect(readEnv({ DATABASE_URL: '', PORT: ' ' })).toEqual(readEnv({}));
  });

  test("somebody's own PostgreSQL gets the demo only when asked", () => {
    const DATABASE_URL = 'postgresql://service@db.example/ledger';
    expect(readEnv({ DATABASE_URL }).demo).toBe(false);
    expect(readEnv({ DATABASE_URL, DEMO: 'on' }).demo).toBe(true);
  });

  test.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '4000x'],
    ['DATABASE_POOL_SIZE', '0'],
    ['STATEMENT_TIMEOUT_MS', 'soon'],
    ['MAX_BODY_BYTES', '1.5'],
    ['DATABASE_URL', 'mysql://root@localhost/test'],
    ['DATABASE_URL', 'postgresql://localhost'],
    ['AUTH_JWT_SECRET', 'too short'],
    ['LOG_LEVEL', 'loud'],
    ['NODE_ENV', 'prod'],
    ['DEMO', 'maybe'],
    ['HOST', 'local host'],
  ])('%s=%s is refused with a message that names the variable', (name, value) => {
    const reading = () => readEnv({ [name]: value });
    expect(reading).toThrow(ConfigurationError);
    expect(reading).toThrow(new RegExp(`^${name} must be `));
  });

  test('a standby alone is refused: it has to be one of something', () => {
    const DATABASE_REPLICA_URL = 'postgresql://service@standby.example/ledger';
    expect(() => readEnv({ DATABASE_REPLICA_URL })).toThrow(/DATABASE_URL is not/);
    const DATABASE_URL = 'postgresql://service@db.example/ledger';
    expect(readEnv({ DATABASE_URL, DATABASE_REPLICA_URL }).databaseReplicaUrl).toBe(DATABASE_REPLICA_URL);
  });

  test('the owner alone is refused: the service must not run as the owner', () => {
    expect(() => readEnv({ DATABASE_OWNER_URL: 'postgresql://owner@localhost/ledger' })).toThrow(/^DATABASE_OWNER_URL/);
  });

  test('a refused value is not repeated, for it may be a password', () => {
    expect(() => readEnv({ DATABASE_URL: 'http://u:hunter2@localhost/x' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hunter2') as string }),
    );
  });
});
