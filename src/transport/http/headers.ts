/** Security headers for browsers: what pages from here may do, and which other origins may call the API. */
import cors from 'cors';
import helmet from 'helmet';

const nothing = {
  'default-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
};

const secured = (directives: Readonly<Record<string, string[]>>) =>
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { ...nothing, ...directives } },
    xFrameOptions: { action: 'deny' },
  });

/** API answers are data: they must not be executed, framed or cached. */
export const apiHeaders = secured({});

/** For the playground: everything from this origin, and inline styles, which its editor generates. */
export const playgroundHeaders = secured({
  'script-src': ["'self'"],
  'worker-src': ["'self'"],
  'connect-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'", 'data:'],
  'style-src': ["'self'", "'unsafe-inline'"],
});

/**
 * For the console: everything from this origin and nothing inline; the page also connects to the identity provider at which people sign in.
 */
export const consoleHeaders = (provider?: string) =>
  secured({
    'script-src': ["'self'"],
    'connect-src': ["'self'", ...(provider === undefined ? [] : [new URL(provider).origin])],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'"],
    'style-src': ["'self'"],
  });

/** CORS for these origins. Without credentials, because the page sends a token itself, never the browser. */
export const crossOrigin = (origins: readonly string[]) =>
  cors({
    origin: [...origins],
    credentials: false,
    methods: ['GET', 'POST'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'x-request-id',
      'apollo-require-preflight',
      'x-apollo-operation-name',
      'apollographql-client-name',
      'apollographql-client-version',
      'if-match',
      'idempotency-key',
    ],
    exposedHeaders: [
      'x-request-id',
      'x-operation-cost',
      'ratelimit-limit',
      'ratelimit-remaining',
      'ratelimit-reset',
      'retry-after',
      'www-authenticate',
      'etag',
      'link',
      'location',
      'deprecation',
      'sunset',
    ],
    maxAge: 600,
  });
