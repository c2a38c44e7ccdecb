// npm start: goes from a fresh clone to a running server. The server runs in this process, so that Ctrl-C in the terminal means one
// graceful
// shutdown, with no intermediate process that could be killed first. The npm script sets a larger young generation than Node's default:
// responses consist of many short-lived objects, and collecting them was a seventh of the work.
import { ensureAll } from './bootstrap.mjs';

await ensureAll();
process.env.NODE_ENV ??= 'production'; // graphql-js validates much more in development, which costs time.
await import('../dist/src/main.js');
