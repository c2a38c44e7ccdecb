/** A command that compares the released schema with the next one. */
import { buildSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { brokenSince, undatedDeprecations } from '.';

const [released, schema] = process.argv.slice(2).map((path) => buildSchema(readFileSync(path, 'utf8')));
if (!released || !schema) throw new Error('Two schemas are compared: check.ts <released> <schema>.');

const broken = brokenSince(released, schema, new Date().toISOString().slice(0, 10));
for (const { type, description } of broken) console.error(`${type}: ${description}`);
const undated = undatedDeprecations(schema);
for (const name of undated)
  console.error(`${name} is deprecated, and its reason does not say until when (YYYY-MM-DD, the last day).`);
if (broken.length > 0)
  console.error(
    `${broken.length} changes would break clients. Deprecate with a day instead, and remove after it; or give what is new another name.`,
  );
if (broken.length > 0 || undated.length > 0) process.exitCode = 1;
else console.log('The schema breaks nothing that was released, and every deprecation says until when.');
