import { save } from '../parts/save';
import { signedIn } from './client';
import { ask, readJson } from './fetch-json';

/** Downloads a path from the server. The file has the name given by the server, or else this one. */
export const download = (path: string, name: string): Promise<void> =>
  signedIn(async (headers) => {
    const response = await ask(path, { headers });
    if (!response.ok) return readJson(response);
    const said = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
    save(said ?? name, await response.blob());
  });
