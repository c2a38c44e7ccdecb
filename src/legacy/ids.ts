/** Ids that the old system's ids become: the same ones however often, and wherever, its data is imported. */
import { v5 as uuidv5, validate } from 'uuid';

/** Of every id that an import makes; changing it would make other ids. */
const NAMESPACE = '3f0a5c1e-7b52-5d0e-9c3a-2f6f0c1d8e47';

/** What an id of the old system is the id of; the kinds of `legacy.id_map`. */
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

/** The UUID of something that follows from an id of the old system. */
export const idOf = (what: string, legacyId: string | number): string => uuidv5(`${what}:${legacyId}`, NAMESPACE);

/** A UUID of the old system stays as it is. */
export const keptId = (what: string, legacyId: string): string =>
  validate(legacyId) ? legacyId.toLowerCase() : idOf(what, legacyId);

const FIRST_PERSON = 1_000_000;
const LAST_LEGACY_ID = 1_000_000_000;

/** Somebody of whom the old system says nothing at all. */
export const NOBODY = 0;

/** Whether a number can be the id of a person there; others would become somebody else's here. */
export const isPersonId = (legacyId: number): boolean => legacyId > 0 && legacyId <= LAST_LEGACY_ID;

/** The userId of a person of the old system, unless they were mapped to somebody by hand. */
export const personId = (legacyId: number): number => FIRST_PERSON + legacyId;
