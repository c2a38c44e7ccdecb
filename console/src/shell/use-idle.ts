import { useEffect, useState } from 'react';

/** The longest that what can wait is put off, in milliseconds. */
const AT_MOST_MS = 500;

/** Whether the browser has had nothing better to do since the page began: for what is not needed to see the page. */
export function useIdle(): boolean {
  const [isIdle, setIdle] = useState(false);
  useEffect(() => {
    const begin = () => setIdle(true);
    // Safari has no such callback.
    if (!('requestIdleCallback' in window)) {
      const timer = setTimeout(begin, AT_MOST_MS);
      return () => clearTimeout(timer);
    }
    const request = requestIdleCallback(begin, { timeout: AT_MOST_MS });
    return () => cancelIdleCallback(request);
  }, []);
  return isIdle;
}
