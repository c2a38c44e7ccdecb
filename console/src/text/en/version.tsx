/** The texts of a version and its items. */
import { allOf, capital, count, numeral } from './words';

export const item = 'Item';
export const decision = 'Decision';
export const closeTheItem = 'Close the item';
export const decidedByDayVersion = (decidedBy: string, day: string, versionNumber: number): string =>
  `${decidedBy}, ${day}, version ${versionNumber}`;
export const inVersion = (stateWord: string, versionNumber: number, decidedBy: string): string =>
  `${stateWord} in version ${versionNumber}, ${decidedBy}`;
export const somebodyElseChangedThisVersion = (n: number): string =>
  `Somebody else changed this version in the meantime, including ${count(n, 'field')} of yours.`;
export const somebodyElseChangedThisVersionIn =
  'Somebody else changed this version in the meantime, but none of your fields. Save again.';
export const itWas = 'It was';
export const savedNow = 'Saved now';
export const youTyped = 'You typed';
export const takeWhatIsSaved = 'Take what is saved';
export const keepMine = 'Keep mine';
export const savedValue = (shown: string): string => `Saved value: ${shown}`;
export const discard = 'Discard';
export const saveItem = 'Save item';
export const saved = 'Saved.';
export const hasInIt = 'Has in it';
export const onlyEmptyValues = 'Only empty values';
export const showAllValues = 'Show all values';
export const whichValuesAreShown = 'Which values are shown';
export const nothing = 'Nothing';
export const inOrder = 'In order';
export const inReverseOrder = 'In reverse order';
export const groupByIt = 'Group by it';
export const hideTheColumn = 'Hide the column';
export const on = 'on';
export const selectLabel = (label: string): string => `Select ${label}`;
export const titleOfLabel = (title: string, label: string): string => `${title} of ${label}`;
export const somebodyElseChangedItToo = 'somebody else changed it too';
export const notSavedYet = 'not saved yet';
export const items = 'Items';
export const selectAllThatAreShown = 'Select all that are shown';
export const searchInItems = 'Search in items';
export const searchItems = 'Search items';
export const foundOfTotal = (found: number, total: number): string => `${numeral(found)} of ${count(total, 'item')}`;
export const loadingItems = (total: number): string => `Loading ${count(total, 'item')} …`;
export const doNotGroup = 'Do not group';
export const byTitle = (title: string): string => `By ${title}`;
export const showAllValuesOf = (title: string): string => `Show all values of ${title}`;
export const columns = 'Columns';
export const columnsThatAreShown = 'Columns that are shown';
export const or = ' or ';
export const isValues = (values: string): string => `is ${values}`;
export const hasContainsInIt = (contains: string): string => `has “${contains}” in it`;
export const fromShown = (shown: string): string => `from ${shown}`;
export const toShown = (shown: string): string => `to ${shown}`;
export const isNotThere = 'is not there';
export const isThere = 'is there';
export const sayWhatTheTesterWill = (status: string): string =>
  `Say what ${status === 'MODIFIED' ? 'has to change' : 'is wrong'}: the tester will read it.`;
export const selectedAndUnsaved = 'Selected and unsaved';
export const itemSelected = (size: number): string => `${count(size, 'item')} selected`;
export const setAField = 'Set a field…';
export const decide = 'Decide…';
export const clear = 'Clear';
export const nothingIsUnsaved = 'Nothing is unsaved';
export const ofNotSaved = (n: number, items: number): string =>
  `${count(n, 'field')} of ${count(items, 'item')} not saved`;
export const andMore = (n: number): string => `And ${n} more.`;
export const pastedCellDidNotFit = (left: number): string =>
  `${count(left, 'pasted cell')} did not fit: they fall on cells that cannot be edited, or past the end.`;
export const undo = 'Undo';
export const discardAll = 'Discard all';
export const compareField = (n: number): string => `Compare ${count(n, 'field')}`;
export const saveItems = (items: number): string => `Save ${count(items, 'item')}`;
export const noItemsYet = 'No items yet';
export const nothingMatches = (q: string): string => `Nothing matches “${q}”`;
export const nothingMatchesTitle = 'Nothing matches';
export const showAll = (totalCount: number): string => `Show all ${numeral(totalCount)}`;
export const notSigned = 'Not signed';
export const signed = 'Signed';
export const refused = 'Refused';
export const delegated = 'Delegated';
export const noSignatures = 'No signatures';
export const thisPhaseNeedsNoSignatures = 'This phase needs no signatures: its approval is the only decision.';
export const inThePlaceOf = (delegatedFromName: string): string => `In the place of ${delegatedFromName}`;
export const changesItems = (changed: number): string => `changes ${count(changed, 'item')}`;
export const addsItems = (added: number): string => `adds ${count(added, 'item')}`;
export const removesItems = (removed: number): string => `removes ${count(removed, 'item')}`;
export const changesOfTheVersionItself = (fieldsChanged: number): string =>
  `changes ${count(fieldsChanged, 'field')} of the version itself`;
export const itHasTheSameContent = (from: number): string =>
  `It has the same content as version ${from}, which is in force.`;
export const comparedWithVersionWhichIs = (from: number, parts: readonly string[]): string =>
  `Compared with version ${from}, which is in force, the draft ${allOf(parts)}.`;
export const showAllOfIt = 'Show all of it';
export const andMoreItems = (items: number): string => `and ${items} more`;
export const submit = 'Submit';
export const itsContentIsFrozenAnd = 'Its content is frozen, and it goes to the people who decide on it.';
export const withdraw = 'Withdraw';
export const itBecomesADraftAgain = 'It becomes a draft again. Decisions on items stay as long as the items do.';
export const revise = 'Revise';
export const aNewDraftStartsWith =
  'A new draft starts with the content of this version, and with the notes that were made on it.';
export const restore = 'Restore';
export const aNewDraftStartsWithThe =
  'A new draft starts with the content of this version. What is in force stays in force until the draft is approved.';
export const itIsHiddenFromEverybody =
  'It is hidden from everybody except testers, auditors and administrators, and can be restored.';
export const doWithVersion = (verb: string, versionNumber: number): string => `${verb} version ${versionNumber}`;
export const changedMeanwhileRevision = (revision: number): string => `Changed meanwhile: revision ${revision}`;
export const showIt = 'Show it';
export const whatYouTypedStays = 'What you typed stays.';
export const isEditingThis = 'is editing this';
export const isReviewingThis = 'is reviewing this';
export const isReadingThis = 'is reading this';
export const alsoHere = 'Also here';
export const andOther = (n: number): string => `and ${count(n, 'other')}`;
export const decidedBy = 'Decided by';
export const submittedBy = 'Submitted by';
export const startedBy = 'Started by';
export const recordVersion = (record: string, versionNumber: number): string =>
  `${capital(record)}, version\u00a0${versionNumber}`;
export const deleted = 'Deleted';
export const revision = 'Revision';
export const basedOn = 'Based on';
export const version = (versionNumber: number): string => `version ${versionNumber}`;
export const content = 'Content';
export const versionsOfThisRecordNewest = 'Versions of this record, newest first';
export const thisOne = 'this one';
export const whatItChanged = 'What it changed';
export const signatures = 'Signatures';
export const versions = 'Versions';
export const commits = 'Commits';
export const delegateASignature = 'Delegate a signature';
export const rebase = 'Rebase';
export const compareWithVersion = (versionNumber: number): string => `Compare with version ${versionNumber}`;
export const partsOfThisVersion = 'Parts of this version';
export const whyVersionWasRejected = (versionNumber: number): string => `Why version ${versionNumber} was rejected`;
export const whatItTakes = 'What it takes';
export const rebaseIt = 'rebase it';
export const notesOfTheDecision = 'Notes of the decision';
/** Boolean words as spreadsheets of this language write them. */
export const flags: Readonly<Record<string, string>> = { yes: 'true', y: 'true', no: 'false', n: 'false' };
export const toDelete = 'Delete';
export const excel = 'Excel';
export const added = 'added';
export const removed = 'removed';
export const changed = 'changed';
