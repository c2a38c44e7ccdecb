// npm run build: completes dist/. After that, `node dist/src/main.js` is enough to serve.
import { ensureAll } from './bootstrap.mjs';

await ensureAll();
