/** Texts kept by the browser, for all tabs or for this one. If its storage is unavailable or full, pages work without it. */
const PREFIX = 'phaseledger.';

/** All tabs share the local storage; the session storage is this tab's own. */
type Storage = 'localStorage' | 'sessionStorage';

export function stored(name: string, storage: Storage = 'localStorage'): string | null {
  try {
    return globalThis[storage].getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Stores a text, or removes it if null; returns whether that was possible. */
export function store(name: string, text: string | null, storage: Storage = 'localStorage'): boolean {
  try {
    if (text === null) globalThis[storage].removeItem(PREFIX + name);
    else globalThis[storage].setItem(PREFIX + name, text);
    return true;
  } catch {
    return false;
  }
}
