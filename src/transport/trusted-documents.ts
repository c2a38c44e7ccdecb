/**
 * With a manifest, only the documents that are in it are executed: those that were reviewed together with the client that
 * sends them. The manifest is what graphql-codegen's client preset writes for `persistedDocuments`: each text under its SHA-256.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigurationError } from '../env';
import { RequestRefusal } from './refusals';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Ids may be written with the name of their algorithm in front, as GraphQL over HTTP has it. */
const bare = (id: string) => id.replace(/^sha256:/, '').toLowerCase();

export class TrustedDocuments {
  private constructor(private readonly texts: ReadonlyMap<string, string>) {}

  static read(file: string): TrustedDocuments {
    const wrong = (problem: string) =>
      new ConfigurationError(
        `TRUSTED_DOCUMENTS must be a manifest: ${problem}. Write it with "npm run generate:trusted".`,
      );
    let manifest: unknown;
    try {
      manifest = JSON.parse(readFileSync(file, 'utf8'));
    } catch {
      throw wrong(`${file} cannot be read as JSON`);
    }
    if (!isObject(manifest) || Object.keys(manifest).length === 0) throw wrong(`${file} holds no documents by id`);
    const texts = new Map<string, string>();
    for (const [id, text] of Object.entries(manifest)) {
      if (typeof text !== 'string' || sha256(text) !== bare(id))
        throw wrong(`in ${file}, ${id} is not the SHA-256 of its text`);
      texts.set(bare(id), text);
    }
    return new TrustedDocuments(texts);
  }

  /** The body of a POST, with the text of the document that it means. */
  inBody(body: unknown): unknown {
    if (!isObject(body)) return body;
    const { query, documentId, extensions, ...rest } = body;
    // Extensions are said to Apollo Server no more: the id in them has been used, and nothing else is read.
    return { ...rest, query: this.#textOf(query, documentId, extensions) };
  }

  /** The same for the parameters of a GET. */
  inSearch(search: string): string {
    const parameters = new URLSearchParams(search);
    let extensions: unknown;
    try {
      extensions = JSON.parse(parameters.get('extensions') ?? 'null');
    } catch {
      return search; // no JSON: refused further on
    }
    const text = this.#textOf(
      parameters.get('query') ?? undefined,
      parameters.get('documentId') ?? undefined,
      extensions,
    );
    parameters.set('query', text);
    parameters.delete('documentId');
    parameters.delete('extensions');
    return `?${parameters.toString()}`;
  }

  #textOf(query: unknown, documentId: unknown, extensions: unknown): string {
    const persisted = isObject(extensions) && isObject(extensions.persistedQuery) ? extensions.persistedQuery : {};
    const given = [documentId, persisted.sha256Hash].find((id) => typeof id === 'string');
    const id = given ?? (typeof query === 'string' ? sha256(query) : undefined);
    const text = id === undefined ? undefined : this.texts.get(bare(id));
    if (text === undefined)
      throw new RequestRefusal(
        'DOCUMENT_NOT_TRUSTED',
        'Only documents of the manifest are executed here. Send the id of one as `documentId`, or its exact text; a new document becomes part of the manifest with the next release of the client.',
      );
    return text;
  }
}
