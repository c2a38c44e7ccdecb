import { useState, type FormEvent, type ReactNode } from 'react';
import * as common from '#text/common';
import * as t from '#text/notifications';
import { useCommand } from '../../api/command';
import {
  SetNotificationRuleDocument,
  type NoticeChannel,
  type RuleFragment,
  type WorkAsk,
} from '../../generated/graphql';
import { Button } from '../../parts/atoms';
import { CheckList } from '../../parts/CheckList';
import floating from '../../parts/floating.module.css';
import { FormEnd } from '../../parts/FormEnd';
import { useKept } from '../../parts/kept';
import { Modal } from '../../parts/Modal';
import styles from './NotificationsPage.module.css';
import { askNames, clock, weekdays } from './words';

interface Typed {
  readonly channel: NoticeChannel;
  readonly address: string;
  readonly zone: string;
  readonly hour: string;
  readonly weekday: string;
  readonly asks: readonly WorkAsk[];
  readonly waitingDays: string;
  readonly dueDays: string;
  readonly quietFrom: string;
  readonly quietUntil: string;
  readonly isEnabled: boolean;
}

const text = (value: number | null | undefined): string => (value == null ? '' : String(value));
const number = (value: string): number | null => (value.trim() === '' ? null : Number(value));
const hours = Array.from({ length: 24 }, (_, hour) => [String(hour), clock(hour)] as const);

const typedOf = (rule: RuleFragment | undefined): Typed => ({
  channel: rule?.channel ?? 'EMAIL',
  address: rule?.address ?? '',
  zone: rule?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
  hour: text(rule?.hour ?? 8),
  weekday: text(rule?.weekday),
  asks: rule?.asks ?? [],
  waitingDays: text(rule?.waitingDays),
  dueDays: text(rule?.dueDays),
  quietFrom: text(rule?.quietFrom),
  quietUntil: text(rule?.quietUntil),
  isEnabled: rule?.status !== 'DISABLED',
});

/** Creates or replaces a rule. Input survives a reload until it is saved or discarded. */
export function RuleForm({ rule, onClose }: { rule: RuleFragment | undefined; onClose: () => void }) {
  const command = useCommand(SetNotificationRuleDocument);
  const [isAsked, setAsked] = useState(false);
  const [typed, change, forget] = useKept<Typed>(`notification.${rule?.ruleId ?? 'new'}`, typedOf(rule));
  const set = (patch: Partial<Typed>) => change((previous) => ({ ...previous, ...patch }));
  const days = [typed.waitingDays, typed.dueDays].map(number);
  const problem = !typed.address.trim()
    ? t.sayWhereTo
    : days.some((value) => value !== null && !(Number.isInteger(value) && value > 0))
      ? t.daysAreWholeNumbersFrom
      : null;
  const giveUp = () => {
    forget();
    onClose();
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (problem) return;
    const input = {
      ...(rule && { ruleId: rule.ruleId }),
      channel: typed.channel,
      address: typed.address.trim(),
      zone: typed.zone.trim(),
      hour: Number(typed.hour),
      weekday: number(typed.weekday),
      asks: [...typed.asks],
      waitingDays: days[0],
      dueDays: days[1],
      quietFrom: number(typed.quietFrom),
      quietUntil: number(typed.quietUntil),
      isEnabled: typed.isEnabled,
    };
    command.mutate({ input }, { onSuccess: giveUp });
  };
  return (
    <Modal title={rule ? t.changeTheRule : t.addARule} onClose={onClose}>
      <form onSubmit={save} noValidate autoComplete="off">
        <div className={styles.pair}>
          <Select
            label={t.how}
            value={typed.channel}
            options={[
              ['EMAIL', t.byMail],
              ['CHAT', t.inAChat],
            ]}
            onChange={(channel) => set({ channel: channel as NoticeChannel })}
          />
          <Input
            label={typed.channel === 'EMAIL' ? t.address : t.addressOfTheChatHttps}
            value={typed.address}
            onChange={(address) => set({ address })}
          />
          <Select
            label={t.on}
            value={typed.weekday}
            options={[['', t.everyDay], ...weekdays.map((name, index) => [String(index + 1), name] as const)]}
            onChange={(weekday) => set({ weekday })}
          />
          <Select label={t.at} value={typed.hour} options={hours} onChange={(hour) => set({ hour })} />
          <Input label={t.byTheClockOf} value={typed.zone} onChange={(zone) => set({ zone })} />
        </div>
        <CheckList
          legend={t.onlyWorkWithTheseAsks}
          options={askNames}
          chosen={typed.asks}
          onChange={(asks) => set({ asks })}
        />
        <div className={styles.pair}>
          <Input
            label={t.onlyWhatHasWaitedFor}
            isNumber
            value={typed.waitingDays}
            onChange={(waitingDays) => set({ waitingDays })}
          />
          <Input
            label={t.onlyWhatIsDueWithin}
            isNumber
            value={typed.dueDays}
            onChange={(dueDays) => set({ dueDays })}
          />
          <Select
            label={t.nothingFrom}
            value={typed.quietFrom}
            options={[['', t.noQuietHours], ...hours]}
            onChange={(quietFrom) => set({ quietFrom })}
          />
          <Select
            label={t.until}
            value={typed.quietUntil}
            options={[['', t.noQuietHours], ...hours]}
            onChange={(quietUntil) => set({ quietUntil })}
          />
        </div>
        <label className={floating.check}>
          <input
            type="checkbox"
            checked={typed.isEnabled}
            onChange={({ target }) => set({ isEnabled: target.checked })}
          />
          {t.messagesAreSent}
        </label>
        <p className={floating.note}>{t.theRuleIsRecordedIn}</p>
        <FormEnd
          of={command}
          problem={isAsked && problem}
          others={
            <Button kind="quiet" onClick={giveUp}>
              {common.cancel}
            </Button>
          }
        >
          {rule ? t.saveTheRule : t.addTheRule}
        </FormEnd>
      </form>
    </Modal>
  );
}

interface ControlProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}
const Labelled = ({ label, children }: { label: string; children: ReactNode }) => (
  <label className={floating.field}>
    {label}
    {children}
  </label>
);
const Input = ({ label, value, onChange, isNumber = false }: ControlProps & { isNumber?: boolean }) => (
  <Labelled label={label}>
    <input
      value={value}
      {...(isNumber && { inputMode: 'numeric' as const })}
      onChange={({ target }) => onChange(target.value)}
    />
  </Labelled>
);
const Select = ({
  label,
  value,
  options,
  onChange,
}: ControlProps & { options: readonly (readonly [string, string])[] }) => (
  <Labelled label={label}>
    <select value={value} onChange={({ target }) => onChange(target.value)}>
      {options.map(([key, name]) => (
        <option key={key} value={key}>
          {name}
        </option>
      ))}
    </select>
  </Labelled>
);
