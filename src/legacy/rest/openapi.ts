/** The OpenAPI 3.1 description of the facade, as committed; a test compares it with the routes and the schema. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export const DESCRIPTION = path.join(__dirname, 'description.json');
/** The placeholder for the sunset date. */
export const SUNSET = '{sunset}';

export const openApi = (sunset: Date): object =>
  JSON.parse(readFileSync(DESCRIPTION, 'utf8').replace(SUNSET, sunset.toISOString().slice(0, 10))) as object;
