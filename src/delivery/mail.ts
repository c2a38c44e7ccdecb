/** Sends mail by SMTP. With smtps:// the connection starts with TLS; with smtp:// it uses STARTTLS if offered. */
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
      // Mails contain only our own text, so nothing is ever fetched for them.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  /** @param id the same for every attempt at the same message, so that a recipient can recognize duplicates */
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
