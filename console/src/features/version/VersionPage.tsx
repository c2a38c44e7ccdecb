import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { lazy } from 'react';
import * as common from '#text/common';
import * as t from '#text/version';
import { numeral } from '#text/words';
import { useApi } from '../../api/client';
import { loadCode } from '../../api/load-code';
import { VersionDocument, type VersionQuery } from '../../generated/graphql';
import { buttonLook } from '../../parts/atoms';
import { Fields } from '../../parts/Fields';
import { Failure, Waiting } from '../../parts/Notices';
import { NotThere } from '../../parts/NotThere';
import { OnDemand } from '../../parts/OnDemand';
import { Requirements } from '../../parts/Requirements';
import { useAt } from '../../shell/use-at';
import { useMedia } from '../../shell/use-media';
import { useViewer } from '../../shell/use-viewer';
import { Files } from '../files/Files';
import { Commands } from '../records/Commands';
import type { versionTabs } from '../../router';
import { Items } from './items/Items';
import { Signatures } from './Signatures';
import { VersionActions } from './VersionActions';
import styles from './VersionPage.module.css';
import { VersionTitle } from './VersionTitle';

// Few who open a version go to these parts.
const RecordVersions = lazy(loadCode(() => import('./RecordVersions')));
const VersionCommits = lazy(loadCode(() => import('./VersionCommits')));

const route = getRouteApi('/v/$versionId');
type Version = NonNullable<VersionQuery['phaseVersion']>;

export const reads = VersionDocument;

/** A version: its content, what blocks it, and its history. */
export default function VersionPage() {
  const { versionId } = route.useParams();
  const { data, error, refetch } = useApi(VersionDocument, { versionId });
  if (error && !data) return <Failure page error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting page rows={12} />;
  if (!data.phaseVersion) return <NotThere what="version" />;
  return <Loaded version={data.phaseVersion} />;
}

function Loaded({ version }: { version: Version }) {
  const { tab } = route.useSearch();
  const navigate = useNavigate({ from: '/v/$versionId' });
  const viewer = useViewer();
  const { at } = useAt();
  const isShort = useMedia('(max-width: 72rem)');
  const { itemTypeName, commands, fields, versioningType } = version.workflowPhase.config;
  const hasItems = itemTypeName !== null;
  const signOffs = 'signOffs' in version ? version.signOffs : [];
  const tabs: readonly { value: (typeof versionTabs)[number]; label: string; count?: number | undefined }[] = [
    ...(hasItems ? [{ value: 'items' as const, label: t.items, count: version.items.totalCount }] : []),
    { value: 'content', label: hasItems ? common.theVersionItself : t.content },
    ...(signOffs.length > 0 ? [{ value: 'signatures' as const, label: t.signatures, count: signOffs.length }] : []),
    ...(versioningType === 'AUDIT_ONLY' ? [{ value: 'versions' as const, label: t.versions }] : []),
    { value: 'commits', label: t.commits },
  ];
  const current = tabs.find(({ value }) => value === tab)?.value ?? tabs[0]!.value;
  const mayRebase = !at && version.availableActions.includes('REBASE');
  const rebase = () => void navigate({ to: '/v/$versionId/merge', params: { versionId: version.versionId } });
  const maySign = version.availableActions.includes('SIGN_OFF');
  const signing = maySign
    ? common.sign
    : version.availableActions.includes('DELEGATE_SIGN_OFF') && t.delegateASignature;
  const isOpen = ['DRAFT', 'PENDING_APPROVAL'].includes(version.status);
  // What was rejected is what a revision answers to; anything else is held against what is in force.
  const before = version.parent?.status === 'REJECTED' ? version.parent : version.base;
  return (
    <div className={styles.page}>
      <VersionTitle version={version} doing={version.availableActions.includes('EDIT') ? 'EDITING' : 'VIEWING'}>
        {version.status === 'PENDING_APPROVAL' && !at && (
          <Link
            to="/v/$versionId/review"
            params={{ versionId: version.versionId }}
            className={buttonLook(version.availableActions.includes('DECIDE_ITEMS') ? 'main' : 'plain')}
          >
            {common.review}
          </Link>
        )}
        {mayRebase && (
          <Link to="/v/$versionId/merge" params={{ versionId: version.versionId }} className={buttonLook('main')}>
            {t.rebase}
          </Link>
        )}
        {!at && <VersionActions version={version} />}
        {!at && (
          <Commands
            of={commands.filter(({ action }) => action && version.availableActions.includes(action))}
            target={{ versionId: version.versionId, expectedRevision: version.revision }}
          />
        )}
        {!at && signing && (
          <Link
            to="/v/$versionId/sign"
            params={{ versionId: version.versionId }}
            className={buttonLook(maySign ? 'main' : 'plain')}
          >
            {signing}
          </Link>
        )}
        {version.workflowPhase.config.itemTypeName && <Files version={version} />}
        {before && (
          <Link
            to="/v/$versionId/diff"
            params={{ versionId: version.versionId }}
            search={{ from: before.versionNumber }}
            className={buttonLook()}
          >
            {t.compareWithVersion(before.versionNumber)}
          </Link>
        )}
      </VersionTitle>
      <nav className={styles.tabs} aria-label={t.partsOfThisVersion}>
        {tabs.map((one) => (
          <button
            key={one.value}
            type="button"
            aria-current={one.value === current ? 'page' : undefined}
            onClick={() => void navigate({ search: (previous) => ({ ...previous, tab: one.value, item: undefined }) })}
          >
            {one.label} {one.count !== undefined && <span>{numeral(one.count)}</span>}
          </button>
        ))}
      </nav>
      <div className={styles.body}>
        {current === 'items' && <Items version={version} />}
        {current === 'content' && <Content version={version} />}
        {current === 'signatures' && <Signatures of={signOffs} />}
        <OnDemand waiting={<Waiting bare rows={5} />}>
          {current === 'versions' && <RecordVersions versionId={version.versionId} fields={fields} />}
          {current === 'commits' && <VersionCommits versionId={version.versionId} />}
        </OnDemand>
      </div>
      <aside className={styles.box} aria-label={common.requirementsForApproval} tabIndex={0}>
        {isOpen && version.parent?.status === 'REJECTED' && version.parent.approvalNotes && (
          <>
            <h2>{t.whyVersionWasRejected(version.parent.versionNumber)}</h2>
            <p>{version.parent.approvalNotes}</p>
          </>
        )}
        {isOpen ? (
          <>
            <h2>{t.whatItTakes}</h2>
            <Requirements
              of={version.approvalRequirements}
              short={isShort}
              roles={at ? [] : (viewer?.roles ?? [])}
              jump={mayRebase ? { BASE_IS_CURRENT: { label: t.rebaseIt, go: rebase } } : {}}
            />
          </>
        ) : (
          version.approvalNotes && (
            <>
              <h2>{t.notesOfTheDecision}</h2>
              <p>{version.approvalNotes}</p>
            </>
          )
        )}
      </aside>
    </div>
  );
}

const Content = ({ version }: { version: Version }) => (
  <div className={styles.content}>
    <Fields of={version.content} fields={version.workflowPhase.config.fields} named={version} />
  </div>
);
