import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import * as common from '#text/common';
import * as t from '#text/phase';
import { day } from '#text/time';
import type { HistoryRowFragment } from '../../generated/graphql';
import { Age, Person } from '../../parts/atoms';
import { State } from '../../parts/Glyph';
import { Notice } from '../../parts/Notices';
import { Recorded } from '../../parts/Recorded';
import styles from './History.module.css';
import { lanesOf, type Place } from './lanes';

/** The versions of a phase, newest first, with a graph of their parents. */
export function History({ rows }: { rows: readonly HistoryRowFragment[] }) {
  const { places, width } = useMemo(() => lanesOf(rows), [rows]);
  if (rows.length === 0) return <Notice title={t.noVersionYet}>{t.everythingStartedHereStaysIn}</Notice>;
  return (
    <ol className={styles.history} aria-label={t.versionsNewestFirst}>
      {rows.map((row, index) => (
        <li key={row.versionId} data-status={row.status}>
          <Strands of={places[index]!} width={width} row={row} />
          <div>
            <h2>
              <Link to="/v/$versionId" params={{ versionId: row.versionId }}>
                {common.version(row.versionNumber)}
              </Link>
              {row.basis === 'RECORDED' && <Recorded />}
            </h2>
            <p>{sentenceOf(row)}</p>
            {row.approvalNotes && <blockquote>{row.approvalNotes}</blockquote>}
          </div>
          <span className={styles.side}>
            {common.itemCount(row.items.totalCount)}
            {originOf(row)}
          </span>
          <Person name={row.createdBy.name} />
          <Age of={row.reviewedAt ?? row.submittedAt ?? row.createdAt} />
        </li>
      ))}
    </ol>
  );
}

const LANE = 20;
/** The centre of a row's mark. */
const [LEFT, TOP] = [9, 22];
const xOf = (lane: number) => LEFT + lane * LANE;

interface StrandsProps {
  of: Place;
  width: number;
  row: HistoryRowFragment;
}
/** The lines of the graph through one row: those passing by, those from its children, and that to its parent. The same is said in words. */
function Strands({ of: { lane, hasAbove, hasBelow, past, ending }, width, row }: StrandsProps) {
  const x = xOf(lane);
  return (
    <span className={styles.strands} style={{ inlineSize: width * LANE }}>
      <svg aria-hidden>
        {past.map((one) => (
          <line key={one} x1={xOf(one)} x2={xOf(one)} y1="0" y2="100%" />
        ))}
        {ending.map((one) => (
          <path key={one} d={`M${xOf(one)} 0C${xOf(one)} ${TOP * 0.8} ${x} ${TOP * 0.2} ${x} ${TOP}`} />
        ))}
        {hasAbove && <line x1={x} x2={x} y1="0" y2={TOP} />}
        {hasBelow && <line x1={x} x2={x} y1={TOP} y2="100%" />}
      </svg>
      <span style={{ insetInlineStart: x - LEFT }}>
        <State of={row.status} bare size={18} />
      </span>
    </span>
  );
}

/** The version this one was made from, if it is not the previous one, and its base, if that differs. */
function originOf({ versionNumber, parent, base }: HistoryRowFragment): string {
  const from = parent && parent.versionNumber !== versionNumber - 1 ? t.fromVersion(parent.versionNumber) : '';
  const on = base && base.versionNumber !== parent?.versionNumber ? t.basedOnVersion(base.versionNumber) : '';
  return [from, on]
    .filter(Boolean)
    .map((one) => `, ${one}`)
    .join('');
}

function sentenceOf(row: HistoryRowFragment): string {
  const by = row.reviewedBy?.name ?? t.nobody;
  switch (row.status) {
    case 'APPROVED':
      return t.inForceSinceApprovedBy(day(row.effectiveFrom ?? row.createdAt), by);
    case 'SUPERSEDED':
      return t.inForceFromToApproved(
        day(row.effectiveFrom ?? row.createdAt),
        day(row.effectiveTo ?? row.createdAt),
        by,
      );
    case 'REJECTED':
      return t.rejectedBy(by);
    case 'PENDING_APPROVAL':
      return t.submittedAwaitingADecision;
    default:
      return t.beingDrafted;
  }
}
