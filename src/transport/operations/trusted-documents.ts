import { readFileSync } from 'node:fs';
import { TrustedDocuments } from '../../../packages/trusted-documents';
import { ConfigurationError } from '../../env';
import { RequestRefusal } from '../errors/refusals';

const untrusted = () =>
  new RequestRefusal(
    'DOCUMENT_NOT_TRUSTED',
    'Only documents of the manifest are executed here. Send the id of one as `documentId`, or its exact text; a new document becomes part of the manifest with the next release of the client.',
  );

export function readTrustedDocuments(file: string): TrustedDocuments {
  try {
    return new TrustedDocuments(readManifest(file), file, untrusted);
  } catch (error) {
    throw new ConfigurationError(
      `TRUSTED_DOCUMENTS must be a manifest: ${(error as Error).message}. Write it with "npm run generate:trusted".`,
    );
  }
}

function readManifest(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Error(`${file} cannot be read as JSON`);
  }
}
