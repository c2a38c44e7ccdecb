import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { ArrowLeft, GitCompareArrows } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import * as common from '#text/common';
import * as t from '#text/review';
import { isOutcomeUnknown } from '../../api/error';
import type { ItemReviewStatus } from '../../generated/graphql';
import { Button, buttonLook } from '../../parts/atoms';
import { Notice } from '../../parts/Notices';
import { refusalOf } from '../../parts/Outcome';
import { stateWord } from '../../parts/states';
import { useAt } from '../../shell/use-at';
import { useKeys } from '../../shell/use-keys';
import { useMedia } from '../../shell/use-media';
import { isRefusal, knows } from '../version/decisions';
import { useSelection } from '../version/items/use-selection';
import { VersionTitle } from '../version/VersionTitle';
import { DecisionBar } from './DecisionBar';
import { ItemList } from './ItemList';
import { ItemPane, type Against } from './ItemPane';
import { ReviewBox } from './ReviewBox';
import { ReviewFilters, type Filter } from './ReviewFilters';
import styles from './ReviewPage.module.css';
import { useNotes } from './use-notes';
import type { ReviewedVersion, Row, useReview } from './use-review';

const route = getRouteApi('/v/$versionId/review');
/** The key under which the note on a selection is kept. */
const SELECTION = '*';

interface Props {
  version: ReviewedVersion;
  review: ReturnType<typeof useReview>;
}
export function ReviewDesk({ version, review: { rows, see, decide, last, takeBack, error } }: Props) {
  const { item, q = '', show, against: wanted } = route.useSearch();
  const navigate = useNavigate({ from: '/v/$versionId/review' });
  const { at } = useAt();
  const isNarrow = useMedia('(max-width: 52rem)');
  const [missing, setMissing] = useState<ItemReviewStatus | null>(null);
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
  const [first] = useState(usual); // the filter does not change while the last items are decided
  const filter: Filter = show ?? first;
  const order = useMemo(() => {
    const text = q.toLowerCase();
    const matches = (row: Row) => `${row.label} ${JSON.stringify(row.content)}`.toLowerCase().includes(text);
    return text ? sets[filter].filter(matches) : sets[filter];
  }, [sets, filter, q]);

  // While the list shows "undecided" items, a decided item stays open until another one is opened.
  // A returning reviewer continues where they left off.
  const begin = order.find(({ reviewStatus }) => reviewStatus === 'PENDING') ?? order[0];
  const row = rows.find(({ itemKey }) => itemKey === item) ?? (isNarrow ? undefined : begin);
  const place = order.findIndex(({ itemKey }) => itemKey === row?.itemKey);
  const against: Against = wanted ?? (row?.mine ? 'review' : version.base ? 'base' : 'none');
  const mayDecide = version.availableActions.includes('DECIDE_ITEMS') && !at;
  const knowsModified = knows(version.workflowPhase.config.itemFields, 'MODIFIED');
  const selection = useSelection(order);
  const { chosen } = selection;
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
    if (isRefusal(status) && !note) {
      setMissing(status);
      noteField.current?.focus();
      return;
    }
    setMissing(null);
    const next = isBulk ? undefined : nextUndecided(targets);
    const left = sets.undecided.filter((one) => !targets.includes(one)).length;
    const what = targets.length === 1 ? targets[0]!.label : common.itemCount(targets.length);
    void decide(targets, status, note).then((isDone) => {
      if (!isDone) return;
      setNote(noteKey, ''); // the note is kept until the server has accepted it
      say(t.decidedAndLeft(what, stateWord(status).toLowerCase(), left, next?.label));
    });
    selection.clear();
    // The open item stays open, even if it is no longer in the list.
    set({ item: next?.itemKey ?? row?.itemKey });
  };
  const undo = () => {
    if (!last) return;
    const { what, first } = last;
    set({ item: first });
    void takeBack().then((isDone) => isDone && say(t.theDecisionWasUndone(what)));
  };

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
    Escape: selection.clear,
    ...(mayDecide && {
      z: undo,
      a: () => settle('APPROVED'),
      ...(knowsModified && { m: () => settle('MODIFIED') }),
      r: () => settle('REJECTED'),
      n: () => noteField.current?.focus(),
    }),
  });

  const { versionId, base } = version;
  return (
    <div className={styles.page} data-open={item && row ? true : undefined} data-bulk={isBulk || undefined}>
      <VersionTitle version={version} page={common.review} doing={mayDecide ? 'REVIEWING' : 'VIEWING'}>
        <Link to="/v/$versionId" activeOptions={{ exact: true }} params={{ versionId }} className={buttonLook()}>
          {t.allOfIt}
        </Link>
        {base && (
          <Link
            to="/v/$versionId/diff"
            params={{ versionId }}
            search={{ from: base.versionNumber }}
            className={buttonLook()}
          >
            <GitCompareArrows size={14} aria-hidden /> {t.allChanges}
          </Link>
        )}
      </VersionTitle>
      <ReviewBox
        version={version}
        rows={rows}
        last={mayDecide ? last : undefined}
        onTakeBack={undo}
        onShowUndecided={() => set({ show: 'undecided', item: sets.undecided[0]?.itemKey })}
      />
      <section className={styles.list} aria-label={t.itemsOfThisVersion}>
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
            bare
            title={q ? t.nothingMatches(q) : filter === 'undecided' ? t.everythingIsDecided : t.nothingHere}
            action={<Button onClick={() => set({ show: 'all', q: undefined })}>{t.showAll(rows.length)}</Button>}
          />
        ) : (
          <ItemList
            rows={order}
            active={row?.itemKey}
            selection={selection}
            isSecondRound={version.mine !== null}
            canSelect={mayDecide}
            onOpen={(itemKey) => set({ item: itemKey })}
          />
        )}
      </section>
      <div className={styles.pane}>
        <button type="button" className={styles.back} onClick={() => set({ item: undefined })}>
          <ArrowLeft size={16} aria-hidden /> {t.allItems}
        </button>
        {row ? (
          <ItemPane
            row={row}
            version={version}
            fields={version.workflowPhase.config.itemFields}
            place={place < 0 ? t.notInThisList : t.placeOfN(place + 1, order.length)}
            against={against}
            onAgainst={(value) => set({ against: value })}
            onStep={step}
          />
        ) : (
          <Notice bare title={t.noItemIsOpen} />
        )}
      </div>
      {mayDecide && row && (
        <div className={styles.bar}>
          {error !== undefined && (
            <p role="alert" className={styles.problem}>
              {isOutcomeUnknown(error) ? t.yourNoteIsKept : t.notSavedYourNoteIs} {refusalOf(error)}
            </p>
          )}
          <DecisionBar
            field={noteField}
            label={isBulk ? common.itemCount(chosen.length) : row.label}
            status={isBulk || row.reviewStatus === 'PENDING' ? undefined : row.reviewStatus}
            selected={chosen.length}
            note={noteOf(noteKey)}
            knowsModified={knowsModified}
            missing={missing}
            onNote={(note) => {
              setMissing(null);
              setNote(noteKey, note);
            }}
            onDecide={settle}
            onClear={selection.clear}
          />
        </div>
      )}
      <p className="hidden" role="status">
        {said}
      </p>
    </div>
  );
}
