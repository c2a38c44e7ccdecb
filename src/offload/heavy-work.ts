/** A server's heavy background work, with bounded concurrency. It is created with the server and closed with it. */
import { join } from 'node:path';
import type { FileDone, FileWork } from '../files/files.worker';
import type { Paper } from '../files/workpaper/paper';
import { VerifiedChains } from '../proof/verified-chains';
import { oneAtATimeEach } from './one-at-a-time-each';
import { TextDiffs } from './text-diffs';
import { Workers } from './workers';

export class BackgroundWork {
  readonly textDiffs = new TextDiffs();
  /** Workbooks and texts, in separate threads because an upload may be built to exhaust its parser. */
  readonly files = new Workers<FileWork, FileDone>({
    what: 'files of items',
    module: join(__dirname, '../files/files.worker'),
    megabytes: 256,
  });
  /** Workpapers, which take longer to lay out than items take to write. */
  readonly papers = new Workers<Paper, Uint8Array>({
    what: 'workpapers',
    module: join(__dirname, '../files/workpaper/workpaper.worker'),
    megabytes: 768,
    timeoutMs: 120_000,
  });
  /** Each reads a whole log on a connection of its own. */
  readonly verifications = oneAtATimeEach('the verification of logs', { size: 2, waiting: 4 });
  /** Each reads the whole log of a workflow, and writes it to a file before it is sent. */
  readonly exports = oneAtATimeEach('exports of workflows', { size: 2, waiting: 4 });
  readonly verifiedChains = new VerifiedChains();
  /** Wakes the maker of packs. */
  packAskedFor: () => void = () => undefined;
  /** Wakes the notifier: something may be due sooner. */
  ruleSet: () => void = () => undefined;

  /** Stops the work under way. */
  async close(): Promise<void> {
    await Promise.all([this.textDiffs.close(), this.files.close(), this.papers.close()]);
  }
}
