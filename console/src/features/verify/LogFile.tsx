import { Link } from '@tanstack/react-router';
import { FileCheck2, FileSearch, FileX2, type LucideIcon } from 'lucide-react';
import { useState, type DragEvent } from 'react';
import * as common from '#text/common';
import * as t from '#text/verify';
import { Button, Hash, Instant, Meter } from '../../parts/atoms';
import { Failure } from '../../parts/Notices';
import styles from './LogFile.module.css';
import type { Verdict } from './log-file';
import { useLogHere } from './log-here';
import { Panel } from './Panel';
import { useLogFile, type Looking } from './use-log-file';
import pageStyles from './VerifyPage.module.css';

/** Verifies an exported log file in the browser; the file is not uploaded. */
export function LogFile() {
  const { looking, verify, cancel } = useLogFile();
  const [over, setOver] = useState(false);
  const [icon, title, good] = headOf(looking);
  const take = (files: FileList | null) => files?.[0] && verify(files[0]);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  return (
    <Panel icon={icon} title={title} good={good} half>
      {looking.step === 'failed' && <p className={pageStyles.problem}>{looking.problem}</p>}
      {looking.step === 'read' && <Found verdict={looking.verdict} />}
      {looking.step === 'reading' ? (
        <div className={styles.reading}>
          <Meter done={looking.read} total={looking.file.size} />
          <p>{t.readSoFar(megabytes(looking.read), megabytes(looking.file.size), looking.commits)}</p>
          <Button onClick={cancel}>{t.stop}</Button>
        </div>
      ) : (
        <label
          className={styles.drop}
          data-over={over || undefined}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <strong>{looking.step === 'none' ? t.verifyALogFile : t.verifyAnotherLogFile}</strong>
          <span>{t.chooseItOrDropIt}</span>
          <input
            type="file"
            accept=".jsonl,.json,.txt"
            // Allows choosing the same file again.
            onClick={(event) => (event.currentTarget.value = '')}
            onChange={(event) => take(event.target.files)}
          />
        </label>
      )}
    </Panel>
  );
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);

function headOf(looking: Looking): [icon: LucideIcon, title: string, good?: boolean] {
  if (looking.step === 'none') return [FileSearch, t.aDownloadedLog];
  const { name } = looking.file;
  if (looking.step === 'reading') return [FileSearch, t.verifyingName(name)];
  if (looking.step === 'failed') return [FileX2, t.wasNotVerified(name), false];
  return looking.verdict.fault ? [FileX2, t.doesNotVerify(name), false] : [FileCheck2, t.nameVerifies(name), true];
}

/** The result for the file, and whether the log on the server agrees. */
function Found({ verdict: { fault, commits, head, committedAt, streamId } }: { verdict: Verdict }) {
  const { data: here, error, isPending, refetch } = useLogHere(streamId, commits);
  const commit = (sequence: number) =>
    here?.ids ? (
      <Link to="/w/$cycleId/$reportId/log" params={here.ids} search={{ commit: sequence }}>
        {sequence}
      </Link>
    ) : (
      sequence
    );
  return (
    <>
      {fault && <p className={pageStyles.problem}>{fault.problem}</p>}
      <dl>
        {fault?.sequence != null && (
          <>
            <dt>{t.firstBadCommit}</dt>
            <dd>{commit(fault.sequence)}</dd>
          </>
        )}
        {commits > 0 && (
          <>
            <dt>{fault ? t.rightUpToThere : t.checked}</dt>
            <dd>
              {common.commitCount(commits)}
              {committedAt && t.theLastOf(<Instant of={committedAt} />)}
            </dd>
          </>
        )}
        {head && (
          <>
            <dt>{fault ? t.hashThere : t.head}</dt>
            <dd>
              <Hash value={head} />
              {!fault && <p>{t.compareItWithACheckpoint}</p>}
            </dd>
          </>
        )}
        {streamId !== null && commits > 0 && (
          <>
            <dt>{t.here}</dt>
            <dd>
              {error ? (
                <Failure error={error} retry={() => void refetch()} />
              ) : isPending ? (
                t.looking
              ) : here ? (
                <>
                  {here.name}: {sameness(here.hash, head, commits)}
                </>
              ) : (
                t.itIsNotTheLog
              )}
            </dd>
          </>
        )}
      </dl>
    </>
  );
}

function sameness(here: string | null, head: string | null, sequence: number): string {
  if (here === null) return t.theLogHereHasNo(sequence);
  return here === head ? t.commitHasTheSameHash(sequence) : t.commitHasAnotherHashThey(sequence);
}
