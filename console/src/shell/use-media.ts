import { useSyncExternalStore } from 'react';

/** Whether the window matches a media query, now and on changes. */
export const useMedia = (query: string): boolean =>
  useSyncExternalStore(
    (listener) => {
      const list = matchMedia(query);
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    () => matchMedia(query).matches,
  );

let isPrinting = false;
/** Whether the page is being printed: from before the browser counts its pages, which is earlier than the medium changes. */
export const usePrinted = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      const tell = ({ type }: Event) => {
        isPrinting = type === 'beforeprint';
        listener();
      };
      addEventListener('beforeprint', tell);
      addEventListener('afterprint', tell);
      return () => {
        removeEventListener('beforeprint', tell);
        removeEventListener('afterprint', tell);
      };
    },
    () => isPrinting,
  );
