import { useEffect, useRef, useState } from 'react';
import * as t from '#text/sign-in';
import { SIGN_IN, signInWith, type Offer } from '../../api/session';
import { Button } from '../../parts/atoms';
import { Failure } from '../../parts/Notices';
import { beginSignIn, finishSignIn, isReturning } from './provider';
import styles from './SignInPage.module.css';

interface Props {
  offer: Extract<Offer, { kind: 'provider' }>;
  back: string;
  onEnter: (place: string) => void;
}
/** A code can be redeemed once, so the exchange must not run again on a re-render. */
let finished: ReturnType<typeof finishSignIn> | undefined;
const finish = (offer: Props['offer']) => (finished ??= finishSignIn(offer));

/** Sign-in by the bank's identity provider: authorization code flow with PKCE. */
export default function ProviderSignIn({ offer, back, onEnter }: Props) {
  const [problem, setProblem] = useState<unknown>();
  const returning = isReturning();
  const enter = useRef(onEnter);
  useEffect(() => {
    enter.current = onEnter;
  });
  useEffect(() => {
    if (!returning) return;
    finish(offer).then(({ token, back: place }) => {
      signInWith(token);
      enter.current(place);
    }, setProblem);
  }, [returning, offer]);
  if (problem !== undefined) return <Failure error={problem} retry={() => location.assign(SIGN_IN)} />;
  if (returning) return <p className={styles.lead}>{t.signingIn}</p>;
  return (
    <>
      <p className={styles.lead}>{t.youSignInAtAnd(new URL(offer.issuer).host)}</p>
      <Button kind="main" onClick={() => void beginSignIn(offer, back).catch(setProblem)}>
        {t.signIn}
      </Button>
    </>
  );
}
