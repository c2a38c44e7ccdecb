// npm run generate:trusted -- --documents 'CLIENT/src/**/*.graphql' --out FILE: the manifest of a client's documents, which
// TRUSTED_DOCUMENTS names. Documents are held against the schema on the way; nothing but the manifest is written.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled } from './bootstrap.mjs';
import { fail, inRoot } from './run.mjs';

const { values } = parseArgs({ options: { documents: { type: 'string', multiple: true }, out: { type: 'string' } } });
const { documents, out } = values;
if (!documents || !out)
  fail("Say which documents and where to: npm run generate:trusted -- --documents 'client/src/**/*.tsx' --out FILE");

await ensureInstalled();
const { generate } = await import('@graphql-codegen/cli');
const { preset } = await import('@graphql-codegen/client-preset');
const here = process.env.INIT_CWD ?? process.cwd(); // npm runs scripts in the project's root.
const files = await generate(
  {
    schema: inRoot('schema.graphql'),
    documents: documents.map((pattern) => path.resolve(here, pattern).replaceAll(path.sep, '/')),
    silent: true,
    generates: {
      './trusted/': {
        preset,
        presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: 'sha256' } },
      },
    },
  },
  false,
).catch((error) => fail(String(error.message ?? error)));
const manifest = files.find(({ filename }) => filename.endsWith('persisted-documents.json'));
const count = Object.keys(JSON.parse(manifest.content)).length;
if (count === 0) fail('There is no document with a name in them.');
writeFileSync(path.resolve(here, out), `${manifest.content.trim()}\n`);
console.log(`${count} documents written to ${out}.`);
