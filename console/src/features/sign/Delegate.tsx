import { useState, type FormEvent } from 'react';
import * as common from '#text/common';
import * as t from '#text/sign';
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
    setMissing(toUserId === undefined ? t.sayWhoIsToSign : reason ? '' : t.sayWhy);
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
      <summary>{isDelegated ? t.signsInYourPlace(one.signOffUser?.name) : t.letSomebodyElseSign}</summary>
      <form noValidate onSubmit={submit}>
        <p className={floating.note}>{isDelegated ? t.asLongAsItIs : t.theySignInTheirOwn}</p>
        {own.length > 1 && (
          <label className={floating.field}>
            {t.theSignatureAs}
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
            <label htmlFor="delegate">{t.whoIsToSign}</label>
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
          {t.why}
          <textarea value={values.reason} required onChange={(event) => set({ reason: event.target.value })} />
        </label>
        <p id="delegate-note" className={floating.note}>
          {common.recordedPermanentlyInTheLog}
        </p>
        <FormEnd of={delegate} problem={missing} others={null} kind="plain">
          {isDelegated ? t.takeItBack : t.delegateTheSignature}
        </FormEnd>
      </form>
    </details>
  );
}
