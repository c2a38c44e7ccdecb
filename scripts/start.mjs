// npm start: from a fresh clone to a running server. The server runs in this very process, so that a Ctrl-C in the
// terminal means one orderly shutdown, with nobody in between who could be killed first. npm gives it more room for young
// objects than Node's default: answers are made of many that live for a moment, and collecting them was a seventh of the work.
import { ensureAll } from './bootstrap.mjs';

await ensureAll();
process.env.NODE_ENV ??= 'production'; // graphql-js checks much more in development, at a price
await import('../dist/src/main.js');
