/** The built pages: the console at `/`, and the playground. They exist after `npm run build`. */
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import sirv from 'sirv';
import { projectRoot } from '../../env';

/** Serves a file of the pages, or calls `next` if there is none. */
export type Pages = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

const built = (folder: string): Pages | null => {
  const files = path.join(projectRoot, 'dist', folder);
  if (!existsSync(path.join(files, 'index.html'))) return null;
  return sirv(files, {
    etag: true,
    gzip: true, // the build puts compressed files beside the others
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

/** The console's queries, as written by its build. */
export function consoleDocuments(): string[] {
  const file = path.join(projectRoot, 'dist', 'console', 'documents.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as string[]) : [];
}

/** The URLs that the console routes in the browser; all are served the same page. */
const consoleAddress = /^\/(?:$|(?:sign-in|workflows|insights|w|v|log|verify|admin|notifications|help)(?:\/|$))/;

/** The console's file for a path; null if the path is not the console's. */
export function consoleFile(pathname: string): string | null {
  if (consoleAddress.test(pathname)) return '/index.html';
  return pathname.startsWith('/assets/') ? pathname : null;
}
