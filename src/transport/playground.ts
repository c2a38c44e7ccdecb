/** The playground's pages, which are built beside the compiled code: a server that runs from its sources has none. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import sirv from 'sirv';

const pages = path.join(__dirname, '..', '..', 'pages');

export const playgroundPages = () =>
  existsSync(pages)
    ? sirv(pages, {
        etag: true,
        setHeaders: (response, file) => {
          response.setHeader(
            'cache-control',
            file.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
          );
        },
      })
    : null;
