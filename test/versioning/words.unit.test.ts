/** What people are told: lists, sentences, reasons, and every way to say no with what a program can use. */
import { approvalStatusOf } from '../../src/versioning/approval-status';
import {
  badInput,
  busy,
  DomainError,
  notFound,
  notTheLatest,
  staleRevision,
  tooLarge,
} from '../../src/versioning/errors';
import { transitions } from '../../src/versioning/lifecycle';
import { userRoles, versionStatuses } from '../../src/versioning/model';
import { requireText } from '../../src/versioning/reasons';
import { actsNowhere, someone } from '../../src/versioning/roles';
import { listed, sentence, statusTitle, verdict } from '../../src/versioning/rules';
import { titleOfOrigin } from '../../src/versioning/titles';

test.each([
  [[], ''],
  [['one'], 'one'],
  [['one', 'two'], 'one and two'],
  [['one', 'two', 'three'], 'one, two and three'],
])('%j is listed', (words, text) => expect(listed(words)).toBe(text));

test('a choice is listed with another word', () => expect(listed(['one', 'two'], 'or')).toBe('one or two'));

test('a sentence begins with a capital and ends with a full stop', () => {
  expect(sentence('nobody has signed')).toBe('Nobody has signed.');
});

test('a status is said of a version: it is a draft, it is approved', () => {
  expect(versionStatuses.map(statusTitle)).toEqual([
    'a draft',
    'pending approval',
    'approved',
    'rejected',
    'superseded',
    'recorded',
  ]);
});

test('roles are named as people call them, and two of them act nowhere', () => {
  expect(someone(userRoles)).toBe(
    'Tester or Report Owner or Data Owner or Data Executive or Test Executive or Administrator or Auditor',
  );
  expect(userRoles.filter((role) => actsNowhere({ roles: ['TESTER', role] }))).toEqual(['ADMIN', 'AUDITOR']);
});

test('a verdict makes its refusal when it is asked for it, from its parts or by what makes it', () => {
  const parts = verdict(false, 'Why.', ['TESTER'], 'FORBIDDEN', 'Say no.', { more: 1 });
  expect(parts).toMatchObject({ status: 'UNSATISFIED', explanation: 'Why.', satisfiableBy: ['TESTER'] });
  expect('refusal' in parts && parts.refusal()).toMatchObject({
    code: 'FORBIDDEN',
    message: 'Say no.',
    details: { more: 1 },
  });
  const make = jest.fn(() => badInput('Say no.'));
  const made = verdict(true, 'Why.', [], make);
  expect(made.status).toBe('SATISFIED');
  expect(make).not.toHaveBeenCalled();
  expect('refusal' in made && made.refusal().code).toBe('BAD_USER_INPUT');
});

describe('a reason', () => {
  test('is the first text that says anything, without what surrounds it', () => {
    expect(requireText('Say why.', 'reason', undefined, null, '', ' \u200b', '  It was wrong. ', 'Else.')).toBe(
      'It was wrong.',
    );
  });
  test.each([[[]], [[undefined, null]], [['', ' \n', '\u200b']]])('that is not in %j is asked for', (given) => {
    expect(() => requireText('Say why.', 'reason', ...given)).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', message: 'Say why.', details: { argument: 'reason' } }),
    );
  });
});

test('every refusal has a code, which is its name as well, and what a program can use', () => {
  const latest = { versionId: 'v', versionNumber: 3 };
  const refusals: [DomainError, string, object][] = [
    [notFound('It'), 'NOT_FOUND', {}],
    [badInput('No.'), 'BAD_USER_INPUT', {}],
    [badInput('No.', { a: 1 }), 'BAD_USER_INPUT', { a: 1 }],
    [notTheLatest(2, latest), 'CONFLICT', { latestVersionId: 'v', latestVersionNumber: 3 }],
    [tooLarge('items', 5, 6, 'Ask for fewer.'), 'LIMIT_EXCEEDED', { measure: 'items', limit: 5, actual: 6 }],
    [busy('Later.', 2), 'BUSY', { retryable: true, retryAfterSeconds: 2 }],
    [staleRevision(1, 2), 'CONFLICT', { expectedRevision: 1, actualRevision: 2 }],
  ];
  for (const [refusal, code, details] of refusals) expect(refusal).toMatchObject({ code, name: code, details });
});

test('an approval stands as what became of the version says, and stays when another takes its place', () => {
  expect(versionStatuses.map((status) => approvalStatusOf({ approvalRequired: true, status }))).toEqual([
    'PENDING',
    'PENDING',
    'APPROVED',
    'REJECTED',
    'APPROVED',
    'PENDING',
  ]);
  expect(new Set(versionStatuses.map((status) => approvalStatusOf({ approvalRequired: false, status })))).toEqual(
    new Set(['NOT_REQUIRED']),
  );
});

test('a version goes from one status to the next in these ways, and in no other', () => {
  expect(Object.entries(transitions).map(([name, { from, to }]) => [name, from, to])).toEqual([
    ['SUBMIT', 'DRAFT', 'PENDING_APPROVAL'],
    ['WITHDRAW', 'PENDING_APPROVAL', 'DRAFT'],
    ['APPROVE', 'PENDING_APPROVAL', 'APPROVED'],
    ['REJECT', 'PENDING_APPROVAL', 'REJECTED'],
    ['SUPERSEDE', 'APPROVED', 'SUPERSEDED'],
    ['SUPERSEDE_RECORDED', 'RECORDED', 'SUPERSEDED'],
  ]);
});

test.each([
  ['api', 'The API'],
  ['import', 'The import from the old system'],
  ['db:auditor', 'The database, as auditor'],
  ['of its own', 'of its own'],
])('what came in by %s is said in words', (origin, title) => expect(titleOfOrigin(origin)).toBe(title));
