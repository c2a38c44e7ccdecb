export { readBytes } from './bytes';
export { parseExactly } from './parse';
export { problemOfKey, problemOfNumber, problemOfText } from './problems';
