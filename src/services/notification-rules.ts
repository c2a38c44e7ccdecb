/** Notification rules. Each belongs to one person, and every change is a commit to the reference data. */
import { v7 as uuidv7 } from 'uuid';
import { deleteRule, MAX_RULES, rulesOf, writeRule, type RuleSettings } from '../database/delivery/notices';
import { REFERENCE_STREAM } from '../database/register/people';
import { problemOfUrl } from '../database/register/receivers';
import { isZone, nextAt } from '../versioning/calendar';
import { badInput, notFound, tooLarge } from '../versioning/errors';
import type { Caller, Command } from './commit';
import { commitToStream, type StreamCommitDone } from './commit-to-stream';

/** Exactly one address: characters that could add recipients or end a line are refused. */
const MAIL = /^[^\s@<>(),;:"\\[\]]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/;

export interface SetNotificationRule extends Command, RuleSettings {
  /** The rule to change; null creates one. */
  readonly ruleId: string | null;
}

function requireValid({
  channel,
  address,
  zone,
  hour,
  weekday,
  quietFrom,
  quietUntil,
  waitingDays,
  dueDays,
}: RuleSettings): void {
  if (channel === 'EMAIL' && (address.length > 254 || !MAIL.test(address)))
    throw badInput('The address must be an e-mail address such as ada@bank.example, without a name.');
  const problem = channel === 'CHAT' ? problemOfUrl(address) : null;
  if (problem) throw badInput(`The address is not possible for a chat: ${problem}.`);
  if (!isZone(zone)) throw badInput('The zone must be one from the IANA database, such as Europe/Berlin or UTC.');
  const within = (name: string, value: number | null, least: number, most: number): void => {
    if (value !== null && (value < least || value > most)) throw badInput(`${name} must be from ${least} to ${most}.`);
  };
  within('hour', hour, 0, 23);
  within('weekday', weekday, 1, 7);
  within('quietFrom', quietFrom, 0, 23);
  within('quietUntil', quietUntil, 0, 23);
  within('waitingDays', waitingDays, 1, 365);
  within('dueDays', dueDays, 0, 365);
  if ((quietFrom === null) !== (quietUntil === null))
    throw badInput('Give both quietFrom and quietUntil, or neither of them.');
}

const unknownRule = (ruleId: string) => notFound(`The rule ${ruleId}`);

export const setNotificationRule = (caller: Caller, input: SetNotificationRule): Promise<StreamCommitDone> => {
  requireValid(input);
  return commitToStream(
    caller,
    'setNotificationRule',
    REFERENCE_STREAM,
    input,
    async ({ tx, now, viewer: { userId } }) => {
      const { ruleId: given, reason: _reason, idempotencyKey: _key, ...said } = input;
      const rules = await rulesOf(tx, userId);
      if (given !== null && !rules.some(({ ruleId }) => ruleId === given)) throw unknownRule(given);
      if (given === null && rules.length >= MAX_RULES)
        throw tooLarge('rules of one person', MAX_RULES, rules.length + 1, 'Change one of them, or remove one.');
      const ruleId = given ?? uuidv7();
      await writeRule(tx, { ruleId, userId, isNew: given === null, now }, said, nextAt(said, now));
      return ruleId;
    },
  );
};

export const removeNotificationRule = (
  caller: Caller,
  input: Command & { readonly ruleId: string },
): Promise<StreamCommitDone> =>
  commitToStream(caller, 'removeNotificationRule', REFERENCE_STREAM, input, async ({ tx, viewer: { userId } }) => {
    const { ruleId } = input;
    if (!(await rulesOf(tx, userId)).some((rule) => rule.ruleId === ruleId)) throw unknownRule(ruleId);
    await deleteRule(tx, ruleId);
    return ruleId;
  });
