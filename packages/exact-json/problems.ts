import { alteredNumber } from './numbers';

/** Why a number would be read back as another one; null if it survives. */
export function problemOfNumber(literal: string, where: string): string | null {
  const altered = alteredNumber(literal);
  if (altered === null) return null;
  const shown = literal.length > 40 ? `${literal.slice(0, 40)}…` : literal;
  return `${where} holds the number ${shown}, of which JSON programs would make ${altered}. Send it as a text, in quotes.`;
}

/** Why a text cannot be stored: PostgreSQL does not accept it, or it is not valid Unicode. */
export function problemOfText(text: string, where: string): string | null {
  if (text.includes('\u0000')) return `${where} contains the character U+0000, which cannot be stored. Remove it.`;
  return text.isWellFormed() ? null : `${where} is not valid Unicode: it contains half of a surrogate pair.`;
}

/** Why a key is refused: assigning it would set an object's prototype. */
export const problemOfKey = (key: string, where: string): string | null =>
  key === '__proto__' ? `${where} has a key named __proto__, which is not accepted. Rename it.` : null;
