/** A global id or code sent in place of a UUID, not resolved yet. */
export class NodeRef {
  constructor(readonly id: string) {}
}

/** Whether a text may be a global id: base64url of a type name, a colon and a key. */
export const looksLikeId = (text: string): boolean =>
  /^[A-Za-z0-9_-]{8,200}$/.test(text) && /^[A-Za-z]+:./.test(Buffer.from(text, 'base64url').toString('latin1'));
