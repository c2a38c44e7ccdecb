import * as t from '#text/version';
import { capital, roleName } from '#text/words';
import type { SignOffFragment } from '../../generated/graphql';
import { Hash, Instant, Person } from '../../parts/atoms';
import { Glyph } from '../../parts/Glyph';
import { Notice } from '../../parts/Notices';
import styles from './VersionPage.module.css';

/** The signer and their role in words. */
export const signOffTitle = (role: string): string => capital(roleName(role).replaceAll('_', ' ').toLowerCase());

const words: Record<string, string> = {
  PENDING: t.notSigned,
  SIGNED: t.signed,
  REJECTED: t.refused,
  DELEGATED: t.delegated,
};

/** The signatures: who, in which role, when, and with which meaning. */
export function Signatures({ of }: { of: readonly SignOffFragment[] }) {
  if (of.length === 0)
    return (
      <Notice bare title={t.noSignatures}>
        {t.thisPhaseNeedsNoSignatures}
      </Notice>
    );
  return (
    <ul className={styles.signatures}>
      {of.map((one) => (
        <li key={one.id}>
          <Glyph shape={one.countsForApproval ? 'done' : one.signOffStatus === 'PENDING' ? 'ready' : 'refused'} />
          <div>
            <h2>{signOffTitle(one.signOffRole)}</h2>
            <p>
              {words[one.signOffStatus] ?? one.signOffStatus}
              {one.signOffDate && (
                <>
                  , <Instant of={one.signOffDate} />
                </>
              )}
              {one.meaning && ` · ${one.meaning}`}
            </p>
            {one.signOffComments && <p>{one.signOffComments}</p>}
            {one.delegatedFromName && (
              <p>
                {t.inThePlaceOf(one.delegatedFromName)}
                {one.delegationReason && `: ${one.delegationReason}`}
              </p>
            )}
            {one.notCountedBecause && <p>{one.notCountedBecause}</p>}
          </div>
          {(one.signerName ?? one.signOffUser?.name) && <Person name={one.signerName ?? one.signOffUser?.name ?? ''} />}
          {one.signedContentHash && <Hash value={one.signedContentHash} />}
        </li>
      ))}
    </ul>
  );
}
