/** Whose turn it is, and the viewer's work list, in the API. */
import { phases } from '../../phases';
import type { WorkflowNames } from '../../database/versions/work';
import type { VersionHeader } from '../../versioning/model';
import { asksOf, type Ask, type Asked } from '../../versioning/work';
import { connectionOf } from '../connection';
import { a, objectType } from '../declare';
import { enumOf } from '../enums';
import type { Marked } from '../objects';

export const WorkAskEnum = enumOf(
  'WorkAsk',
  asksOf(phases),
  'What somebody is asked to do. SIGN and DECIDE: a submitted version. REVISE: a rejected one. RESUBMIT: a draft that answers a rejection. FINISH: another draft. HAND_IN: submit what is expected of owners of data. WAIT: nothing; they submitted it, and others have to act. FOLLOW_UP: nothing; others have to act in a workflow they are assigned to. The others are actions that audit-only phases wait for.',
);

/** A waiting version, and what it asks for. */
export interface Waiting {
  readonly version: Marked<VersionHeader>;
  readonly asked: Asked;
}

export const Turn = objectType<Waiting>(
  'Turn',
  'Whose turn it is with a version. If several things are needed, only the first is asked for: a report is signed before it is decided on.',
  {},
);

/** An entry of the viewer's work list. */
export interface WorkRow extends Waiting {
  readonly ask: Ask;
  /** The phase in which the work is done. */
  readonly phase: string;
  readonly place: WorkflowNames;
}

export const WorkEntry = objectType<WorkRow>(
  'WorkEntry',
  'A version that asks something of the viewer, or that others have to act on in a workflow they are assigned to.',
  { ask: a.of('What is asked of the viewer.', () => WorkAskEnum) },
);

export const WorkEntryConnection = connectionOf('WorkEntry', () => WorkEntry);
