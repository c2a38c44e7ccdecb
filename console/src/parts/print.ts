/** A short fingerprint of a text for comparison; not cryptographic. */
export function print(text: string): string {
  let hash = 5381;
  for (const char of text) hash = (hash * 33) ^ char.charCodeAt(0);
  return (hash >>> 0).toString(36);
}
