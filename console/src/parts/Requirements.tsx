import type { RequirementFragment } from '../generated/graphql';
import { anyOf, roleName } from '../text/words';
import { Glyph } from './Glyph';
import { stateShape, stateWord } from './states';
import styles from './Requirements.module.css';

export type Requirement = RequirementFragment;

const order = { UNSATISFIED: 0, OVERRIDDEN: 1, SATISFIED: 2, NOT_APPLICABLE: 3 };

interface Props {
  of: readonly Requirement[];
  /** What the reader is, to tell them what they can clear themselves; nobody clears anything in the past. */
  roles?: readonly string[];
  /** On a phone what is met folds too; what is not met never does. */
  short?: boolean;
  /** Where a rule is cleared, by its code. */
  jump?: Readonly<Record<string, { label: string; go: () => void }>>;
}

/** What stands in the way comes first, with who can clear it; what is met is one quiet line; what is not needed is counted. */
export function Requirements({ of, roles, short = false, jump = {} }: Props) {
  const rows = of.toSorted((a, b) => order[a.status] - order[b.status]);
  const isShown = ({ status }: Requirement) => status === 'UNSATISFIED' || (!short && status !== 'NOT_APPLICABLE');
  const folded = rows.filter((row) => !isShown(row));
  return (
    <ul className={styles.list}>
      {rows.filter(isShown).map((row) => {
        const place = jump[row.code];
        return (
          <li key={row.code} data-status={row.status}>
            <Glyph shape={stateShape(row.status)} />
            <div>
              <span className="hidden">{stateWord(row.status)}: </span>
              {row.explanation}
              {row.status === 'UNSATISFIED' && row.satisfiableBy.length > 0 && (
                <p className={styles.by}>
                  {whoClears(row, roles)}
                  {place && (
                    <>
                      {' · '}
                      <button type="button" onClick={place.go}>
                        {place.label}
                      </button>
                    </>
                  )}
                </p>
              )}
            </div>
          </li>
        );
      })}
      {folded.length > 0 && <Folded rows={folded} />}
    </ul>
  );
}

function whoClears({ satisfiableBy }: Requirement, roles: readonly string[] = []): string {
  if (satisfiableBy.some((role) => roles.includes(role))) return 'You can clear this';
  return `The ${anyOf(satisfiableBy.map(roleName))} can clear this`;
}

function Folded({ rows }: { rows: readonly Requirement[] }) {
  const met = rows.filter(({ status }) => status !== 'NOT_APPLICABLE').length;
  const spared = rows.length - met;
  return (
    <li className={styles.folded}>
      <Glyph shape={met > 0 ? 'tick' : 'nothing'} />
      <details>
        <summary>
          {[met > 0 && `${met} met`, spared > 0 && `${spared} not needed here`].filter(Boolean).join(', ')}
        </summary>
        {rows.map((row) => (
          <p key={row.code}>
            {stateWord(row.status)}: {row.explanation}
          </p>
        ))}
      </details>
    </li>
  );
}
