import { useState } from 'react';
import * as t from '#text/parts';
import { useApi } from '../api/client';
import { PeopleToChooseDocument } from '../generated/graphql';

export interface ChoiceProps {
  id: string;
  required: boolean;
  value: string;
  'aria-describedby': string;
  onChange: (text: string) => void;
}

/** Picks a person who may sign in; the list may be incomplete, so it is searched. */
export function PersonControl({ onChange, ...common }: ChoiceProps) {
  const [search, setSearch] = useState('');
  const { data } = useApi(PeopleToChooseDocument, { search: search.trim() || null }, { now: true, keep: true });
  const people = data?.users?.nodes ?? [];
  const isLong = search !== '' || (data?.users?.totalCount ?? 0) > people.length;
  return (
    <>
      {isLong && (
        <input
          type="search"
          aria-label={t.searchPeople}
          placeholder={t.searchPeople}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      )}
      <select {...common} onChange={(event) => onChange(event.target.value)}>
        <option value="">—</option>
        {/* Who was chosen stays so while others are looked for. */}
        {common.value && !people.some(({ userId }) => String(userId) === common.value) && (
          <option value={common.value}>{t.personNumber(common.value)}</option>
        )}
        {people.map(({ userId, name }) => (
          <option key={userId} value={userId}>
            {name}
          </option>
        ))}
      </select>
    </>
  );
}
