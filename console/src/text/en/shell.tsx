/** The texts of what surrounds every page. */
export const noConnectionToTheServer =
  'No connection to the server. What you typed is kept; this page goes on by itself when it is back.';
export const aDayAgo = 'A day ago';
export const aWeekAgo = 'A week ago';
export const aMonthAgo = 'A month ago';
export const now = 'Now';
export const readAtAnotherInstant = ', read at another instant';
export const readEverythingAsItStood = 'Read everything as it stood at';
export const instantTimeZone = (timeZone: string): string => `Instant, ${timeZone}`;
export const go = 'Go';
export const backToNow = 'Back to now';
export const asOf = (heading: string, instant: string): string => `${heading}, as of ${instant}`;
export const signedIn = ', signed in';
export const playground = 'Playground';
export const theApiItself = 'the API itself';
export const signOut = 'Sign out';
export const orBeSomebodyElse = 'or be somebody else';
export const goToAWorkflowA = 'Go to a workflow, a phase or a page';
export const thePast = 'The past';
export const asOfReadOnly = (instant: string) => (
  <>
    <b>As of {instant}</b> · read only
  </>
);
export const aCommitBack = 'A commit back';
export const beforeTheseCommits = 'Before these commits';
export const aCommitOn = 'A commit on';
export const compareWithNow = 'Compare with now';
export const skipToThePage = 'Skip to the page';
export const phaseledger = 'PhaseLedger';
export const console = 'Console';
export const administration = 'Administration';
export const helpAndKeys = 'Help and keys';
export const helpAndKeysTitle = 'Help and keys (?)';
export const forYou = 'for you';
export const switchToTheTheme = (next: string): string => `Switch to the ${next} theme`;
export const themes = { light: 'light', dark: 'dark' };
export const goToG = 'Go to (g)';
