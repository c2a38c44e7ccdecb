/**
 * Refuses input that JSON and GraphQL accept but that could not be stored or computed exactly: U+0000, lone surrogates, numbers that a
 * double cannot represent. It is refused here and where a request's text is read (json.ts), so that nothing accepted is lost or altered
 * later. Sizes are limited in limits.ts.
 */
import { Kind, visit, type DocumentNode } from 'graphql';
import { problemOfKey, problemOfNumber, problemOfText } from '../../../packages/exact-json';
import { badInput } from '../../versioning/errors';
import { limitNesting } from './limits';

function refuse(problem: string | null): void {
  if (problem !== null) throw badInput(problem);
}

/** Checks the variables of a request. */
export function checkVariables(value: unknown, where = 'variables', depth = 0): void {
  limitNesting(depth);
  if (typeof value === 'string') refuse(problemOfText(value, where));
  else if (Array.isArray(value)) for (const entry of value) checkVariables(entry, where, depth + 1);
  else if (typeof value === 'object' && value !== null)
    for (const [key, entry] of Object.entries(value)) {
      refuse(problemOfText(key, where) ?? problemOfKey(key, where));
      checkVariables(entry, depth === 0 ? `${where}.${key}` : where, depth + 1);
    }
}

const checked = new WeakSet<DocumentNode>();

/** Checks the literals of a document; documents are cached, so each is checked once. */
export function checkDocument(document: DocumentNode): void {
  if (checked.has(document)) return;
  visit(document, {
    [Kind.STRING]: (node) => refuse(problemOfText(node.value, 'A text in the operation')),
    [Kind.INT]: (node) => refuse(problemOfNumber(node.value, 'The operation')),
    [Kind.FLOAT]: (node) => refuse(problemOfNumber(node.value, 'The operation')),
    [Kind.OBJECT_FIELD]: (node) => refuse(problemOfKey(node.name.value, 'The operation')),
  });
  checked.add(document);
}
