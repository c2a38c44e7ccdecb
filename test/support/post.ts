/** Sends a request with Node's own client, because `fetch` takes as long as the server does. */
import { request, type Agent } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * @param agent keeps connections, so that not every request opens one
 * @param patienceMs the time-out, after which the request fails
 */
export const post = (
  url: string,
  {
    body,
    headers,
    agent,
    patienceMs,
  }: { body: string; headers: Readonly<Record<string, string>>; agent: Agent; patienceMs?: number },
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const signal = patienceMs === undefined ? undefined : AbortSignal.timeout(patienceMs);
    const sent = request(url, { method: 'POST', headers, agent, signal }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', reject).on('end', () => {
        const found = new Headers();
        for (let i = 0; i < response.rawHeaders.length; i += 2)
          found.append(response.rawHeaders[i]!, response.rawHeaders[i + 1]!);
        resolve({ status: response.statusCode!, headers: found, text });
      });
    });
    sent.on('error', reject).end(body);
  });
