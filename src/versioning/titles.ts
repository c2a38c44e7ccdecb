/** Constants as people read them: the one rule for the API, for papers and for the console. */

/** Words written in capitals. */
const abbreviations: readonly string[] = ['LLM'];

/** A constant as a title: `CARRY_FORWARD` becomes `Carry forward`, `LLM` stays `LLM`. Only for declared constants, never for other texts. */
export function titleOf(constant: string): string {
  const words = constant.split('_').map((word) => (abbreviations.includes(word) ? word : word.toLowerCase()));
  const title = words.join(' ');
  return title.charAt(0).toUpperCase() + title.slice(1);
}

/** A text that is one of these declared constants by its title; any other as it is. */
export const titleAmong = (declared: readonly string[], text: string): string =>
  declared.includes(text) ? titleOf(text) : text;

const origins: ReadonlyMap<string, string> = new Map([
  ['api', 'The API'],
  ['command', 'A command on the server'],
  ['import', 'The import from the old system'],
]);

/** The way in which a commit or a read of the log came in. */
export function titleOfOrigin(origin: string): string {
  const [, role] = /^db:(.+)$/.exec(origin) ?? [];
  return role ? `The database, as ${role}` : (origins.get(origin) ?? origin);
}
