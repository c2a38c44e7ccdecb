import { GraphiQL } from 'graphiql';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { examples } from './examples';
import { EXAMPLES_PLUGIN } from './examples-plugin';
import { createFetcher, keepToken, readToken, whoAmI, type Identity } from './session';
import { TokenBar } from './token-bar';

// GraphiQL stores its tabs under plain names, and every project on localhost:4000 shares them: without a prefix of our
// own, somebody else's tabs would hide the examples.
const PREFIX = 'phaseledger:';
const ownKeys = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
const storage = {
  getItem: (key: string) => localStorage.getItem(PREFIX + key),
  setItem: (key: string, value: string) => localStorage.setItem(PREFIX + key, value),
  removeItem: (key: string) => localStorage.removeItem(PREFIX + key),
  clear: () => ownKeys().forEach((key) => localStorage.removeItem(key)),
  get length() {
    return ownKeys().length;
  },
};

const plugins = [EXAMPLES_PLUGIN, HISTORY_PLUGIN];
const defaultTabs = examples.map(({ query, variables }) => ({ query, variables }));
// GraphiQL fills the variables of the first tab from here, not from defaultTabs; on later visits it must be left alone,
// or it opens one more tab each time.
const firstVariables = storage.getItem('graphiql:tabState') ? undefined : examples[0]?.variables;

export function App() {
  const [token, setToken] = useState(readToken);
  const [attempt, setAttempt] = useState(0);
  const [identity, setIdentity] = useState<Identity>({ state: token ? 'checking' : 'signed-out' });

  const check = useCallback(() => setAttempt((n) => n + 1), []);
  const changeToken = useCallback((next: string) => {
    keepToken(next);
    setToken(next);
    setAttempt((n) => n + 1);
  }, []);

  useEffect(() => {
    const abort = new AbortController();
    setIdentity({ state: token ? 'checking' : 'signed-out' });
    void whoAmI(token, abort.signal).then((answer) => !abort.signal.aborted && setIdentity(answer));
    return () => abort.abort();
  }, [token, attempt]);

  const fetcher = useMemo(() => createFetcher(token, check), [token, check]);

  return (
    <>
      <TokenBar token={token} identity={identity} onToken={changeToken} onRetry={check} />
      <main aria-label="Query editor">
        <GraphiQL
          fetcher={fetcher}
          // Null means: do not request the schema. A request before the token is known to be valid would leave an error on the screen that
          // outlives
          // the sign-in.
          schema={identity.state === 'signed-in' ? undefined : null}
          storage={storage}
          defaultTabs={defaultTabs}
          initialVariables={firstVariables}
          plugins={plugins}
          defaultEditorToolsVisibility="variables"
          // The token has its field above; a header typed here would be stored with the tab.
          isHeadersEditorEnabled={false}
          shouldPersistHeaders={false}
        >
          {/* The product's name is in the bar; the tabs need the room. */}
          <GraphiQL.Logo>
            <></>
          </GraphiQL.Logo>
          {/* Tab indents in the editor; without this, people who do not use a mouse would be caught in it. */}
          <GraphiQL.Footer>
            <p className="keys">
              In the editor: <kbd>Ctrl</kbd>+<kbd>Enter</kbd> runs, <kbd>Ctrl</kbd>+<kbd>M</kbd> (Mac: <kbd>Ctrl</kbd>+
              <kbd>Shift</kbd>+<kbd>M</kbd>) lets <kbd>Tab</kbd> leave it.
            </p>
          </GraphiQL.Footer>
        </GraphiQL>
      </main>
    </>
  );
}
