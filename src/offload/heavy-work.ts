/** What a server does aside, a bounded number at a time; made with the server, and closed with it. */
import { VerifiedChains } from '../proof/verified-chains';
import { oneAtATimeEach } from './one-at-a-time-each';
import { TextDiffs } from './text-diffs';

export class BackgroundWork {
  readonly textDiffs = new TextDiffs();
  /** Each reads a whole log, on a connection of its own. */
  readonly verifications = oneAtATimeEach('the verification of logs', { size: 2, waiting: 4 });
  readonly verifiedChains = new VerifiedChains();

  /** Ends what is under way. */
  async close(): Promise<void> {
    await this.textDiffs.close();
  }
}
