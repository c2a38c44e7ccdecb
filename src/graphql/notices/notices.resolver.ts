/** Notification rules. Each person sees and changes only their own. */
import { noticeChannels, rulesOf, ruleStatuses, type RuleRow } from '../../database/notices';
import type { Command } from '../../services/commit';
import {
  removeNotificationRule,
  setNotificationRule,
  type SetNotificationRule,
} from '../../services/notification-rules';
import type { Ask } from '../../versioning/work';
import { a, answered, answers, inputType, mutations, objectType, optional, queries } from '../declare';
import { enumOf } from '../enums';
import { commandInput } from '../version/command-inputs';
import { WorkAskEnum } from '../work/types';

const NoticeChannelEnum = enumOf(
  'NoticeChannel',
  noticeChannels,
  'EMAIL: a mail. CHAT: a message to a chat, by the address that Slack, Teams and others give out for that (an incoming webhook).',
);
const NoticeStatusEnum = enumOf(
  'NotificationRuleStatus',
  ruleStatuses,
  'ENABLED: messages are sent. DISABLED: the person has stopped that. SUSPENDED: it was stopped because nothing had got through for three days; set it again when that is mended.',
);

const words = {
  channel: 'How it is sent.',
  address: 'Where to: an address of e-mail, or the https address of a chat. It stands in no log.',
  zone: 'By whose clock the hours are: a zone of the IANA database, such as Europe/Berlin, with its summer time.',
  hour: 'At which hour of the day it is sent, from 0 to 23.',
  weekday: 'On which day of the week, 1 for Monday to 7 for Sunday; on every day, if left out.',
  asks: 'Only what asks for these; all but WAIT if there are none. WAIT is what the person handed in and others have.',
  waitingDays: 'Only what has waited for so many days.',
  dueDays: 'Only what is in a cycle that ends within so many days, or has ended.',
  quietFrom:
    'From this hour on nothing is sent, until quietUntil; over midnight, if that is the lesser. What was due then, or failed, is sent when it is over.',
  quietUntil: 'Until which hour it is quiet.',
} as const;

const NotificationRule = objectType<RuleRow>(
  'NotificationRule',
  'When somebody has themself told what waits for them. What is told is what `myWork` shows then, by names and links; where it shows nothing of that, nothing is sent (docs/notifications.md).',
  {
    ruleId: a.uuid('The id of the rule.'),
    channel: a.of(words.channel, () => NoticeChannelEnum),
    address: a.text(words.address),
    zone: a.text(words.zone),
    hour: a.int(words.hour),
    weekday: optional.int(words.weekday),
    asks: a.of(words.asks, () => [WorkAskEnum]),
    waitingDays: optional.int(words.waitingDays),
    dueDays: optional.int(words.dueDays),
    quietFrom: optional.int(words.quietFrom),
    quietUntil: optional.int(words.quietUntil),
    nextAt: a.instant('When it is due next; now, while it is tried again.'),
    sentAt: optional.instant('When something was sent last.'),
    failingSince: optional.instant('Since when nothing has got through; null while it does.'),
    lastFailure: optional.text('What became of the last attempt, while nothing gets through.'),
    suspendedAt: optional.instant('When it was suspended, if it is.'),
  },
);
answers(NotificationRule, {
  status: answered(
    'Whether messages are sent.',
    () => NoticeStatusEnum,
    ({ isEnabled, suspendedAt }) => (!isEnabled ? 'DISABLED' : suspendedAt ? 'SUSPENDED' : 'ENABLED'),
  ),
});

queries({
  notificationRules: answered(
    'When the viewer has themself told what waits for them; nobody else sees that. It is about now, also under @asOf.',
    () => [NotificationRule],
    (_, { db, viewer }) => rulesOf(db, viewer.userId),
  ),
});

interface SetInput extends Command {
  readonly ruleId?: string | null;
  readonly channel: SetNotificationRule['channel'];
  readonly address: string;
  readonly zone: string;
  readonly hour: number;
  readonly weekday?: number | null;
  readonly asks?: readonly Ask[] | null;
  readonly waitingDays?: number | null;
  readonly dueDays?: number | null;
  readonly quietFrom?: number | null;
  readonly quietUntil?: number | null;
  readonly isEnabled?: boolean | null;
}
const SetNotificationRuleInput = inputType<SetInput>(
  'SetNotificationRuleInput',
  'A rule, whole: what is left out is not as it was, but as if it had never been said.',
  {
    ...commandInput,
    ruleId: optional.uuid('The rule that is changed; a new one is made if left out.'),
    channel: a.of(words.channel, () => NoticeChannelEnum),
    address: a.text(words.address),
    zone: a.text(words.zone),
    hour: a.int(words.hour),
    weekday: optional.int(words.weekday),
    asks: optional.of(words.asks, () => [WorkAskEnum]),
    waitingDays: optional.int(words.waitingDays),
    dueDays: optional.int(words.dueDays),
    quietFrom: optional.int(words.quietFrom),
    quietUntil: optional.int(words.quietUntil),
    isEnabled: optional.flag('Whether messages are sent; they are, if left out.'),
  },
);
const RemoveNotificationRuleInput = inputType<Command & { readonly ruleId: string }>(
  'RemoveNotificationRuleInput',
  'Which rule is removed.',
  { ...commandInput, ruleId: a.uuid('The rule.') },
);

const NotificationRulesPayload = objectType<{ readonly notificationRules: readonly RuleRow[] }>(
  'NotificationRulesPayload',
  'What a change of one’s rules did.',
  { notificationRules: a.of('All rules of the viewer, as they are now.', () => [NotificationRule]) },
);

mutations({
  setNotificationRule: answered(
    'Has the viewer told what waits for them, daily or weekly, by mail or in a chat. For everybody, for themselves; 10 rules at most.',
    () => NotificationRulesPayload,
    { input: a.of<SetInput>('What is wanted.', () => SetNotificationRuleInput) },
    async (_, context, { input }) => {
      const { weekday = null, asks, waitingDays = null, dueDays = null, quietFrom = null, quietUntil = null } = input;
      const whole = { ...input, weekday, waitingDays, dueDays, quietFrom, quietUntil };
      const { ruleId = null, isEnabled } = input;
      await setNotificationRule(context, {
        ...whole,
        ruleId,
        asks: [...new Set(asks ?? [])],
        isEnabled: isEnabled ?? true,
      });
      context.work.ruleSet();
      return { notificationRules: await rulesOf(context.db, context.viewer.userId) };
    },
  ),
  removeNotificationRule: answered(
    'Removes a rule of the viewer, and forgets its address.',
    () => NotificationRulesPayload,
    { input: a.of<Command & { readonly ruleId: string }>('Which one.', () => RemoveNotificationRuleInput) },
    async (_, context, { input }) => {
      await removeNotificationRule(context, input);
      return { notificationRules: await rulesOf(context.db, context.viewer.userId) };
    },
  ),
});
