import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { createLogger, defineConfig } from 'vite';
import { guides } from './guides.mjs';

/** Writes what the console asks beside its pages (src/api/documents.ts); the server reads it and gives it to nobody. */
const ownDocuments = {
  name: 'own-documents',
  generateBundle() {
    const require = createRequire(import.meta.url);
    require('@swc-node/register');
    const { documents } = require('./src/api/documents.ts');
    this.emitFile({ type: 'asset', fileName: 'documents.json', source: JSON.stringify(documents) });
  },
};

const DOCUMENT = /^export const (\w+Document) = new TypedDocumentString\((`.*?`)\) as unknown as/gms;
const PREFIX = '\0operation:';
let texts = new Map();
/** Makes each generated operation a module of its own, a plain text, so that a page loads the operations that it sends and no others. */
const operationsByPage = {
  name: 'operations-by-page',
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith('/console/src/generated/graphql.ts')) return;
    texts = new Map(Array.from(code.matchAll(DOCUMENT), ([, name, text]) => [name, text]));
    return [...texts.keys()].map((name) => `export { ${name} } from '${PREFIX}${name}';`).join('\n');
  },
  resolveId: (id) => (id.startsWith(PREFIX) ? id : undefined),
  load(id) {
    if (!id.startsWith(PREFIX)) return;
    const name = id.slice(PREFIX.length);
    return { code: `export const ${name} = ${texts.get(name)};`, moduleSideEffects: false };
  },
};

/** Loads the text font with the page rather than after its styles, so that no text is set twice. */
const earlyFont = {
  name: 'early-font',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle = {} }) {
      const font = Object.keys(bundle).find((name) => /inter-latin-wght-normal.*\.woff2$/.test(name));
      const attrs = { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${font}`, crossorigin: '' };
      return font ? [{ tag: 'link', attrs, injectTo: 'head' }] : html;
    },
  },
};

const sha256 = fileURLToPath(new URL('./src/features/verify/sha256.ts', import.meta.url));
const alias = {
  // The one for Node takes a Buffer for granted.
  'csv-parse/sync': 'csv-parse/browser/esm/sync',
  'node:crypto': sha256,
  'node:buffer': sha256,
};

/** Vite's own reader of `composes … from` leaves out a path that nothing here needs; nobody can do anything about its warning. */
const customLogger = createLogger('warn');
const { warnOnce } = customLogger;
customLogger.warnOnce = (message, options) => {
  if (!message.includes('did not pass the `from` option to `postcss.parse`')) warnOnce(message, options);
};

// Everything is bundled and served by the API itself, under a policy that allows nothing inline and nothing from elsewhere
// (src/transport/http/headers.ts); so no asset is made part of a stylesheet or a script.
export default defineConfig({
  base: '/',
  customLogger,
  plugins: [operationsByPage, react(), guides, ownDocuments, earlyFont],
  resolve: { alias },
  worker: { format: 'es' },
  server: { proxy: { '/graphql': 'http://127.0.0.1:4000', '/console': 'http://127.0.0.1:4000' } },
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: 'es2023',
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What begins first is a chunk of its own, which runs before the others.
            { name: 'begin', test: /console\/src\/begin\.ts$/, priority: 2 },
            // All that every page needs is one chunk, and not one for each set of pages that share it.
            { name: 'main', test: /console\/src\/main\.tsx$/, priority: 1 },
            // Dialogs, menus and popovers share most of their code, which no page needs to be seen.
            { name: 'controls', test: /@floating-ui|@base-ui(?!.*csp)/, includeDependenciesRecursively: false },
          ],
        },
      },
    },
  },
});
