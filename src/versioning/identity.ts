/**
 * Identities that a person types: names, numbers, sample identifiers. Two that nobody can tell apart are one, so they are
 * compared by a key and not as they were sent. The database has the same in SQL (log.identity_key, log.name_key), where the
 * uniqueness rests on it; a test holds one against the other, character by character.
 */

import { v5 as uuidv5 } from 'uuid';
import { isUuid } from '../uuid';

/** What separates words; all of it looks alike. */
const BLANK = /[\p{White_Space}\u2800]/u;
const BLANKS = new RegExp(`${BLANK.source}+`, 'gu');
/** What nobody sees: controls that are no white space, and characters without width. */
const UNSEEN = /(?!\p{White_Space})[\p{Cc}\p{Default_Ignorable_Code_Point}]/u;
const ALL_UNSEEN = new RegExp(UNSEEN.source, 'gu');

/** By what an identity is compared: in normal form (NFC), without what nobody sees, trimmed, with single spaces between words. */
export const identityKey = (text: string): string =>
  text.replace(ALL_UNSEEN, '').normalize('NFC').replace(BLANKS, ' ').trim();

/** By what the name or number of something in the register is compared: upper and lower case are the same as well. */
export const nameKey = (text: string): string => identityKey(text).toLowerCase();

/** Whether there is nothing to be seen. */
export const isBlank = (text: string): boolean => identityKey(text) === '';

/** How an identity is kept: as it was typed, but in normal form and without what nobody sees at its ends. */
export function tidied(text: string): string {
  const characters = [...text.normalize('NFC')];
  const isSeen = (character: string) => !BLANK.test(character) && !UNSEEN.test(character);
  return characters.slice(characters.findIndex(isSeen), characters.findLastIndex(isSeen) + 1).join('');
}

/** Of the UUIDs that follow from codes; changing it would make other ids. */
const CODES = '2b6e0b5a-93a4-5d0f-8a51-7c1d5f0e4c39';
const MAX_CODE = 100;

/** What somebody meant as a UUID, and did not write as one: it is no code, or a typo would become an identity. */
function isMeantAsUuid(text: string): boolean {
  const bare = text.replace(/^urn:uuid:|[\s{}-]/gi, '');
  return bare.length >= 31 && bare.length <= 33 && bare.replace(/[^0-9a-f]/gi, '').length >= 30;
}

/** Whether a text is a code by which a bank names something: on one line, and nothing that is, or was meant as, a UUID. */
export const isCode = (text: string): boolean =>
  !isBlank(text) && text.length <= MAX_CODE && !/\p{Cc}/u.test(text) && !isUuid(text) && !isMeantAsUuid(text);

/** The UUID that a code stands for, always and everywhere. */
export const idOfCode = (code: string): string => uuidv5(identityKey(code), CODES);
