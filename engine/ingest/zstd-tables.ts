import type { VarveError } from '../base/errors.ts';
import { damagedStream } from './byte-feed.ts';

/**
 * The two codes of Zstandard: finite state entropy and Huffman. Source: RFC 8878, section 4. Every loop ends with its
 * bits or with the table's room, whatever they say.
 */

/** @returns the error for a block that cannot be. */
export const damagedBlock = (what: string): VarveError => damagedStream(`a block is damaged: ${what}`);

/** Bits that are read from the end of a stretch of bytes to its beginning; `left` are those before the next. */
export interface BackwardBits {
  readonly bytes: Uint8Array;
  readonly from: number;
  left: number;
}

/** States of finite state entropy: each stands for a symbol and says where the bits that follow lead. */
export interface FseTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

/** Symbols by the next `log` bits, and how many of these each takes. */
export interface HuffmanTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
}

const huffmanLogMax = 11;
const weightLogMax = 6;
const weightMax = 12;

/** Opens the bits of `bytes[from … to)`; the highest one that is set marks their end. @throws VarveError `data_corrupted`. */
export function backwardBits(bytes: Uint8Array, from: number, to: number): BackwardBits {
  const last = to > from ? bytes[to - 1] : 0;
  if (last === 0) throw damagedBlock('its bits have no end');
  return { bytes, from, left: 8 * (to - from) - Math.clz32(last) + 23 };
}

/** Takes up to 31 bits. @throws VarveError `data_corrupted` where there are no more. */
export function takeBits(source: BackwardBits, count: number): number {
  if (count > 24) return takeBits(source, count - 16) * 65_536 + takeBits(source, 16);
  const start = source.left - count;
  if (start < 0) throw damagedBlock('it ends too early');
  source.left = start;
  const { bytes } = source;
  const at = source.from + (start >>> 3);
  const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
  return (word >>> (start & 7)) & ((1 << count) - 1);
}

/**
 * Reads how often each symbol comes and makes the states of it.
 * @param symbolMax the highest symbol there may be.
 * @returns where the table ends.
 * @throws VarveError `data_corrupted`.
 */
export function readFseTable(
  bytes: Uint8Array,
  from: number,
  to: number,
  logMax: number,
  symbolMax: number,
): { readonly table: FseTable; readonly end: number } {
  let bit = 8 * from;
  const bits = (count: number): number => {
    const at = bit >>> 3;
    const value = (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16)) >>> (bit & 7);
    bit += count;
    if (bit > 8 * to) throw damagedBlock('a table ends too early');
    return value & ((1 << count) - 1);
  };
  const log = bits(4) + 5;
  if (log > logMax) throw damagedBlock('a table is too large');
  const counts = new Int16Array(symbolMax + 1);
  let room = 1 << log;
  for (let symbol = 0; room > 0; symbol++) {
    if (symbol > symbolMax) throw damagedBlock('a table has too many symbols');
    const width = 32 - Math.clz32(room + 1);
    const small = (1 << width) - 2 - room;
    const low = bits(width - 1);
    // The values below `small` take a bit less, so that none is wasted.
    const value = low < small || bits(1) === 0 ? low : low + (1 << (width - 1)) - small;
    counts[symbol] = value - 1;
    room -= Math.abs(value - 1);
    if (value === 1) for (let more = 3; more === 3; symbol += more) more = bits(2);
  }
  return { table: fseTable(counts, log), end: (bit + 7) >>> 3 };
}

/** @param counts how often each symbol comes; −1 for less than once. They fill the table. */
export function fseTable(counts: Int16Array, log: number): FseTable {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const next = new Uint16Array(counts.length);
  let high = size - 1;
  for (let symbol = 0; symbol < counts.length; symbol++) {
    if (counts[symbol] === -1) symbols[high--] = symbol;
    next[symbol] = Math.abs(counts[symbol]);
  }
  const step = (size >>> 1) + (size >>> 3) + 3;
  let at = 0;
  for (let symbol = 0; symbol < counts.length; symbol++) {
    for (let count = 0; count < counts[symbol]; count++) {
      symbols[at] = symbol;
      do at = (at + step) & (size - 1);
      while (at > high);
    }
  }
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let state = 0; state < size; state++) {
    const number = next[symbols[state]]++;
    bits[state] = log - 31 + Math.clz32(number);
    bases[state] = (number << bits[state]) - size;
  }
  return { log, symbols, bits, bases };
}

/** The table of one symbol, which takes no bits. */
export function fseTableOf(symbol: number): FseTable {
  return { log: 0, symbols: Uint8Array.of(symbol), bits: new Uint8Array(1), bases: new Uint16Array(1) };
}

/** Reads the weights of a Huffman code and makes its table. @returns where they end. @throws VarveError `data_corrupted`. */
export function readHuffmanTable(
  bytes: Uint8Array,
  from: number,
  to: number,
): { readonly table: HuffmanTable; readonly end: number } {
  const head = from < to ? bytes[from] : 0;
  const count = head - 127;
  const end = from + 1 + (head < 128 ? head : (count + 1) >>> 1);
  if (end > to) throw damagedBlock('a table ends too early');
  if (head < 128) return { table: huffmanTable(readWeights(bytes, from + 1, end)), end };
  const weights = Array.from({ length: count }, (_, index) => {
    const pair = bytes[from + 1 + (index >>> 1)];
    return index % 2 === 0 ? pair >>> 4 : pair & 15;
  });
  return { table: huffmanTable(weights), end };
}

/** Two chains of states in turn; what is left when the bits are used up is the last of the other. */
function readWeights(bytes: Uint8Array, from: number, to: number): number[] {
  const { table, end } = readFseTable(bytes, from, to, weightLogMax, weightMax);
  const source = backwardBits(bytes, end, to);
  const states = [takeBits(source, table.log), takeBits(source, table.log)];
  const weights: number[] = [];
  for (let turn = 0; ; turn = 1 - turn) {
    const state = states[turn];
    weights.push(table.symbols[state]);
    if (weights.length > 254) throw damagedBlock('a table has too many symbols');
    if (table.bits[state] > source.left) {
      weights.push(table.symbols[states[1 - turn]]);
      return weights;
    }
    states[turn] = table.bases[state] + takeBits(source, table.bits[state]);
  }
}

/** @param weights of all symbols but the last, which takes what is left. */
function huffmanTable(weights: number[]): HuffmanTable {
  const sum = weights.reduce((total, weight) => total + (weight === 0 ? 0 : 2 ** (weight - 1)), 0);
  const log = 32 - Math.clz32(sum);
  const left = 2 ** log - sum;
  if (sum === 0 || log > huffmanLogMax || (left & (left - 1)) !== 0) throw damagedBlock('the weights of a table');
  const all = [...weights, 32 - Math.clz32(left)];
  const symbols = new Uint8Array(1 << log);
  const bits = new Uint8Array(1 << log);
  let at = 0;
  for (let weight = 1; weight <= log; weight++) {
    for (let symbol = 0; symbol < all.length; symbol++) {
      if (all[symbol] !== weight) continue;
      const next = at + (1 << (weight - 1));
      symbols.fill(symbol, at, next);
      bits.fill(log + 1 - weight, at, next);
      at = next;
    }
  }
  return { log, symbols, bits };
}

/** Reads `target.length` symbols of a Huffman code, to the last bit. @throws VarveError `data_corrupted`. */
export function readHuffman(table: HuffmanTable, source: BackwardBits, target: Uint8Array): void {
  const { bytes, from } = source;
  const { log, symbols, bits } = table;
  const mask = (1 << log) - 1;
  let { left } = source;
  for (let index = 0; index < target.length; index++) {
    const start = left - log;
    const at = from + ((start < 0 ? 0 : start) >>> 3);
    const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
    // Before the first bit stand zeros.
    const code = start < 0 ? (word << -start) & mask : (word >>> (start & 7)) & mask;
    target[index] = symbols[code];
    left -= bits[code];
    if (left < 0) throw damagedBlock('it ends too early');
  }
  if (left !== 0) throw damagedBlock('it ends too late');
}
