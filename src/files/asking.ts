/** Queries the API for files, with the rights of the requester; refusals are those of the API. */
import type { ServerResponse } from 'node:http';
import type { GraphQLFormattedError } from 'graphql';
import type { Context } from '../graphql/context';
import type { ApiAccess } from '../transport/http/endpoint';
import { badInput } from '../versioning/errors';
import type { Ask } from './document';

/** The path of all files. */
export const ROOT = '/files';

/** A refusal by the API. */
export class Refused extends Error {
  constructor(readonly error: GraphQLFormattedError) {
    super(error.message);
  }
}

/** The instant in the query string, if there is one. */
export function instantIn(search: string): string | undefined {
  const parameters = [...new URLSearchParams(search)];
  const unknown = parameters.find(([name]) => name !== 'at');
  if (unknown || parameters.length > 1)
    throw badInput('The only parameter is `at`, an instant: at=2026-01-31T09:30:00Z.');
  return parameters[0]?.[1];
}

export const asking =
  ({ apollo }: Pick<ApiAccess, 'apollo'>, contextValue: Context): Ask =>
  async (query, variables) => {
    const { body } = await apollo.executeOperation({ query, variables }, { contextValue });
    const { data, errors } = (body as Extract<typeof body, { kind: 'single' }>).singleResult;
    if (errors?.[0]) throw new Refused(errors[0]);
    return data;
  };

/** A file name made of words and instants, without characters that some systems refuse. */
export const fileName = (...parts: readonly string[]): string =>
  parts.map((part) => part.replace(/\W+/g, '-').replace(/^-+|-+$/g, '')).join('_');

/** The headers of a download. */
export const headersOfFile = (mediaType: string, name: string, bytes: number) => ({
  'content-type': mediaType,
  'content-length': bytes,
  'content-disposition': `attachment; filename="${name}"`,
});

/** Sends a download. */
export function sendFile(response: ServerResponse, mediaType: string, name: string, bytes: Uint8Array): void {
  response.writeHead(200, headersOfFile(mediaType, name, bytes.byteLength));
  response.end(bytes);
}
