import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import * as common from '#text/common';
import * as t from '#text/diff';
import { asLocal, fromLocal, timeZone } from '#text/time';
import type { SideFragment } from '../../generated/graphql';
import { Button } from '../../parts/atoms';
import type { Version } from './compared';
import styles from './DiffPage.module.css';
import { Side } from './Side';

const route = getRouteApi('/v/$versionId/diff');
const THEN = 'then';

/** Chooses the two sides of the comparison: another version, or for the first one this version at an earlier instant. */
export function ComparedSides({ version, from }: { version: Version; from: SideFragment }) {
  const { since } = route.useSearch();
  const navigate = useNavigate({ from: '/v/$versionId/diff' });
  const [isAsked, setAsked] = useState(false);
  const versions = version.workflowPhase.history.nodes;
  const choose = (search: { from?: number | undefined; since?: string | undefined }) => {
    setAsked(false);
    void navigate({ search: (previous) => ({ ...previous, from: undefined, since: undefined, ...search }) });
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const value = new FormData(event.currentTarget).get('since');
    if (typeof value === 'string' && value) choose({ since: fromLocal(value) });
  };
  return (
    <div className={styles.sides}>
      <Side label={common.from} of={from}>
        <select
          aria-label={t.compareFrom}
          value={since || isAsked ? THEN : from.versionNumber}
          onChange={({ target: { value } }) => (value === THEN ? setAsked(true) : choose({ from: Number(value) }))}
        >
          {versions
            .filter(({ versionId }) => versionId !== version.versionId)
            .map(({ versionId, versionNumber }) => (
              <option key={versionId} value={versionNumber}>
                {common.version(versionNumber)}
              </option>
            ))}
          <option value={THEN}>{t.versionEarlier(version.versionNumber)}</option>
        </select>
        {(since || isAsked) && (
          <form key={since} className={styles.instant} onSubmit={submit}>
            <input
              type="datetime-local"
              step="1"
              name="since"
              aria-label={t.asItStoodAt(timeZone)}
              defaultValue={asLocal(since ?? version.createdAt)}
            />
            <span>{timeZone}</span>
            <Button type="submit">{t.compare}</Button>
          </form>
        )}
      </Side>
      <Side label={common.to} of={version}>
        <select
          aria-label={t.compareTo}
          value={version.versionId}
          onChange={({ target: { value } }) =>
            void navigate({
              to: '/v/$versionId/diff',
              params: { versionId: value },
              search: { from: from.versionNumber },
            })
          }
        >
          {versions
            .filter(({ versionId }) => since !== undefined || versionId !== from.versionId)
            .map(({ versionId, versionNumber }) => (
              <option key={versionId} value={versionId}>
                {common.version(versionNumber)}
              </option>
            ))}
        </select>
      </Side>
    </div>
  );
}
