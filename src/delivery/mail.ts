/** Sends mail by SMTP, as the address of the server says: smtps:// begins with TLS, smtp:// takes it where it is offered. */
import { createTransport } from 'nodemailer';
import type { Answer } from './post';

export interface MailSettings {
  readonly smtpUrl: string;
  readonly from: string;
}

const TIMEOUT_MS = 10_000;

export class Mailer {
  private readonly transport: ReturnType<typeof createTransport>;

  constructor(private readonly settings: MailSettings) {
    this.transport = createTransport({
      url: settings.smtpUrl,
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      // What is sent is a text of ours: nothing is ever fetched for it.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  /** @param id the same whenever the same message is sent, so that who gets it twice can tell */
  async send(to: string, id: string, { subject, text }: { subject: string; text: string }): Promise<Answer> {
    try {
      const [, domain = 'localhost'] = /@([^>]+)/.exec(this.settings.from) ?? [];
      await this.transport.sendMail({
        from: this.settings.from,
        to: { name: '', address: to },
        subject,
        text,
        messageId: `<${id}@${domain}>`,
        headers: { 'auto-submitted': 'auto-generated' },
      });
      return { outcome: 'delivered', said: 'it was taken' };
    } catch (error) {
      const { responseCode, code } = error as { responseCode?: number; code?: string };
      if (responseCode === undefined)
        return {
          outcome: 'unreachable',
          said: `the mail server cannot be reached (${code ?? 'the connection failed'})`,
        };
      const outcome = responseCode >= 500 ? 'refused' : 'failed';
      return { outcome, said: `the mail server answered ${responseCode}` };
    }
  }

  close(): void {
    this.transport.close();
  }
}
