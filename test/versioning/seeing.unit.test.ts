/** Who may know of a thing: by their roles alone, or by how they stand to the workflow. */
import { userRoles, NO_ASSIGNMENT, type UserRole, type WorkflowAssignment } from '../../src/versioning/model';
import { canSeeDeleted, canSeeLogReads, canSeeReferenceLog, canSeeWorkflow } from '../../src/versioning/seeing';
import { nobody, viewer } from '../support/facts';

const rolesThat = (may: (role: UserRole) => boolean) => userRoles.filter(may);
const waysThat = (may: (assignment: WorkflowAssignment) => boolean) =>
  (Object.keys(NO_ASSIGNMENT) as (keyof WorkflowAssignment)[]).filter((way) => may({ ...nobody, [way]: true }));

test('a workflow is seen by those who see all of them, and by whoever has anything to do with it', () => {
  expect(rolesThat((role) => canSeeWorkflow(viewer(role), nobody))).toEqual([
    'DATA_EXECUTIVE',
    'TEST_EXECUTIVE',
    'ADMIN',
    'AUDITOR',
  ]);
  expect(waysThat((assignment) => canSeeWorkflow(viewer('TESTER'), assignment))).toEqual(
    Object.keys(NO_ASSIGNMENT).filter((way) => way !== 'isCycleClosed'),
  );
});

test('what is deleted is seen by administrators and auditors, and by the testers of the workflow', () => {
  expect(rolesThat((role) => canSeeDeleted(viewer(role), nobody))).toEqual(['ADMIN', 'AUDITOR']);
  expect(waysThat((assignment) => canSeeDeleted(viewer('TESTER'), assignment))).toEqual(['isTester', 'isTestLead']);
});

test('the log of the reference data, and who read the log, is for administrators and auditors', () => {
  for (const sees of [canSeeReferenceLog, canSeeLogReads])
    expect(rolesThat((role) => sees(viewer(role)))).toEqual(['ADMIN', 'AUDITOR']);
});
