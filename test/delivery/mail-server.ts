/** A mail server for tests, as far as it takes to be sent something: it keeps what it takes, and refuses when it is told to. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';

export interface Mail {
  readonly from: string;
  readonly to: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

/** How a server is spoken to by TLS: from the beginning, or from STARTTLS on, before which it takes nothing. */
export interface MailTls {
  readonly from: 'the beginning' | 'STARTTLS';
  readonly key: string;
  readonly cert: string;
}

export class MailServer {
  readonly taken: Mail[] = [];
  /** How often somebody wanted to send something. */
  asked = 0;
  /** What the next one who wants to is answered. */
  answer: () => string = () => '250 OK';
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly tls: MailTls | null,
  ) {}

  static async start(tls: MailTls | null = null): Promise<MailServer> {
    const isImplicit = tls?.from === 'the beginning';
    const server = isImplicit ? createTlsServer(tls) : createServer();
    const mails = new MailServer(server, isImplicit ? null : tls);
    server.on(isImplicit ? 'secureConnection' : 'connection', (socket: Socket) => mails.talk(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return mails;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private talk(socket: Socket, isSecure = this.tls === null): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket)).on('error', () => undefined);
    const say = (line: string) => socket.write(`${line}\r\n`);
    let [from, to, data]: [string, string, string[] | null] = ['', '', null];
    let rest = '';
    if (!(socket instanceof TLSSocket) || this.tls === null) say('220 mail.test');
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\r\n');
      rest = lines.pop()!;
      for (const line of lines)
        if (data) {
          if (line !== '.') data.push(line.replace(/^\./, ''));
          else {
            this.taken.push(mailOf(from, to, data));
            data = null;
            say('250 taken');
          }
        } else if (/^EHLO/i.test(line)) say(isSecure ? '250 mail.test' : '250-mail.test\r\n250 STARTTLS');
        else if (/^STARTTLS/i.test(line) && !isSecure) {
          say('220 go on');
          socket.removeAllListeners('data');
          this.talk(new TLSSocket(socket, { isServer: true, key: this.tls!.key, cert: this.tls!.cert }), true);
          return;
        } else if (!isSecure && !/^QUIT/i.test(line)) say('530 Must issue a STARTTLS command first');
        else if (/^MAIL FROM/i.test(line)) {
          this.asked++;
          from = /<(.*?)>/.exec(line)![1]!;
          say(this.answer());
        } else if (/^RCPT TO/i.test(line)) {
          to = /<(.*?)>/.exec(line)![1]!;
          say('250 OK');
        } else if (/^DATA/i.test(line)) {
          data = [];
          say('354 go on');
        } else if (/^QUIT/i.test(line)) {
          say('221 bye');
          socket.end();
        } else say(/^STARTTLS/i.test(line) ? '502 not here' : '250 OK');
    });
  }
}

function mailOf(from: string, to: string, lines: readonly string[]): Mail {
  const end = lines.indexOf('');
  const headers = new Map(
    lines
      .slice(0, end)
      .join('\n')
      .replace(/\n\s+/g, ' ')
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = lines.slice(end + 1).join('\n');
  const text = /quoted-printable/i.test(headers.get('content-transfer-encoding') ?? '')
    ? Buffer.from(
        body.replace(/=\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
        'latin1',
      ).toString('utf8')
    : body;
  return { from, to, headers, text };
}
