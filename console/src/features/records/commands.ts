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

/** By its name in the API: how a command is asked for, and what it is called on its button. */
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

/** Those that this console knows; a phase may have learnt others since it was loaded. */
export const isKnown = ({ name }: { name: string }): boolean => name in commands;
export const verbOf = (name: string): string => commands[name]![1];
/** What a command takes is said by its declaration, which the form is made from; its document has one input of that. */
export const documentOf = (name: string): CommandDocument => commands[name]![0] as CommandDocument;
