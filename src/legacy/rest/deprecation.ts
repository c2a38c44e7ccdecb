/** What every answer of the facade says of itself: that it is deprecated, until when it is here, and what comes after it. */
import { REST_DEPRECATED } from './sunset';

/** A documented successor does not make the facade go away at once: readers and writers have until the sunset. */
export const deprecationHeaders = (sunset: Date) => ({
  deprecation: `@${REST_DEPRECATED.getTime() / 1000}`, // RFC 9745
  sunset: sunset.toUTCString(), // RFC 8594
});

export const links = [
  '</graphql>; rel="successor-version"',
  '</v1/openapi.json>; rel="deprecation"; type="application/json"',
  '</v1/openapi.json>; rel="service-desc"; type="application/json"',
] as const;
