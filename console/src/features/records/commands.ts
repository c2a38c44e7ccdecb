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
  assignDataOwner: [AssignDataOwnerDocument, 'Assign an owner'],
  transferDataOwner: [TransferDataOwnerDocument, 'Transfer'],
  deactivateDataOwner: [DeactivateDataOwnerDocument, 'End'],
  submitDocument: [SubmitDocumentDocument, 'Hand in a document'],
  reviseDocument: [ReviseDocumentDocument, 'Hand in again'],
  reviewDocument: [ReviewDocumentDocument, 'Review'],
  requestTestAction: [RequestTestActionDocument, 'Send a request'],
  respondToTestAction: [RespondToTestActionDocument, 'Answer'],
};

/** The commands this console knows. The server may know more if it was updated since the page loaded. */
export const isKnown = ({ name }: { name: string }): boolean => name in commands;
export const verbOf = (name: string): string => commands[name]![1];
/** The declaration of a command describes its input, from which the form is made; the document has a single input variable. */
export const documentOf = (name: string): CommandDocument => commands[name]![0] as CommandDocument;

/** The subject of a command: a record at the revision that was read, or the workflow that gets a new one. */
export type Target = { versionId: string; expectedRevision: number } | { cycleId: string; reportId: string };
