/** The description of the facade (OpenAPI 3.1), as it is committed; a test holds it against the routes and the schema. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export const DESCRIPTION = path.join(__dirname, 'description.json');
/** What stands in it for the day from which on the facade may be gone. */
export const SUNSET = '{sunset}';

export const openApi = (sunset: Date): object =>
  JSON.parse(readFileSync(DESCRIPTION, 'utf8').replace(SUNSET, sunset.toISOString().slice(0, 10))) as object;
