/** Builds a command's input from a request's headers and body; GraphQL validates it. */
import type { IncomingHttpHeaders } from 'node:http';
import { GraphQLInputObjectType, type GraphQLSchema } from 'graphql';
import { badInput } from '../../versioning/errors';
import type { PhaseDeclaration } from '../../versioning/phase';
import { RequestRefusal } from '../../transport/errors/refusals';
import type { Route } from './routes';

/** Members of an input that the path or a header provides. */
const givenElsewhere = new Set(['phase', 'versionId', 'expectedRevision']);

/** The members allowed in a command's body. */
export const membersOf = (schema: GraphQLSchema, inputType: string) =>
  Object.values((schema.getType(inputType) as GraphQLInputObjectType).getFields()).filter(
    ({ name }) => !givenElsewhere.has(name),
  );

const names = (known: readonly string[]): string => (known.length > 0 ? known.join(', ') : 'none');

/** The input of a command; content and items have the form of the path's phase. */
export function inputOf(
  { inputType, versions }: Route,
  schema: GraphQLSchema,
  phase: PhaseDeclaration,
  { versionId }: Readonly<Record<string, unknown>>,
  headers: IncomingHttpHeaders,
  body: unknown,
): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw badInput('The body must be an object.');
  const known = membersOf(schema, inputType!).map(({ name }) => name);
  const foreign = Object.keys(body).find((name) => !known.includes(name));
  if (foreign !== undefined) throw badInput(`The body takes ${names(known)}, and nothing else.`, { members: known });
  const input: Record<string, unknown> = { ...body, ...idempotencyOf(headers, body) };
  if (versions.length > 0) return { ...input, versionId, expectedRevision: revisionOf(headers) };
  return { ...input, ...asOfPhase(phase, input), phase: phase.key };
}

/** Content and items under the member names of a phase; audit-only phases have none. */
function asOfPhase(phase: PhaseDeclaration, { content, items }: Readonly<Record<string, unknown>>) {
  if (phase.versioning !== 'FULL') return { content: null, items: null };
  return {
    ...(content != null && { content: { [phase.version.input]: content } }),
    ...(items != null && { items: { [phase.item.input]: items } }),
  };
}

/** The revision that the caller saw. */
function revisionOf({ 'if-match': given }: IncomingHttpHeaders): number {
  if (given === undefined)
    throw new RequestRefusal(
      'PRECONDITION_REQUIRED',
      'Say which revision of the version you saw: send its ETag as If-Match, such as If-Match: "3".',
    );
  const revision = /^"(\d{1,9})"$/.exec(given.trim())?.[1];
  if (revision === undefined)
    throw badInput('If-Match must be the ETag of the version as you saw it, and nothing else, such as "3".');
  return Number(revision);
}

function idempotencyOf(
  { 'idempotency-key': given }: IncomingHttpHeaders,
  body: { idempotencyKey?: unknown },
): { idempotencyKey?: unknown } {
  if (given === undefined) return {};
  const idempotencyKey = String(given).replace(/^"(.*)"$/, '$1');
  if (body.idempotencyKey != null && body.idempotencyKey !== idempotencyKey)
    throw badInput('The header Idempotency-Key and the member idempotencyKey differ. Send one of them.');
  return { idempotencyKey };
}
