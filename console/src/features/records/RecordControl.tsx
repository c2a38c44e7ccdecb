import * as t from '#text/records';
import { day, timeZone } from '#text/time';
import { useApi } from '../../api/client';
import { LobsToChooseDocument, type CommandFragment } from '../../generated/graphql';
import { Control, UsualText } from '../../parts/Control';
import floating from '../../parts/floating.module.css';
import { PersonControl, type ChoiceProps } from '../../parts/PersonControl';

type CommandField = CommandFragment['fields'][number] & { input: string };
export interface NumberedRecord {
  readonly versionId: string;
  readonly versionNumber: number;
  readonly createdAt: string;
  readonly createdBy: { readonly name: string };
}
interface Props {
  field: CommandField;
  value: string;
  records: readonly NumberedRecord[];
  onChange: (text: string) => void;
}

/** The control for a command's field: references are picked, other types are as in any form. */
export function RecordControl({ field, value, records, onChange }: Props) {
  const common = { id: field.input, required: field.isRequired, value, 'aria-describedby': `${field.input}-note` };
  switch (field.kind) {
    case 'USER':
      return <PersonControl {...common} onChange={onChange} />;
    case 'LOB':
      return <LobControl {...common} onChange={onChange} />;
    case 'VERSION':
      return (
        <select {...common} onChange={(event) => onChange(event.target.value)}>
          <option value="">—</option>
          {records.map(({ versionId, versionNumber, createdBy, createdAt }) => (
            <option key={versionId} value={versionId}>
              {t.versionBy(versionNumber, createdBy.name, day(createdAt))}
            </option>
          ))}
        </select>
      );
    case 'INSTANT':
      return (
        <div className={floating.instant}>
          <input {...common} type="datetime-local" step="1" onChange={(event) => onChange(event.target.value)} />
          <span>{timeZone}</span>
        </div>
      );
    case 'ENUMERATION':
    case 'TEXT':
      // A text with a fixed set of values is shown as a select.
      if (field.constants.length > 0)
        return (
          <select {...common} onChange={(event) => onChange(event.target.value)}>
            <option value="">—</option>
            {field.constants.map((one) => (
              <option key={one.value} value={one.value}>
                {one.title}
              </option>
            ))}
          </select>
        );
      return <UsualText field={field} {...common} onChange={onChange} />;
    default:
      return <Control field={{ ...field, name: field.input }} value={value} onChange={onChange} />;
  }
}

function LobControl({ onChange, ...common }: ChoiceProps) {
  const { data } = useApi(LobsToChooseDocument, {}, { now: true });
  return (
    <select {...common} onChange={(event) => onChange(event.target.value)}>
      <option value="">—</option>
      {data?.lobs?.nodes.map(({ lobId, name }) => (
        <option key={lobId} value={lobId}>
          {name}
        </option>
      ))}
    </select>
  );
}
