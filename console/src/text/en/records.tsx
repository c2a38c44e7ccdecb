/** The texts of the commands of records. */
export const assignAnOwner = 'Assign an owner';
export const transfer = 'Transfer';
export const handInADocument = 'Hand in a document';
export const handInAgain = 'Hand in again';
export const sendARequest = 'Send a request';
export const answer = 'Answer';
export const versionBy = (versionNumber: number, createdBy: string, day: string): string =>
  `Version ${versionNumber} by ${createdBy}, ${day}`;
export const theReasonIsNeeded = 'The reason is needed.';
export const clear = 'Clear';
