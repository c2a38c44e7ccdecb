import type { VersionQuery } from '../../generated/graphql';
import { Hash, Person } from '../../parts/atoms';
import { Glyph } from '../../parts/Glyph';
import { Notice } from '../../parts/Notices';
import { instant } from '../../text/time';
import { capital, roleName } from '../../text/words';
import styles from './VersionPage.module.css';

type Version = NonNullable<VersionQuery['phaseVersion']>;
export type SignOff = Extract<Version, { signOffs: unknown }>['signOffs'][number];

const words: Record<string, string> = {
  PENDING: 'Not signed',
  SIGNED: 'Signed',
  REJECTED: 'Refused',
  DELEGATED: 'Delegated',
};

/** Who signed what, as what, when and with which meaning. */
export function Signatures({ of }: { of: readonly SignOff[] }) {
  if (of.length === 0)
    return <Notice title="No signatures">This phase is not signed: its approval is the one decision it takes.</Notice>;
  return (
    <ul className={styles.signatures}>
      {of.map((one) => (
        <li key={one.id}>
          <Glyph shape={one.countsForApproval ? 'done' : one.signOffStatus === 'PENDING' ? 'ready' : 'refused'} />
          <div>
            <h2>{capital(roleName(one.signOffRole).replaceAll('_', ' ').toLowerCase())}</h2>
            <p>
              {words[one.signOffStatus] ?? one.signOffStatus}
              {one.signOffDate && `, ${instant(one.signOffDate)}`}
              {one.meaning && ` · ${one.meaning}`}
            </p>
            {one.signOffComments && <p>{one.signOffComments}</p>}
            {one.delegatedFromName && <p>In the place of {one.delegatedFromName}.</p>}
            {one.notCountedBecause && <p>{one.notCountedBecause}</p>}
          </div>
          {one.signerName && <Person name={one.signerName} />}
          {one.signedContentHash && <Hash value={one.signedContentHash} />}
        </li>
      ))}
    </ul>
  );
}
