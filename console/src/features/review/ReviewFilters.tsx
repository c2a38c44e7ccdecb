import type { RefObject } from 'react';
import { Segments } from '../../parts/atoms';
import { SearchField } from '../../parts/SearchField';
import type { reviewFilters } from '../../router';
import { leaveOnEscape } from '../../shell/use-focus';
import styles from './ReviewPage.module.css';

export type Filter = (typeof reviewFilters)[number];

const labels: readonly [Filter, string][] = [
  ['changed', 'Changed'],
  ['undecided', 'Undecided'],
  ['unseen', 'Unseen'],
  ['all', 'All'],
];

interface Props {
  field: RefObject<HTMLInputElement | null>;
  q: string;
  onSearch: (text: string) => void;
  filter: Filter;
  onFilter: (filter: Filter) => void;
  counts: Readonly<Record<Filter, number>>;
}

/** The filters of the item list. */
export function ReviewFilters({ field, q, onSearch, filter, onFilter, counts }: Props) {
  return (
    <div className={styles.filters}>
      <SearchField
        ref={field}
        label="Search in items"
        hint="/"
        placeholder="Search items"
        value={q}
        onChange={onSearch}
        onKeyDown={leaveOnEscape}
      />
      <Segments<Filter>
        label="Show"
        value={filter}
        onChange={onFilter}
        options={labels.map(([value, label]) => ({ value, label, count: counts[value] }))}
      />
    </div>
  );
}
