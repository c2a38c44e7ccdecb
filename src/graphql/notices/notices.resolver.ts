/** Notification rules. Each person sees and changes only their own. */
import { noticeChannels, rulesOf, type RuleRow } from '../../database/notices';
import { sendingStatuses, sendingStatusOf } from '../../delivery/sending-status';
import type { Command } from '../../services/commit';
import {
  removeNotificationRule,
  setNotificationRule,
  type SetNotificationRule,
} from '../../services/notification-rules';
import type { Ask } from '../../versioning/work';
import { a, answered, answers, inputType, mutations, objectType, optional, queries, type Given } from '../declare';
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
  sendingStatuses,
  'ENABLED: messages are sent. DISABLED: the person has stopped that. SUSPENDED: it was stopped because nothing had got through for three days; set it again when that is mended.',
);

/** The members of a rule that its input and its type have in common. */
const said = {
  channel: a.of<SetNotificationRule['channel']>('How it is sent.', () => NoticeChannelEnum),
  address: a.text('Where to: an address of e-mail, or the https address of a chat. It stands in no log.'),
  zone: a.text(
    'By whose clock the hours are: a zone of the IANA database, such as Europe/Berlin, with its summer time.',
  ),
  hour: a.int('At which hour of the day it is sent, from 0 to 23.'),
  weekday: optional.int('On which day of the week, 1 for Monday to 7 for Sunday; on every day, if left out.'),
  waitingDays: optional.int('Only what has waited for so many days.'),
  dueDays: optional.int('Only what is in a cycle that ends within so many days, or has ended.'),
  quietFrom: optional.int(
    'From this hour on nothing is sent, until quietUntil; over midnight, if that is the lesser. What was due then, or failed, is sent when it is over.',
  ),
  quietUntil: optional.int('Until which hour it is quiet.'),
};
const ASKS =
  'Only what asks for these; all but WAIT if there are none. WAIT is what the person handed in and others have.';

const NotificationRule = objectType<RuleRow>(
  'NotificationRule',
  'When somebody has themself told what waits for them. What is told is what `myWork` shows then, by names and links; where it shows nothing of that, nothing is sent (docs/notifications.md).',
  {
    ruleId: a.uuid('The id of the rule.'),
    ...said,
    asks: a.of(ASKS, () => [WorkAskEnum]),
    nextAt: a.instant('When it is due next; now, while it is tried again.'),
    sentAt: optional.instant('When something was sent last.'),
    failingSince: optional.instant('Since when nothing has got through; null while it does.'),
    lastFailure: optional.text('What became of the last attempt, while nothing gets through.'),
    suspendedAt: optional.instant('When it was suspended, if it is.'),
  },
);
answers(NotificationRule, {
  status: answered('Whether messages are sent.', () => NoticeStatusEnum, sendingStatusOf),
});

queries({
  notificationRules: answered(
    'When the viewer has themself told what waits for them; nobody else sees that. It is about now, also under @asOf.',
    () => [NotificationRule],
    (_, { db, viewer }) => rulesOf(db, viewer.userId),
  ),
});

const setInput = {
  ...commandInput,
  ...said,
  ruleId: optional.uuid('The rule that is changed; a new one is made if left out.'),
  asks: optional.of<Ask[]>(ASKS, () => [WorkAskEnum]),
  isEnabled: optional.flag('Whether messages are sent; they are, if left out.'),
};
const SetNotificationRuleInput = inputType<Given<typeof setInput>>(
  'SetNotificationRuleInput',
  'A rule, whole: what is left out is not as it was, but as if it had never been said.',
  setInput,
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
    { input: a.of<Given<typeof setInput>>('What is wanted.', () => SetNotificationRuleInput) },
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
