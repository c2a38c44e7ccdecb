import { Check, Copy } from 'lucide-react';
import { useState, type ComponentProps, type ReactNode } from 'react';
import * as t from '#text/parts';
import { age, bothZones, instant } from '#text/time';
import { numeral } from '#text/words';
import { useAt } from '../shell/use-at';
import styles from './atoms.module.css';

/** A person's initials with the name beside them. No colours: they do not scale to forty people. */
export function Person({ name, bare = false, you = false }: { name: string; bare?: boolean; you?: boolean }) {
  const initials = name
    .split(/\s+/)
    .map((part) => part[0])
    .slice(0, 2)
    .join('');
  return (
    <span className={styles.person} title={name}>
      <span className={styles.initials} data-you={you || undefined} aria-hidden>
        {initials}
      </span>
      <span className={bare ? 'hidden' : styles.clip}>{you ? t.you : name}</span>
    </span>
  );
}

/** An age relative to the instant of the page: in the past, "2 d" means two days before it. */
export function Age({ of }: { of: string }) {
  const { at } = useAt();
  return (
    <time dateTime={of} title={bothZones(of)} className={styles.age}>
      {age(of, at ? Date.parse(at) : Date.now())}
    </time>
  );
}

export const Instant = ({ of }: { of: string }) => (
  <time dateTime={of} title={bothZones(of)}>
    {instant(of)}
  </time>
);

const COPIED_MS = 1200;

/** Shows ten characters and copies all. */
export function Hash({ value }: { value: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard?.writeText(value);
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  };
  return (
    <button type="button" className={styles.hash} title={value} onClick={copy}>
      {value.slice(0, 10)}
      <span className="hidden">{copied ? t.copied : t.copyAllOfIt}</span>
      {copied ? <Check size={11} aria-hidden /> : <Copy size={11} aria-hidden />}
    </button>
  );
}

type ButtonKind = 'plain' | 'main' | 'quiet' | 'bad';
const buttonClass = (kind: ButtonKind, className = '') => `${styles.button} ${styles[kind]} ${className}`;

export function Button({ kind = 'plain', className, ...rest }: ComponentProps<'button'> & { kind?: ButtonKind }) {
  return <button type="button" className={buttonClass(kind, className)} {...rest} />;
}

/** The link style for the next step of the work. */
export const buttonLook = (kind: ButtonKind = 'plain'): string => buttonClass(kind);

export const Key = ({ children }: { children: ReactNode }) => <kbd className={styles.key}>{children}</kbd>;

interface SegmentsProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string; count?: number }[];
  onChange: (value: T) => void;
}
/** Tabs for a few views of the same thing. */
export function Segments<T extends string>({ label, value, options, onChange }: SegmentsProps<T>) {
  return (
    <div role="group" aria-label={label} className={styles.segments}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.label}
          {option.count !== undefined && <span className={styles.count}>{numeral(option.count)}</span>}
        </button>
      ))}
    </div>
  );
}

/** A progress bar for "107 of 115"; the text beside it carries the information. */
export function Meter({ done, total }: { done: number; total: number }) {
  return (
    <svg className={styles.meter} viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden>
      <rect width="100" height="4" />
      <rect width={total === 0 ? 0 : (100 * done) / total} height="4" data-done />
    </svg>
  );
}
