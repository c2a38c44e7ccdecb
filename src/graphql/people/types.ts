/** People and reference data in the API. */
import type { CycleRow, LobRow, ReportRow } from '../../database/connection/rows';
import type { Viewer } from '../../versioning/model';
import { a, addFields, optional, pointerTo } from '../declare';
import { UserRoleEnum } from '../enums';
import { nodeType } from '../node';

export const User = nodeType<Viewer>('User', 'A person who works with the reports.', {
  userId: a.int("The bank's own id of the person; the `sub` of their token."),
  name: a.text('The printed name.'),
  roles: a.of('What the person may be asked to do.', () => [UserRoleEnum]),
  isActive: a.flag('False for people who have left: they cannot sign in, and what they did stays attributed to them.'),
});

export const Lob = nodeType<LobRow>('Lob', 'A line of business.', {
  lobId: a.uuid('The id of the line of business.'),
  name: a.text('Its name.'),
});

export const Cycle = nodeType<CycleRow>('Cycle', 'A testing cycle, e.g. a quarter.', {
  cycleId: a.uuid('The id of the cycle.'),
  name: a.text('Its name.'),
  startDate: optional.date('The first day, if planned.'),
  endDate: optional.date('The last day, if planned.'),
  cycleStatus: a.text(
    'The cycle’s status, in the words of the system that manages it, e.g. ACTIVE; in a CLOSED cycle nothing new begins (CYCLE_CLOSED).',
  ),
});

export const Report = nodeType<ReportRow>('Report', 'A regulatory report.', {
  reportId: a.uuid('The id of the report.'),
  name: a.text('Its name.'),
  number: a.text('Its number in the bank’s register.'),
});

export const toUser = pointerTo(() => User, 'user');
export const toLob = pointerTo(() => Lob, 'lob');
export const toCycle = pointerTo(() => Cycle, 'cycle');
export const toReport = pointerTo(() => Report, 'report');

addFields(Report, {
  lob: toLob.optional('The line of business it belongs to.', 'lobId'),
  owner: toUser.optional('The person responsible for the report in the bank.', 'ownerId'),
});
