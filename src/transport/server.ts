/** The server: health, the GraphQL endpoint, the endpoints beside it, and the pages. */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions as HttpOptions,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { Database } from '../database/connection/database';
import { SharedPoints } from '../database/connection/shared-points';
import type { Deliverer } from '../delivery/deliverer';
import { RefusalRecorder, type RecorderOptions, type Refused } from '../delivery/refusal-recorder';
import { REFERENCE_STREAM } from '../database/register/people';
import { LogSubscriptions } from '../database/live/log-subscriptions';
import { Context } from '../graphql/context';
import { makeSchema } from '../graphql/schema';
import { loggerOf } from '../logs';
import type { Checkpoints } from '../proof/checkpoints';
import { Readiness } from '../proof/readiness';
import { BackgroundWork } from '../offload/heavy-work';
import { filesEndpoint } from '../files/endpoint';
import type { PackerTimes } from '../files/pack/packer';
import { restEndpoint } from '../legacy/rest/endpoint';
import type { TokenHolder, Viewer } from '../versioning/model';
import { Admission } from './limits/admission';
import { startBackgroundWork, type NoticeSettings } from './background-work';
import { makeApollo } from './operations/apollo';
import { answeringAtOnce } from './operations/fast-path';
import { authenticator, challengeTo, type TokenRules } from './auth/authenticate';
import { Budget, ownPoints, WINDOW_SECONDS } from './limits/budget';
import type { ApiEndpoint } from './http/endpoint';
import { asAnswer, errorCodes, errorFormatter, isRefusal } from './errors/error-codes';
import { graphqlEndpoint } from './operations/graphql-endpoint';
import { chargeOf, guard } from './limits/guard';
import { apiHeaders, consoleHeaders, crossOrigin, playgroundHeaders } from './http/headers';
import { requireMethod, refuseUnreadable, requestIdOf, send, type ApiRequest } from './http/http';
import type { Limits } from './limits/limits';
import { Measures } from './metrics/measures';
import { metricsPlugin, metricsEndpoint, requestLogPlugin } from './metrics/metrics-endpoint';
import { ReadPlans } from './operations/plans';
import { inSpan, noteRequest } from './http/request-log';
import { liveOperations, type Asking } from './live/live';
import { liveEvents } from './live/live-events';
import { liveSocket } from './live/live-socket';
import { consoleDocuments, consoleFile, consolePages, playgroundPages } from './http/pages';
import { signInEndpoint, type SignIn } from './auth/sign-in';
import { readTrustedDocuments } from './operations/trusted-documents';

const endpoints: readonly ApiEndpoint[] = [filesEndpoint, restEndpoint];

export interface ServerOptions extends Limits, NoticeSettings {
  readonly db: Database;
  /** The tokens that are accepted. */
  readonly tokens: TokenRules;
  /** The maximum age of a sign-in for signing; 0 disables the check. */
  readonly reauthenticationSeconds: number;
  readonly host: string;
  readonly port: number;
  readonly maxBodyBytes: number;
  /** 0 means unlimited. */
  readonly costPerMinute: number;
  /** Where points are counted. */
  readonly rateLimitStore: 'memory' | 'postgres';
  /** The maximum number of requests answered at the same time. */
  readonly requestsAtOnce?: number;
  /** The time-out for receiving a request. */
  readonly requestTimeoutMs: number;
  /** Other origins whose pages may call the API. */
  readonly corsOrigins: readonly string[];
  /** The manifest of the only documents that may be executed, if there is one. */
  readonly trustedDocuments?: string | undefined;
  /** The token for /metrics; without one there are no metrics. */
  readonly metricsToken?: string | undefined;
  readonly introspection: boolean;
  /** The day from which the REST facade may be removed. */
  readonly restSunset: Date;
  /** The number of days a pack is kept. */
  readonly packDays: number;
  /** How many days security events are kept. */
  readonly securityEventDays: number;
  /** The recorder's intervals, if not the defaults. */
  readonly recording?: Pick<RecorderOptions, 'gatherMs' | 'windowMs'>;
  /** The packer's intervals, if not the defaults. */
  readonly packing?: Partial<PackerTimes>;
  readonly playground: boolean;
  /** Whether the console is served at `/`. */
  readonly console: boolean;
  /** How people sign in to the console. */
  readonly signIn?: SignIn;
  readonly checkpoints?: Checkpoints | null;
  /** The folder of archives: logs whose images were moved into files there can be downloaded as a whole. */
  readonly archives?: string | null;
  /** The folders that are written to; if their disks are nearly full, this server is not ready. */
  readonly folders?: readonly string[];
  /** This process's deliverer, for metrics. */
  readonly deliverer?: Deliverer | null;
  /** Whether plans answer operations; tests compare both ways. */
  readonly readsByPlan?: boolean;
  readonly logger: Logger;
}

export interface RunningServer {
  readonly url: string;
  /** Graceful shutdown: finishes requests in progress, then closes. */
  stop(): Promise<void>;
}

/** The limit of the request line and all headers, in bytes; an operation by GET has to fit. */
const MAX_HEADER_SIZE = 16_384;

/** Clients cannot hold a connection by sending slowly or nothing. Keep-alive is longer than the 60 seconds of a typical proxy in front. */
const connectionLimits = (requestTimeout: number): HttpOptions => ({
  requestTimeout,
  headersTimeout: Math.min(requestTimeout, 10_000),
  connectionsCheckingInterval: Math.min(requestTimeout, 5_000),
  keepAliveTimeout: 65_000,
  maxHeaderSize: MAX_HEADER_SIZE,
});

/** Starts the server; resolves when it listens. */
export async function startServer({
  db,
  tokens,
  reauthenticationSeconds,
  host,
  port,
  maxBodyBytes,
  playground,
  console: isConsoleServed,
  signIn = { kind: 'token' },
  checkpoints = null,
  archives = null,
  folders = [],
  deliverer = null,
  readsByPlan = true,
  logger: root,
  costPerMinute,
  rateLimitStore,
  requestsAtOnce,
  requestTimeoutMs,
  corsOrigins,
  trustedDocuments,
  metricsToken,
  introspection,
  restSunset,
  packDays,
  securityEventDays,
  recording,
  packing,
  webhooks,
  webhookNetworks,
  smtpUrl,
  mailFrom,
  publicUrl,
  noticing,
  ...limits
}: ServerOptions): Promise<RunningServer> {
  const logger = loggerOf(root, 'server');
  const authenticate = authenticator(db, tokens, loggerOf(root, 'identity'));
  const readiness = new Readiness({ db, checkpoints, folders });
  const work = new BackgroundWork();
  const recorder = new RefusalRecorder(db, {
    keptDays: securityEventDays,
    logger: loggerOf(root, 'refusals'),
    ...recording,
  });
  const record = (refused: Refused) => recorder.record(refused);
  const budget = new Budget(
    costPerMinute,
    rateLimitStore === 'memory' ? ownPoints : (points) => new SharedPoints(db, points, WINDOW_SECONDS),
  );
  const admission = new Admission(requestsAtOnce);
  const trusted = trustedDocuments === undefined ? null : readTrustedDocuments(trustedDocuments);
  const allowOrigins = corsOrigins.length > 0 ? crossOrigin(corsOrigins) : null;
  const own = new Set(endpoints.flatMap(({ documents }) => [...documents]));
  const ofConsole = new Set(isConsoleServed ? consoleDocuments() : []);
  trusted?.add(ofConsole);
  const servePlayground = playground ? playgroundPages() : null;
  const serveConsole = isConsoleServed ? consolePages() : null;
  const secureConsole = consoleHeaders(signIn.kind === 'provider' ? signIn.issuer : undefined);
  const answerSignIn =
    serveConsole && signInEndpoint(signIn, { maxBodyBytes, maxJsonValues: limits.maxJsonValues }, record);
  const lastAnswers = new WeakMap<Duplex, ServerResponse>();
  const http: Server = createServer(connectionLimits(requestTimeoutMs), (request, response) => {
    lastAnswers.set(request.socket, response);
    apiHeaders(request, response, () => undefined);
    void answer(request, response).catch((error: unknown) => {
      if (isRefusal(error)) {
        const { status, body, headers } = asAnswer(error, request.headers.accept);
        const challenge = status === errorCodes.UNAUTHENTICATED && {
          'www-authenticate': challengeTo(request.headers.authorization),
        };
        return send(response, status, body, { ...headers, ...challenge });
      }
      logger.error({ err: error, url: request.url }, 'request failed');
      send(response, 500, {
        errors: [{ message: 'Something went wrong on our side.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
      });
    });
  });
  http.on('clientError', (error, socket) => refuseUnreadable(error, socket, lastAnswers.get(socket), MAX_HEADER_SIZE));
  const schema = makeSchema();
  const formatError = errorFormatter((err, errorId) => logger.error({ err, errorId }, 'internal error'));
  const plans = readsByPlan ? new ReadPlans(db) : null;
  const followers = new LogSubscriptions(db, loggerOf(root, 'live'));
  const isKnown = (text: string) => own.has(text) || ofConsole.has(text) || (trusted?.has(text) ?? false);
  const measures =
    metricsToken === undefined
      ? null
      : await Measures.start({
          db,
          followers,
          deliverer,
          checkpoints,
          verified: work.verifiedChains,
          isKnown,
          recorder,
        });
  const answerMetrics = measures && metricsEndpoint(measures, metricsToken!, record);
  const apollo = makeApollo({
    plans,
    schema,
    http,
    introspection,
    formatError,
    logger,
    noting: [requestLogPlugin, ...(measures ? [metricsPlugin(measures)] : [])],
    guard: guard(limits, budget, own),
  });
  await apollo.start();

  /** A context on behalf of a person, with their rights. */
  function contextFor(bearer: TokenHolder, requestId: string, viewer: Viewer | null): Context {
    const { userId } = bearer;
    const owe = (cost: number) => void budget.spend(userId, cost).catch(() => undefined);
    const named = db.inNameOf(userId);
    return new Context(named, bearer, requestId, reauthenticationSeconds, work, owe, checkpoints, archives, viewer);
  }
  /** Authenticates a request. Subscriptions have no end, so they take no place in admission control. */
  async function contextOf(asking: Asking, isIdentifiedLater = false, admit?: ApiRequest['admit']): Promise<Context> {
    const { request, requestId, note } = asking;
    const bearer = await authenticate(request.headers.authorization);
    const { userId } = bearer;
    note.notePerson(userId);
    admit?.(userId);
    const viewer = isIdentifiedLater ? null : await bearer.person();
    await budget.admit(userId);
    const context = contextFor(bearer, requestId, viewer);
    context.note = note;
    context.onCommit = (streamId) => (streamId === REFERENCE_STREAM ? deliverer?.wake() : undefined);
    return context;
  }
  const charge = chargeOf(limits, budget);
  const answering = (api: ApiRequest, isIdentifiedLater?: boolean) => contextOf(api, isIdentifiedLater, api.admit);
  const atOnce =
    plans && answeringAtOnce({ plans, charge, contextOf: answering, measures, logger: loggerOf(root, 'plans') });
  const live = liveOperations({ schema, followers, contextOf, charge, formatError, measures, introspection });
  const identify = (asking: Asking) => contextOf(asking).then(({ userId }) => userId);
  const sockets = liveSocket(http, {
    schema,
    live,
    identify,
    trusted,
    limits,
    logger: loggerOf(root, 'requests'),
    record,
  });
  const events = liveEvents(live);
  const graphql = graphqlEndpoint({
    apollo,
    contextOf: answering,
    trusted,
    plans,
    atOnce,
    live: events,
    maxBodyBytes,
    limits,
  });
  const access = {
    apollo,
    contextOf: answering,
    formatError,
    bodyLimits: { maxBodyBytes, ...limits },
    schema,
    restSunset,
  };
  const notices = { webhooks, webhookNetworks, smtpUrl, mailFrom, publicUrl, noticing };
  const afterwards = startBackgroundWork({ db, access, contextFor, work, packDays, packing, notices, logger: root });
  recorder.start();
  const others = endpoints.map(({ path, handler }) => ({ path, handle: handler(access) }));

  /** Does what all API requests share, then answers. */
  async function api(
    endpoint: typeof graphql,
    request: IncomingMessage,
    response: ServerResponse,
    pathname: string,
    search: string,
  ): Promise<void> {
    allowOrigins?.(request, response, () => undefined);
    if (response.writableEnded) return; // a CORS preflight has been answered
    const requestId = requestIdOf(request);
    response.setHeader('x-request-id', requestId);
    response.setHeader('cache-control', 'no-store');
    const note = noteRequest(loggerOf(root, 'requests'), requestId, request, response, pathname, record);
    let leave: (() => void) | null = null;
    const admit = (userId: number) => void (leave ??= admission.enter(userId));
    try {
      await inSpan(request, response, note, () =>
        endpoint({ request, pathname, search, requestId, note, admit }, response),
      );
    } catch (error) {
      note.noteError(error);
      throw error;
    } finally {
      (leave as (() => void) | null)?.();
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [pathname = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
    const search = query && `?${query}`;
    if (pathname === '/graphql') return api(graphql, request, response, pathname, search);
    const other = others.find(({ path }) => pathname === path || pathname.startsWith(`${path}/`));
    if (other) return api(other.handle, request, response, pathname, search);
    if (pathname === '/console/sign-in' && answerSignIn) return answerSignIn(request, response);
    requireMethod(request, ['GET', 'HEAD']);
    switch (pathname) {
      case '/health/live':
        return send(response, 200, { status: 'alive' });
      case '/health/ready':
        return readiness.problems().then(
          (problems) =>
            problems.length === 0
              ? send(response, 200, { status: 'ready' })
              : send(response, errorCodes.BUSY, { status: 'not ready', problems }),
          () => send(response, errorCodes.BUSY, { status: 'the database does not answer' }),
        );
      case '/metrics':
        if (answerMetrics) return answerMetrics(request, response);
        break;
      case '/playground':
        return send(response, 308, '', { location: '/playground/' });
    }
    const file = serveConsole && consoleFile(pathname);
    if (file) {
      request.url = file;
      secureConsole(request, response, () => undefined);
      return serveConsole(request, response, notFound);
    }
    if (pathname === '/') return send(response, 302, '', { location: '/playground/' });
    if (!servePlayground || !pathname.startsWith('/playground/')) return notFound();
    request.url = pathname.slice('/playground'.length);
    playgroundHeaders(request, response, () => undefined);
    servePlayground(request, response, notFound);

    function notFound() {
      send(response, 404, 'There is nothing at this address. The API is at /graphql, the playground at /playground.\n');
    }
  }

  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, resolve);
  });
  const { port: actualPort } = http.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`,
    stop: async () => {
      readiness.stop();
      await followers.close();
      await afterwards.stop();
      await sockets.close();
      await apollo.stop();
      await recorder.stop();
      await work.close();
    },
  };
}
