/**
 * The same operation read at an instant. The instant is a variable, so that what was read at two instants never meets in
 * the cache, though the same object has the same key at both.
 */
export const asOf = (document: string): string =>
  document.replace(
    /^(\s*query\s+\w+)(?:\s*\(([^)]*)\))?/,
    (_, name: string, variables?: string) =>
      `${name}(${variables ? `${variables}, ` : ''}$at: DateTime!) @asOf(at: $at)`,
  );
