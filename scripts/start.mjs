// npm start: from a fresh clone to a running server. The server runs in this very process, so that a Ctrl-C in the
// terminal means one orderly shutdown, with nobody in between who could be killed first.
import { ensureAll } from './bootstrap.mjs';

await ensureAll();
process.env.NODE_ENV ??= 'production'; // graphql-js checks much more in development, at a price
await import('../dist/main.js');
