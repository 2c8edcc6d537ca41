import { VarveError, type Span } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { Token } from './lexer.ts';

/** Where the parser stands in the tokens. */
export class Cursor {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  /** End of the token before. */
  get lastEnd(): number {
    return this.#at === 0 ? 0 : this.#tokens[this.#at - 1]!.span.end;
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'word' && token.lower === word;
  }

  isSign(sign: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'sign' && token.text === sign;
  }

  takeWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.#at++;
    return true;
  }

  takeSign(sign: string): boolean {
    if (!this.isSign(sign)) return false;
    this.#at++;
    return true;
  }

  /** @throws VarveError `syntax` that says what was wanted and what stands there. */
  expectSign(sign: string, after: string): void {
    if (!this.takeSign(sign)) this.fail(`"${sign}" is wanted ${after}`);
  }

  expectWord(word: string, after: string, hint?: string): void {
    if (!this.takeWord(word)) this.fail(`"${word}" is wanted ${after}`, hint);
  }

  fail(wanted: string, hint?: string): never {
    throw new VarveError('syntax', `${wanted[0]!.toUpperCase()}${wanted.slice(1)}, not ${describe(this.peek())}.`, {
      span: this.peek().span,
      hint,
    });
  }

  spanFrom(start: number): Span {
    return { start, end: this.lastEnd };
  }

  /** Runs one level deeper. @throws VarveError `limit` beyond queryDepthMax. */
  nested<T>(parse: () => T): T {
    if (++this.#depth > limits.queryDepthMax)
      throw new VarveError('limit', `The query is nested more than ${limits.queryDepthMax} deep (queryDepthMax).`, {
        span: this.peek().span,
      });
    const result = parse();
    this.#depth--;
    return result;
  }
}

function describe(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end of the query';
    case 'number':
      return `the number ${token.value}`;
    case 'duration':
      return 'a duration';
    case 'text':
      return `the text '${clipped(token.text)}'`;
    case 'parameter':
      return `$${token.text}`;
    default:
      return `"${clipped(token.text)}"`;
  }
}

/** A text of a page is named by its beginning. */
function clipped(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
