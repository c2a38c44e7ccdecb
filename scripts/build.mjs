// npm run build: dist/ is complete afterwards, and `node dist/src/main.js` is all it takes to serve.
import { ensureAll } from './bootstrap.mjs';

await ensureAll();
