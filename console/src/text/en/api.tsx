/** The texts of what fails on the way to the server. */
export const theServerCannotBeReached = 'The server cannot be reached. Nothing that you typed is lost.';
export const whatAnsweredWithHttpStatus = (status: number): string =>
  `What answered with HTTP status ${status} was not PhaseLedger.`;
