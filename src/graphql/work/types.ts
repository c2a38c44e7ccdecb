/** Whose turn it is, and the viewer's work list, in the API. */
import { phases } from '../../phases';
import type { Place } from '../../database/work';
import type { VersionHeader } from '../../versioning/model';
import { asksOf, type Ask, type Asked } from '../../versioning/work';
import { connectionOf } from '../connection';
import { a, objectType } from '../declare';
import { enumOf } from '../enums';
import type { Marked } from '../objects';

export const WorkAskEnum = enumOf(
  'WorkAsk',
  asksOf(phases),
  'What is asked of somebody. SIGN and DECIDE: what was submitted. REVISE: what was rejected. RESUBMIT: a draft that answers a rejection. FINISH: another draft. HAND_IN: what is expected of those who own data, who have handed in nothing yet. WAIT: nothing; they handed it in, and others have it. The others are what audit-only phases wait for, by the name of the action.',
);

/** A waiting version, and what it asks for. */
export interface Waiting {
  readonly version: Marked<VersionHeader>;
  readonly asked: Asked;
}

export const Turn = objectType<Waiting>(
  'Turn',
  'Whose turn it is with a version. What several people may be asked for at once is what comes first: a report is signed, and then decided on.',
  {},
);

/** An entry of the viewer's work list. */
export interface WorkRow extends Waiting {
  readonly ask: Ask;
  /** The phase in which the work is done. */
  readonly phase: string;
  readonly place: Place;
}

export const WorkEntry = objectType<WorkRow>(
  'WorkEntry',
  'A version that asks something of the viewer, or that they handed in and others have.',
  { ask: a.of('What is asked of the viewer.', () => WorkAskEnum) },
);

export const WorkEntryConnection = connectionOf('WorkEntry', () => WorkEntry);
