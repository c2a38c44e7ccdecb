import type { ReactNode } from 'react';
import styles from './Glyph.module.css';
import { stateShape, stateWord, type Shape } from './states';

/**
 * The states of phases, versions, items and rules. Each has its own shape at 14 px, so that a column of them can be read without colour. A
 * met rule is a bare tick: it must not outshine one that is not met.
 */
const ring = <circle cx="7" cy="7" r="5.25" />;
const disc = <circle cx="7" cy="7" r="6" className={styles.solid} />;
const drawing = (tone: string, ...draw: ReactNode[]) => ({ tone, draw });
const cut = (d: string) => <path d={d} className={styles.cut} />;

const shapes = {
  ready: drawing('quiet', ring),
  blocked: drawing('faint', <circle cx="7" cy="7" r="5.25" strokeDasharray="1.9 2.2" />),
  working: drawing('quiet', ring, <path d="M7 3.5a3.5 3.5 0 0 1 0 7z" className={styles.solid} />),
  waiting: drawing(
    'accent',
    <path d="M7 1.4 12.6 7 7 12.6 1.4 7z" />,
    <circle cx="7" cy="7" r="1.7" className={styles.solid} />,
  ),
  done: drawing('good', disc, cut('m4.3 7.2 1.9 1.9 3.6-4')),
  refused: drawing('bad', disc, cut('m4.9 4.9 4.2 4.2m0-4.2L4.9 9.1')),
  changed: drawing('note', disc, cut('M4 8c1-2 2-2 3-1s2 1 3-1')),
  replaced: drawing('faint', ring, <path d="M3.3 10.7 10.7 3.3" />),
  recorded: drawing('quiet', <rect x="2" y="2" width="10" height="10" rx="2" />, <path d="M4.6 7h4.8" />),
  tick: drawing('good', <path d="m3 7.4 2.7 2.7L11 4.4" />),
  nothing: drawing('faint', <path d="M4 7h6" />),
} satisfies Record<Shape, unknown>;
export function Glyph({ shape, size = 14 }: { shape: Shape; size?: number }) {
  const { tone, draw } = shapes[shape];
  return (
    <svg viewBox="0 0 14 14" width={size} height={size} className={`${styles.glyph} ${styles[tone]}`} aria-hidden>
      {draw.map((part, index) => (
        <g key={index}>{part}</g>
      ))}
    </svg>
  );
}

/** Shape and word; `bare` keeps the word for screen readers only. */
interface StateProps {
  of: string;
  bare?: boolean;
  size?: number;
  /** A word other than the usual one. */
  word?: string | undefined;
}
export function State({ of, bare = false, size = 14, word = stateWord(of) }: StateProps) {
  return (
    <span className={styles.state} title={bare ? word : undefined}>
      <Glyph shape={stateShape(of)} size={size} />
      <span className={bare ? 'hidden' : undefined}>{word}</span>
    </span>
  );
}
