/** Whether messages are sent: to a webhook, or by a notification rule. */
export const sendingStatuses = ['ENABLED', 'DISABLED', 'SUSPENDED'] as const;

export const sendingStatusOf = ({
  isEnabled,
  suspendedAt,
}: {
  readonly isEnabled: boolean;
  readonly suspendedAt: Date | null;
}): (typeof sendingStatuses)[number] => (!isEnabled ? 'DISABLED' : suspendedAt ? 'SUSPENDED' : 'ENABLED');
