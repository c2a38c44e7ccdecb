/** The texts of comparisons. */
import { count } from './words';

export const compareFrom = 'Compare from';
export const versionEarlier = (versionNumber: number): string => `Version ${versionNumber}, earlier`;
export const asItStoodAt = (timeZone: string): string => `As it stood at, ${timeZone}`;
export const compare = 'Compare';
export const compareTo = 'Compare to';
export const copied = 'Copied';
export const copyLink = 'Copy link';
export const theLinkWillAlwaysShow = 'The link will always show this.';
export const nothingDiffersHere = 'Nothing differs here';
export const whatDiffers = 'What differs';
export const onlyWhatWas = 'Only what was';
export const layout = 'Layout';
export const sideBySide = 'Side by side';
export const inline = 'Inline';
export const patch = 'Patch';
export const itWasNotThereYet = 'It was not there yet';
export const thereIsNothingToCompare = 'There is nothing to compare it with';
export const allOfVersion = (versionNumber: number): string => `All of version ${versionNumber}`;
export const atThisVersionHadNot = (instant: string): string => `At ${instant} this version had not been started.`;
export const itWasStartedFromScratch = 'It was started from scratch: all of it is new.';
export const phaseAndVersion = (phaseNames: string, versionNumber: number): string =>
  `${phaseNames}, version ${versionNumber}`;
export const asOf = (instant: string): string => ` as of ${instant}`;
export const toVersion = (versionNumber: number): string => ` to ${versionNumber}`;
export const itemUnchanged = (unchanged: number): string => `${count(unchanged, 'item')} unchanged`;
export const changed = 'changed';
export const added = 'added';
export const removed = 'removed';
