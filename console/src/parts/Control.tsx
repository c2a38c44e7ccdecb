import type { FieldFragment } from '../generated/graphql';

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
              { value: 'true', title: 'Yes' },
              { value: 'false', title: 'No' },
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
      return (
        <input
          {...common}
          type={field.kind === 'DATE' ? 'date' : 'text'}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}
