/**
 * The public keys of an identity provider, kept here so that a token is checked without asking for them. They are fetched
 * anew when they are due, or when a token names a key that is not among them, but never more often than once in a cooldown:
 * made-up key names must not become requests to the provider. While the provider does not answer, the known keys go on
 * working, for a while: whoever can cut the line to it must not keep a removed key alive for ever.
 */
import { createRemoteJWKSet, errors, type CryptoKey, type FlattenedJWSInput, type JWSHeaderParameters } from 'jose';

/** In milliseconds. */
export interface KeyTiming {
  /** How long keys are used before they are fetched anew: that long a removed key is accepted at most. */
  readonly refreshAfter: number;
  /** How long they are used at most when they cannot be fetched. */
  readonly keptFor: number;
  /** The provider is asked at most once in this time, whatever it answers. */
  readonly cooldown: number;
  /** How long an answer is waited for. */
  readonly timeout: number;
}

export class RemoteKeys {
  private readonly keys: ReturnType<typeof createRemoteJWKSet>;
  private askedAt = -Infinity;
  private fetchedAt = -Infinity;
  private fetches = 0;
  private failed = false;
  private asking: Promise<void> | undefined;

  constructor(
    url: string,
    private readonly timing: KeyTiming,
    /** What is thrown where keys that are wanted cannot be read. */
    private readonly unavailable: () => Error,
    /** Hears why they could not be read. */
    private readonly report: (error: unknown) => void,
  ) {
    // When to fetch is decided here, so the set itself never does.
    const never = { cacheMaxAge: Infinity, cooldownDuration: Infinity };
    this.keys = createRemoteJWKSet(new URL(url), { ...never, timeoutDuration: timing.timeout });
  }

  /** Sees to it that the keys are recent enough to be used; tells which fetch they come from. */
  async current(): Promise<number> {
    if (this.age() >= this.timing.refreshAfter) {
      const refreshing = this.refresh();
      // A provider that is down or slow is waited for once, not by every request from then on.
      if (!this.failed || this.age() >= this.timing.keptFor) await refreshing;
    }
    if (this.age() >= this.timing.keptFor) throw this.unavailable();
    return this.fetches;
  }

  /** The key that a token names, as jose asks for it. */
  readonly find = async (header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> => {
    try {
      return await this.keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw this.unusable(error);
    }
    await this.refresh();
    if (this.failed) throw this.unavailable();
    return this.keys(header, token).catch((error: unknown) => {
      throw this.unusable(error);
    });
  };

  private age(): number {
    return performance.now() - this.fetchedAt;
  }

  private async refresh(): Promise<void> {
    if (!this.asking && performance.now() < this.askedAt + this.timing.cooldown) return;
    return (this.asking ??= this.ask().finally(() => (this.asking = undefined)));
  }

  private async ask(): Promise<void> {
    const askedAt = (this.askedAt = performance.now());
    try {
      await this.keys.reload();
      this.fetchedAt = askedAt;
      this.fetches++;
      this.failed = false;
    } catch (error) {
      this.failed = true;
      this.report(error);
    }
  }

  /** A token that names no key, or none that is unique, is at fault itself; a key that cannot be read is the provider's. */
  private unusable(error: unknown): unknown {
    if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return error;
    this.report(error);
    return this.unavailable();
  }
}
