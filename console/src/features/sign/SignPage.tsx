import { getRouteApi, Link } from '@tanstack/react-router';
import * as t from '#text/sign';
import { nouns } from '#text/words';
import { useApi } from '../../api/client';
import { ToSignDocument } from '../../generated/graphql';
import { buttonLook } from '../../parts/atoms';
import { Fields } from '../../parts/Fields';
import { More, useMore } from '../../parts/More';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import { NotThere } from '../../parts/NotThere';
import { Signatures } from '../version/Signatures';
import { VersionTitle } from '../version/VersionTitle';
import { Delegate } from './Delegate';
import { SignForm } from './SignForm';
import styles from './SignPage.module.css';
import type { ToSign } from './to-sign';

const route = getRouteApi('/v/$versionId/sign');

export const reads = ToSignDocument;

/** The content to sign, complete and with its hash, beside the signature form and the other signatures. */
export default function SignPage() {
  const { versionId } = route.useParams();
  const { data, error, refetch } = useApi(ToSignDocument, { versionId });
  if (error && !data) return <Failure page error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting page rows={12} />;
  const version = data.phaseVersion;
  if (!version) return <NotThere what="version" />;
  const signOffs = 'signOffs' in version ? version.signOffs : [];
  const me = data.viewer?.userId;
  // The viewer's outstanding signatures: their own, and those delegated to them.
  const mine = signOffs.filter((one) => one.signOffUser?.userId === me && !one.countsForApproval);
  const delegated = signOffs.filter((one) => one.delegatedFrom?.userId === me && !one.countsForApproval);
  const own = [...mine.filter(({ delegatedFrom }) => !delegatedFrom), ...delegated];
  return (
    <div className={styles.page}>
      <VersionTitle version={version} page={t.signature} doing="REVIEWING">
        <Link to="/v/$versionId" activeOptions={{ exact: true }} params={{ versionId }} className={buttonLook()}>
          {t.backToTheVersion}
        </Link>
        {version.base && (
          <Link
            to="/v/$versionId/diff"
            params={{ versionId }}
            search={{ from: version.base.versionNumber }}
            className={buttonLook()}
          >
            {t.compareWithVersion(version.base.versionNumber)}
          </Link>
        )}
      </VersionTitle>
      <Content version={version} />
      <aside className={styles.side} aria-label={t.signatures} tabIndex={0}>
        {version.availableActions.includes('SIGN_OFF') && mine.length > 0 ? (
          <SignForm version={version} mine={mine} />
        ) : (
          <WhyNot version={version} isAsked={mine.length > 0} />
        )}
        {version.availableActions.includes('DELEGATE_SIGN_OFF') && own.length > 0 && (
          <Delegate version={version} own={own} me={me} />
        )}
        <h2>{t.allSignatures}</h2>
        <Signatures of={signOffs} />
      </aside>
    </div>
  );
}

function Content({ version }: { version: ToSign }) {
  const { fields, itemFields } = version.workflowPhase.config;
  const items = useMore(version.items.nodes);
  return (
    <div className={styles.content} tabIndex={0} role="region" aria-label={t.theContent}>
      <div className={styles.what}>
        <h2>{t.whatIsSigned}</h2>
        <p>{t.theVersionItselfAndItem(version.items.totalCount)}</p>
        <p className={styles.hash}>
          <span>{t.itsContentHasTheHash}</span> <code>{version.contentHash}</code>
        </p>
      </div>
      <Fields of={version.content} fields={fields} />
      {items.shown.map((item) => (
        <section key={item.itemKey} aria-label={item.label}>
          <h3>{item.label}</h3>
          <Fields of={item.content} fields={itemFields} />
        </section>
      ))}
      <More of={items} noun={nouns.item} />
    </div>
  );
}

function WhyNot({ version, isAsked }: { version: ToSign; isAsked: boolean }) {
  if (version.status === 'DRAFT')
    return (
      <Notice bare title={t.itIsADraft}>
        {t.onlyASubmittedVersionCan}
      </Notice>
    );
  if (version.status !== 'PENDING_APPROVAL')
    return (
      <Notice bare title={t.itWasDecidedAlready}>
        {t.signaturesAreGivenWhileA}
      </Notice>
    );
  return (
    <Notice bare title={isAsked ? t.youCannotSignThis : t.noSignatureIsRequiredOf}>
      {isAsked ? t.peopleWhoWorkedOnIt : t.thoseWhoSignAreBelow}
    </Notice>
  );
}
