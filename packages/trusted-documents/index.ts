/**
 * Executes only documents listed in a manifest: those reviewed together with the client that sends them. The manifest has the format of
 * graphql-codegen's `persistedDocuments`: each text under its SHA-256.
 */
import { createHash } from 'node:crypto';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Ids may be prefixed with their algorithm, as in the GraphQL over HTTP specification. */
const bare = (id: string) => id.replace(/^sha256:/, '').toLowerCase();

export class TrustedDocuments {
  readonly #texts = new Map<string, string>();

  /**
   * @param name what messages call the manifest
   * @param untrusted the error for documents that are not listed
   * @throws Error if the manifest is invalid; its message is a clause
   */
  constructor(
    manifest: unknown,
    name: string,
    private readonly untrusted: () => Error,
  ) {
    if (!isObject(manifest) || Object.keys(manifest).length === 0) throw new Error(`${name} holds no documents by id`);
    for (const [id, text] of Object.entries(manifest)) {
      if (typeof text !== 'string' || sha256(text) !== bare(id))
        throw new Error(`in ${name}, ${id} is not the SHA-256 of its text`);
      this.#texts.set(bare(id), text);
    }
  }

  /** Trusts further texts, such as the program's own queries. */
  add(texts: Iterable<string>): this {
    for (const text of texts) this.#texts.set(sha256(text), text);
    return this;
  }

  /** Whether a text is trusted. */
  has = (text: string): boolean => this.#texts.has(sha256(text));

  /** The body of a POST with the document's text filled in. */
  inBody(body: unknown): unknown {
    if (!isObject(body)) return body;
    const { query, documentId, extensions, ...rest } = body;
    // The extensions are removed: the id in them has been resolved, and Apollo Server must not process them again.
    return { ...rest, query: this.#textOf(query, documentId, extensions) };
  }

  /** The same for the parameters of a GET. */
  inSearch(search: string): string {
    const parameters = new URLSearchParams(search);
    let extensions: unknown;
    try {
      extensions = JSON.parse(parameters.get('extensions') ?? 'null');
    } catch {
      return search; // Not JSON; it is rejected later.
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
    const text = id === undefined ? undefined : this.#texts.get(bare(id));
    if (text === undefined) throw this.untrusted();
    return text;
  }
}
