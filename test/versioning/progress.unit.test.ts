import { auditOnlyPhases, fullPhases } from '../../src/phases';
import type { VersionStatus } from '../../src/versioning/model';
import { progressOf } from '../../src/versioning/progress';

const full = fullPhases[0]!;
const auditOnly = auditOnlyPhases[0]!;

test.each<[VersionStatus[], boolean, string]>([
  [[], true, 'BLOCKED'],
  [[], false, 'READY'],
  [['REJECTED'], false, 'READY'],
  [['DRAFT'], true, 'IN_PROGRESS'],
  [['APPROVED', 'SUPERSEDED'], true, 'COMPLETE'],
  [['APPROVED', 'DRAFT'], false, 'IN_PROGRESS'],
  [['APPROVED', 'DRAFT', 'PENDING_APPROVAL'], false, 'AWAITING_APPROVAL'],
])('a fully versioned phase with versions %j (blocked: %s) is %s', (statuses, isBlocked, progress) => {
  expect(progressOf(full, statuses, isBlocked)).toBe(progress);
});

test('an audit-only phase is complete with its first record, unless one waits for somebody', () => {
  expect(progressOf(auditOnly, [], true)).toBe('BLOCKED');
  expect(progressOf(auditOnly, [], false)).toBe('READY');
  expect(progressOf(auditOnly, ['RECORDED', 'SUPERSEDED'], false)).toBe('COMPLETE');
  expect(progressOf(auditOnly, ['RECORDED'], true, true)).toBe('AWAITING_APPROVAL');
});
