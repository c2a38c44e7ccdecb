import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import * as common from '#text/common';
import * as t from '#text/sign';
import { useCommand } from '../../api/command';
import { codeOf, messageOf } from '../../api/error';
import { SignDocument, type SignOffFragment } from '../../generated/graphql';
import { Segments } from '../../parts/atoms';
import floating from '../../parts/floating.module.css';
import { FormEnd } from '../../parts/FormEnd';
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
      ? t.sayWhatYourSignatureStands
      : isRefusal && !values.comments.trim()
        ? t.sayWhyYouDoNot
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
      <h2>{t.yourSignature}</h2>
      <Segments
        label={t.whatYouDo}
        value={values.status}
        onChange={(status) => set({ status })}
        options={[
          { value: 'SIGNED', label: common.sign },
          { value: 'REJECTED', label: t.refuseToSign },
        ]}
      />
      <label className={floating.field}>
        {t.as}
        <select value={role} onChange={(event) => set({ role: event.target.value })}>
          {mine.map((one) => (
            <option key={one.signOffRole} value={one.signOffRole}>
              {signOffTitle(one.signOffRole)}
              {one.delegatedFromName && t.inThePlaceOf(one.delegatedFromName)}
            </option>
          ))}
        </select>
      </label>
      <label className={floating.field}>
        {t.whatItStandsFor}
        <input
          list="meanings"
          value={values.meaning}
          required
          placeholder={t.reviewApprovalResponsibility}
          onChange={(event) => set({ meaning: event.target.value })}
        />
        <datalist id="meanings">
          {t.meanings.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      </label>
      <label className={floating.field}>
        {isRefusal ? t.whyYouDoNotSign : t.comments}
        <textarea
          value={values.comments}
          required={isRefusal}
          onChange={(event) => set({ comments: event.target.value })}
        />
      </label>
      <p className={floating.note}>{t.itRecordsYourNameAs}</p>
      <FormEnd
        of={sign}
        words={{
          REAUTHENTICATION_REQUIRED: t.yourSignInIsToo(messageOf(sign.error)),
        }}
        problem={missing}
        others={null}
        kind={isRefusal ? 'bad' : 'main'}
      >
        {mustSignIn ? t.signInAgainAnd(isRefusal) : isRefusal ? t.refuseToSign : common.sign}
      </FormEnd>
    </form>
  );
}
