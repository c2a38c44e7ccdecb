/** Requests to the REST facade, made from its table of routes. */
import { creditCardWorkflow, liquidityWorkflow } from '../../../src/demo/content/people';
import { slugOf } from '../../../src/phases/names';
import { phases } from '../../../src/phases';
import { routes } from '../../../src/legacy/rest/routes';
import type { Harvest } from '../../fuzz/operations';
import type { Random } from '../../fuzz/random';
import type { Wire } from '../../fuzz/wire';

const plain = (random: Random): string => encodeURIComponent(random.text().toWellFormed()).slice(0, 2_000);

export function restRequest(random: Random, harvest: Harvest): Wire {
  const route = random.of(routes);
  const place = random.of([creditCardWorkflow, liquidityWorkflow]);
  const version = harvest.version();
  const phase = random.of(phases);
  const odd = () => random.chance(0.05);
  const fill: Record<string, string> = {
    phase: odd() ? plain(random) : slugOf(phase.key),
    versionId: odd() ? plain(random) : (version?.versionId ?? random.uuid()),
  };
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => fill[name]!);
  const query = route.query
    .filter(() => !odd())
    .map((name) => {
      const known: Record<string, unknown> = {
        ...place,
        from: fill.versionId,
        to: fill.versionId,
        first: `${random.number()}`,
      };
      const value = known[name] ?? harvest.one('cursor', 'endCursor');
      return `${name}=${odd() || typeof value !== 'string' ? plain(random) : encodeURIComponent(value)}`;
    });
  const body: Record<string, unknown> = { ...(route.creates && { ...place, carryForward: 'NONE' }) };
  if (random.chance(0.6)) body.reason = random.text();
  if (route.creates && random.chance(0.5)) body.content = random.json();
  if (route.creates && random.chance(0.3)) body.items = random.json();
  if (odd()) body[random.text()] = random.json();
  return {
    method: odd() ? random.of(['PUT', 'DELETE', 'HEAD', 'OPTIONS', 'POST', 'GET']) : route.method,
    path: query.length > 0 ? `${path}?${query.join('&')}` : path,
    headers: {
      'content-type': odd() ? 'text/plain' : 'application/json',
      ...(!odd() && { 'if-match': `"${version?.revision ?? random.below(5)}"` }),
      ...(random.chance(0.2) && { 'idempotency-key': random.chance(0.8) ? random.uuid() : 'again' }),
    },
    ...(route.method === 'POST' && { body: odd() ? random.text() : JSON.stringify(odd() ? random.json() : body) }),
  };
}
