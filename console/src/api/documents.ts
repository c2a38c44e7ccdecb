/**
 * The texts of all that the console asks, as they are sent: each operation, and each query also as it is read at an
 * instant. The build writes them beside the pages, so that a server that executes only certain documents knows them.
 */
import * as generated from '../generated/graphql';
import { asOf } from './as-of';

const operations = Object.values(generated)
  .filter((one) => one instanceof generated.TypedDocumentString)
  .map(String)
  .filter((text) => /^\s*(query|mutation|subscription)\b/.test(text));

export const documents: readonly string[] = [...new Set(operations.flatMap((text) => [text, asOf(text)]))];
