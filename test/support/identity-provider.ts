/** An identity provider for tests: a real HTTP server whose keys can be rotated, delayed or broken. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import type { IdentityProvider } from '../../src/transport/auth/authenticate';

export const ISSUER = 'https://id.example';
export const AUDIENCE = 'phaseledger';
export type Algorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA';

interface Key {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export class TestProvider {
  readonly #server: Server;
  readonly #keys = new Map<string, Key>();
  /** How often the keys were asked for. */
  asked = 0;
  /** Answers instead of the provider, if set. */
  answer: ((response: ServerResponse) => void) | null = null;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<TestProvider> {
    const server = createServer((_, response) => provider.#respond(response));
    const provider = new TestProvider(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  /** The settings under which a server accepts its tokens; each test chooses its timing. */
  rules(changes: Partial<IdentityProvider> = {}): IdentityProvider {
    const { port } = this.#server.address() as AddressInfo;
    return {
      jwksUrl: `http://127.0.0.1:${port}/jwks`,
      issuer: ISSUER,
      audience: AUDIENCE,
      userClaim: 'sub',
      clockToleranceSeconds: 5,
      refreshSeconds: 300,
      ...changes,
    };
  }

  async addKey(kid: string, alg: Algorithm | 'RS512' | 'ES384' = 'ES256'): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    this.#keys.set(kid, { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } });
  }

  removeKey(kid: string): void {
    this.#keys.delete(kid);
  }

  key(kid: string): Key {
    return this.#keys.get(kid)!;
  }

  /** A token of the provider. Claims and header can be overridden; undefined removes one. */
  token(
    kid: string,
    claims: Record<string, unknown> = {},
    header: Record<string, unknown> = {},
    { alg, privateKey } = this.key(kid),
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({ sub: '1', iss: ISSUER, aud: AUDIENCE, iat: now, exp: now + 3600, ...claims })
      .setProtectedHeader({ alg, kid, ...header })
      .sign(privateKey, { crit: { mine: true } });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #respond(response: ServerResponse): void {
    this.asked++;
    if (this.answer) return this.answer(response);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: [...this.#keys.values()].map(({ publicJwk }) => publicJwk) }));
  }
}
