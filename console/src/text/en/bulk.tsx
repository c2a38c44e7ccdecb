/** The texts of what is done to many items at once. */
import { count } from './words';

export const decision = 'Decision';
export const approve = 'Approve';
export const acceptAsModified = 'Accept as modified';
export const reject = 'Reject';
export const takeBack = 'Take back';
export const decideItems = (n: number): string => `Decide ${count(n, 'item')}`;
export const whatIsWrong = 'What is wrong';
export const whatHasToChange = 'What has to change';
export const noteOptional = 'Note (optional)';
export const thatSomebodyElseChangedToo = (n: number): string => `${count(n, 'field')} that somebody else changed too`;
export const nothingLeftToChoose = 'Nothing left to choose';
export const chooseWhichOfTheTwo =
  'Choose which of the two to keep. Their other changes are in the table already, and stay.';
export const saveWhenYouAreReady = 'Save when you are ready.';
export const setAFieldOf = (n: number): string => `Set a field of ${count(n, 'item')}`;
export const itIsThenInThe = 'It is then in the table, and saved when you save.';
export const field = 'Field';
export const leaveItEmptyToRemove = 'Leave it empty to remove the value.';
export const setItInItem = (n: number): string => `Set it in ${count(n, 'item')}`;
