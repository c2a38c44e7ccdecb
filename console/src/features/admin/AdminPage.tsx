import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Lock, X } from 'lucide-react';
import { useState } from 'react';
import * as t from '#text/admin';
import * as common from '#text/common';
import { count, roleName } from '#text/words';
import { send, useApi } from '../../api/client';
import { Button, Segments } from '../../parts/atoms';
import { Failure, Notice, Waiting } from '../../parts/Notices';
import { SearchField } from '../../parts/SearchField';
import { useViewer } from '../../shell/use-viewer';
import styles from './AdminPage.module.css';
import { AdminForm } from './AdminForm';
import { AdminTable } from './AdminTable';
import { History } from './History';
import { Pages } from './Pages';
import type { Done, ListPage, Register, Row } from './register';
import { registers } from './registers';

const route = getRouteApi('/admin/$kind');
const PAGE = 50;
/** The API's maximum page size. */
const MOST = 100;

export default function AdminPage() {
  const { kind } = route.useParams();
  const viewer = useViewer();
  const register = (registers as Partial<Record<string, Register>>)[kind];
  if (!register)
    return (
      <Notice page title={common.thereIsNoSuchPage}>
        {common.theAddressMayBeIncomplete}
      </Notice>
    );
  if (!viewer) return <Waiting page />;
  if (!viewer.roles.includes('ADMIN'))
    return (
      <Notice page icon={Lock} title={t.theRegisterIsMaintainedBy}>
        {t.youAreSignedInAs(viewer.name, viewer.roles.map(roleName), <Link to="/workflows">{common.workflows}</Link>)}
      </Notice>
    );
  return <RegisterPage key={kind} register={register} kind={kind} />;
}

const shows = [
  { value: 'active', label: t.maySignIn },
  { value: 'inactive', label: t.mayNot },
  { value: 'all', label: common.all },
] as const;

function RegisterPage({ register, kind }: { register: Register; kind: string }) {
  const { q = '', after, show = 'active', edit, history = false } = route.useSearch();
  const navigate = useNavigate({ from: '/admin/$kind' });
  const [said, setSaid] = useState<Done | null>(null);
  const isActive = register.hasInactive && show !== 'all' ? { isActive: show === 'active' } : {};
  const { data, error, refetch, isPlaceholderData } = useApi(
    register.list,
    { search: q || null, first: PAGE, after: after ?? null, ...isActive },
    { keep: true },
  );
  if (error && !data) return <Failure page error={error} retry={() => void refetch()} />;
  const page = data === undefined ? undefined : register.read(data);
  const set = (next: { q?: string | undefined; show?: typeof show; edit?: string | undefined }, replace = false) =>
    void navigate({ search: (previous) => ({ ...previous, after: undefined, ...next }), replace });
  const open = (which: string | undefined) => {
    if (which !== undefined) setSaid(null);
    void navigate({ search: (previous) => ({ ...previous, edit: which }) });
  };
  const toggleHistory = () =>
    void navigate({ search: (previous) => ({ ...previous, history: history ? undefined : true }) });
  const listed = page?.rows.find(({ id }) => String(id) === edit);
  const elsewhere = useOne(register, page && !listed && edit !== 'new' ? edit : undefined);
  const row = listed ?? elsewhere;
  return (
    <div className={styles.page} aria-busy={isPlaceholderData}>
      <Pages />
      <header className={styles.head}>
        <h1>{register.title}</h1>
        <SearchField
          className={styles.search}
          label={t.searchBy(register.search.toLowerCase())}
          placeholder={register.search}
          value={q}
          onChange={(text) => set({ q: text || undefined }, true)}
        />
        {register.hasInactive && (
          <Segments label={t.whichOfThem} value={show} options={shows} onChange={(value) => set({ show: value })} />
        )}
        <Button aria-pressed={history} onClick={toggleHistory}>
          {t.history}
        </Button>
        <Button kind="main" onClick={() => open('new')}>
          {register.add}
        </Button>
      </header>
      <DoneNotice done={said} onClose={() => setSaid(null)} />
      {!page ? (
        <Waiting rows={6} />
      ) : page.rows.length === 0 ? (
        <Nothing register={register} q={q} onClear={() => set({ q: undefined })} />
      ) : (
        <>
          <AdminTable register={register} rows={page.rows} onOpen={(one) => open(String(one.id))} />
          <p className={styles.total}>
            {count(page.totalCount, register.one, register.title.toLowerCase())}
            {page.next && (
              <Link to="/admin/$kind" params={{ kind }} search={{ ...(q && { q }), show, after: page.next }}>
                {common.next}
              </Link>
            )}
          </p>
        </>
      )}
      {history && <History tables={register.tables} />}
      {(edit === 'new' || row) && (
        <AdminForm
          key={edit}
          register={register}
          row={row}
          onClose={(done) => {
            if (done) setSaid(done);
            open(undefined);
          }}
        />
      )}
    </div>
  );
}

/** The entry named by the address, on whatever page of the list it is, so that links work. */
function useOne(register: Register, id: string | undefined): Row | undefined {
  const { data } = useQuery({
    queryKey: [String(register.list), 'one', id],
    enabled: id !== undefined,
    queryFn: async ({ signal }) => {
      let after: string | null = null;
      do {
        const page: ListPage = register.read(
          await send(String(register.list), { search: null, first: MOST, after }, signal),
        );
        const found = page.rows.find((one) => String(one.id) === id);
        if (found) return found;
        after = page.next;
      } while (after !== null);
      return null;
    },
  });
  return id === undefined ? undefined : (data ?? undefined);
}

const Nothing = ({ register, q, onClear }: { register: Register; q: string; onClear: () => void }) =>
  q ? (
    <Notice
      title={t.noHasInIts(register.one, q, register.search.toLowerCase())}
      action={<Button onClick={onClear}>{common.showAll}</Button>}
    />
  ) : (
    <Notice title={t.noHere(register.title.toLowerCase())}>{t.makesTheFirst(register.add)}</Notice>
  );

/** The result of the last change, and what it left for somebody to attend to. */
function DoneNotice({ done, onClose }: { done: Done | null; onClose: () => void }) {
  const named = done?.stillNamed ?? [];
  return (
    <div role="status" className={styles.said} data-shown={done ? true : undefined}>
      {done && (
        <>
          <p>
            {done.changeSet ? t.savedCommitOfTheRegister(done.changeSet.sequence) : t.itWasSoAlready}
            {named.length > 0 &&
              t.stillNamedAsNameSomebody(named.map(({ position, place }) => t.positionOfPlace(position, place)))}
          </p>
          <Button kind="quiet" aria-label={t.putTheMessageAway} onClick={onClose}>
            <X size={14} aria-hidden />
          </Button>
        </>
      )}
    </div>
  );
}
