import type { FieldNode, SelectionSetNode } from 'graphql';

/** What is selected of what fields lead to. */
export const below = (nodes: readonly FieldNode[]): SelectionSetNode[] =>
  nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
