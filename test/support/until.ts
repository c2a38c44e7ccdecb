/** Waiting for what must come to be, so that what never does has a name. */

/**
 * Waits until something is so. It must stay so: what is so for a moment only may come and go between two looks.
 * @param what what is told if it never is
 */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, ms = 60_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`It never came to this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
