/** The texts of the sign-in. */
export const theIdentityProviderDoesNot = 'The identity provider does not say where to sign in.';
export const thisSignInWasStarted = 'This sign-in was started in another window. Start again.';
export const signingIn = 'Signing in …';
export const youSignInAtAnd = (host: string): string => `You sign in at ${host}, and come back here.`;
export const signIn = 'Sign in';
export const whoWouldYouLikeTo = 'Who would you like to be?';
export const yourSignInHasEnded =
  'Your sign-in has ended. What you typed is kept, and you come back to where you were.';
export const phaseledgerKeepsWhatWasDecided =
  'PhaseLedger keeps what was decided in each phase of a report’s testing: by whom, when and why, and what it replaced. This is its demo: two workflows of a made-up bank, with something left open in most phases. Everybody sees what their role and their assignments let them see, and what they do is recorded in the log under their name.';
export const aGoodPlaceToBegin = 'A good place to begin';
export const thisServerHasNoSign = (
  <>
    This server has no sign-in page of its own. Paste a token: <code>npm run -s token -- --user 1</code> prints one. It
    is kept until this page is closed or loaded again.
  </>
);
export const token = 'Token';
