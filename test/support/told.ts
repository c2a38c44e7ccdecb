/** Receives subscriptions with the clients of the protocols' own libraries: as server-sent events, or over a WebSocket. */
import { createClient as eventsClient } from 'graphql-sse';
import { createClient as socketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { token } from './world';

export interface Answer {
  readonly data?: any;
  readonly errors?: readonly { message: string; extensions: Record<string, unknown> }[];
}

/** Collects what a subscription has delivered so far, and waits for more. */
export class Told {
  readonly answers: Answer[] = [];
  isComplete = false;
  /** Why it ended, where the connection says so. */
  end: unknown = null;
  private wake = () => undefined as void;

  constructor(private readonly source: AsyncIterableIterator<Answer>) {
    void this.read();
  }

  private async read(): Promise<void> {
    try {
      for await (const answer of this.source) {
        this.answers.push(answer);
        this.wake();
      }
    } catch (error) {
      this.end = error;
    }
    this.isComplete = true;
    this.wake();
  }

  async until(isEnough: () => boolean): Promise<this> {
    while (!isEnough()) {
      if (this.isComplete) throw new Error(`It has ended: ${JSON.stringify([this.end, this.answers.slice(-2)])}`);
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    return this;
  }

  stop = () => this.source.return?.();
}

export type Transport = 'events' | 'socket';

interface Client {
  iterate(payload: { query: string; variables: Record<string, unknown> }): AsyncIterableIterator<any>;
  dispose(): unknown;
}
const clients: Client[] = [];

/** A client of a person, without automatic retries. */
export async function clientOf(transport: Transport, url: string, userId: number | null): Promise<Client> {
  const given: Record<string, string> = userId === null ? {} : { authorization: `Bearer ${await token(userId)}` };
  const client: Client =
    transport === 'events'
      ? eventsClient({ url: `${url}/graphql`, headers: given, retryAttempts: 0 })
      : socketClient({
          url: `${url.replace('http', 'ws')}/graphql`,
          connectionParams: given,
          retryAttempts: 0,
          webSocketImpl: WebSocket,
        });
  clients.push(client);
  return client;
}

export const followed = async (
  transport: Transport,
  url: string,
  userId: number | null,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Told> => new Told((await clientOf(transport, url, userId)).iterate({ query, variables }));

/** Ends every client that a test has made. */
export async function endAll(): Promise<void> {
  for (const client of clients.splice(0)) await client.dispose();
}

/** A message on a connection that has just ended fails, and may be sent again. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await work();
    } catch (error) {
      if (!String(error).includes('"BUSY"')) throw error;
    }
}

export const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);
