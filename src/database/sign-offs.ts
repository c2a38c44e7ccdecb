/** Signatures: for each version and role, what was last done about it; nothing is ever changed, only added. */
import { v7 as uuidv7 } from 'uuid';
import type { GivenSignOff } from '../versioning/sign-offs';
import type { Db } from './database';

export interface SignOffRow extends GivenSignOff {
  readonly versionId: string;
  readonly signOffDate: Date;
  readonly signOffComments: string | null;
  readonly delegatedFromName: string | null;
  readonly meaning: string | null;
  readonly signerName: string | null;
}

export const signOffsByVersion = (db: Db, versionIds: readonly string[]): Promise<SignOffRow[]> =>
  db.query<SignOffRow>(
    `select distinct on (s.version_id, s.sign_off_role) s.version_id, s.sign_off_role, s.sign_off_user_id, s.sign_off_status::text,
       s.sign_off_date, s.sign_off_comments, s.delegated_from_id, s.delegated_from_name, s.delegation_reason, s.meaning, s.signer_name, s.signed_content_hash
     from test_report_signoffs s where s.version_id = any($1::uuid[])
     order by s.version_id, s.sign_off_role, s.sign_off_date desc`,
    [versionIds],
  );

/** Adds what was done about a signature; the printed names are those that the people have now. */
export const insertSignOff = (
  tx: Db,
  { streamId, versionId }: { readonly streamId: string; readonly versionId: string },
  given: Omit<SignOffRow, 'versionId' | 'signerName' | 'delegatedFromName'>,
): Promise<object[]> =>
  tx.query(
    `insert into test_report_signoffs (sign_off_id, stream_id, version_id, sign_off_role, sign_off_user_id, sign_off_status, sign_off_date,
       sign_off_comments, delegated_from_id, delegated_from_name, delegation_reason, meaning, signer_name, signed_content_hash)
     select $1, $2, $3, $4, u.user_id, $6, $7, $8, $9, f.name, $10, $11, case when $6::"SignOffStatus" <> 'PENDING' then u.name end, $12
     from users u left join users f on f.user_id = $9 where u.user_id = $5`,
    [
      uuidv7(),
      streamId,
      versionId,
      given.signOffRole,
      given.signOffUserId,
      given.signOffStatus,
      given.signOffDate,
      given.signOffComments,
      given.delegatedFromId,
      given.delegationReason,
      given.meaning,
      given.signedContentHash,
    ],
  );
