import { Lexer, Source, TokenKind } from 'graphql';
import type { Hold } from './hold';

const OPENING: readonly string[] = [TokenKind.BRACE_L, TokenKind.PAREN_L, TokenKind.BRACKET_L];
const CLOSING: readonly string[] = [TokenKind.BRACE_R, TokenKind.PAREN_R, TokenKind.BRACKET_R];

/** Measures a text with the lexer of graphql-js, which needs no recursion. Syntax errors are left to the parser. */
export function limitText(
  text: string,
  { maxCharacters, maxTokens, maxNesting }: { maxCharacters: number; maxTokens: number; maxNesting: number },
  hold: Hold,
): void {
  hold('characters of an operation', maxCharacters, text.length, 'Send long lists and texts as variables.');
  const lexer = new Lexer(new Source(text));
  const next = () => {
    try {
      return lexer.advance().kind;
    } catch {
      return TokenKind.EOF;
    }
  };
  let tokens = 0;
  let nesting = 0;
  for (let kind = next(); kind !== TokenKind.EOF; kind = next()) {
    hold('tokens', maxTokens, ++tokens, 'Send long lists and texts as variables, or ask in several requests.');
    if (OPENING.includes(kind)) hold('nesting', maxNesting, ++nesting, 'Nest less deeply.');
    else if (CLOSING.includes(kind)) nesting--;
  }
}
