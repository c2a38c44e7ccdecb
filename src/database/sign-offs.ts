/** Reading signatures: for each version and role, what was last done about it. */
import type { GivenSignOff } from '../versioning/sign-offs';
import type { Db } from './database';

export interface SignOffRow extends GivenSignOff {
  readonly versionId: string;
  readonly signOffUserId: number;
  readonly signOffDate: Date;
  readonly signOffComments: string | null;
  readonly delegatedFromId: number | null;
  readonly delegationReason: string | null;
  readonly meaning: string | null;
  readonly signerName: string | null;
}

export const signOffsByVersion = (db: Db, versionIds: readonly string[]): Promise<SignOffRow[]> =>
  db.query<SignOffRow>(
    `select distinct on (s.version_id, s.sign_off_role) s.version_id, s.sign_off_role, s.sign_off_user_id, s.sign_off_status::text,
       s.sign_off_date, s.sign_off_comments, s.delegated_from_id, s.delegation_reason, s.meaning, s.signer_name, s.signed_content_hash
     from test_report_signoffs s where s.version_id = any($1::uuid[])
     order by s.version_id, s.sign_off_role, s.sign_off_date desc`,
    [versionIds],
  );
