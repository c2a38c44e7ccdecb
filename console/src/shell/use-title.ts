import { useEffect, type RefObject } from 'react';

const NAME = 'PhaseLedger';

/** Names the window after the heading of its page, so that tabs, bookmarks and the browser's history can be told apart. */
export function useTitle(main: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    let frame = 0;
    const read = () => {
      frame = 0;
      const heading = main.current?.querySelector('h1')?.innerText.replaceAll(/\s+/g, ' ').trim();
      const title = heading ? `${heading} · ${NAME}` : NAME;
      if (document.title !== title) document.title = title;
    };
    // At most once a frame, since a table that is scrolled changes in each.
    const observer = new MutationObserver(() => (frame ||= requestAnimationFrame(read)));
    observer.observe(main.current!, { childList: true, characterData: true, subtree: true });
    read(); // what was there before
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [main]);
}
