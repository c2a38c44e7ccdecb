import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { ArrowRight } from 'lucide-react';
import { lazy, useState, type FormEvent } from 'react';
import * as t from '#text/sign-in';
import { allOf, capital, roleName } from '#text/words';
import { loadCode } from '../../api/load-code';
import { OF_NOBODY } from '../../api/queries';
import { SIGN_IN, askOffer, hasEnded, signInAs, signInWith, type DemoPerson } from '../../api/session';
import { Button, Person } from '../../parts/atoms';
import { Failure, Waiting } from '../../parts/Notices';
import styles from './SignInPage.module.css';

const route = getRouteApi(SIGN_IN);
// Loaded on demand: its OpenID Connect library is not needed on most servers.
const ProviderSignIn = lazy(loadCode(() => import('./ProviderSignIn')));

export default function SignInPage() {
  const { back } = route.useSearch();
  const router = useRouter();
  const offer = useQuery({ queryKey: [OF_NOBODY, 'sign-in'], queryFn: askOffer, staleTime: Infinity });
  const enter = (place = back) => {
    // Only a path of this console: the link must not redirect elsewhere.
    router.history.push(place?.startsWith('/') && !place.startsWith('//') ? place : '/');
  };
  if (offer.error) return <Failure page error={offer.error} retry={() => void offer.refetch()} />;
  if (!offer.data) return <Waiting page rows={8} />;
  return (
    <div className={styles.page}>
      <h1>{offer.data.kind === 'demo' ? t.whoWouldYouLikeTo : t.signIn}</h1>
      {hasEnded() && (
        <p role="status" className={styles.lead}>
          {t.yourSignInHasEnded}
        </p>
      )}
      {offer.data.kind === 'demo' && <People people={offer.data.people} onEnter={() => enter()} />}
      {offer.data.kind === 'provider' && <ProviderSignIn offer={offer.data} back={back ?? '/'} onEnter={enter} />}
      {offer.data.kind === 'token' && <Token onEnter={() => enter()} />}
    </div>
  );
}

function People({ people, onEnter }: { people: DemoPerson[]; onEnter: () => void }) {
  const [problem, setProblem] = useState<unknown>();
  const enter = (userId: number) => void signInAs(userId).then(onEnter, setProblem);
  return (
    <>
      <p className={styles.lead}>{t.phaseledgerKeepsWhatWasDecided}</p>
      <ul className={styles.people}>
        {people.map((person) => (
          <li key={person.userId}>
            <button type="button" onClick={() => enter(person.userId)}>
              <Person name={person.name} />
              <span className={styles.role}>{capital(allOf(person.roles.map(roleName)))}</span>
              <span className={styles.try}>{person.toTry}</span>
              {person.roles.includes('REPORT_OWNER') ? (
                <span className={styles.begin}>{t.aGoodPlaceToBegin}</span>
              ) : (
                <i />
              )}
              <ArrowRight size={14} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      {problem !== undefined && <Failure error={problem} />}
    </>
  );
}

function Token({ onEnter }: { onEnter: () => void }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = new FormData(event.currentTarget).get('token');
    if (typeof token !== 'string' || !token.trim()) return;
    signInWith(token);
    onEnter();
  };
  return (
    <form className={styles.token} onSubmit={submit}>
      <p className={styles.lead}>{t.thisServerHasNoSign}</p>
      <label>
        {t.token}
        <input name="token" type="password" autoComplete="off" required />
      </label>
      <Button type="submit" kind="main">
        {t.signIn}
      </Button>
    </form>
  );
}
