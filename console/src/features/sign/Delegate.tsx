import { useState, type FormEvent } from 'react';
import { useCommand } from '../../api/command';
import { DelegateSignatureDocument, type SignOffFragment } from '../../generated/graphql';
import floating from '../../parts/floating.module.css';
import { FormEnd } from '../../parts/FormEnd';
import { PersonControl } from '../../parts/PersonControl';
import { signOffTitle } from '../version/Signatures';
import styles from './SignPage.module.css';
import type { ToSign } from './to-sign';
import { useKeptForm } from '../../parts/kept';

interface Props {
  version: ToSign;
  /** The signatures that are the viewer's own, including those already delegated. */
  own: readonly SignOffFragment[];
  me: number | undefined;
}

/** Delegates a signature to somebody else, who signs in their own name on behalf of the viewer; or revokes that. */
export function Delegate({ version, own, me }: Props) {
  const { versionId, revision } = version;
  const delegate = useCommand(DelegateSignatureDocument);
  const [missing, setMissing] = useState('');
  const [isOpen, setOpen] = useState(false); // whom one can choose is asked for once somebody wants to
  const { values, set, forget } = useKeptForm(`delegate.${versionId}`, {
    role: own[0]!.signOffRole,
    to: '',
    reason: '',
  });
  const one = own.find(({ signOffRole }) => signOffRole === values.role) ?? own[0]!;
  const isDelegated = one.delegatedFrom !== null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const reason = values.reason.trim();
    const toUserId = isDelegated ? me : Number(values.to) || undefined;
    setMissing(toUserId === undefined ? 'Say who is to sign.' : reason ? '' : 'Say why.');
    if (toUserId === undefined || !reason) return;
    const input = { versionId, expectedRevision: revision, role: one.signOffRole, toUserId, reason };
    delegate.mutate(
      { input },
      {
        onSuccess: () => {
          set({ to: '', reason: '' });
          forget();
        },
      },
    );
  };
  return (
    <details
      className={styles.delegate}
      open={isDelegated || undefined}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>{isDelegated ? `${one.signOffUser?.name} signs in your place` : 'Let somebody else sign'}</summary>
      <form noValidate onSubmit={submit}>
        <p className={floating.note}>
          {isDelegated
            ? 'As long as it is delegated, you do not sign. Taking it back is recorded in the log, with your reason.'
            : 'They sign in their own name, and the signature shows yours as well. They need the same role, and must not have worked on this version.'}
        </p>
        {own.length > 1 && (
          <label className={floating.field}>
            The signature as
            <select value={one.signOffRole} onChange={(event) => set({ role: event.target.value })}>
              {own.map(({ signOffRole }) => (
                <option key={signOffRole} value={signOffRole}>
                  {signOffTitle(signOffRole)}
                </option>
              ))}
            </select>
          </label>
        )}
        {!isDelegated && (
          <div className={floating.field}>
            <label htmlFor="delegate">Who is to sign</label>
            {isOpen && (
              <PersonControl
                id="delegate"
                required
                value={values.to}
                aria-describedby="delegate-note"
                onChange={(to) => set({ to })}
              />
            )}
          </div>
        )}
        <label className={floating.field}>
          Why
          <textarea value={values.reason} required onChange={(event) => set({ reason: event.target.value })} />
        </label>
        <p id="delegate-note" className={floating.note}>
          Recorded permanently in the log, with your name.
        </p>
        <FormEnd of={delegate} problem={missing} others={null} kind="plain">
          {isDelegated ? 'Take it back' : 'Delegate the signature'}
        </FormEnd>
      </form>
    </details>
  );
}
