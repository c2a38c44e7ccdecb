/** The server: health, the GraphQL endpoint, what else asks it, the playground's pages. */
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
import type { Database } from '../database/database';
import { SharedPoints } from '../database/shared-points';
import type { Deliverer } from '../delivery/deliverer';
import { REFERENCE_STREAM } from '../database/people';
import { LogFollowers } from '../database/log-followers';
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
import { Admission } from './admission';
import { startAfterwards, type NoticeSettings } from './afterwards';
import { makeApollo } from './apollo';
import { answeringAtOnce } from './at-once';
import { authenticator, challengeTo, type TokenRules } from './authenticate';
import { Budget, ownPoints, WINDOW_SECONDS } from './budget';
import type { ApiEndpoint } from './endpoint';
import { asAnswer, errorCodes, errorFormatter, INTERNAL, isRefusal } from './error-codes';
import { graphqlEndpoint } from './graphql-endpoint';
import { chargeOf, guard } from './guard';
import { apiHeaders, consoleHeaders, crossOrigin, playgroundHeaders } from './headers';
import { demandMethod, refuseUnreadable, requestIdOf, send, type ApiRequest } from './http';
import type { Limits } from './limits';
import { Measures } from './measures';
import { measuring, metricsEndpoint, noting } from './metrics-endpoint';
import { ReadPlans } from './plans';
import { inSpan, noteRequest } from './request-log';
import { liveOperations, type Asking } from './live';
import { liveEvents } from './live-events';
import { liveSocket } from './live-socket';
import { consoleDocuments, consoleFile, consolePages, playgroundPages } from './pages';
import { signInEndpoint, type SignIn } from './sign-in';
import { readTrustedDocuments } from './trusted-documents';

const endpoints: readonly ApiEndpoint[] = [filesEndpoint, restEndpoint];

export interface ServerOptions extends Limits, NoticeSettings {
  readonly db: Database;
  /** Which tokens are accepted. */
  readonly tokens: TokenRules;
  /** How old a sign-in may be for what is signed; 0 does not ask. */
  readonly reauthenticationSeconds: number;
  readonly host: string;
  readonly port: number;
  readonly maxBodyBytes: number;
  /** 0: without a limit. */
  readonly costPerMinute: number;
  /** Where that is counted. */
  readonly rateLimitStore: 'memory' | 'postgres';
  /** How many requests are answered at once. */
  readonly requestsAtOnce?: number;
  /** How long a client may take to send a request. */
  readonly requestTimeoutMs: number;
  /** Whose pages may ask, besides our own. */
  readonly corsOrigins: readonly string[];
  /** The manifest of the only documents that are executed, if there is one. */
  readonly trustedDocuments?: string | undefined;
  /** Who has it is told figures at /metrics; without one there are none. */
  readonly metricsToken?: string | undefined;
  readonly introspection: boolean;
  /** From which day on the REST facade may be gone. */
  readonly restSunset: Date;
  /** For how many days a pack is kept. */
  readonly packDays: number;
  /** When packs are looked for and tried again, where that is not as by default. */
  readonly packing?: Partial<PackerTimes>;
  readonly playground: boolean;
  /** Whether the console is served at `/`. */
  readonly console: boolean;
  /** How people sign in to it. */
  readonly signIn?: SignIn;
  readonly checkpoints?: Checkpoints | null;
  /** The folders that are written to: with too little room there, this server is not ready. */
  readonly folders?: readonly string[];
  /** What this process delivers to webhooks, to be measured. */
  readonly deliverer?: Deliverer | null;
  /** Whether operations are answered by plans where there are any; tests hold the answers against each other. */
  readonly readsByPlan?: boolean;
  readonly logger: Logger;
}

export interface RunningServer {
  readonly url: string;
  /** Finishes what is being answered, then closes. */
  stop(): Promise<void>;
}

/** Bytes of the address and all headers: an operation by GET has to fit. */
const MAX_HEADER_SIZE = 16_384;

/** Nobody holds a connection by sending slowly, or nothing; a proxy in front keeps its own longer than its 60 seconds. */
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
  const answerSignIn = serveConsole && signInEndpoint(signIn, { maxBodyBytes, maxJsonValues: limits.maxJsonValues });
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
  const followers = new LogFollowers(db, loggerOf(root, 'live'));
  const isKnown = (text: string) => own.has(text) || ofConsole.has(text) || (trusted?.has(text) ?? false);
  const measures =
    metricsToken === undefined
      ? null
      : await Measures.start({ db, followers, deliverer, checkpoints, verified: work.verifiedChains, isKnown });
  const answerMetrics = measures && metricsEndpoint(measures, metricsToken!);
  const apollo = makeApollo({
    plans,
    schema,
    http,
    introspection,
    formatError,
    logger,
    noting: [noting, ...(measures ? [measuring(measures)] : [])],
    guard: guard(limits, budget, own),
  });
  await apollo.start();

  /** A request in somebody's name, with the rights they have. */
  function contextFor(bearer: TokenHolder, requestId: string, viewer: Viewer | null): Context {
    const { userId } = bearer;
    const owe = (cost: number) => void budget.spend(userId, cost).catch(() => undefined);
    const named = db.inNameOf(userId);
    return new Context(named, bearer, requestId, reauthenticationSeconds, work, owe, checkpoints, viewer);
  }
  /** Who asks, if they may ask now. What is told as it happens has no end, and takes no place of what is being answered. */
  async function contextOf(asking: Asking, isPlanned = false, admit?: ApiRequest['admit']): Promise<Context> {
    const { request, requestId, note } = asking;
    const bearer = await authenticate(request.headers.authorization);
    const { userId } = bearer;
    note.notePerson(userId);
    admit?.(userId);
    const viewer = isPlanned ? null : await bearer.person();
    await budget.admit(userId);
    const context = contextFor(bearer, requestId, viewer);
    context.note = note;
    context.onCommit = (streamId) => (streamId === REFERENCE_STREAM ? deliverer?.wake() : undefined);
    return context;
  }
  const charge = chargeOf(limits, budget);
  const answering = (api: ApiRequest, isPlanned?: boolean) => contextOf(api, isPlanned, api.admit);
  const atOnce =
    plans && answeringAtOnce({ plans, charge, contextOf: answering, measures, logger: loggerOf(root, 'plans') });
  const live = liveOperations({ schema, followers, contextOf, charge, formatError, measures, introspection });
  const identify = (asking: Asking) => contextOf(asking).then(({ userId }) => userId);
  const sockets = liveSocket(http, { schema, live, identify, trusted, limits, logger: loggerOf(root, 'requests') });
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
  const afterwards = startAfterwards({ db, access, contextFor, work, packDays, packing, notices, logger: root });
  const others = endpoints.map(({ path, handler }) => ({ path, handle: handler(access) }));

  /** Does what all requests to the API have in common, then answers. */
  async function api(
    endpoint: typeof graphql,
    request: IncomingMessage,
    response: ServerResponse,
    pathname: string,
    search: string,
  ): Promise<void> {
    allowOrigins?.(request, response, () => undefined);
    if (response.writableEnded) return; // a browser asked first whether it may
    const requestId = requestIdOf(request);
    response.setHeader('x-request-id', requestId);
    response.setHeader('cache-control', 'no-store');
    const note = noteRequest(loggerOf(root, 'requests'), requestId, request, response, pathname);
    let leave: (() => void) | null = null;
    const admit = (userId: number) => void (leave ??= admission.enter(userId));
    try {
      await inSpan(request, response, note, () =>
        endpoint({ request, pathname, search, requestId, note, admit }, response),
      );
    } catch (error) {
      note.noteOutcome(isRefusal(error) ? error.code : INTERNAL);
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
    demandMethod(request, ['GET', 'HEAD']);
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
      send(response, 404, 'There is nothing here. The API is at /graphql, the playground at /playground.\n');
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
      await work.close();
    },
  };
}
