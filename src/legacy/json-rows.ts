/**
 * The rows of a JSON file, each as the text it is there: a file of any size is read in constant memory, numbers keep every
 * digit, and what is damaged is handed on as it is found.
 */

/** No row is that large; a file that is cut or damaged must not be held as one. */
const LARGEST_ROW = 8 * 2 ** 20;

/**
 * Splits a JSON array into the texts of its elements. Text that is no element (the rest of a file that breaks off, what stands
 * beside the array) comes out as well, for whoever reads it to refuse.
 */
export async function* rowsOfJson(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let row = '';
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  let isFirst = true;
  const taken = () => {
    const text = row.trim();
    row = '';
    return text;
  };
  for await (const chunk of chunks) {
    let from = 0;
    const text = isFirst ? chunk.replace(/^\uFEFF/, '') : chunk;
    isFirst = false;
    for (let at = 0; at < text.length; at++) {
      const letter = text[at]!;
      if (isInString) {
        if (isEscaped) isEscaped = false;
        else if (letter === '\\') isEscaped = true;
        else if (letter === '"') isInString = false;
        continue;
      }
      if (letter === '"') isInString = true;
      else if (letter === '[' || letter === '{') {
        if (letter === '[' && depth === 0 && (row + text.slice(from, at)).trim() === '') from = at + 1; // the array itself
        depth++;
      } else if (letter === ']' || letter === '}' || (letter === ',' && depth === 1)) {
        if (letter !== ',' && --depth > 0) continue;
        row += text.slice(from, at) + (letter === '}' ? letter : '');
        from = at + 1;
        depth = Math.max(0, letter === ',' ? 1 : depth);
        const found = taken();
        if (found !== '') yield found;
      }
    }
    row += text.slice(from);
    if (row.length > LARGEST_ROW) yield taken();
  }
  const rest = taken();
  if (rest !== '') yield rest;
}
