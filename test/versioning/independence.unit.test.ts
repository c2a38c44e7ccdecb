import { barOf, barredBy, notCounting, unapprovedStatuses, undecidedStatuses } from '../../src/versioning/independence';

test('who edited a version or submitted it does not decide on it, and editing is the better reason', () => {
  const worked = { editors: [1, 2], submittedBy: 3 };
  expect([1, 2, 3, 4].map((userId) => barOf(worked, userId))).toEqual(['EDITED', 'EDITED', 'SUBMITTED', null]);
  expect(barOf({ editors: [3], submittedBy: 3 }, 3)).toBe('EDITED');
});

test('nobody is no submitter of what was not submitted', () => {
  expect(barOf({ editors: [], submittedBy: null }, null)).toBeNull();
  expect(barOf({ editors: [], submittedBy: null }, 1)).toBeNull();
});

test('what was decided can stop counting until an approval or a rejection relied on it, and is carried from neither', () => {
  expect(undecidedStatuses).toEqual(['DRAFT', 'PENDING_APPROVAL']);
  expect(unapprovedStatuses).toEqual(['DRAFT', 'PENDING_APPROVAL', 'REJECTED']);
});

test.each([
  ['EDITED', 'edited'],
  ['SUBMITTED', 'submitted'],
] as const)('whoever has %s it is told so', (bar, deed) => {
  expect(barredBy(bar)).toBe(`${deed} this version`);
  expect(notCounting(bar)).toContain(`has ${deed} this version`);
});
