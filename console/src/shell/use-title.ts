import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef, useState, type RefObject } from 'react';
import * as t from '#text/shell';
import { instant } from '#text/time';

const NAME = 'PhaseLedger';
const instantIn = (search: { at?: string }): string | undefined => search.at;

/**
 * Names the window after the heading of its page and the instant it is read at, so that tabs, bookmarks and the browser's history can be
 * told apart. Returns what was opened last, for screen readers: of a page that it does not load itself, the browser says nothing.
 */
export function useTitle(main: RefObject<HTMLElement | null>, at: string | undefined): string {
  const router = useRouter();
  const [opened, setOpened] = useState('');
  const latest = useRef(at);
  latest.current = at;
  useEffect(() => {
    let frame = 0;
    let isOpened = false;
    const read = () => {
      frame = 0;
      const heading = main.current?.querySelector('h1')?.innerText.replaceAll(/\s+/g, ' ').trim();
      const name = heading && latest.current ? t.asOf(heading, instant(latest.current)) : heading;
      const title = name ? `${name} · ${NAME}` : NAME;
      if (document.title !== title) document.title = title;
      if (!isOpened || !name) return; // it may be waiting for its data
      isOpened = false;
      setOpened(name);
    };
    // At most once a frame, since a table that is scrolled changes in each.
    const soon = () => (frame ||= requestAnimationFrame(read));
    const observer = new MutationObserver(soon);
    observer.observe(main.current!, { childList: true, characterData: true, subtree: true });
    const unsubscribe = router.subscribe('onRendered', ({ fromLocation, toLocation, pathChanged }) => {
      if (!fromLocation || !(pathChanged || instantIn(fromLocation.search) !== instantIn(toLocation.search))) return;
      isOpened = true;
      setOpened(''); // two pages may have the same name, and each is announced
      soon();
    });
    read(); // what was there before
    return () => {
      unsubscribe();
      observer.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [main, router]);
  return opened;
}
