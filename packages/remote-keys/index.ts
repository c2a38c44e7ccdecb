/**
 * A cache of an identity provider's public keys, so that tokens are verified without a request. Keys are fetched when they expire, or when
 * a token names an unknown key, but at most once per cooldown: invented key ids must not cause requests to the provider. While the provider
 * is unreachable, known keys stay valid for a limited time, so that cutting the connection does not keep a revoked key alive for ever.
 */
import { createRemoteJWKSet, errors, type CryptoKey, type FlattenedJWSInput, type JWSHeaderParameters } from 'jose';

/** Durations in milliseconds. */
export interface KeyTiming {
  /** The time until keys are fetched again: a revoked key is accepted for at most this long. */
  readonly refreshAfter: number;
  /** The maximum age of keys while they cannot be fetched. */
  readonly keptFor: number;
  /** The minimum time between requests to the provider, whatever their result. */
  readonly cooldown: number;
  /** The request time-out. */
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
    /** The error thrown if required keys cannot be fetched. */
    private readonly unavailable: () => Error,
    /** Receives the reason why they could not be fetched. */
    private readonly report: (error: unknown) => void,
  ) {
    // Fetching is controlled here, so the key set never fetches by itself.
    const never = { cacheMaxAge: Infinity, cooldownDuration: Infinity };
    this.keys = createRemoteJWKSet(new URL(url), { ...never, timeoutDuration: timing.timeout });
  }

  /** Ensures that the keys are recent enough; returns the number of the fetch they come from. */
  async current(): Promise<number> {
    if (this.age() >= this.timing.refreshAfter) {
      const refreshing = this.refresh();
      // A slow or failing provider is waited for once, not by every subsequent request.
      if (!this.failed || this.age() >= this.timing.keptFor) await refreshing;
    }
    if (this.age() >= this.timing.keptFor) throw this.unavailable();
    return this.fetches;
  }

  /** The key that a token names, in the form of a jose key function. */
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

  /** A token without a key id, or with an ambiguous one, is invalid; a key that cannot be fetched is the provider's fault. */
  private unusable(error: unknown): unknown {
    if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return error;
    this.report(error);
    return this.unavailable();
  }
}
