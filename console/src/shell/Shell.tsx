import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { CircleQuestionMark, Moon, Sun } from 'lucide-react';
import { lazy, useEffect, useRef, useState, type ComponentType, type ReactNode, type RefObject } from 'react';
import * as common from '#text/common';
import * as t from '#text/shell';
import { loadCode } from '../api/load-code';
import { useToken } from '../api/use-watched';
import { SIGN_IN } from '../api/session';
import { store } from '../api/store';
import { Find } from '../features/find/Find';
import { OnDemand } from '../parts/OnDemand';
import { Connection } from './Connection';
import styles from './Shell.module.css';
import time from './Time.module.css';
import { LookOfInstant, LookOfViewer } from './Looks';
import { useAt } from './use-at';
import { useFocusKept } from './use-focus';
import { useIdle } from './use-idle';
import { useKeys } from './use-keys';
import { useTitle } from './use-title';
import { useWaiting } from './use-waiting';
import { useViewer } from './use-viewer';

const Help = lazy(loadCode(() => import('./Help')));
const TimePicker = lazy(loadCode(() => import('./TimePicker')));
const Who = lazy(loadCode(() => import('./Who')));
const PastBar = lazy(loadCode(() => import('./PastBar')));

const Mark = () => (
  <svg viewBox="0 0 18 18" width="18" height="18" aria-hidden>
    <path d="M3 2.5v13M3 4h8.5M3 9h12M3 14h6" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
    <circle cx="13" cy="14" r="2" fill="var(--accent)" />
  </svg>
);

export function Shell() {
  // Null until it is first opened.
  const [help, setHelp] = useState<boolean | null>(null);
  const { at, isOfNow } = useAt();
  const banner = useRef<HTMLElement>(null);
  const main = useRef<HTMLElement>(null);
  const isSignedIn = useToken() !== null;
  const viewer = useViewer();
  const isAdministrator = viewer?.roles.includes('ADMIN');
  useKeys({ '?': () => setHelp(true) });
  useSignInAgain(isSignedIn);
  const isIdle = useIdle();
  const opened = useTitle(main, at);
  useFocusKept();
  return (
    <div className={styles.shell} data-past={at ? true : undefined}>
      <a href="#main" className="skip">
        {t.skipToThePage}
      </a>
      <header ref={banner} className={styles.header}>
        <Link to="/" className={styles.brand}>
          <Mark />
          <span>{t.phaseledger}</span>
        </Link>
        {isSignedIn && (
          <>
            <nav aria-label={t.console}>
              <MyWork />
              <Link to="/workflows">{common.workflows}</Link>
              <Link to="/insights" activeOptions={{ includeSearch: false }}>
                {common.insights}
              </Link>
              {isAdministrator && (
                <Link to="/admin" activeOptions={{ includeSearch: false }}>
                  {t.administration}
                </Link>
              )}
            </nav>
            <div className={styles.tools}>
              <Find className={styles.icon} />
              {!isOfNow && (
                <Later isReady={isIdle} of={TimePicker} landmark={banner} className={time.trigger}>
                  <LookOfInstant at={at} />
                </Later>
              )}
              <button
                type="button"
                className={styles.icon}
                aria-label={t.helpAndKeys}
                title={t.helpAndKeysTitle}
                onClick={() => setHelp(true)}
              >
                <CircleQuestionMark size={16} strokeWidth={1.75} aria-hidden />
              </button>
              <Theme />
              <Later isReady={isIdle} of={Who} landmark={banner} className={styles.who}>
                <LookOfViewer name={viewer?.name} />
              </Later>
            </div>
          </>
        )}
      </header>
      <div>
        <Connection />
        {at && (
          <OnDemand waiting={<div className={time.bar} />}>
            <PastBar />
          </OnDemand>
        )}
      </div>
      <p className="hidden" role="status">
        {opened}
      </p>
      <main ref={main} id="main" tabIndex={-1} className={styles.main}>
        <Outlet />
      </main>
      {help !== null && (
        <OnDemand>
          <Help open={help} onOpenChange={setHelp} />
        </OnDemand>
      )}
    </div>
  );
}

interface LaterProps {
  isReady: boolean;
  of: ComponentType<{ landmark: RefObject<HTMLElement | null> }>;
  landmark: RefObject<HTMLElement | null>;
  className: string | undefined;
  children: ReactNode;
}
/** A control of the header, whose code is loaded after the page; until then, what it looks like. */
function Later({ isReady, of: Control, landmark, className, children }: LaterProps) {
  const look = (
    <span className={className} aria-hidden>
      {children}
    </span>
  );
  return isReady ? (
    <OnDemand waiting={look}>
      <Control landmark={landmark} />
    </OnDemand>
  ) : (
    look
  );
}

/** The link to My work with the number of waiting items, in the gap before the next link: nothing moves when it arrives. */
function MyWork() {
  const waiting = useWaiting();
  return (
    <Link to="/" activeOptions={{ exact: true, includeSearch: false }}>
      {common.myWork}
      {waiting > 0 && (
        <span className={styles.waiting}>
          <span className="hidden">, </span>
          {waiting > 99 ? '99+' : waiting}
          <span className="hidden">{t.forYou}</span>
        </span>
      )}
    </Link>
  );
}

/** Redirects to sign-in when the session ends, and comes back afterwards. */
function useSignInAgain(isSignedIn: boolean): void {
  const navigate = useNavigate();
  const { pathname, href } = useLocation();
  useEffect(() => {
    if (!isSignedIn && pathname !== SIGN_IN) void navigate({ to: SIGN_IN, search: { back: href } });
  }, [isSignedIn, pathname, href, navigate]);
}

function Theme() {
  const [theme, setTheme] = useState(
    () =>
      document.documentElement.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'),
  );
  const next = theme === 'dark' ? 'light' : 'dark';
  const change = () => {
    document.documentElement.dataset.theme = next;
    store('theme', next);
    setTheme(next);
  };
  return (
    <button
      type="button"
      className={`${styles.icon} ${styles.wide}`}
      aria-label={t.switchToTheTheme(t.themes[next])}
      onClick={change}
    >
      {theme === 'dark' ? (
        <Sun size={16} strokeWidth={1.75} aria-hidden />
      ) : (
        <Moon size={16} strokeWidth={1.75} aria-hidden />
      )}
    </button>
  );
}
