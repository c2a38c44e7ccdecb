/**
 * The texts of all operations the console sends, including the as-of form of each query. The build writes them to a manifest for servers
 * that accept trusted documents only.
 */
import * as generated from '../generated/graphql';
import { asOf } from './as-of';

const operations = Object.values(generated)
  .filter((one) => one instanceof generated.TypedDocumentString)
  .map(String)
  .filter((text) => /^\s*(query|mutation|subscription)\b/.test(text));

export const documents: readonly string[] = [...new Set(operations.flatMap((text) => [text, asOf(text)]))];
