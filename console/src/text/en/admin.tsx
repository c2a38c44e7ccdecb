/** The texts of the register of people, lines of business, cycles, reports and workflows. */
import type { ReactNode } from 'react';
import { allOf } from './words';

export const yes = 'Yes';
export const no = 'No';
export const takeAway = (one: string): string => `Take away ${one}`;
export const findLabel = (label: string): string => `Find: ${label}`;
export const chooseAnother = 'Choose another';
export const find = 'Find';
export const looking = 'Looking…';
export const nothingMatches = (search: string): string => `Nothing matches “${search}”.`;
export const thereIsNothingMore = 'There is nothing more.';
export const fitTypeMoreOfThe = (totalCount: number): string => `${totalCount} fit; type more of the name.`;
export const aWholeNumber = 'A whole number';
export const somebodyElseChangedThisIn =
  'Somebody else changed this in the meantime. The saved value is shown below each field that you changed; save again to keep yours.';
export const nobodyChangesTheirOwnRoles =
  'Nobody changes their own roles, or whether they may sign in. Another administrator can.';
export const changeOne = (row: string): string => `Change ${row}`;
export const notYetChoose = (missing: readonly string[]): string => `Not yet: choose ${allOf(missing)}.`;
export const youHaveNotChangedAnything = 'You have not changed anything yet.';
export const savedValue = (shownValue: string): string => `Saved value: ${shownValue}`;
export const askedForBecauseOf = (explained: string): string => ` Asked for because of: ${explained}.`;
export const save = 'Save';
export const name = 'Name';
export const whatCanBeDone = 'What can be done';
export const change = 'Change';
export const whatWasChanged = 'What was changed';
export const commitSequence = (sequence: number): string => `commit ${sequence},`;
export const people = 'People';
export const addAPerson = 'Add a person';
export const nameOrNumber = 'Name or number';
export const number = 'Number';
export const theBanksOwn = 'The bank’s own.';
export const roles = 'Roles';
export const maySignIn = 'May sign in';
export const peopleWhoMayNotSign = 'People who may not sign in keep their past actions under their name.';
export const linesOfBusiness = 'Lines of business';
export const lineOfBusiness = 'line of business';
export const addALineOfBusiness = 'Add a line of business';
export const cycles = 'Cycles';
export const addACycle = 'Add a cycle';
export const firstDay = 'First day';
export const lastDay = 'Last day';
export const status = 'Status';
export const nothingNewCanBeginIn = 'Nothing new can begin in a closed cycle.';
export const reports = 'Reports';
export const addAReport = 'Add a report';
export const whoAnswersForIt = 'Who answers for it';
export const testers = 'Testers';
export const testLead = 'Test lead';
export const signsForTheTestTeam = 'Signs for the test team.';
export const decidesForTheReport = 'Decides for the report.';
export const testExecutive = 'Test executive';
export const approvesTheTestReport = 'Approves the test report.';
export const openAWorkflow = 'Open a workflow';
export const reportOrCycle = 'Report or cycle';
export const theRegister = 'The register';
export const webhooks = 'Webhooks';
export const theRegisterIsMaintainedBy = 'The register is maintained by administrators';
export const youAreSignedInAs = (viewer: string, roles: readonly string[], link: ReactNode) => (
  <>
    You are signed in as {viewer}, {allOf(roles)}. Ask an administrator for what you need; your assignments are listed
    under {link}.
  </>
);
export const mayNot = 'May not';
export const searchBy = (search: string): string => `Search by ${search}`;
export const whichOfThem = 'Which of them';
export const history = 'History';
export const noHasInIts = (one: string, q: string, search: string): string => `No ${one} has “${q}” in its ${search}`;
export const noHere = (title: string): string => `No ${title} here`;
export const makesTheFirst = (add: string): string => `“${add}” makes the first.`;
export const savedCommitOfTheRegister = (sequence: number): string => `Saved: commit ${sequence} of the register.`;
export const itWasSoAlready = 'It was so already.';
export const positionOfPlace = (position: string, place: string): string => `${position} of ${place}`;
export const stillNamedAsNameSomebody = (named: readonly string[]): string =>
  ` Still named as ${allOf(named)}; name somebody else.`;
export const putTheMessageAway = 'Put the message away';
export const aField = (title: string): string => `a ${title.toLowerCase()}`;
