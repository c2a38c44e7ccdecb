/** Constants as people read them: the one rule for the API, for papers and for the console. */

/** Words written in capitals. */
const abbreviations: readonly string[] = ['LLM'];

/** A constant as a title: `CARRY_FORWARD` becomes `Carry forward`, `LLM` stays `LLM`. Only for declared constants, never for other texts. */
export function titleOf(constant: string): string {
  const words = constant.split('_').map((word) => (abbreviations.includes(word) ? word : word.toLowerCase()));
  const title = words.join(' ');
  return title.charAt(0).toUpperCase() + title.slice(1);
}
