/** What a server does aside, a bounded number at a time; made with the server, and closed with it. */
import { TextDiffs } from './text-diffs';

export class Work {
  readonly textDiffs = new TextDiffs();

  /** Ends what is under way. */
  async close(): Promise<void> {
    await this.textDiffs.close();
  }
}
