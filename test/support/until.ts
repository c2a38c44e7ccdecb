/** Waits for conditions, so that a condition that never comes true is reported by name. */

/**
 * Waits until a condition holds. It must keep holding: a condition that holds only for a moment can be missed between two polls.
 * @param what what is reported if it never holds
 */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, ms = 300_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`It never came to this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
