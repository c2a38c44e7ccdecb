/**
 * Turns a query into the same query at an instant. The instant is a variable and so part of the cache key: results of two instants never
 * mix, even though the same object has the same id in both.
 */
export const asOf = (document: string): string =>
  document.replace(
    /^(\s*query\s+\w+)(?:\s*\(([^)]*)\))?/,
    (_, name: string, variables?: string) =>
      `${name}(${variables ? `${variables}, ` : ''}$at: DateTime!) @asOf(at: $at)`,
  );
