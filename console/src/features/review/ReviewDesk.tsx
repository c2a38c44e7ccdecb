import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { ArrowLeft, GitCompareArrows } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { messageOf } from '../../api/error';
import type { ItemReviewStatus } from '../../generated/graphql';
import { Button, buttonLook, Meter } from '../../parts/atoms';
import { Notice } from '../../parts/Notices';
import { Requirements } from '../../parts/Requirements';
import { useAt } from '../../shell/use-at';
import { useKeys } from '../../shell/use-keys';
import { useMedia } from '../../shell/use-media';
import { useViewer } from '../../shell/use-viewer';
import { count } from '../../text/words';
import { VersionTitle } from '../version/VersionTitle';
import { DecisionBar } from './DecisionBar';
import { ItemList } from './ItemList';
import { ItemPane, type Against } from './ItemPane';
import { ReviewFilters, type Filter } from './ReviewFilters';
import styles from './ReviewPage.module.css';
import { useNotes } from './use-notes';
import type { ReviewedVersion, Row, useReview } from './use-review';
import { Verdict } from './Verdict';

const route = getRouteApi('/v/$versionId/review');
/** The key under which the note on a selection is kept. */
const SELECTION = '*';

interface Props {
  version: ReviewedVersion;
  review: ReturnType<typeof useReview>;
}
export function ReviewDesk({ version, review: { rows, see, decide, error } }: Props) {
  const { item, q = '', show, against: wanted } = route.useSearch();
  const navigate = useNavigate({ from: '/v/$versionId/review' });
  const viewer = useViewer();
  const { at } = useAt();
  const isNarrow = useMedia('(max-width: 52rem)');
  const isShort = useMedia('(max-width: 64rem)');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isNoteMissing, setNoteMissing] = useState(false);
  const [said, say] = useState('');
  const { noteOf, setNote } = useNotes(version.versionId);
  const noteField = useRef<HTMLTextAreaElement>(null);
  const searchField = useRef<HTMLInputElement>(null);

  const sets = useMemo(
    () => ({
      all: rows,
      changed: rows.filter((row) => (version.mine ? row.mine : row.base)),
      undecided: rows.filter((row) => row.reviewStatus === 'PENDING'),
      unseen: rows.filter((row) => !row.seen),
    }),
    [rows, version.mine],
  );
  const usual: Filter =
    version.mine && sets.changed.length > 0 ? 'changed' : sets.undecided.length > 0 ? 'undecided' : 'all';
  const [first] = useState(usual); // the list stays as it was opened while its last items are decided
  const filter: Filter = show ?? first;
  const order = useMemo(() => {
    const text = q.toLowerCase();
    const matches = (row: Row) => `${row.label} ${JSON.stringify(row.content)}`.toLowerCase().includes(text);
    return text ? sets[filter].filter(matches) : sets[filter];
  }, [sets, filter, q]);

  // With the filter "undecided", a decided item stays open until the next one is opened.
  const row = rows.find(({ itemKey }) => itemKey === item) ?? (isNarrow ? undefined : order[0]);
  const place = order.findIndex(({ itemKey }) => itemKey === row?.itemKey);
  const against: Against = wanted ?? (row?.mine ? 'review' : version.base ? 'base' : 'none');
  const mayDecide = version.availableActions.includes('DECIDE_ITEMS') && !at;
  const chosen = rows.filter(({ itemKey }) => selected.has(itemKey));
  const isBulk = chosen.length > 0;
  const noteKey = isBulk ? SELECTION : (row?.itemKey ?? '');

  const set = (patch: { item?: string | undefined; q?: string | undefined; show?: Filter; against?: Against }) =>
    void navigate({ search: (previous) => ({ ...previous, ...patch }), replace: true });
  const step = (by: number) => {
    const next = order[Math.min(order.length - 1, Math.max(0, (place < 0 ? -1 : place) + by))];
    if (next) set({ item: next.itemKey });
  };
  const nextUndecided = (but: readonly Row[] = []) => {
    const isOpen = (one: Row) => one.reviewStatus === 'PENDING' && one !== row && !but.includes(one);
    return order.slice(place + 1).find(isOpen) ?? order.find(isOpen);
  };
  const settle = (status: ItemReviewStatus) => {
    const targets = isBulk ? chosen : row ? [row] : [];
    if (targets.length === 0) return;
    const note = noteOf(noteKey).trim();
    if (status === 'REJECTED' && !note) {
      setNoteMissing(true);
      noteField.current?.focus();
      return;
    }
    setNoteMissing(false);
    const next = isBulk ? undefined : nextUndecided(targets);
    const left = sets.undecided.filter((one) => !targets.includes(one)).length;
    const what = targets.length === 1 ? targets[0]!.label : count(targets.length, 'item');
    void decide(targets, status, note).then((isDone) => {
      if (!isDone) return;
      setNote(noteKey, ''); // until it was taken, it is kept
      say(`${what} ${status.toLowerCase()}. ${left} undecided${next ? `. Now ${next.label}` : ''}.`);
    });
    setSelected(new Set());
    if (next) set({ item: next.itemKey });
  };
  const toggle = (itemKey: string) =>
    setSelected((previous) => new Set(previous).symmetricDifference(new Set([itemKey])));

  useKeys({
    j: () => step(1),
    k: () => step(-1),
    u: () => {
      const next = nextUndecided();
      if (next) set({ item: next.itemKey });
    },
    x: () => {
      if (row) see([row]);
      step(1);
    },
    b: () => {
      const all: Against[] = [
        ...(version.mine ? ['review' as const] : []),
        ...(version.base ? ['base' as const] : []),
        'none',
      ];
      set({ against: all[(all.indexOf(against) + 1) % all.length]! });
    },
    '/': () => searchField.current?.focus(),
    Escape: () => setSelected(new Set()),
    ...(mayDecide && {
      a: () => settle('APPROVED'),
      m: () => settle('MODIFIED'),
      r: () => settle('REJECTED'),
      n: () => noteField.current?.focus(),
    }),
  });

  const open = version.approvalRequirements.filter(({ status }) => status === 'UNSATISFIED');
  const { versionId, base } = version;
  return (
    <div className={styles.page} data-open={item && row ? true : undefined} data-bulk={isBulk || undefined}>
      <VersionTitle version={version} doing={mayDecide ? 'REVIEWING' : 'VIEWING'}>
        <Link to="/v/$versionId" activeOptions={{ exact: true }} params={{ versionId }} className={buttonLook()}>
          All of it
        </Link>
        {base && (
          <Link
            to="/v/$versionId/diff"
            params={{ versionId }}
            search={{ from: base.versionNumber }}
            className={buttonLook()}
          >
            <GitCompareArrows size={14} aria-hidden /> All changes
          </Link>
        )}
      </VersionTitle>
      <aside className={styles.box} aria-label="What it takes to approve" tabIndex={0}>
        <div className={styles.progress}>
          <p>
            <b>{rows.length - sets.unseen.length}</b> of {rows.length} seen · <b>{sets.undecided.length}</b> undecided
          </p>
          <Meter done={rows.length - sets.undecided.length} total={rows.length} />
        </div>
        <h2>
          {open.length === 0
            ? 'Nothing stands in the way'
            : `${count(open.length, 'rule')} ${open.length === 1 ? 'stands' : 'stand'} in the way`}
        </h2>
        <Requirements
          of={version.approvalRequirements}
          short={isShort}
          roles={at ? [] : (viewer?.roles ?? [])}
          jump={{
            ITEMS_DECIDED: {
              label: 'show them',
              go: () => set({ show: 'undecided', item: sets.undecided[0]?.itemKey }),
            },
          }}
        />
        {!at && <Verdict version={version} rejected={rows.filter((one) => one.reviewStatus === 'REJECTED').length} />}
      </aside>
      <section className={styles.list} aria-label="Items of this version">
        <ReviewFilters
          field={searchField}
          q={q}
          onSearch={(text) => set({ q: text || undefined })}
          filter={filter}
          onFilter={(value) => set({ show: value, item: undefined })}
          counts={{
            changed: sets.changed.length,
            undecided: sets.undecided.length,
            unseen: sets.unseen.length,
            all: rows.length,
          }}
        />
        {order.length === 0 ? (
          <Notice
            title={q ? `Nothing matches “${q}”` : filter === 'undecided' ? 'Everything is decided' : 'Nothing here'}
            action={<Button onClick={() => set({ show: 'all', q: undefined })}>Show all {rows.length}</Button>}
          />
        ) : (
          <ItemList
            rows={order}
            active={row?.itemKey}
            selected={selected}
            isSecondRound={version.mine !== null}
            canSelect={mayDecide}
            onOpen={(itemKey) => set({ item: itemKey })}
            onSelect={toggle}
          />
        )}
      </section>
      <div className={styles.pane}>
        <button type="button" className={styles.back} onClick={() => set({ item: undefined })}>
          <ArrowLeft size={16} aria-hidden /> All items
        </button>
        {row ? (
          <ItemPane
            row={row}
            version={version}
            fields={version.workflowPhase.config.itemFields}
            place={place < 0 ? 'Not in this list' : `${place + 1} of ${order.length}`}
            against={against}
            onAgainst={(value) => set({ against: value })}
            onStep={step}
          />
        ) : (
          <Notice title="No item is open" />
        )}
      </div>
      {mayDecide && row && (
        <div className={styles.bar}>
          {error !== undefined && (
            <p role="alert" className={styles.problem}>
              Not saved, and your note is kept. {messageOf(error)}
            </p>
          )}
          <DecisionBar
            field={noteField}
            label={isBulk ? count(chosen.length, 'item') : row.label}
            status={isBulk || row.reviewStatus === 'PENDING' ? undefined : row.reviewStatus}
            selected={chosen.length}
            note={noteOf(noteKey)}
            missing={isNoteMissing}
            onNote={(note) => {
              setNoteMissing(false);
              setNote(noteKey, note);
            }}
            onDecide={settle}
            onClear={() => setSelected(new Set())}
          />
        </div>
      )}
      <p className="hidden" role="status">
        {said}
      </p>
    </div>
  );
}
