/** What callers are told of what PostgreSQL and the connection to it say. The real ones are in faults.int.test.ts. */
import { fromPostgres } from '../../src/database/connection/postgres-errors';
import { DomainError } from '../../src/versioning/errors';

const SECRET = 'relation "phase_version" on /var/lib/postgresql, 10.1.2.3:5432';
const postgres = (code: string, severity = 'ERROR') => Object.assign(new Error(SECRET), { code, severity });
const node = (code: string) => Object.assign(new Error(`connect ${code} ${SECRET}`), { code });

const faults: readonly (readonly [string, Error])[] = [
  ['disk full', postgres('53100')],
  ['out of memory', postgres('53200')],
  ['too many connections', postgres('53300', 'FATAL')],
  ['a configured limit', postgres('53400')],
  ['ended by an operator', postgres('57P01', 'FATAL')],
  ['ended because another process crashed', postgres('57P02', 'FATAL')],
  ['starting up', postgres('57P03', 'FATAL')],
  ['a database that was dropped', postgres('57P04', 'FATAL')],
  ['idle for too long', postgres('57P05', 'FATAL')],
  ['idle in a transaction', postgres('25P03', 'FATAL')],
  ['a standby, or read-only', postgres('25006')],
  ['a broken connection', postgres('08006')],
  ['no connection', postgres('08003')],
  ['a password that was changed', postgres('28P01', 'FATAL')],
  ['a database that takes no connections', postgres('55000', 'FATAL')],
  ['a statement that took too long', postgres('57014')],
  ['a lock that took too long', postgres('55P03')],
  ['a deadlock', postgres('40P01')],
  ['a conflict with the recovery of a standby', postgres('40001')],
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'].map(
    (code) => [code, node(code)] as const,
  ),
  ...[
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'CERT_HAS_EXPIRED',
    'CERT_NOT_YET_VALID',
    'CERT_SIGNATURE_FAILURE',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'EPROTO',
  ].map((code) => [`a certificate or a line that is not trusted: ${code}`, node(code)] as const),
  ['several addresses, none of which answers', Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })],
  ...[
    'The server does not support SSL connections',
    'There was an error establishing an SSL connection',
    'Connection terminated',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
    'Cannot use a pool after calling end on the pool',
  ].map((message) => [message, new Error(message)] as const),
];

test.each(faults)('%s is BUSY: it may be asked again, and nothing of the inside is told', (_, error) => {
  const said = fromPostgres(error) as DomainError;
  expect(said).toBeInstanceOf(DomainError);
  expect(said.code).toBe('BUSY');
  expect(said.details).toEqual({ retryable: true, retryAfterSeconds: expect.any(Number) });
  expect(said.message).not.toContain('phase_version');
  expect(said.message).not.toMatch(/\d{2}P?\d{2,3}|ECONN|pool|client|query/i);
});

test.each([
  ['a mistake of ours', postgres('42601')],
  ['damaged data', postgres('XX001')],
  ['what is no error of the database', new Error('of the code')],
])('%s stays an internal error', (_, error) => expect(fromPostgres(error)).toBe(error));
