/**
 * What JSON and GraphQL let through and the database or arithmetic would not keep as it was sent: U+0000, half surrogate
 * pairs, numbers that a double does not hold. Refused here and where the text of a request is read (json.ts), so that nothing
 * that is accepted is lost or altered later. How much may be sent is limits.ts's to say.
 */
import { Kind, visit, type DocumentNode } from 'graphql';
import { badInput } from '../versioning/errors';
import { alteredNumber } from '../versioning/numbers';
import { holdNesting } from './limits';

function checkText(text: string, where: string): void {
  if (text.includes('\u0000'))
    throw badInput(`${where} contains the character U+0000, which cannot be stored. Remove it.`);
  if (!text.isWellFormed()) throw badInput(`${where} is not valid Unicode: it contains half of a surrogate pair.`);
}

/** Refuses a number, as it is written, that would be read back as another one. */
export function demandKept(literal: string, where: string): void {
  const altered = alteredNumber(literal);
  if (altered === null) return;
  const shown = literal.length > 40 ? `${literal.slice(0, 40)}…` : literal;
  throw badInput(
    `${where} holds the number ${shown}, of which JSON programs would make ${altered}. Send it as a text, in quotes.`,
  );
}

/** Walks the variables of a request. */
export function checkVariables(value: unknown, where = 'variables', depth = 0): void {
  holdNesting(depth);
  if (typeof value === 'string') checkText(value, where);
  else if (Array.isArray(value)) for (const entry of value) checkVariables(entry, where, depth + 1);
  else if (typeof value === 'object' && value !== null)
    for (const [key, entry] of Object.entries(value)) {
      checkText(key, where);
      if (key === '__proto__') throw badInput(`${where} has a key named __proto__, which is not accepted. Rename it.`);
      checkVariables(entry, depth === 0 ? `${where}.${key}` : where, depth + 1);
    }
}

const checked = new WeakSet<DocumentNode>();

/** Walks the literals of a document; documents are cached, so each is walked once. */
export function checkDocument(document: DocumentNode): void {
  if (checked.has(document)) return;
  visit(document, {
    [Kind.STRING]: (node) => checkText(node.value, 'A text in the operation'),
    [Kind.INT]: (node) => demandKept(node.value, 'The operation'),
    [Kind.FLOAT]: (node) => demandKept(node.value, 'The operation'),
    [Kind.OBJECT_FIELD]: (node) => {
      if (node.name.value === '__proto__')
        throw badInput('The operation has a key named __proto__, which is not accepted. Rename it.');
    },
  });
  checked.add(document);
}
