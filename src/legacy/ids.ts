/** Derives ids from those of the old system; they are the same on every import and in every database. */
import { v5 as uuidv5, validate } from 'uuid';

/** The namespace of all imported ids; changing it would change them. */
const NAMESPACE = '3f0a5c1e-7b52-5d0e-9c3a-2f6f0c1d8e47';

/** What an old id identifies; the kinds in `legacy.id_map`. */
export type IdKind =
  | 'user'
  | 'lob'
  | 'cycle'
  | 'report'
  | 'workflow'
  | 'attribute'
  | 'test_case'
  | 'evidence'
  | 'source_evidence'
  | 'document'
  | 'execution'
  | 'review'
  | 'observation'
  | 'section';

/** The UUID derived from an id of the old system. */
export const idOf = (what: string, legacyId: string | number): string => uuidv5(`${what}:${legacyId}`, NAMESPACE);

/** The old system's own UUIDs are kept. */
export const keptId = (what: string, legacyId: string): string =>
  validate(legacyId) ? legacyId.toLowerCase() : idOf(what, legacyId);

const FIRST_PERSON = 1_000_000;
const LAST_LEGACY_ID = 1_000_000_000;

/** A person about whom the old system says nothing at all. */
export const NOBODY = 0;

/** Whether a number can be a person's id in the old system; others could collide with other people's ids here. */
export const isPersonId = (legacyId: number): boolean => legacyId > 0 && legacyId <= LAST_LEGACY_ID;

/** The userId of a person of the old system who was not mapped by hand. */
export const personId = (legacyId: number): number => FIRST_PERSON + legacyId;
