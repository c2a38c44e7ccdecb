/** Prints the schema built by the code into schema.graphql, or to the terminal with --stdout. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../env';
import { makeSchema, printedSchema } from '../graphql/schema';

const text = printedSchema(makeSchema());
if (process.argv.includes('--stdout')) process.stdout.write(text);
else writeFileSync(path.join(projectRoot, 'schema.graphql'), text);
