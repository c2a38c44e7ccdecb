import { useState } from 'react';
import * as common from '#text/common';
import * as t from '#text/log';
import { act, operations } from '#text/words';
import { useApi } from '../../api/client';
import { LogChoicesDocument } from '../../generated/graphql';
import { Button } from '../../parts/atoms';
import { Choice } from '../../parts/Choice';
import type { Asked } from './asked';
import styles from './LogPage.module.css';

interface Props {
  asked: Asked;
  onChange: (asked: Asked) => void;
}

/** Narrows the log down: who, what, which table, and from which day to which. What can be chosen from is read when somebody goes there. */
export function LogFilters({ asked, onChange }: Props) {
  const [isWanted, setWanted] = useState(asked.actor !== undefined);
  const { data } = useApi(LogChoicesDocument, {}, { now: true, enabled: isWanted, staleTime: Infinity });
  const want = () => setWanted(true);
  const { operation, actor, table, since, until } = asked;
  const people = data?.users?.nodes.map(({ userId, name }) => [String(userId), name] as const) ?? [];
  const tables = data?.auditCoverage?.tables.map((one) => [one.table, one.table] as const) ?? [];
  const isAny = Object.values(asked).some((value) => value !== undefined);
  return (
    <div className={styles.filters} role="group" aria-label={t.whichCommits} onFocus={want} onPointerEnter={want}>
      <Choice
        label={t.who}
        value={actor === undefined ? undefined : String(actor)}
        all={t.anybody}
        options={withChosen(people, actor === undefined ? undefined : String(actor), (id) => t.personNumber(id))}
        onChange={(value) => onChange({ ...asked, actor: value === undefined ? undefined : Number(value) })}
      />
      <Choice
        label={t.onlyThoseThat}
        value={operation}
        all={t.didAnything}
        options={operations.map((one) => [one, act(one)])}
        onChange={(value) => onChange({ ...asked, operation: value })}
      />
      <Choice
        label={t.inTheTable}
        value={table}
        all={t.anyTable}
        options={withChosen(tables, table, String)}
        onChange={(value) => onChange({ ...asked, table: value })}
      />
      <Day label={common.from} value={since} onChange={(day) => onChange({ ...asked, since: day })} />
      <Day label={common.to} value={until} onChange={(day) => onChange({ ...asked, until: day })} />
      {isAny && (
        <Button kind="quiet" onClick={() => onChange({})}>
          {common.showAll}
        </Button>
      )}
    </div>
  );
}

type Option = readonly [value: string, label: string];
/** What is chosen stays an option while the others are read, or if it is none of them. */
const withChosen = (options: readonly Option[], chosen: string | undefined, name: (chosen: string) => string) =>
  chosen === undefined || options.some(([value]) => value === chosen)
    ? options
    : [...options, [chosen, name(chosen)] as const];

interface DayProps {
  label: string;
  value: string | undefined;
  onChange: (day: string | undefined) => void;
}
const Day = ({ label, value, onChange }: DayProps) => (
  <label className={styles.day}>
    <span>{label}</span>
    <input type="date" value={value ?? ''} onChange={({ target }) => onChange(target.value || undefined)} />
  </label>
);
