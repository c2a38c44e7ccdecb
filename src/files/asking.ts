/** How files ask the API: in the name and with the rights of whoever wants them, and refused as the API refuses. */
import type { ServerResponse } from 'node:http';
import type { GraphQLFormattedError } from 'graphql';
import type { Context } from '../graphql/context';
import type { ApiAccess } from '../transport/endpoint';
import { badInput } from '../versioning/errors';
import type { Ask } from './document';

/** Where all files are. */
export const ROOT = '/files';

/** A refusal of the API, as it says it. */
export class Refused extends Error {
  constructor(readonly error: GraphQLFormattedError) {
    super(error.message);
  }
}

/** The instant that the address names, if it does. */
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

/** A name that a file is saved under: words and instants, without what some systems do not take. */
export const fileName = (...parts: readonly string[]): string =>
  parts.map((part) => part.replace(/\W+/g, '-').replace(/^-+|-+$/g, '')).join('_');

/** What is said of a file that is to be saved under a name. */
export const headersOfFile = (mediaType: string, name: string, bytes: number) => ({
  'content-type': mediaType,
  'content-length': bytes,
  'content-disposition': `attachment; filename="${name}"`,
});

/** A file, to be saved under a name. */
export function sendFile(response: ServerResponse, mediaType: string, name: string, bytes: Uint8Array): void {
  response.writeHead(200, headersOfFile(mediaType, name, bytes.byteLength));
  response.end(bytes);
}
