/** What is stored of the receivers of webhooks and chat messages: their URLs, and the secrets that webhooks are signed with. */
import { createHash, randomBytes } from 'node:crypto';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Why a URL cannot be a webhook's; null if it can. Whether its address may be reached is checked when connecting. */
export function problemOfUrl(text: string): string | null {
  if (text.length > 2000 || !URL.canParse(text)) return 'it is no address';
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username || password) return 'it has a password in it, which would stand in the log';
  if (hash) return 'it has a part behind #, which is never sent';
  if (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname))) return null;
  return 'it takes https:// (http:// only on this machine)';
}

const SECRET_BYTES = 32;
export const newSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
/** An identifier for a secret that reveals nothing of it: secrets have 256 random bits, so the hash cannot be reversed by guessing. */
export const idOfSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex').slice(0, 16);
