/**
 * The fast path: an operation that a plan answered before skips Apollo Server's pipeline. Its text was parsed and validated then, and the
 * remaining steps run here in the same order: authentication, cost and rate limit are checked every time. If anything goes wrong, this
 * gives up and Apollo Server starts from the beginning, without charging twice.
 */
import type { ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Context } from '../../graphql/context';
import { enterPast, extensionsOf } from './as-of';
import type { Charge } from '../limits/guard';
import type { ApiRequest } from '../http/http';
import type { Measures } from '../metrics/measures';
import { CLIENT_NAME_HEADER } from '../metrics/metrics-endpoint';
import { noteFailure, type ReadPlans } from './plans';

/** A request that contains nothing but an operation and its variables. */
export interface PlainRequest {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Record<string, unknown>;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const PARTS: ReadonlySet<string> = new Set(['query', 'operationName', 'variables']);

export function plainRequest(body: unknown): PlainRequest | null {
  if (!isObject(body) || !Object.keys(body).every((name) => PARTS.has(name))) return null;
  const { query, operationName, variables } = body;
  if (typeof query !== 'string' || !isObject(variables ?? {})) return null;
  if (typeof (operationName ?? '') !== 'string') return null;
  return {
    query,
    operationName: (operationName ?? null) as string | null,
    variables: (variables ?? {}) as PlainRequest['variables'],
  };
}

interface AtOnce {
  readonly plans: ReadPlans;
  readonly charge: Charge;
  readonly contextOf: (request: ApiRequest, isIdentifiedLater: boolean) => Promise<Context>;
  readonly measures: Measures | null;
  readonly logger: Logger;
}

/** The result of an attempt: an answer that was sent, or the context made for it; null if nothing was attempted. */
type Outcome = 'answered' | { readonly context: Promise<Context> } | null;

export const answeringAtOnce =
  ({ plans, charge, contextOf, measures, logger }: AtOnce) =>
  async (api: ApiRequest, body: unknown, response: ServerResponse): Promise<Outcome> => {
    const plain = plainRequest(body);
    const known = plain && plans.known(plain.query, plain.operationName);
    const contentType = plans.contentTypeFor(api.request.headers.accept);
    if (!known || contentType === undefined) return null;
    const began = performance.now();
    const given = contextOf(api, true);
    try {
      const context = await given;
      const headers = await charge(known, plain.variables, context);
      context.charged = headers;
      enterPast(known, plain.variables, context);
      context.isGivenUp = true;
      const json = await plans.answer(known, plain.variables, context);
      if (json === null) return { context: given };
      const extensions = extensionsOf(context);
      response.setHeader('content-type', contentType);
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      response.end(`{"data":${json}${extensions ? `,"extensions":${JSON.stringify(extensions)}` : ''}}`);
      api.note.noteOperation(known.operation);
      measures?.noteUses(known, plain.variables, api.request.headers[CLIENT_NAME_HEADER]);
      measures?.noteAnswer(known, 'ok', began);
      return 'answered';
    } catch (error) {
      noteFailure(error, logger);
      return { context: given };
    }
  };
