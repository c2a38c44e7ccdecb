/** An id or a code that was sent where a UUID is taken, as long as nobody has said what may be meant there. */
export class NodeRef {
  constructor(readonly id: string) {}
}

/** Whether a text may be the id of an object: such as are, are base64url of a type's name, a colon and a key. */
export const looksLikeId = (text: string): boolean =>
  /^[A-Za-z0-9_-]{8,200}$/.test(text) && /^[A-Za-z]+:./.test(Buffer.from(text, 'base64url').toString('latin1'));
