import { Link } from '@tanstack/react-router';
import { FileCheck2, FileSearch, FileX2, type LucideIcon } from 'lucide-react';
import { useState, type DragEvent } from 'react';
import { Button, Hash, Instant, Meter } from '../../parts/atoms';
import { Failure } from '../../parts/Notices';
import { count } from '#text/words';
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
          <p>
            {megabytes(looking.read)} of {megabytes(looking.file.size)} MB, {count(looking.commits, 'commit')} follow
            from each other so far
          </p>
          <Button onClick={cancel}>Stop</Button>
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
          <strong>{looking.step === 'none' ? 'Verify a log file' : 'Verify another log file'}</strong>
          <span>
            Choose it or drop it here: the downloaded log of a workflow, the <code>log.jsonl</code> of an auditor’s
            pack, or what <code>npm run export:log</code> wrote. It is read in this browser and sent nowhere.
          </span>
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
  if (looking.step === 'none') return [FileSearch, 'A downloaded log'];
  const { name } = looking.file;
  if (looking.step === 'reading') return [FileSearch, `Verifying ${name} …`];
  if (looking.step === 'failed') return [FileX2, `${name} was not verified`, false];
  return looking.verdict.fault ? [FileX2, `${name} does not verify`, false] : [FileCheck2, `${name} verifies`, true];
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
            <dt>First bad commit</dt>
            <dd>{commit(fault.sequence)}</dd>
          </>
        )}
        {commits > 0 && (
          <>
            <dt>{fault ? 'Right up to there' : 'Checked'}</dt>
            <dd>
              {count(commits, 'commit')}
              {committedAt && (
                <>
                  , the last of <Instant of={committedAt} />
                </>
              )}
            </dd>
          </>
        )}
        {head && (
          <>
            <dt>{fault ? 'Hash there' : 'Head'}</dt>
            <dd>
              <Hash value={head} />
              {!fault && (
                <p>
                  Compare it with a checkpoint that was kept elsewhere: then even a file that was rewritten as a whole
                  is detected.
                </p>
              )}
            </dd>
          </>
        )}
        {streamId !== null && commits > 0 && (
          <>
            <dt>Here</dt>
            <dd>
              {error ? (
                <Failure error={error} retry={() => void refetch()} />
              ) : isPending ? (
                'Looking …'
              ) : here ? (
                <>
                  {here.name}: {sameness(here.hash, head, commits)}
                </>
              ) : (
                'It is not the log of a workflow that you may see here: it comes from another server, or from somebody else’s workflow.'
              )}
            </dd>
          </>
        )}
      </dl>
    </>
  );
}

function sameness(here: string | null, head: string | null, sequence: number): string {
  if (here === null) return `the log here has no commit ${sequence}.`;
  return here === head
    ? `commit ${sequence} has the same hash, so up to there the log is what the file says.`
    : `commit ${sequence} has another hash: they are logs of two servers, or one of them was rewritten.`;
}
