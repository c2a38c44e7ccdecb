import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import * as common from '#text/common';
import * as t from '#text/merge';
import { day } from '#text/time';
import { nouns } from '#text/words';
import { useCommand } from '../../api/command';
import { RebaseDocument, type MergeSide } from '../../generated/graphql';
import { Button, Key, Meter, Segments } from '../../parts/atoms';
import { More, useMore } from '../../parts/More';
import { Notice } from '../../parts/Notices';
import { ReasonDialog } from '../../parts/ReasonDialog';
import { useKeys } from '../../shell/use-keys';
import { Conflicts } from './Conflicts';
import { Incoming } from './Incoming';
import styles from './MergePage.module.css';
import type { StaleDraft } from './stale-draft';
import { useChoices, type Step } from './use-choices';

const route = getRouteApi('/v/$versionId/merge');

interface Props {
  draft: StaleDraft;
  conflicts: readonly Step[];
  incoming: readonly Step[];
}

/** Groups the merge steps by item, with those of the version itself in a group of their own. */
const byItem = (steps: readonly Step[]): [key: string, steps: Step[]][] => [
  ...Map.groupBy(steps, ({ itemKey }) => itemKey ?? ''),
];

export function MergeDesk({ draft, conflicts, incoming }: Props) {
  const { show = conflicts.length > 0 ? 'conflicts' : 'incoming' } = route.useSearch();
  const navigate = useNavigate({ from: '/v/$versionId/merge' });
  const list = useRef<HTMLDivElement>(null);
  const [isAsked, setAsked] = useState(false);
  const [refused, setRefused] = useState('');
  const choices = useChoices(draft.versionId, conflicts);
  const items = useMore(byItem(show === 'conflicts' ? conflicts : incoming));
  const { base, current } = draft;
  const theirs = t.theirVersion(current.versionNumber);

  const questions = () => [...(list.current?.querySelectorAll<HTMLElement>('fieldset') ?? [])];
  const go = (to: HTMLElement | undefined) => {
    to?.querySelector<HTMLElement>('input:checked, input')?.focus();
    to?.scrollIntoView({ block: 'nearest' });
  };
  const here = () => questions().findIndex((one) => one.contains(document.activeElement));
  const nextOpen = () => questions().find((one) => !one.querySelector('input:checked'));
  const take = (side: MergeSide) =>
    questions()[here()]?.querySelector<HTMLInputElement>(`input[value=${side}]`)?.click();
  useKeys({
    j: () => go(questions()[here() + 1]),
    k: () => go(questions()[Math.max(0, here() - 1)]),
    u: () => go(nextOpen()),
    d: () => take('OURS'),
    t: () => take('THEIRS'),
  });

  const ask = () => {
    const left = choices.open.length;
    if (left === 0) return setAsked(true);
    setRefused(t.notYetLeftToDecide(left));
    go(nextOpen());
  };
  return (
    <>
      <div className={styles.lead}>
        <p>
          {t.thisDraftWasStartedFrom(
            base?.versionNumber,
            theirs,
            current.reviewedBy && current.reviewedAt && t.approvedBy(current.reviewedBy.name, day(current.reviewedAt)),
          )}
        </p>
        <div className={styles.tools}>
          <Segments
            label={t.show}
            value={show}
            onChange={(value) => void navigate({ search: (previous) => ({ ...previous, show: value }), replace: true })}
            options={[
              { value: 'conflicts', label: t.toDecide, count: conflicts.length },
              { value: 'incoming', label: t.comesByItself, count: incoming.length },
            ]}
          />
          {show === 'conflicts' && choices.open.length > 0 && (
            <div className={styles.rest}>
              {t.theRest}
              <Button onClick={() => choices.choose(choices.open, 'OURS')}>{t.asInThisDraft}</Button>
              <Button onClick={() => choices.choose(choices.open, 'THEIRS')}>{t.asIn(theirs)}</Button>
            </div>
          )}
          {show === 'conflicts' && conflicts.length > 0 && (
            <span className={styles.keys}>{t.thisDraftNextOpen(<Key>d</Key>, <Key>t</Key>, theirs, <Key>u</Key>)}</span>
          )}
        </div>
      </div>
      <div ref={list} className={styles.list}>
        {items.shown.map(([key, steps]) =>
          show === 'conflicts' ? (
            <Conflicts key={key} draft={draft} steps={steps} choiceOf={choices.choiceOf} onChoose={choices.choose} />
          ) : (
            <Incoming key={key} draft={draft} steps={steps} />
          ),
        )}
        {items.shown.length === 0 && (
          <Notice title={show === 'conflicts' ? t.nothingIsToBeDecided : t.nothingComesByItself}>
            {show === 'conflicts' ? t.nobodyChangedTheSameFields(theirs) : t.everythingThatDiffersThereWas}
          </Notice>
        )}
        <More of={items} noun={nouns.item} />
      </div>
      <div className={styles.bar}>
        <div>
          <p>{t.decidedOf(conflicts.length - choices.open.length, conflicts.length, incoming.length)}</p>
          <Meter done={conflicts.length - choices.open.length} total={conflicts.length} />
        </div>
        <p role="status" className={styles.refused}>
          {choices.open.length > 0 && refused}
        </p>
        <Button kind="main" aria-disabled={choices.open.length > 0} onClick={ask}>
          {t.rebaseOnto(theirs)}
        </Button>
      </div>
      {isAsked && <RebaseDialog draft={draft} choices={choices} onClose={() => setAsked(false)} />}
    </>
  );
}

interface DialogProps {
  draft: StaleDraft;
  choices: ReturnType<typeof useChoices>;
  onClose: () => void;
}
function RebaseDialog({ draft, choices: { resolutions, forget }, onClose }: DialogProps) {
  const { versionId, revision, versionNumber, current } = draft;
  const rebase = useCommand(RebaseDocument);
  const navigate = useNavigate();
  const submit = (reason: string | null, taken: () => void) =>
    rebase.mutate(
      { input: { versionId, expectedRevision: revision, resolutions, reason } },
      {
        onSuccess: ({ rebaseVersion }) => {
          onClose(); // if another version came into force, the page asks about what remains
          if (!rebaseVersion?.version) return;
          forget();
          taken();
          void navigate({ to: '/v/$versionId', params: { versionId } });
        },
      },
    );
  return (
    <ReasonDialog
      about={versionId}
      title={t.rebaseVersionOnto(versionNumber, current.versionNumber)}
      then={t.oneCommitWithYourName(current.versionNumber)}
      label={common.reasonOptional}
      isRequired={false}
      command={rebase}
      onSubmit={submit}
      onClose={onClose}
    />
  );
}
