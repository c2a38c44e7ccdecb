import { Dialog } from '@base-ui/react/dialog';
import { useRef, useState, type FormEvent } from 'react';
import { useCommand } from '../../api/client';
import { codeOf, messageOf } from '../../api/error';
import { rememberedPerson, signInAs } from '../../api/session';
import { SignDocument, type VersionHeadFragment } from '../../generated/graphql';
import { Button, Hash } from '../../parts/atoms';
import floating from '../../parts/floating.module.css';
import { FormEnd } from '../../parts/FormEnd';
import { capital, versionTitle } from '../../text/words';
import type { SignOff } from './Signatures';

const roleTitle = (role: string) => capital(role.replaceAll('_', ' '));

/** What is signed and its hash, as whom, with which meaning; a sign-in that is too old is renewed on the way. */
export function Sign({ version, signOffs }: { version: VersionHeadFragment; signOffs: readonly SignOff[] }) {
  const [open, setOpen] = useState(false);
  const sign = useCommand(SignDocument);
  const meaning = useRef<HTMLInputElement>(null);
  const missing = signOffs.filter(({ signOffStatus }) => signOffStatus === 'PENDING');
  const mustSignIn = codeOf(sign.error) === 'REAUTHENTICATION_REQUIRED';
  const person = rememberedPerson();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    if (mustSignIn && person !== null) await signInAs(person);
    const text = (name: string) => (form.get(name) as string | null)?.trim() ?? '';
    sign.mutate(
      {
        input: {
          versionId: version.versionId,
          expectedRevision: version.revision,
          role: text('role'),
          meaning: text('meaning'),
          comments: text('comments') || null,
          status: 'SIGNED',
        },
      },
      { onSuccess: () => setOpen(false) },
    );
  };
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger render={<Button kind="main">Sign…</Button>} />
      <Dialog.Portal>
        <Dialog.Backdrop className={floating.backdrop} />
        <Dialog.Popup className={floating.dialog} initialFocus={meaning}>
          <Dialog.Title className={floating.title}>Sign {versionTitle(version)}</Dialog.Title>
          <Dialog.Description>
            You sign this content and nothing else: <Hash value={version.contentHash} />. If it changes, the signature
            no longer counts.
          </Dialog.Description>
          <form onSubmit={(event) => void submit(event)}>
            <label className={floating.field}>
              As
              <select name="role">
                {missing.map(({ signOffRole }) => (
                  <option key={signOffRole} value={signOffRole}>
                    {roleTitle(signOffRole)}
                  </option>
                ))}
              </select>
            </label>
            <label className={floating.field}>
              What it stands for
              <input ref={meaning} name="meaning" required placeholder="review, approval, responsibility" />
            </label>
            <label className={floating.field}>
              Comments
              <textarea name="comments" />
            </label>
            <FormEnd
              problem={
                sign.error && `${mustSignIn ? 'Your sign-in is too old to sign with. ' : ''}${messageOf(sign.error)}`
              }
              isBlocked={sign.isPending}
            >
              {mustSignIn && person !== null ? 'Sign in again and sign' : 'Sign'}
            </FormEnd>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
