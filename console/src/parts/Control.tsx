import { useState } from 'react';
import * as t from '#text/parts';
import type { FieldFragment } from '../generated/graphql';
import { shown, titledValues } from './value';

interface Props {
  field: FieldFragment;
  value: string;
  onChange: (text: string) => void;
  /** An id other than the field name, if the page has the field twice. */
  id?: string;
  /** The accessible name if there is no label. */
  label?: string;
}

/** The form control for a declared type. */
export function Control({ field, value, onChange, id = field.name, label }: Props) {
  const common = {
    id,
    value,
    required: field.isRequired,
    ...(label === undefined ? { 'aria-describedby': `${id}-note` } : { 'aria-label': label }),
  };
  switch (field.kind) {
    case 'FLAG':
    case 'ENUMERATION': {
      const options =
        field.kind === 'FLAG'
          ? [
              { value: 'true', title: t.yes },
              { value: 'false', title: t.no },
            ]
          : field.constants;
      return (
        <select {...common} onChange={(event) => onChange(event.target.value)}>
          {!field.isRequired && <option value="">—</option>}
          {options.map((one) => (
            <option key={one.value} value={one.value}>
              {one.title}
            </option>
          ))}
        </select>
      );
    }
    case 'LONG_TEXT':
    case 'JSON':
    case 'JSON_LIST':
    case 'TEXT_LIST':
      return (
        <textarea
          {...common}
          data-mono={field.kind !== 'LONG_TEXT' || undefined}
          rows={field.kind === 'LONG_TEXT' ? 4 : 8}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    default:
      return field.suggestions.length > 0 ? (
        <UsualText field={field} {...common} onChange={onChange} />
      ) : (
        <input
          {...common}
          type={field.kind === 'DATE' ? 'date' : 'text'}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}

interface UsualProps {
  field: Pick<FieldFragment, 'kind' | 'constants' | 'suggestions'>;
  id: string;
  value: string;
  onChange: (text: string) => void;
}
/** A text with usual values, which are offered and shown by their titles; others are accepted as they are. */
export function UsualText({ field, value, onChange, ...common }: UsualProps) {
  const usual = titledValues(field);
  const asValue = (text: string) =>
    usual.find(({ title }) => title.toLowerCase() === text.trim().toLowerCase())?.value ?? text;
  // What is typed stays as it is typed, also where it is a usual value on the way to another text.
  const [typed, setTyped] = useState<string | null>(null);
  const named = value === '' ? '' : shown(value, field);
  const change = (text: string) => {
    setTyped(text);
    onChange(asValue(text));
  };
  return (
    <>
      <input
        {...common}
        type="text"
        value={typed !== null && asValue(typed) === value ? typed : named}
        list={`${common.id}-usual`}
        autoComplete="off"
        onChange={(event) => change(event.target.value)}
      />
      <datalist id={`${common.id}-usual`}>
        {usual.map((one) => (
          <option key={one.value} value={one.title} />
        ))}
      </datalist>
    </>
  );
}
