/** What browsers are told: what a page from here may do, and which other origins may ask. */
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

/** Answers of the API are data: nothing of them is to be run, framed, or kept by anybody. */
export const apiHeaders = secured({});

/** The playground's own needs: everything from here, styles also inline (its editor makes them as it goes). */
export const playgroundHeaders = secured({
  'script-src': ["'self'"],
  'worker-src': ["'self'"],
  'connect-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'", 'data:'],
  'style-src': ["'self'", "'unsafe-inline'"],
});

/** The console's needs: everything from here, nothing inline. An identity provider that people sign in at is asked by the page. */
export const consoleHeaders = (provider?: string) =>
  secured({
    'script-src': ["'self'"],
    'connect-src': ["'self'", ...(provider === undefined ? [] : [new URL(provider).origin])],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'"],
    'style-src': ["'self'"],
  });

/** Lets pages of these origins ask. Without credentials: a token is sent by the page itself, never by the browser. */
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
