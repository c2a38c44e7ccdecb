/** Signatures. The table is insert-only: for each version and role, the latest row counts. */
import { v7 as uuidv7 } from 'uuid';
import type { GivenSignOff } from '../../versioning/sign-offs';
import type { Tx } from '../connection/database';
import { insertRows } from '../connection/row-writes';
import { readBy } from '../connection/statements';

export interface SignOffRow extends GivenSignOff {
  readonly versionId: string;
  readonly signOffDate: Date;
  readonly signOffComments: string | null;
  readonly delegatedFromName: string | null;
  readonly meaning: string | null;
  readonly signerName: string | null;
}

/** Whether a row is the latest one for its signature. */
export const isLatest = (
  signOff: string,
  signOffs = 'test_report_signoffs',
): string => `not exists (select from ${signOffs} later
    where later.version_id = ${signOff}.version_id and later.sign_off_role = ${signOff}.sign_off_role
      and later.sign_off_date > ${signOff}.sign_off_date)`;

export const signOffsByVersion = readBy<SignOffRow>(
  `select distinct on (s.version_id, s.sign_off_role) s.version_id, s.sign_off_role, s.sign_off_user_id, s.sign_off_status::text,
     s.sign_off_date, s.sign_off_comments, s.delegated_from_id, s.delegated_from_name, s.delegation_reason, s.meaning, s.signer_name, s.signed_content_hash
   from test_report_signoffs s where s.version_id = any($1::uuid[])
   order by s.version_id, s.sign_off_role, s.sign_off_date desc`,
);

/** Inserts a signature row; printed names are the people's current names. */
export const insertSignOff = (
  tx: Tx,
  { streamId, versionId }: { readonly streamId: string; readonly versionId: string },
  given: Omit<SignOffRow, 'versionId' | 'signerName' | 'delegatedFromName'>,
): void =>
  insertRows(tx, 'test_report_signoffs', [{ ...given, signOffId: uuidv7(), streamId, versionId }], {
    computed: {
      signer_name: `case when r.sign_off_status <> 'PENDING' then u.name end`,
      delegated_from_name: 'f.name',
    },
    rest: `join users u on u.user_id = r.sign_off_user_id left join users f on f.user_id = r.delegated_from_id`,
  });
