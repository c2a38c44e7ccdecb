import * as t from '#text/parts';
import { roleName } from '#text/words';
import type { RequirementFragment } from '../generated/graphql';
import { Glyph } from './Glyph';
import { stateShape, stateWord } from './states';
import styles from './Requirements.module.css';

export type Requirement = RequirementFragment;

const order = { UNSATISFIED: 0, OVERRIDDEN: 1, SATISFIED: 2, NOT_APPLICABLE: 3 };

interface Props {
  of: readonly Requirement[];
  /** The viewer's roles, to show what they can clear themselves; undefined in the past. */
  roles?: readonly string[];
  /** On phones, met requirements are collapsed too; unmet ones never are. */
  short?: boolean;
  /** Links to where a rule can be cleared, by rule code. */
  jump?: Readonly<Record<string, { label: string; go: () => void }>>;
}

/** The approval requirements: unmet ones first, with who can clear them; met ones in one line; those that do not apply are counted. */
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
  if (satisfiableBy.some((role) => roles.includes(role))) return t.youCanClearThis;
  return t.theCanClearThis(satisfiableBy.map(roleName));
}

function Folded({ rows }: { rows: readonly Requirement[] }) {
  const met = rows.filter(({ status }) => status !== 'NOT_APPLICABLE').length;
  const spared = rows.length - met;
  return (
    <li className={styles.folded}>
      <Glyph shape={met > 0 ? 'tick' : 'nothing'} />
      <details>
        <summary>
          {[met > 0 && t.rulesMet(met), spared > 0 && t.notNeededHere(spared)].filter(Boolean).join(', ')}
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
