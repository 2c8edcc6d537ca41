import { limits } from '../base/limits.ts';
import type { EventValue } from './flatten.ts';

/** A parse: the value and where it ends, or what is wrong and where. Outside data is never a throw. */
export type JsonResult =
  { readonly value: EventValue; readonly end: number } | { readonly error: string; readonly at: number };

const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const spacePattern = /[ \t\r\n]*/y;

/** @returns whether a whole number fits 64 bits with sign. */
export function isInt64(value: bigint): boolean {
  return value >= -(2n ** 63n) && value < 2n ** 63n;
}

/** Where a parse stands. */
interface State {
  readonly text: string;
  at: number;
}

class Wrong {
  readonly error: string;
  readonly at: number;

  constructor(error: string, at: number) {
    this.error = error;
    this.at = at;
  }
}

/**
 * Reads one JSON value from `start`. Whole numbers keep all their digits: beyond ±2^53 they are bigints, beyond 64 bits
 * they are an error, as is 1e309: nothing is rounded unsaid. A key that stands twice has its last value.
 */
export function parseExactJson(text: string, start = 0): JsonResult {
  const state: State = { text, at: start };
  const value = readValue(state, 0);
  return value instanceof Wrong ? { error: value.error, at: value.at } : { value, end: state.at };
}

/** @returns the place after white space. */
export function skipSpace(text: string, at: number): number {
  spacePattern.lastIndex = at;
  spacePattern.exec(text);
  return spacePattern.lastIndex;
}

function readValue(state: State, depth: number): EventValue | Wrong {
  state.at = skipSpace(state.text, state.at);
  const { text, at } = state;
  if (depth > limits.nestingMax) return new Wrong(`it is nested more than ${limits.nestingMax} deep (nestingMax)`, at);
  const character = text[at];
  if (character === '{') return readObject(state, depth);
  if (character === '[') return readArray(state, depth);
  if (character === '"') return readText(state);
  for (const [word, value] of [
    ['true', true],
    ['false', false],
    ['null', null],
  ] as const) {
    if (text.startsWith(word, at)) {
      state.at += word.length;
      return value;
    }
  }
  return readNumber(state);
}

function readNumber(state: State): EventValue | Wrong {
  numberPattern.lastIndex = state.at;
  const match = numberPattern.exec(state.text);
  if (match === null)
    return new Wrong(
      state.at >= state.text.length
        ? 'it ends in the middle'
        : `${JSON.stringify(state.text[state.at])} begins no JSON value`,
      state.at,
    );
  state.at = numberPattern.lastIndex;
  const number = Number(match[0]);
  if (!Number.isFinite(number)) return new Wrong('a number is too large to be held', state.at);
  if (match[1] !== undefined || match[2] !== undefined || Number.isSafeInteger(number)) return number;
  const exact = BigInt(match[0]);
  return isInt64(exact) ? exact : new Wrong('a whole number has more than 64 bits', state.at);
}

function readText(state: State): string | Wrong {
  const start = state.at;
  for (let at = start + 1; at < state.text.length; at++) {
    const code = state.text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22) {
      state.at = at + 1;
      try {
        return JSON.parse(state.text.slice(start, at + 1)) as string;
      } catch {
        return new Wrong('a text holds an escape or character that JSON does not know', start);
      }
    }
  }
  return new Wrong('a text has no closing quote', start);
}

function readArray(state: State, depth: number): EventValue | Wrong {
  const items: EventValue[] = [];
  state.at++;
  if (takes(state, ']')) return items;
  for (;;) {
    const item = readValue(state, depth + 1);
    if (item instanceof Wrong) return item;
    items.push(item);
    if (takes(state, ']')) return items;
    if (!takes(state, ',')) return new Wrong('a comma or ] is wanted', state.at);
  }
}

function readObject(state: State, depth: number): EventValue | Wrong {
  const properties: [string, EventValue][] = [];
  state.at++;
  if (takes(state, '}')) return {};
  for (;;) {
    state.at = skipSpace(state.text, state.at);
    if (state.text[state.at] !== '"') return new Wrong('the name of a property is wanted', state.at);
    const name = readText(state);
    if (name instanceof Wrong) return name;
    if (!takes(state, ':')) return new Wrong('a colon is wanted', state.at);
    const value = readValue(state, depth + 1);
    if (value instanceof Wrong) return value;
    properties.push([name, value]);
    // Built at once, so that a property named __proto__ is a property.
    if (takes(state, '}')) return Object.fromEntries(properties);
    if (!takes(state, ',')) return new Wrong('a comma or } is wanted', state.at);
  }
}

function takes(state: State, character: string): boolean {
  state.at = skipSpace(state.text, state.at);
  if (state.text[state.at] !== character) return false;
  state.at++;
  return true;
}
