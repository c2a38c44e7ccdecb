import { Link } from '@tanstack/react-router';
import * as common from '#text/common';
import * as t from '#text/parts';
import { act, allAbout, recordNames, versionName } from '#text/words';
import type { CommitFragment } from '../generated/graphql';
import { Age, Person } from './atoms';
import styles from './Commits.module.css';

export type Commit = CommitFragment;

const versionOf = (commit: Commit) => commit.versions.at(-1);

export function commitSentence(commit: Commit): string {
  const version = versionOf(commit);
  return t.whoDidWhat(commit.actor?.name, act(commit.operation), version ? ` ${versionName(version)}` : '');
}

interface Line {
  first: Commit;
  last: Commit;
  acts: string[];
}
const HOUR_MS = 3_600_000;

/** Merges one person's commits on one phase within an hour into a line: "revised, edited and submitted". Newest first. */
function gather(commits: readonly Commit[]): Line[] {
  const lines: Line[] = [];
  const about = (commit: Commit) => versionOf(commit)?.phase ?? commit.operation;
  for (const commit of commits) {
    const line = lines.at(-1);
    const isSameRun =
      line !== undefined &&
      line.first.actor?.name === commit.actor?.name &&
      about(line.first) === about(commit) &&
      Date.parse(line.last.committedAt) - Date.parse(commit.committedAt) < HOUR_MS;
    if (isSameRun) {
      if (line.acts[0] !== act(commit.operation)) line.acts.unshift(act(commit.operation));
      line.last = commit;
    } else lines.push({ first: commit, last: commit, acts: [act(commit.operation)] });
  }
  return lines;
}

interface Props {
  of: readonly Commit[];
  /** The workflow whose log they are in. */
  ids: { cycleId: string; reportId: string };
  max?: number;
}
export function Commits({ of, ids, max = 14 }: Props) {
  return (
    <ol className={styles.list}>
      {gather(of)
        .slice(0, max)
        .map(({ first, last, acts }) => {
          const version = versionOf(first);
          const numbers = last === first ? String(first.sequence) : `${last.sequence}–${first.sequence}`;
          const reason = first.reason ?? last.reason;
          return (
            <li key={first.sequence}>
              <Person name={first.actor?.name ?? t.database} bare />
              <div>
                <p className={styles.sentence}>
                  <b>{first.actor?.name.split(' ')[0] ?? common.theDatabase}</b> {allAbout(acts)}{' '}
                  {version && (
                    <Link
                      to="/v/$versionId"
                      params={{ versionId: version.versionId }}
                      data-record={version.phase in recordNames}
                    >
                      {versionName(version)}
                    </Link>
                  )}
                </p>
                {reason && <p className={styles.reason}>{reason}</p>}
              </div>
              <span className={styles.when}>
                <Age of={first.committedAt} />
                <Link
                  to="/w/$cycleId/$reportId/log"
                  params={ids}
                  search={{ commit: first.sequence }}
                  title={t.commitItsRowsBeforeAnd(numbers)}
                >
                  <span className="hidden">{t.commit}</span>
                  {numbers}
                </Link>
              </span>
            </li>
          );
        })}
    </ol>
  );
}
