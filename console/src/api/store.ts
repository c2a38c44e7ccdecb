/** What this browser keeps, as texts. Where it keeps nothing (site data is blocked, or there is no room left), pages work all the same. */
const PREFIX = 'phaseledger.';

export function stored(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Keeps a text, or with null nothing under that name; answers whether that was possible. */
export function store(name: string, text: string | null): boolean {
  try {
    if (text === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, text);
    return true;
  } catch {
    return false;
  }
}
