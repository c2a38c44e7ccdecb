import { whenReached } from './connection';
import { ask } from './fetch-json';

/**
 * Makes a loader of a page's or a dialog's code that fails without a connection as any request does, so that the page says so. Browsers
 * remember that a module could not be loaded, so the page is loaded anew when the server is reached again; what is typed is kept.
 */
export const loadCode =
  <Module>(load: () => Promise<Module>) =>
  (): Promise<Module> =>
    load().catch(async (error: unknown) => {
      await ask('/health/live', {}).catch((lost: unknown) => {
        whenReached(() => location.reload());
        throw lost;
      });
      throw error;
    });
