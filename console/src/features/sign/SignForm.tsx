import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { useCommand } from '../../api/command';
import { codeOf, messageOf } from '../../api/error';
import { SignDocument, type SignOffFragment } from '../../generated/graphql';
import { Segments } from '../../parts/atoms';
import floating from '../../parts/floating.module.css';
import { FormEnd } from '../../parts/FormEnd';
import { capital } from '#text/words';
import { signOffTitle } from '../version/Signatures';
import { signInAnew } from './sign-in-anew';
import styles from './SignPage.module.css';
import type { ToSign } from './to-sign';
import { useKeptForm } from '../../parts/kept';

/** Signs or refuses to sign: in which role, with which meaning. If the sign-in is too old, it is renewed first. */
export function SignForm({ version, mine }: { version: ToSign; mine: readonly SignOffFragment[] }) {
  const { versionId, revision } = version;
  const sign = useCommand(SignDocument);
  const navigate = useNavigate();
  const [missing, setMissing] = useState('');
  const { values, set, forget } = useKeptForm(`sign.${versionId}`, {
    role: mine[0]!.signOffRole,
    status: 'SIGNED',
    meaning: '',
    comments: '',
  });
  const role = mine.some((one) => one.signOffRole === values.role) ? values.role : mine[0]!.signOffRole;
  const isRefusal = values.status === 'REJECTED';
  const mustSignIn = codeOf(sign.error) === 'REAUTHENTICATION_REQUIRED';
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wanting = !values.meaning.trim()
      ? 'Say what your signature stands for.'
      : isRefusal && !values.comments.trim()
        ? 'Say why you do not sign.'
        : '';
    setMissing(wanting);
    if (wanting) return;
    if (mustSignIn && !(await signInAnew(`/v/${versionId}/sign`))) return;
    const input = {
      versionId,
      expectedRevision: revision,
      role,
      meaning: values.meaning.trim(),
      comments: values.comments.trim() || null,
      status: isRefusal ? ('REJECTED' as const) : ('SIGNED' as const),
    };
    sign.mutate(
      { input },
      {
        onSuccess: () => {
          forget();
          void navigate({ to: '/v/$versionId', params: { versionId }, search: { tab: 'signatures' } });
        },
      },
    );
  };
  return (
    <form className={styles.form} noValidate onSubmit={(event) => void submit(event)}>
      <h2>Your signature</h2>
      <Segments
        label="What you do"
        value={values.status}
        onChange={(status) => set({ status })}
        options={[
          { value: 'SIGNED', label: 'Sign' },
          { value: 'REJECTED', label: 'Refuse to sign' },
        ]}
      />
      <label className={floating.field}>
        As
        <select value={role} onChange={(event) => set({ role: event.target.value })}>
          {mine.map((one) => (
            <option key={one.signOffRole} value={one.signOffRole}>
              {signOffTitle(one.signOffRole)}
              {one.delegatedFromName && `, in the place of ${one.delegatedFromName}`}
            </option>
          ))}
        </select>
      </label>
      <label className={floating.field}>
        What it stands for
        <input
          list="meanings"
          value={values.meaning}
          required
          placeholder="review, approval, responsibility"
          onChange={(event) => set({ meaning: event.target.value })}
        />
        <datalist id="meanings">
          {['review', 'approval', 'responsibility'].map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      </label>
      <label className={floating.field}>
        {isRefusal ? 'Why you do not sign' : 'Comments'}
        <textarea
          value={values.comments}
          required={isRefusal}
          onChange={(event) => set({ comments: event.target.value })}
        />
      </label>
      <p className={floating.note}>
        It records your name as it is now, the instant, its meaning and the hash, permanently. It requires that you
        signed in within the last few minutes.
      </p>
      <FormEnd
        of={sign}
        words={{
          REAUTHENTICATION_REQUIRED: `Your sign-in is too old to sign with. ${messageOf(sign.error)} What you typed is kept.`,
        }}
        problem={missing}
        others={null}
        kind={isRefusal ? 'bad' : 'main'}
      >
        {capital(`${mustSignIn ? 'sign in again and ' : ''}${isRefusal ? 'refuse to sign' : 'sign'}`)}
      </FormEnd>
    </form>
  );
}
