/** A receiver of webhooks to test with: it keeps what it takes, and answers as it is told to. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface Told {
  readonly id: string;
  readonly path: string;
  readonly type: string;
  readonly timestamp: string;
  readonly signatures: readonly string[];
  readonly data: {
    readonly changeSetId: string;
    readonly streamId: string;
    readonly sequence: number;
    readonly previousSequence: number | null;
    readonly operation: string;
    readonly versionIds: string[];
    readonly workflowId?: string;
    readonly cycleId?: string;
    readonly reportId?: string;
  };
}

export class Receiver {
  /** What was taken, in its order. */
  readonly taken: Told[] = [];
  asked = 0;
  /** What it answers with; messages that it refuses are not taken. */
  answer: (told: Told) => number | 'cut' | 'never' = () => 204;
  private readonly server = createServer((request, response) => {
    void this.read(request).then((told) => {
      this.asked++;
      const answer = this.answer(told);
      if (answer === 'never') return;
      if (answer === 'cut') return response.destroy();
      if (answer < 300) this.taken.push(told);
      response.writeHead(answer, { location: `${this.url}/elsewhere` }).end('whatever it has to say');
    });
  });

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The commits that were taken of a stream, in the order in which they were. */
  sequences(streamId: string): number[] {
    return this.taken.filter(({ data }) => data.streamId === streamId).map(({ data }) => data.sequence);
  }

  stop(): Promise<unknown> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  /** With which secrets messages must be signed; asked of each. */
  secret: string | null = null;

  private async read(request: IncomingMessage): Promise<Told> {
    let body = '';
    for await (const part of request.setEncoding('utf8')) body += part as string;
    const headers = request.headers as Record<string, string>;
    if (this.secret !== null) new Webhook(this.secret).verify(body, headers);
    const id = headers['webhook-id']!;
    return {
      ...(JSON.parse(body) as Told),
      id,
      path: request.url!,
      signatures: headers['webhook-signature']?.split(' ') ?? [],
    };
  }
}
