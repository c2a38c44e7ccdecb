import type { RefObject } from 'react';
import * as common from '#text/common';
import * as t from '#text/review';
import { Segments } from '../../parts/atoms';
import { SearchField } from '../../parts/SearchField';
import type { reviewFilters } from '../../router';
import { leaveOnEscape } from '../../shell/use-focus';
import styles from './ReviewPage.module.css';

export type Filter = (typeof reviewFilters)[number];

const labels: readonly [Filter, string][] = [
  ['changed', t.changed],
  ['undecided', t.undecided],
  ['unseen', t.unseen],
  ['all', common.all],
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
        label={t.searchInItems}
        hint="/"
        placeholder={t.searchItems}
        value={q}
        onChange={onSearch}
        onKeyDown={leaveOnEscape}
      />
      <Segments<Filter>
        label={t.show}
        value={filter}
        onChange={onFilter}
        options={labels.map(([value, label]) => ({ value, label, count: counts[value] }))}
      />
    </div>
  );
}
