/** The texts of signatures. */
import { count } from './words';

export const sayWhoIsToSign = 'Say who is to sign.';
export const sayWhy = 'Say why.';
export const signsInYourPlace = (signOffUser: undefined | string): string => `${signOffUser} signs in your place`;
export const letSomebodyElseSign = 'Let somebody else sign';
export const asLongAsItIs =
  'As long as it is delegated, you do not sign. Taking it back is recorded in the log, with your reason.';
export const theySignInTheirOwn =
  'They sign in their own name, and the signature shows yours as well. They need the same role, and must not have worked on this version.';
export const theSignatureAs = 'The signature as';
export const whoIsToSign = 'Who is to sign';
export const why = 'Why';
export const takeItBack = 'Take it back';
export const delegateTheSignature = 'Delegate the signature';
export const sayWhatYourSignatureStands = 'Say what your signature stands for.';
export const sayWhyYouDoNot = 'Say why you do not sign.';
export const yourSignature = 'Your signature';
export const whatYouDo = 'What you do';
export const refuseToSign = 'Refuse to sign';
export const as = 'As';
export const inThePlaceOf = (delegatedFromName: string): string => `, in the place of ${delegatedFromName}`;
export const whatItStandsFor = 'What it stands for';
export const reviewApprovalResponsibility = 'review, approval, responsibility';
export const whyYouDoNotSign = 'Why you do not sign';
export const comments = 'Comments';
export const itRecordsYourNameAs =
  'It records your name as it is now, the instant, its meaning and the hash, permanently. It requires that you signed in within the last few minutes.';
export const yourSignInIsToo = (messageOf: string): string =>
  `Your sign-in is too old to sign with. ${messageOf} What you typed is kept.`;
export const signInAgainAnd = (isRefusal: boolean): string =>
  `Sign in again and ${isRefusal ? 'refuse to sign' : 'sign'}`;
export const signature = 'Signature';
export const backToTheVersion = 'Back to the version';
export const compareWithVersion = (versionNumber: number): string => `Compare with version ${versionNumber}`;
export const signatures = 'Signatures';
export const allSignatures = 'All signatures';
export const theContent = 'The content';
export const whatIsSigned = 'What is signed';
export const theVersionItselfAndItem = (totalCount: number): string =>
  `The version itself and ${count(totalCount, 'item')}, as they stand below. If any of it changes, signatures on it no longer count.`;
export const itsContentHasTheHash = 'Its content has the hash';
export const itIsADraft = 'It is a draft';
export const onlyASubmittedVersionCan = 'Only a submitted version can be signed; before that, it could still change.';
export const itWasDecidedAlready = 'It was decided already';
export const signaturesAreGivenWhileA = 'Signatures are given while a version is reviewed.';
export const youCannotSignThis = 'You cannot sign this';
export const noSignatureIsRequiredOf = 'No signature is required of you';
export const peopleWhoWorkedOnIt =
  'People who worked on it, or have signed it already, cannot give another signature: delegate yours to somebody else.';
export const thoseWhoSignAreBelow = 'Those who sign are below.';
export const meanings = ['review', 'approval', 'responsibility'];
