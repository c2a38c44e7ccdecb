/** The texts of items as files. */
import type { ReactNode } from 'react';
import { count } from './words';

export const itemsChanged = (n: number): string => `${count(n, 'item')} changed`;
export const itemsAdded = (n: number): string => `${n} added`;
export const thatCannotBeRead = (n: number): string => `${count(n, 'cell')} that cannot be read`;
export const unchanged = (unchanged: number): string => `${unchanged} unchanged`;
export const notInTheFileLeft = (notInFile: number): string => `${notInFile} not in the file, left as they are`;
export const ignoredColumns = (notTaken: string): string => `Ignored columns: ${notTaken}.`;
export const cannotBeRead = 'Cannot be read';
export const theseCellsAreLeftOut = 'These cells are left out; correct them in the file, or save the rest.';
export const row = (row: number): string => `row ${row}`;
export const changedByOthersInThe = 'Changed by others in the meantime';
export const wasRemovedItsChangesIn = (label: string) => (
  <>
    <b>{label}</b> was removed; its changes in the file are left out.
  </>
);
export const whichWas = (label: string, titleOf: string) => (
  <>
    <b>{label}</b> · {titleOf}, which was
  </>
);
export const asItIsNow = (text: string): string => `As it is now: ${text}`;
export const fromTheFile = (text: string): string => `From the file: ${text}`;
export const whatChanges = 'What changes';
export const rowTitle = 'Row';
export const item = 'Item';
export const field = 'Field';
export const now = 'Now';
export const fromTheFileTitle = 'From the file';
export const andMore = (of: number): string => `and ${of} more.`;
export const itemsOfVersionAsA = (versionNumber: number): string => `Items of version ${versionNumber} as a file`;
export const asTheyWereAtThe = 'As they were at the instant that this page shows. ';
export const sortTheRowsAndMove = (at: ReactNode) => (
  <>{at}Sort the rows and move the columns as you like, but leave the column “Item key” as it is.</>
);
export const downloadForExcel = 'Download for Excel';
export const downloadAsCsv = 'Download as CSV';
export const uploadAnEditedFile = 'Upload an edited file';
export const chooseItOrDropIt =
  'Choose it or drop it here. You will see what it would change before anything is saved.';
export const nothingToSave = 'Nothing to save';
export const saveItems = (total: number): string => `Save ${count(total, 'item')}`;
