/** Notification rules. Each person sees and changes only their own. */
import { noticeChannels, rulesOf, type RuleRow } from '../../database/delivery/notices';
import { sendingStatuses, sendingStatusOf } from '../../delivery/sending-status';
import type { Command } from '../../services/commit';
import {
  removeNotificationRule,
  setNotificationRule,
  type SetNotificationRule,
} from '../../services/notification-rules';
import type { Ask } from '../../versioning/work';
import { a, resolved, addFields, inputType, mutations, objectType, optional, queries, type Given } from '../declare';
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
  'ENABLED: messages are sent. DISABLED: the person has stopped them. SUSPENDED: stopped because nothing got through for three days; set the rule again when that is fixed.',
);

/** The members of a rule that its input and its type have in common. */
const said = {
  channel: a.of<SetNotificationRule['channel']>('How it is sent.', () => NoticeChannelEnum),
  address: a.text('The e-mail address, or the https address of a chat. It is in no log.'),
  zone: a.text('The IANA time zone of the hours, such as Europe/Berlin.'),
  hour: a.int('The hour of the day at which it is sent, from 0 to 23.'),
  weekday: optional.int('The day of the week, from 1 (Monday) to 7 (Sunday); every day if omitted.'),
  waitingDays: optional.int('Only work that has waited for this many days.'),
  dueDays: optional.int('Only work in cycles that end within this many days, or have ended.'),
  quietFrom: optional.int(
    'Quiet hours: nothing is sent from this hour until quietUntil, across midnight if that is smaller. Messages that are due or retried then are sent afterwards.',
  ),
  quietUntil: optional.int('The end of the quiet hours.'),
};
const ASKS =
  'Only work with these asks; all but WAIT and FOLLOW_UP if empty. WAIT is what the person submitted and others have to act on; FOLLOW_UP is what else waits for others in the workflows they are assigned to.';

const NotificationRule = objectType<RuleRow>(
  'NotificationRule',
  'A notification rule. Messages show what `myWork` returns at that time, as names and links; if there is nothing, nothing is sent (docs/notifications.md).',
  {
    ruleId: a.uuid('The id of the rule.'),
    ...said,
    asks: a.of(ASKS, () => [WorkAskEnum]),
    nextAt: a.instant('When it is due next; in the past while it is being retried.'),
    sentAt: optional.instant('When a message was last sent.'),
    failingSince: optional.instant('Since when deliveries have failed; null while they succeed.'),
    lastFailure: optional.text('The result of the last attempt, while deliveries fail.'),
    suspendedAt: optional.instant('When it was suspended, if it is.'),
  },
);
addFields(NotificationRule, {
  status: resolved('Whether messages are sent.', () => NoticeStatusEnum, sendingStatusOf),
});

queries({
  notificationRules: resolved(
    'The viewer’s notification rules; nobody else sees them. Always the present ones, also under @asOf.',
    () => [NotificationRule],
    (_, { db, viewer }) => rulesOf(db, viewer.userId),
  ),
});

const setInput = {
  ...commandInput,
  ...said,
  ruleId: optional.uuid('The rule to change; omitted for a new one.'),
  asks: optional.of<Ask[]>(ASKS, () => [WorkAskEnum]),
  isEnabled: optional.flag('Whether messages are sent; true if omitted.'),
};
const SetNotificationRuleInput = inputType<Given<typeof setInput>>(
  'SetNotificationRuleInput',
  'A complete rule: omitted fields are reset, not kept.',
  setInput,
);
const RemoveNotificationRuleInput = inputType<Command & { readonly ruleId: string }>(
  'RemoveNotificationRuleInput',
  'The rule to remove.',
  { ...commandInput, ruleId: a.uuid('The rule.') },
);

const NotificationRulesPayload = objectType<{ readonly notificationRules: readonly RuleRow[] }>(
  'NotificationRulesPayload',
  'The result of a change to one’s rules.',
  { notificationRules: a.of('All current rules of the viewer.', () => [NotificationRule]) },
);

mutations({
  setNotificationRule: resolved(
    'Notifies the viewer of waiting work, daily or weekly, by mail or in a chat. Everybody sets rules for themselves only; at most 10.',
    () => NotificationRulesPayload,
    { input: a.of<Given<typeof setInput>>('The rule.', () => SetNotificationRuleInput) },
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
  removeNotificationRule: resolved(
    'Removes a rule of the viewer, and forgets its address.',
    () => NotificationRulesPayload,
    { input: a.of<Command & { readonly ruleId: string }>('The rule.', () => RemoveNotificationRuleInput) },
    async (_, context, { input }) => {
      await removeNotificationRule(context, input);
      return { notificationRules: await rulesOf(context.db, context.viewer.userId) };
    },
  ),
});
