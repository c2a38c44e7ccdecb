import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigurationError, projectRoot, readEnv, variableNames } from '../src/env';
import { tokenRules } from '../src/transport/auth/token-rules';

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
    ['DATABASE_POOL_SIZE', '3'],
    ['STATEMENT_TIMEOUT_MS', 'soon'],
    ['MAX_BODY_BYTES', '1.5'],
    ['DATABASE_URL', 'mysql://root@localhost/test'],
    ['DATABASE_URL', 'postgresql://localhost'],
    ['AUTH_JWT_SECRET', 'too short'],
    ['AUTH_JWKS_URL', 'id.example/jwks'],
    ['AUTH_JWKS_URL', 'http://id.example/jwks'],
    ['AUTH_JWKS_URL', 'http://127.0.0.1.id.example/jwks'],
    ['AUTH_JWKS_URL', 'ftp://127.0.0.1/jwks'],
    ['AUTH_JWKS_URL', 'file:///etc/jwks.json'],
    ['AUTH_JWKS_URL', 'https://user:hunter2@id.example/jwks'],
    ['AUTH_CLOCK_TOLERANCE_SECONDS', '301'],
    ['AUTH_JWKS_REFRESH_SECONDS', '0'],
    ['REAUTHENTICATION_SECONDS', '86401'],
    ['LOG_LEVEL', 'loud'],
    ['REST_SUNSET', 'next year'],
    ['REST_SUNSET', '2027-02-30'],
    ['REST_SUNSET', '2026-11-22'],
    ['NODE_ENV', 'prod'],
    ['DEMO', 'maybe'],
    ['HOST', 'local host'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'https://review.example/'],
    ['CORS_ORIGINS', 'review.example'],
    ['CORS_ORIGINS', 'null'],
    ['CORS_ORIGINS', 'https://a.example,'],
    ['MAX_COST', '0'],
    ['INTROSPECTION', 'dev'],
  ])('%s=%s is refused with a message that names the variable', (name, value) => {
    const reading = () => readEnv({ [name]: value });
    expect(reading).toThrow(ConfigurationError);
    expect(reading).toThrow(new RegExp(`^${name} must be `));
  });

  test('everything that is wrong is told at once, each by its variable, and nothing that only follows from it', () => {
    const reading = () =>
      readEnv({ PORT: 'x', MAX_COST: '0', AUTH_JWKS_URL: 'ftp://x', AUTH_ISSUER: 'us', DATABASE_OWNER_URL: 'postgresql://o@h/d' }); // prettier-ignore
    let said: string[] = [];
    try {
      reading();
    } catch (error) {
      said = (error as Error).message.split('\n').map((line) => line.split(' ')[0]!);
    }
    expect(said).toEqual(['PORT', 'AUTH_JWKS_URL', 'MAX_COST', 'DATABASE_OWNER_URL']);
  });

  test('a standby alone is refused: it has to be one of something', () => {
    const [one, other] = ['postgresql://service@standby.example/ledger', 'postgresql://service@other.example/ledger'];
    const DATABASE_REPLICA_URLS = `${one}, ${other}`;
    expect(() => readEnv({ DATABASE_REPLICA_URLS })).toThrow(/DATABASE_URL is not/);
    const DATABASE_URL = 'postgresql://service@db.example/ledger';
    expect(readEnv({ DATABASE_URL, DATABASE_REPLICA_URLS }).databaseReplicaUrls).toEqual([one, other]);
    expect(() => readEnv({ DATABASE_URL, DATABASE_REPLICA_URLS: `${one},standby` })).toThrow(/with commas between/);
  });

  test('the owner alone is refused: the service must not run as the owner', () => {
    expect(() => readEnv({ DATABASE_OWNER_URL: 'postgresql://owner@localhost/ledger' })).toThrow(/^DATABASE_OWNER_URL/);
  });

  const provider = { AUTH_JWKS_URL: 'https://id.example/jwks', AUTH_ISSUER: 'https://id.example', AUTH_AUDIENCE: 'us' };

  test.each([
    'https://id.example/jwks',
    'http://localhost:8080/jwks',
    'http://127.0.0.1/jwks',
    'http://127.1.2.3/jwks',
    'http://[::1]:8080/jwks',
  ])("the identity provider's keys may be at %s", (AUTH_JWKS_URL) => {
    expect(readEnv({ ...provider, AUTH_JWKS_URL })).toMatchObject({
      authJwksUrl: AUTH_JWKS_URL,
      authIssuer: 'https://id.example',
      authAudience: 'us',
      authUserClaim: 'sub',
      authClockToleranceSeconds: 5,
      authJwksRefreshSeconds: 300,
    });
  });

  test.each<[what: string, source: Record<string, string>, message: RegExp]>([
    [
      'both kinds of tokens',
      { ...provider, AUTH_JWT_SECRET: 'x'.repeat(32) },
      /^AUTH_JWKS_URL and AUTH_JWT_SECRET are both set: keep /,
    ],
    [
      'no issuer',
      { ...provider, AUTH_ISSUER: '' },
      /^AUTH_JWKS_URL is set but AUTH_ISSUER is not: set AUTH_ISSUER to /,
    ],
    [
      'no audience',
      { ...provider, AUTH_AUDIENCE: '' },
      /^AUTH_JWKS_URL is set but AUTH_AUDIENCE is not: set AUTH_AUDIENCE to /,
    ],
    [
      'an issuer alone',
      { AUTH_ISSUER: 'https://id.example' },
      /^AUTH_ISSUER is set but AUTH_JWKS_URL is not: set AUTH_JWKS_URL to /,
    ],
    [
      'an audience alone',
      { AUTH_AUDIENCE: 'us' },
      /^AUTH_AUDIENCE is set but AUTH_JWKS_URL is not: set AUTH_JWKS_URL to /,
    ],
  ])('%s is refused: it says which variable and what to write', (_, source, message) => {
    expect(() => readEnv(source)).toThrow(ConfigurationError);
    expect(() => readEnv(source)).toThrow(message);
  });

  test('a server accepts the tokens of its identity provider, or those of its secret', () => {
    expect(tokenRules(readEnv({ ...provider, AUTH_USER_CLAIM: 'employee' }))).toEqual({
      jwksUrl: 'https://id.example/jwks',
      issuer: 'https://id.example',
      audience: 'us',
      userClaim: 'employee',
      clockToleranceSeconds: 5,
      refreshSeconds: 300,
    });
    const DATABASE_URL = 'postgresql://service@db.example/ledger';
    const secret = 'x'.repeat(32);
    expect(tokenRules(readEnv({ DATABASE_URL, AUTH_JWT_SECRET: secret }))).toEqual({ secret });
    expect(() => tokenRules(readEnv({ DATABASE_URL }))).toThrow(/^AUTH_JWKS_URL or AUTH_JWT_SECRET must be set/);
  });

  test('a refused value is not repeated, for it may be a password', () => {
    expect(() => readEnv({ DATABASE_URL: 'http://u:hunter2@localhost/x' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hunter2') as string }),
    );
  });
});
