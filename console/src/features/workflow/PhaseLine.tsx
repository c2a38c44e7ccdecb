import { Link, useParams } from '@tanstack/react-router';
import { ArrowRight } from 'lucide-react';
import * as common from '#text/common';
import { dayOfYear } from '#text/time';
import { count, progressWord, recordNames } from '#text/words';
import * as t from '#text/workflow';
import type { PhaseRowFragment } from '../../generated/graphql';
import { Age, Person } from '../../parts/atoms';
import { Glyph } from '../../parts/Glyph';
import { stateShape, stateWord } from '../../parts/states';
import type { People } from '../turn';
import { nextStep } from './next-step';
import styles from './PhaseLine.module.css';

/** One phase: its state, the version in force, the next step, and whose turn it is. */
export function PhaseLine({ row, people }: { row: PhaseRowFragment; people: People }) {
  const { what, version, isListed, who, roles, since } = nextStep(row, people);
  const word = progressWord(row.phase, row.progress) ?? stateWord(row.progress);
  const { cycleId = '', reportId = '' } = useParams({ strict: false });
  return (
    <li className={styles.phase} data-progress={row.progress}>
      <span className={styles.rail}>
        <Glyph shape={stateShape(row.progress)} size={18} />
      </span>
      <div className={styles.name}>
        <h2>
          <Link to="/w/$cycleId/$reportId/$phase" params={{ cycleId, reportId, phase: row.phase }}>
            {row.config.title}
          </Link>
        </h2>
        <small>{word}</small>
      </div>
      <InForce row={row} />
      <div className={styles.next}>
        {version ? (
          <Link to="/v/$versionId" params={{ versionId: version.versionId }}>
            <b>{t.version(version.versionNumber)}</b> {what}&nbsp;
            <ArrowRight size={13} aria-hidden />
          </Link>
        ) : isListed ? (
          <Link to="/w/$cycleId/$reportId/$phase" params={{ cycleId, reportId, phase: row.phase }}>
            {what}&nbsp;
            <ArrowRight size={13} aria-hidden />
          </Link>
        ) : (
          what
        )}
      </div>
      <div className={styles.who}>
        {who.map((name) => (
          <Person key={name} name={name} />
        ))}
        {roles && <span className={styles.faint}>{roles}</span>}
      </div>
      <div className={styles.since}>{since && <Age of={since} />}</div>
    </li>
  );
}

function InForce({ row: { current, records, phase } }: { row: PhaseRowFragment }) {
  const names = recordNames[phase];
  if (names && records.totalCount > 0) {
    const last = records.nodes
      .map((record) => record.createdAt)
      .sort()
      .at(-1)!;
    return (
      <div className={styles.force}>
        <b>{count(records.totalCount, ...names)}</b>
        <small>{t.lastDayOfYear(dayOfYear(last))}</small>
      </div>
    );
  }
  if (!current || names)
    return (
      <div className={styles.force}>
        <span className={styles.faint}>{t.nothingYet}</span>
      </div>
    );
  const { versionId, versionNumber, items, reviewedBy, effectiveFrom } = current;
  return (
    <div className={styles.force}>
      <span className={styles.label}>{t.inForce}</span>
      <Link to="/v/$versionId" params={{ versionId }}>
        {common.version(versionNumber)}
      </Link>
      <small>
        {common.itemCount(items.totalCount)}
        {reviewedBy && ` · ${reviewedBy.name.split(' ')[0]}`}
        {effectiveFrom && `, ${dayOfYear(effectiveFrom)}`}
      </small>
    </div>
  );
}
