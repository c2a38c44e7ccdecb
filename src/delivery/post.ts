/** Posts one message to a receiver. Redirects are not followed; the size of the answer and the time are bounded. */
import { request as requestHttp, Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { request as requestHttps, Agent as HttpsAgent } from 'node:https';
import { isIP, type BlockList } from 'node:net';
import { ForbiddenAddress, lookupWithin, mayReach } from './address';

/** The outcome of a message. These are values of a metric label, so the set is fixed. */
export const outcomes = [
  'delivered',
  'gone',
  'refused',
  'redirected',
  'failed',
  'timeout',
  'unreachable',
  'forbidden',
] as const;
export type Outcome = (typeof outcomes)[number];

export interface Answer {
  readonly outcome: Outcome;
  /** A description that contains nothing the receiver wrote. */
  readonly said: string;
}

/** The body of the answer is discarded; up to this size it is read off the connection, so that the connection can be reused. */
const MAX_ANSWER_BYTES = 65_536;

const GONE = 410;

function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return 'delivered';
  if (status === GONE) return 'gone';
  if (status >= 300 && status < 400) return 'redirected';
  return status < 500 ? 'refused' : 'failed';
}

export interface Message {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export class Sender {
  private readonly agents = {
    'http:': new HttpAgent({ keepAlive: true, timeout: 5_000 }),
    'https:': new HttpsAgent({ keepAlive: true, timeout: 5_000 }),
  };

  /**
   * @param allowed private networks that may be reached
   * @param timeoutMs the time-out for the whole exchange
   */
  constructor(
    private readonly allowed: BlockList,
    readonly timeoutMs: number,
  ) {}

  post({ url, body, headers }: Message): Promise<Answer> {
    const { protocol, hostname } = new URL(url);
    const address = hostname.replace(/^\[|\]$/g, '');
    // A literal address is never looked up, so check it here.
    if (isIP(address) !== 0 && !mayReach(address, this.allowed)) return Promise.resolve(FORBIDDEN);
    const send = protocol === 'http:' ? requestHttp : requestHttps;
    return new Promise((resolve) => {
      const signal = AbortSignal.timeout(this.timeoutMs);
      const request = send(url, {
        method: 'POST',
        agent: this.agents[protocol as keyof typeof this.agents],
        lookup: lookupWithin(this.allowed),
        signal,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'PhaseLedger',
          ...headers,
        },
      });
      request.on('error', (error) => resolve(answerTo(error, signal.aborted)));
      request.on('response', (response) => {
        const status = response.statusCode!;
        discard(response);
        resolve({ outcome: outcomeOf(status), said: `it answered ${status}` });
      });
      request.end(body);
    });
  }

  close(): void {
    for (const agent of Object.values(this.agents)) agent.destroy();
  }
}

const FORBIDDEN: Answer = { outcome: 'forbidden', said: 'its address is one that webhooks are not sent to' };

function answerTo(error: NodeJS.ErrnoException, isLate: boolean): Answer {
  if (error instanceof ForbiddenAddress) return FORBIDDEN;
  if (isLate) return { outcome: 'timeout', said: 'it did not answer in time' };
  return { outcome: 'unreachable', said: `it cannot be reached (${error.code ?? 'the connection failed'})` };
}

function discard(response: IncomingMessage): void {
  let bytes = 0;
  response.on('data', (part: Buffer) => {
    if ((bytes += part.length) > MAX_ANSWER_BYTES) response.destroy();
  });
  response.on('error', () => undefined);
}
