import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import type { SideFragment } from '../../generated/graphql';
import { Button } from '../../parts/atoms';
import { asLocal, fromLocal, timeZone } from '#text/time';
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
      <Side label="From" of={from}>
        <select
          aria-label="Compare from"
          value={since || isAsked ? THEN : from.versionNumber}
          onChange={({ target: { value } }) => (value === THEN ? setAsked(true) : choose({ from: Number(value) }))}
        >
          {versions
            .filter(({ versionId }) => versionId !== version.versionId)
            .map(({ versionId, versionNumber }) => (
              <option key={versionId} value={versionNumber}>
                Version {versionNumber}
              </option>
            ))}
          <option value={THEN}>Version {version.versionNumber}, earlier</option>
        </select>
        {(since || isAsked) && (
          <form key={since} className={styles.instant} onSubmit={submit}>
            <input
              type="datetime-local"
              step="1"
              name="since"
              aria-label={`As it stood at, ${timeZone}`}
              defaultValue={asLocal(since ?? version.createdAt)}
            />
            <span>{timeZone}</span>
            <Button type="submit">Compare</Button>
          </form>
        )}
      </Side>
      <Side label="To" of={version}>
        <select
          aria-label="Compare to"
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
                Version {versionNumber}
              </option>
            ))}
        </select>
      </Side>
    </div>
  );
}
