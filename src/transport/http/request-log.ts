/**
 * The request log: one line for each API request, with who asked for what, the outcome, the commits it made and its duration. Input and
 * output are left out, since they may be business data.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Attributes } from '@opentelemetry/api';
import { GraphQLError, type OperationDefinitionNode } from 'graphql';
import type { Logger } from 'pino';
import type { Refused } from '../../delivery/refusal-recorder';
import { traced } from '../../tracing';
import { codeOf, refusalBehind } from '../errors/error-codes';

/** Names chosen by clients, and paths, may be long. */
const MAX_NAME = 100;
/** The maximum number of root fields listed. */
const MAX_FIELDS = 10;

/** The maximum number of different refusals of a request that are recorded. */
const MAX_REFUSALS = 10;

/** The codes of refusals that security monitoring is told of. */
const REFUSED: ReadonlySet<string> = new Set([
  'FORBIDDEN',
  'FOUR_EYES',
  'REAUTHENTICATION_REQUIRED',
  'DOCUMENT_NOT_TRUSTED',
]);

/** Collects what becomes known about a request, and has what is refused recorded. */
export class RequestNote {
  readonly #began = performance.now();
  #person: number | undefined;
  #operation: OperationDefinitionNode | undefined;
  #outcome: string | undefined;
  /** The outcome if the answer was not sent whole. */
  #broken = 'ABORTED';
  readonly #commits: { stream: string; sequence: number }[] = [];
  readonly #refusals = new Set<string>();

  constructor(
    private readonly requestId: string,
    private readonly method: string,
    private readonly path: string,
    private readonly record: (refused: Refused) => void,
  ) {}

  notePerson(userId: number): void {
    this.#person = userId;
  }
  noteOperation(operation: OperationDefinitionNode): void {
    this.#operation = operation;
  }
  /** The first outcome counts, since later refusals follow from it. */
  noteOutcome(outcome: string): void {
    this.#outcome ??= outcome;
  }
  /** Notes an error, and has it recorded if it is a refusal that matters to security monitoring. */
  noteError(error: unknown): void {
    this.noteOutcome(codeOf(error));
    const code = refusalBehind(error)?.code;
    const isMutation = this.#operation?.operation === 'mutation';
    const isSignIn = code === 'UNAUTHENTICATED';
    // What a person may not see is answered with NOT_FOUND, so an attempt to change it appears like that.
    if (code === undefined || !(isSignIn || REFUSED.has(code) || (code === 'NOT_FOUND' && isMutation))) return;
    const operation = isSignIn ? null : (fieldOf(error) ?? this.path.slice(0, MAX_NAME));
    const key = `${code} ${operation}`;
    if (this.#refusals.has(key) || this.#refusals.size >= MAX_REFUSALS) return;
    this.#refusals.add(key);
    const kind = isSignIn ? 'SIGN_IN_REFUSAL' : 'REFUSAL';
    this.record({ kind, userId: this.#person ?? null, code, operation, isMutation, requestId: this.requestId });
  }
  /** The client read nothing for so long that it was disconnected. */
  noteStalled(): void {
    this.#broken = 'STALLED';
  }
  noteCommit(stream: string, sequence: number): void {
    this.#commits.push({ stream, sequence });
  }

  /** The attributes of the operation and its outcome for traces. */
  get known(): { readonly operation: Attributes; readonly request: Attributes } {
    const { operation, name } = this.#operation ?? {};
    return {
      operation: {
        'graphql.operation.type': operation,
        'graphql.operation.name': name?.value.slice(0, MAX_NAME),
        'phaseledger.commits': this.#commits.map(({ stream, sequence }) => `${stream}:${sequence}`),
      },
      request: {
        'url.path': this.path.slice(0, MAX_NAME),
        'phaseledger.request_id': this.requestId,
        'phaseledger.outcome': this.#outcome,
      },
    };
  }

  /** The line as an object. */
  line(status: number, isWhole: boolean): object {
    const operation = this.#operation;
    return {
      requestId: this.requestId,
      method: this.method,
      path: this.path.slice(0, MAX_NAME),
      person: this.#person,
      ...(operation && {
        operation: operation.name?.value.slice(0, MAX_NAME),
        type: operation.operation,
        fields: fieldsOf(operation),
      }),
      status,
      outcome: isWhole ? (this.#outcome ?? (status < 400 ? 'ok' : 'refused')) : this.#broken,
      ...(this.#commits.length > 0 && { commits: this.#commits }),
      ms: Math.round((performance.now() - this.#began) * 10) / 10,
    };
  }
}

/** The field that was refused, by its name in the schema: an alias is the client’s own. */
const fieldOf = (error: unknown): string | undefined => {
  const [node] = (error instanceof GraphQLError ? error.nodes : undefined) ?? [];
  return node?.kind === 'Field' ? node.name.value : undefined;
};

const fieldsOf = ({ selectionSet }: OperationDefinitionNode): string[] =>
  selectionSet.selections
    .slice(0, MAX_FIELDS)
    .flatMap((selection) => (selection.kind === 'Field' ? [selection.name.value.slice(0, MAX_NAME)] : []));

/** Starts the note of a request; its line is written when the answer has been sent or the client has gone. */
export function noteRequest(
  logger: Logger,
  requestId: string,
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
  record: (refused: Refused) => void,
): RequestNote {
  const note = new RequestNote(requestId, request.method ?? '', pathname, record);
  response.once('close', () => {
    const { statusCode, writableFinished } = response;
    logger[statusCode >= 500 ? 'warn' : 'info'](note.line(statusCode, writableFinished), 'request');
  });
  return note;
}

/** Answers a request in a span, as a child of the client's span if there is one. */
export const inSpan = (
  request: IncomingMessage,
  response: ServerResponse,
  note: RequestNote,
  work: () => Promise<void>,
): Promise<void> =>
  traced(
    'request',
    { 'http.request.method': request.method },
    async (noted) => {
      try {
        await work();
      } finally {
        noted({ ...note.known.request, 'http.response.status_code': response.statusCode });
      }
    },
    request,
  );
