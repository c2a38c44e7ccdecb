/** The texts of the comparison of a report’s cycles. */
import { count } from './words';

export const throughTheCycles = 'Through the cycles';
export const thereIsNoOtherCycle = 'There is no other cycle';
export const thisReportHasOneWorkflow =
  'This report has one workflow that you may see. When the next cycle has one, both are shown here side by side.';
export const phasesByCycle = 'Phases by cycle';
export const fromDay = (day: string): string => `from ${day}`;
export const inForceSince = (day: string): string => `, in force since ${day}`;
export const whatDiffers = 'What differs';
export const moreBy = (by: number): string => `${by} more`;
export const fewerBy = (value: number): string => `${value} fewer`;
export const theseVersionsBelongToDifferent = 'These versions belong to different phases';
export const nothingInCommon = (phaseNames: string, phaseNames2: string): string =>
  `A version of ${phaseNames} has nothing in common with one of ${phaseNames2}.`;
export const fromCycleToCycle = (phaseNames: string): string => `${phaseNames}, from cycle to cycle`;
export const itemUnchangedByWhatItems = (unchanged: number): string =>
  `${count(unchanged, 'item')} unchanged, by what items are called; identifiers of a cycle are left out`;
