/** An authority of a test’s own, and a certificate for this machine by it: as DER says it, since Node reads certificates and makes none. */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};
const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const text = (tag: number, value: string) => der(tag, Buffer.from(value));
const COMMON_NAME = '550403';
const ALGORITHM = sequence(oid('2a8648ce3d040302')); // ecdsa-with-SHA256
const nameOf = (name: string) => sequence(der(0x31, sequence(oid(COMMON_NAME), text(0x0c, name))));
const inUtc = (at: Date) =>
  text(
    0x17,
    `${at
      .toISOString()
      .replace(/[-:T]|\.\d+/g, '')
      .slice(2)}`,
  );
const extension = (id: string, ...content: Uint8Array[]) => sequence(oid(id), der(0x04, sequence(...content)));
const isAuthority = extension('551d13', der(0x01, Buffer.from([0xff])));
const ofThisMachine = extension('551d11', text(0x82, 'localhost'), der(0x87, Buffer.from([127, 0, 0, 1])));

interface Signer {
  readonly name: string;
  readonly privateKey: KeyObject;
}

function certificate(subject: string, publicKey: KeyObject, by: Signer, ofWhat: Buffer): string {
  const day = 86_400_000;
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ALGORITHM,
    nameOf(by.name),
    sequence(inUtc(new Date(Date.now() - day)), inUtc(new Date(Date.now() + day))),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(ofWhat)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', content, by.privateKey));
  const lines = sequence(content, ALGORITHM, signature)
    .toString('base64')
    .match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** What a server on this machine needs for TLS, and the certificate of the authority that its clients have to know. */
export function certificates(): { readonly ca: string; readonly key: string; readonly cert: string } {
  const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [authority, server] = [pair(), pair()];
  const by = { name: 'An authority of our own', privateKey: authority.privateKey };
  return {
    ca: certificate(by.name, authority.publicKey, by, isAuthority),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: certificate('localhost', server.publicKey, by, ofThisMachine),
  };
}
