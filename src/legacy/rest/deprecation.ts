/** The headers of every answer of the facade: that it is deprecated, until when it is served, and what replaces it. */
import { REST_DEPRECATED } from './sunset';

/** Having a successor does not remove the facade at once: clients have until the sunset. */
export const deprecationHeaders = (sunset: Date) => ({
  deprecation: `@${REST_DEPRECATED.getTime() / 1000}`, // RFC 9745
  sunset: sunset.toUTCString(), // RFC 8594
});

export const links = [
  '</graphql>; rel="successor-version"',
  '</v1/openapi.json>; rel="deprecation"; type="application/json"',
  '</v1/openapi.json>; rel="service-desc"; type="application/json"',
] as const;
