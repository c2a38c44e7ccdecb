/**
 * What JSON and GraphQL let through and the database or arithmetic would not keep as it was sent: U+0000, half surrogate
 * pairs, integers beyond 2^53, numbers that are not finite, nesting without end. Refused here, once, so that nothing that is
 * accepted is lost or altered later.
 */
import { Kind, visit, type DocumentNode, type SelectionSetNode } from 'graphql';
import { badInput } from '../versioning/errors';

export const MAX_DEPTH = 64;

function checkText(text: string, where: string): void {
  if (text.includes('\u0000'))
    throw badInput(`${where} contains the character U+0000, which cannot be stored. Remove it.`);
  if (!text.isWellFormed()) throw badInput(`${where} is not valid Unicode: it contains half of a surrogate pair.`);
}

function checkNumber(value: number, where: string): void {
  if (!Number.isFinite(value)) throw badInput(`${where} holds a number too large to be kept. Send it as a string.`);
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    throw badInput(
      `${where} holds an integer beyond 2^53 − 1, which JSON programs cannot keep exactly. Send it as a string.`,
    );
}

/** Walks the variables of a request. */
export function checkVariables(value: unknown, where = 'variables', depth = 0): void {
  if (depth > MAX_DEPTH) throw badInput(`${where} is nested more than ${MAX_DEPTH} levels deep.`);
  if (typeof value === 'string') checkText(value, where);
  else if (typeof value === 'number') checkNumber(value, where);
  else if (Array.isArray(value)) for (const entry of value) checkVariables(entry, where, depth + 1);
  else if (typeof value === 'object' && value !== null)
    for (const [key, entry] of Object.entries(value)) {
      checkText(key, where);
      if (key === '__proto__') throw badInput(`${where} has a key named __proto__, which is not accepted. Rename it.`);
      checkVariables(entry, depth === 0 ? `${where}.${key}` : where, depth + 1);
    }
}

/** How deep the brackets of a GraphQL text are nested, strings and comments left out; needs no parser and no stack. */
export function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  const tokens = /"""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n\r])*"|#[^\n\r]*|[{[(]|[}\])]/g;
  for (const [token] of text.matchAll(tokens)) {
    if ('{[('.includes(token)) deepest = Math.max(deepest, ++depth);
    else if ('}])'.includes(token)) depth--;
  }
  return deepest;
}

const tooDeep = () => badInput(`The operation is nested more than ${MAX_DEPTH} levels deep.`);

/** How deep a selection goes, through the fragments it spreads; validation has refused fragments that spread themselves. */
function selectionDepth({ definitions }: DocumentNode): number {
  const fragments = new Map<string, SelectionSetNode>();
  for (const definition of definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition.selectionSet);
  const known = new Map<SelectionSetNode, number>();
  const depthOf = (set: SelectionSetNode | undefined, above: number): number => {
    if (!set) return 0;
    if (above > MAX_DEPTH) throw tooDeep();
    let depth = known.get(set);
    if (depth !== undefined) return depth;
    depth = 0;
    for (const selection of set.selections) {
      const spread = selection.kind === Kind.FRAGMENT_SPREAD;
      const below = spread ? fragments.get(selection.name.value) : selection.selectionSet;
      depth = Math.max(depth, depthOf(below, above + 1) + (selection.kind === Kind.FIELD ? 1 : 0));
    }
    known.set(set, depth);
    return depth;
  };
  return Math.max(
    0,
    ...definitions.map((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION ? depthOf(definition.selectionSet, 0) : 0,
    ),
  );
}

const checked = new WeakSet<DocumentNode>();

/** Walks the literals of a document; documents are cached, so each is walked once. */
export function checkDocument(document: DocumentNode): void {
  if (checked.has(document)) return;
  if (selectionDepth(document) > MAX_DEPTH) throw tooDeep();
  visit(document, {
    [Kind.STRING]: (node) => checkText(node.value, 'A text in the operation'),
    [Kind.INT]: (node) => checkNumber(Number(node.value), 'The operation'),
    [Kind.FLOAT]: (node) => checkNumber(Number(node.value), 'The operation'),
    [Kind.OBJECT_FIELD]: (node) => {
      if (node.name.value === '__proto__')
        throw badInput('The operation has a key named __proto__, which is not accepted. Rename it.');
    },
  });
  checked.add(document);
}
