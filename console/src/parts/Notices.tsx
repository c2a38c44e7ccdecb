import { Archive, CloudOff, Hourglass, Inbox, Lock, SearchX, TriangleAlert, type LucideIcon } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import * as t from '#text/parts';
import { codeOf, messageOf, retryAfterOf } from '../api/error';
import { Button } from './atoms';
import styles from './Notices.module.css';
import { useCountdown } from './use-after';

interface NoticeProps {
  icon?: LucideIcon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** Whether the notice replaces the whole page. */
  page?: boolean;
  /** Whether it stands within a panel or a pane. Otherwise it has the edge of the list that would be there. */
  bare?: boolean;
}
export function Notice({ icon: Icon = Inbox, title, children, action, page = false, bare = false }: NoticeProps) {
  const Heading = page ? 'h1' : 'h2';
  return (
    <div className={styles.notice} data-page={page || undefined} data-bare={bare || undefined}>
      <Icon size={18} strokeWidth={1.5} aria-hidden />
      <Heading>{title}</Heading>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

interface Kind {
  icon: LucideIcon;
  title: string;
  /** What was kept, and what to do. */
  what: string;
}
const kinds: Record<string, Kind> = {
  OFFLINE: {
    icon: CloudOff,
    title: t.noConnection,
    what: t.whatYouTypedIsKept,
  },
  UNREACHABLE: { icon: CloudOff, title: t.somethingElseAnswered, what: '' },
  UNAUTHENTICATED: {
    icon: Lock,
    title: t.yourSignInHasEnded,
    what: t.signInAgainYouWill,
  },
  FORBIDDEN: { icon: Lock, title: t.youHaveNoAccessTo, what: '' },
  NOT_FOUND: {
    icon: SearchX,
    title: t.thereIsNothingHere,
    what: t.itMayBelongToA,
  },
  RATE_LIMITED: { icon: Hourglass, title: t.tooMuchAtOnce, what: t.waitAMomentNothingIs },
  BUSY: { icon: Hourglass, title: t.theServerIsBusy, what: t.nothingWasDoneTryAgain },
  ARCHIVED: { icon: Archive, title: t.thatPartOfThePast, what: '' },
  AS_OF_UNSETTLED: { icon: Hourglass, title: t.thatInstantIsNotSettled, what: t.tryAgainInAMoment },
};

/** Why nothing can be shown, in words, with the API's message and code. What came too early is asked again when the server said. */
export function Failure({ error, retry, page = false }: { error: unknown; retry?: () => void; page?: boolean }) {
  const code = codeOf(error);
  const { icon, title, what } = kinds[code] ?? { icon: TriangleAlert, title: t.thatDidNotWork, what: '' };
  return (
    <div role="alert">
      <Notice page={page} bare icon={icon} title={title} action={retry && <Again error={error} retry={retry} />}>
        {what} {code !== 'OFFLINE' && messageOf(error)} <code className={styles.code}>{code}</code>
      </Notice>
    </div>
  );
}

/** Tries again: by itself when the server said when, and at once if somebody wants to. */
function Again({ error, retry }: { error: unknown; retry: () => void }) {
  const after = retryAfterOf(error) ?? 0;
  const left = useCountdown(after, error);
  const latest = useRef(retry);
  latest.current = retry;
  const isDue = after > 0 && left === 0;
  useEffect(() => {
    if (isDue) latest.current();
  }, [isDue, error]);
  return (
    <Button onClick={retry}>
      {t.tryAgain}
      <span aria-hidden>{left > 0 && t.byItselfInS(left)}</span>
    </Button>
  );
}

const widths = [
  [34, 12],
  [26, 18],
  [41, 9],
  [30, 14],
  [22, 16],
] as const;

interface WaitingProps {
  rows?: number;
  /** Whether the whole page is to come, with its title. */
  page?: boolean;
  /** Whether it stands within a panel. */
  bare?: boolean;
}
/** A skeleton of the content to come, where it will be, so that nothing jumps when it arrives. */
export function Waiting({ rows = 8, page = false, bare = false }: WaitingProps) {
  return (
    <div className={styles.waiting} role="status" data-page={page || undefined}>
      <span className="hidden">{t.loading}</span>
      {page && (
        <svg className={styles.heading} aria-hidden>
          <rect width="14rem" height="0.625rem" rx="3" />
          <rect y="1.375rem" width="22rem" height="1.125rem" rx="3" />
        </svg>
      )}
      <div className={styles.rows} data-bare={bare || undefined}>
        {lines(rows)}
      </div>
    </div>
  );
}

const lines = (rows: number) =>
  Array.from({ length: rows }, (_, index) => {
    const [name, end] = widths[index % widths.length]!;
    return (
      <svg key={index} aria-hidden>
        <rect x="1rem" y="50%" width="0.875rem" height="0.625rem" rx="3" />
        <rect x="2.75rem" y="50%" width={`${name}%`} height="0.625rem" rx="3" />
        <rect x={`${96 - end}%`} y="50%" width={`${end}%`} height="0.625rem" rx="3" />
      </svg>
    );
  });
