import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';

/** Pages that are about now and nothing else. */
const ofNow = /^\/($|sign-in|admin|verify|notifications|v\/[^/]+\/(merge|sign)$)/;

/** `?at=` of whatever page is open: the only thing that says when a page is read. */
export function useAt() {
  const { at } = useSearch({ strict: false });
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const isOfNow = ofNow.test(pathname);
  return {
    at: isOfNow ? undefined : at,
    isOfNow,
    /** Reads the same page at another instant, or now. */
    go: (instant: string | undefined) =>
      void navigate({ to: '.', search: ((previous: object) => ({ ...previous, at: instant })) as never }),
  };
}
