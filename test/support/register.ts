/** The mutations by which the register is kept. */
const kinds = ['User', 'Lob', 'Cycle', 'Report', 'Workflow'];
/** Those of webhooks, which are tried in test/delivery. */
export const webhookMutations = ['createWebhook', 'updateWebhook', 'rotateWebhookSecret', 'replayWebhook'];
/** What is tried in test/delivery/notices. */
export const noticeMutations = ['setNotificationRule', 'removeNotificationRule'];
/** What is tried in test/files/pack. */
export const packMutations = ['requestPack'];
export const registerMutations = ['create', 'update'].flatMap((verb) => kinds.map((kind) => `${verb}${kind}`));
