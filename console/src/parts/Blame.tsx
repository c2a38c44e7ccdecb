import { Link } from '@tanstack/react-router';
import * as t from '#text/parts';
import { useApi } from '../api/client';
import { BlameDocument, type BlameQuery } from '../generated/graphql';
import { Age, Person } from './atoms';
import styles from './Blame.module.css';

type Item = NonNullable<NonNullable<BlameQuery['phaseVersion']>['blame']>[number];
export type FieldBlame = Item['fields'][number];

interface OfVersion {
  readonly versionId: string;
  readonly contentHash: string;
}
/** Where an item came from; requested once, after the item itself has loaded. */
const useOrigin = ({ versionId, contentHash }: OfVersion, itemKey: string) =>
  useApi(BlameDocument, { versionId, itemKey }, { of: contentHash }).data?.phaseVersion;

/** Who set each field of an item, by field name. */
export function useBlame(version: OfVersion, itemKey: string): ReadonlyMap<string, FieldBlame> {
  const fields = useOrigin(version, itemKey)?.blame?.[0]?.fields ?? [];
  return new Map(fields.map((field) => [field.path.slice(1), field]));
}

/** What was decided on an item in the version that it was carried from. */
export const useDecisionBefore = (version: OfVersion, itemKey: string) =>
  useOrigin(version, itemKey)?.items.nodes[0]?.carriedFromItem?.decision ?? undefined;

/**
 * Who set a field, when, and in which version. It is written out beside changes; elsewhere initials expand on hover or focus. It links to
 * the commits of that version.
 */
export function SetBy({ of, bare = false }: { of: FieldBlame | undefined; bare?: boolean }) {
  if (!of) return null;
  const { setBy, setAt, setInVersion } = of;
  return (
    <Link
      to="/v/$versionId"
      params={{ versionId: setInVersion.versionId }}
      search={{ tab: 'commits' }}
      className={styles.by}
      data-bare={bare || undefined}
    >
      <span className="hidden">{t.setBy}</span>
      <span className={styles.text}>
        {t.setByAgeVersion(setBy.name, <Age of={setAt} />, setInVersion.versionNumber)}
      </span>
      {bare && (
        <span aria-hidden>
          <Person name={setBy.name} bare />
        </span>
      )}
    </Link>
  );
}
