/** Something that is looked for again and again, as long as the server runs: how long until the next time, each look says itself. */
import type { Outage } from './outage';

export class Rounds {
  private isOver = false;
  private isWoken = false;
  private endPause: () => void = () => undefined;
  private running: Promise<void> | null = null;

  /**
   * @param look looks, and answers after how many milliseconds it is to be looked again
   * @param everyMs how often it is looked where looking fails, at first
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

  /** Looks now, or once more if it is looked already. */
  wake(): void {
    this.isWoken = true;
    this.endPause();
  }

  /** Ends when the last look has ended. */
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
