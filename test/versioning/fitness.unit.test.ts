import { positions, unfitness, type Position } from '../../src/versioning/fitness';
import { userRoles, type UserRole } from '../../src/versioning/model';

const somebody = (roles: readonly UserRole[], isActive = true) => ({ name: 'Stella', isActive, roles });
const fit: Record<Position, readonly UserRole[]> = {
  TESTER: ['TESTER'],
  TEST_LEAD: ['TESTER'],
  REPORT_OWNER: ['REPORT_OWNER'],
  TEST_EXECUTIVE: ['TEST_EXECUTIVE'],
  DATA_OWNER: ['DATA_OWNER', 'DATA_EXECUTIVE'],
};

test.each(Object.keys(positions) as Position[])(
  '%s takes one of its roles, activity, and nobody who acts nowhere',
  (position) => {
    const { takes } = positions[position];
    for (const role of userRoles) {
      expect([role, unfitness(somebody([role]), takes) === null]).toEqual([role, fit[position].includes(role)]);
      expect(unfitness(somebody([role], false), takes)).toBe('Stella is not active.');
    }
    expect(unfitness(somebody([]), takes)).toMatch(/^Stella is not an? /);
    expect(unfitness(somebody([takes[0], 'AUDITOR']), takes)).toBe(
      'Stella is an Auditor, and those act in no workflow.',
    );
    expect(unfitness(somebody([takes[0], 'ADMIN']), takes)).toBe(
      'Stella is an Administrator, and those act in no workflow.',
    );
    expect(unfitness(undefined, takes)).toBe('Nobody here has that number.');
  },
);

test('where no role is asked for, anybody active will do', () => {
  expect(unfitness(somebody([]))).toBeNull();
  expect(unfitness(somebody([], false))).toBe('Stella is not active.');
});
