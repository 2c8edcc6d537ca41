import { VarveError, type Span } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { Token } from './lexer.ts';
import type { BehaviourSyntax } from './syntax-behaviour.ts';
import type { SelectSyntax } from './syntax.ts';

/** What reads queries in brackets. */
export interface QueryParsers {
  readonly select: (cursor: Cursor) => SelectSyntax;
  /** @returns null where no verb stands. */
  readonly behaviour: (cursor: Cursor) => BehaviourSyntax | null;
}

/** Where the parser stands in the tokens. */
export class Cursor {
  readonly #tokens: readonly Token[];
  readonly #parsers: QueryParsers;
  #at = 0;
  #depth = 0;
  #betweenEnds = false;

  /** @param parsers read queries in brackets; handed in, since expressions and sources lie below queries. */
  constructor(tokens: readonly Token[], parsers: QueryParsers) {
    this.#tokens = tokens;
    this.#parsers = parsers;
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  /** The token `back` places before the next one; null at the beginning. */
  before(back = 1): Token | null {
    return this.#tokens[this.#at - back] ?? null;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  /** End of the token before. */
  get lastEnd(): number {
    return this.before()?.span.end ?? 0;
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
  expectSign(sign: string, after: string, hint?: string): void {
    if (!this.takeSign(sign)) this.fail(`"${sign}" is wanted ${after}`, hint);
  }

  expectWord(word: string, after: string, hint?: string): void {
    if (!this.takeWord(word)) this.fail(`"${word}" is wanted ${after}`, hint);
  }

  /** @param wanted what should stand here, without a full stop. */
  fail(wanted: string, hint?: string): never {
    if (this.isSign(';') && this.peek(1).kind !== 'end')
      this.refuse('A semicolon ends the query, and this one is not whole here.', 'Take the semicolon away.');
    throw new VarveError('syntax', `${wanted[0]!.toUpperCase()}${wanted.slice(1)}, not ${describe(this.peek())}.`, {
      span: this.peek().span,
      hint,
    });
  }

  /** Says what is wrong with the next tokens. @param count of them, for the caret. */
  refuse(message: string, hint: string, count = 1): never {
    const end = Math.max(this.peek().span.end, this.peek(count - 1).span.end);
    throw new VarveError('syntax', message, { span: { start: this.peek().span.start, end }, hint });
  }

  spanFrom(start: number): Span {
    return { start, end: this.lastEnd };
  }

  /** Reads the query that stands in brackets here, up to the closing one. */
  select(): SelectSyntax {
    return this.nested(() => this.#parsers.select(this));
  }

  /** The same of a question about behaviour, whose verb stands here. */
  behaviour(): BehaviourSyntax {
    return this.nested(() => this.#parsers.behaviour(this))!;
  }

  /** Whether brackets are open around what is read. */
  get isNested(): boolean {
    return this.#depth > 0;
  }

  /** Whether a `between` outside brackets is no comparison here: it belongs to what the expression stands in. */
  get betweenEnds(): boolean {
    return this.#betweenEnds;
  }

  /** Reads an expression that a `between` outside brackets ends, or with `ends` false one within it. */
  endingAtBetween<T>(ends: boolean, parse: () => T): T {
    const around = this.#betweenEnds;
    this.#betweenEnds = ends;
    const result = parse();
    this.#betweenEnds = around;
    return result;
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
      return `$${clipped(token.text)}`;
    default:
      return `"${clipped(token.text)}"`;
  }
}

/** A text of a page is named by its beginning. */
function clipped(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
