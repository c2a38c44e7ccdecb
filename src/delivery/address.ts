/**
 * Restricts where webhooks may be sent (protection against SSRF). An administrator names a receiver, but the server connects from inside
 * the bank, so private addresses (this machine, its neighbours, cloud metadata services) are reached only if the operator allows them. The
 * address is checked at the moment of connecting, because a name may resolve differently by then.
 */
import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** The ranges that IANA reserves, and those that embed an address of the other family. */
const NOT_PUBLIC_4 =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4';
const PUBLIC_6 = '2000::/3';
const NOT_PUBLIC_6 = '2001::/23 2001:db8::/32 2002::/16 3fff::/20';

/** Parses a list of networks, such as `10.20.0.0/16 fd00::/8`; undefined if one of them is invalid. */
export function parseNetworks(text: string): BlockList | undefined {
  const networks = new BlockList();
  for (const network of text.split(/[\s,]+/).filter(Boolean)) {
    const [, address = '', bits = ''] = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(network) ?? [];
    const family = isIP(address);
    if (family === 0 || Number(bits) > (family === 4 ? 32 : 128)) return undefined;
    networks.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  }
  return networks;
}

const [notPublic4, public6, notPublic6] = [NOT_PUBLIC_4, PUBLIC_6, NOT_PUBLIC_6].map((text) =>
  parseNetworks(text)!,
) as [BlockList, BlockList, BlockList];

/** Whether an address may be connected to: it is public, or in an allowed network. */
export function mayReach(address: string, allowed: BlockList): boolean {
  const mapped = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(address)?.[1];
  if (mapped !== undefined) return mayReach(mapped, allowed);
  if (isIP(address) === 4) return allowed.check(address, 'ipv4') || !notPublic4.check(address, 'ipv4');
  if (isIP(address) !== 6) return false;
  return allowed.check(address, 'ipv6') || (public6.check(address, 'ipv6') && !notPublic6.check(address, 'ipv6'));
}

/** An address to which webhooks are not sent. */
export class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress';
}

/** Resolves a host name, and refuses it if any of its addresses must not be reached. */
export const lookupWithin =
  (allowed: BlockList): LookupFunction =>
  (hostname, options: LookupOptions, done) => {
    resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const [first] = addresses ?? [];
      if (error || !first) return done(error ?? new Error('no address'), '', 4);
      if (!addresses.every(({ address }) => mayReach(address, allowed)))
        return done(new ForbiddenAddress('it is an address that webhooks are not sent to'), '', 4);
      if (options.all) return done(null, addresses);
      done(null, first.address, first.family);
    });
  };
