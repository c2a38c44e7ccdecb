/**
 * Identities typed by people: names, numbers, sample identifiers. Two that nobody can tell apart are the same, so they are compared by a
 * normalized key. The database has the same functions in SQL (log.identity_key, log.name_key), on which uniqueness rests; a test compares
 * both implementations character by character.
 */

import { v5 as uuidv5 } from 'uuid';
import { isUuid } from '../uuid';

/** Word separators, which all look alike. */
const BLANK = /[\p{White_Space}\u2800]/u;
const BLANKS = new RegExp(`${BLANK.source}+`, 'gu');
/** Invisible characters: controls that are not white space, and characters without width. */
const UNSEEN = /(?!\p{White_Space})[\p{Cc}\p{Default_Ignorable_Code_Point}]/u;
const ALL_UNSEEN = new RegExp(UNSEEN.source, 'gu');

/** Nearly every text is printable ASCII without surplus blanks, which is its own key. That is known at a fraction of the price. */
const NEEDS_TIDYING = /[^ -~]|^ | $/;
const NEEDS_KEY = /[^ -~]|^ | $| {2}/;
const VISIBLE_ASCII = /[!-~]/;

/** The key by which identities are compared: NFC, without invisible characters, trimmed, with single spaces between words. */
export const identityKey = (text: string): string =>
  NEEDS_KEY.test(text) ? text.replace(ALL_UNSEEN, '').normalize('NFC').replace(BLANKS, ' ').trim() : text;

/** The key by which names and numbers in the register are compared, which also ignores case. */
export const nameKey = (text: string): string => identityKey(text).toLowerCase();

/** Whether a text has no visible character. */
export const isBlank = (text: string): boolean => !VISIBLE_ASCII.test(text) && identityKey(text) === '';

/** The stored form of an identity: as typed, but in NFC and without invisible characters at either end. */
export function tidied(text: string): string {
  if (!NEEDS_TIDYING.test(text)) return text;
  const characters = [...text.normalize('NFC')];
  const isSeen = (character: string) => !BLANK.test(character) && !UNSEEN.test(character);
  return characters.slice(characters.findIndex(isSeen), characters.findLastIndex(isSeen) + 1).join('');
}

/** The namespace of the UUIDs derived from codes; changing it would change those ids. */
const CODES = '2b6e0b5a-93a4-5d0f-8a51-7c1d5f0e4c39';
const MAX_CODE = 100;

/** Whether a text looks like a mistyped UUID. Such a text is not a code, or a typo would become an identity. */
function isMeantAsUuid(text: string): boolean {
  const bare = text.replace(/^urn:uuid:|[\s{}-]/gi, '');
  return bare.length >= 31 && bare.length <= 33 && bare.replace(/[^0-9a-f]/gi, '').length >= 30;
}

/** Whether a text is a code by which a bank names something: on one line, and neither a UUID nor a mistyped one. */
export const isCode = (text: string): boolean =>
  !isBlank(text) && text.length <= MAX_CODE && !/\p{Cc}/u.test(text) && !isUuid(text) && !isMeantAsUuid(text);

/** The UUID derived from a code, the same everywhere. */
export const idOfCode = (code: string): string => uuidv5(identityKey(code), CODES);
