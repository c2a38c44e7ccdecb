/** The built pages: the console at `/`, the playground beside it. They are there once `npm run build` has made them. */
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import sirv from 'sirv';
import { projectRoot } from '../env';

/** Answers a request for a file of the pages, or calls what is told when there is none. */
export type Pages = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

const built = (folder: string): Pages | null => {
  const files = path.join(projectRoot, 'dist', folder);
  if (!existsSync(path.join(files, 'index.html'))) return null;
  return sirv(files, {
    etag: true,
    gzip: true, // the build has laid the compressed files beside the others
    setHeaders: (response, file) => {
      response.setHeader(
        'cache-control',
        file.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
};

export const playgroundPages = () => built('pages');
export const consolePages = () => built('console');

/** What the console asks, text by text; its build writes them. */
export function consoleDocuments(): string[] {
  const file = path.join(projectRoot, 'dist', 'console', 'documents.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as string[]) : [];
}

/** The addresses that the console answers itself, in the browser: each is given the same page. */
const consoleAddress = /^\/(?:$|(?:sign-in|workflows|insights|w|v|log|verify|admin|notifications|help)(?:\/|$))/;

/** The file that the console has for an address; null for an address that is none of its own. */
export function consoleFile(pathname: string): string | null {
  if (consoleAddress.test(pathname)) return '/index.html';
  return pathname.startsWith('/assets/') ? pathname : null;
}
