import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';

/** Pages that only exist in the present. */
const ofNow = /^\/($|sign-in|admin|verify|notifications|help|v\/[^/]+\/(merge|sign)$)/;

/** The instant that a page reads; undefined for now. */
export const instantOf = (pathname: string, at: string | undefined) => (ofNow.test(pathname) ? undefined : at);

/** `?at=` of the current page: the one place that says which instant is read. */
export function useAt() {
  const { at } = useSearch({ strict: false });
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const isOfNow = ofNow.test(pathname);
  return {
    at: instantOf(pathname, at),
    isOfNow,
    /** Opens the same page at another instant, or now. */
    go: (instant: string | undefined) =>
      void navigate({ to: '.', search: ((previous: object) => ({ ...previous, at: instant })) as never }),
  };
}
