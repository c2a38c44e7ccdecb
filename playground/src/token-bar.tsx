import { useEffect, useRef, useState, type FormEvent } from 'react';
import { tidyToken, type Identity } from './session';

const TOKEN_COMMAND = 'npm run -s token -- --user 1';

interface Props {
  token: string;
  identity: Identity;
  onToken(token: string): void;
  onRetry(): void;
}

export function TokenBar({ token, identity, onToken, onRetry }: Props) {
  const [draft, setDraft] = useState(token);
  const field = useRef<HTMLInputElement>(null);

  const apply = (event: FormEvent) => {
    event.preventDefault();
    const next = tidyToken(draft);
    setDraft(next);
    onToken(next);
  };
  const signOut = () => {
    setDraft('');
    onToken('');
    // The button is about to disappear. Focus must not fall back to the top of the page.
    field.current?.focus();
  };

  return (
    <header className="bar">
      <h1>
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="7" />
          <path d="M8 9h16M8 16h16M8 23h9" />
          <circle cx="23" cy="23" r="3" />
        </svg>
        PhaseLedger <span>Playground</span>
      </h1>

      <form onSubmit={apply} aria-label="Sign in">
        <label htmlFor="token">Bearer token</label>
        <input
          ref={field}
          id="token"
          type="password"
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          // A token is not a password: password managers must neither save it nor offer one.
          autoComplete="off"
          data-1p-ignore=""
          data-lpignore="true"
          spellCheck={false}
          placeholder="Paste it here"
          aria-describedby="token-hint identity"
          aria-invalid={identity.state === 'refused' || undefined}
        />
        <button type="submit" className="primary" disabled={!draft.trim()}>
          Sign in
        </button>
        {token && (
          <button type="button" onClick={signOut}>
            Sign out
          </button>
        )}
        <p className="hint" id="token-hint">
          Get one: <CopyableCommand text={TOKEN_COMMAND} />
        </p>
      </form>

      <p className={`identity ${identity.state}`} id="identity">
        <span role="status" aria-live="polite">
          {describe(identity)}
        </span>
        {(identity.state === 'unreachable' || identity.state === 'refused') && (
          <button type="button" onClick={onRetry}>
            Try again
          </button>
        )}
      </p>
    </header>
  );
}

function describe(identity: Identity): string {
  switch (identity.state) {
    case 'signed-out':
      return 'Not signed in: the API answers nobody without a token.';
    case 'checking':
      return 'Asking the server who you are…';
    case 'signed-in':
      return `Signed in as ${identity.name} (${identity.roles.join(', ') || 'no role'})`;
    case 'refused':
    case 'unreachable':
      return identity.message;
  }
}

function CopyableCommand({ text }: { text: string }) {
  const code = useRef<HTMLElement>(null);
  const [said, setSaid] = useState('');

  useEffect(() => {
    const timer = setTimeout(() => setSaid(''), 4000);
    return () => clearTimeout(timer);
  }, [said]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied');
    } catch {
      // Pages served over plain HTTP have no access to the clipboard. Selecting the text leaves one key to press.
      if (code.current) getSelection()?.selectAllChildren(code.current);
      setSaid('Selected: press Ctrl+C');
    }
  };

  return (
    <>
      <code ref={code}>{text}</code>
      <button type="button" onClick={() => void copy()} aria-label="Copy the command">
        Copy
      </button>
      <span role="status">{said}</span>
    </>
  );
}
