/** A poller that runs as long as the server does. Each poll decides how long to wait until the next. */
import type { Outage } from '../../outage';

export class Poller {
  private isOver = false;
  private isWoken = false;
  private endPause: () => void = () => undefined;
  private running: Promise<void> | null = null;

  /**
   * @param look polls, and returns the milliseconds until the next poll
   * @param everyMs the interval from which the back-off starts while polling fails
   */
  constructor(
    private readonly look: () => Promise<number>,
    private readonly outage: Outage,
    private readonly everyMs: number,
  ) {}

  get isStopping(): boolean {
    return this.isOver;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Polls now; if a poll is under way, polls once more after it. */
  wake(): void {
    this.isWoken = true;
    this.endPause();
  }

  /** Resolves when the last poll has ended. */
  async stop(): Promise<void> {
    this.isOver = true;
    this.endPause();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.isOver) {
      this.isWoken = false;
      let wait: number;
      try {
        wait = await this.look();
        this.outage.succeeded();
      } catch (err) {
        this.outage.failed(err);
        wait = this.outage.wait(this.everyMs);
      }
      await this.pause(wait);
    }
  }

  private pause(ms: number): Promise<void> {
    if (this.isOver || this.isWoken) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
