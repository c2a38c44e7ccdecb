import * as common from '#text/common';
import * as t from '#text/records';
import {
  AssignDataOwnerDocument,
  DeactivateDataOwnerDocument,
  RequestTestActionDocument,
  RespondToTestActionDocument,
  ReviewDocumentDocument,
  ReviseDocumentDocument,
  SubmitDocumentDocument,
  TransferDataOwnerDocument,
  type TypedDocumentString,
} from '../../generated/graphql';

type Answer = Record<string, { version: { versionId: string } } | null>;
type CommandDocument = TypedDocumentString<Answer, { input: object }>;

/** The document and the button label of each command, by its name in the API. */
const commands: Record<string, readonly [document: unknown, verb: string]> = {
  assignDataOwner: [AssignDataOwnerDocument, t.assignAnOwner],
  transferDataOwner: [TransferDataOwnerDocument, t.transfer],
  deactivateDataOwner: [DeactivateDataOwnerDocument, 'End'],
  submitDocument: [SubmitDocumentDocument, t.handInADocument],
  reviseDocument: [ReviseDocumentDocument, t.handInAgain],
  reviewDocument: [ReviewDocumentDocument, common.review],
  requestTestAction: [RequestTestActionDocument, t.sendARequest],
  respondToTestAction: [RespondToTestActionDocument, t.answer],
};

/** The commands this console knows. The server may know more if it was updated since the page loaded. */
export const isKnown = ({ name }: { name: string }): boolean => name in commands;
export const verbOf = (name: string): string => commands[name]![1];
/** The declaration of a command describes its input, from which the form is made; the document has a single input variable. */
export const documentOf = (name: string): CommandDocument => commands[name]![0] as CommandDocument;

/** The subject of a command: a record at the revision that was read, or the workflow that gets a new one. */
export type Target = { versionId: string; expectedRevision: number } | { cycleId: string; reportId: string };
