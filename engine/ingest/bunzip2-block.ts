import type { VarveError } from '../base/errors.ts';
import { damagedStream } from './byte-feed.ts';

/**
 * One block of a bzip2 stream: Huffman codes, move to front, Burrows-Wheeler. Source: the format as "bzip2: Format
 * Specification" by Joe Tsai describes it. Every loop ends with the bits or with the block's room, whatever they say.
 */

/** Bits of a stretch of bytes, the highest of each first. */
export interface BitSource {
  readonly bytes: Uint8Array;
  /** The next byte that is not in `word` yet. */
  at: number;
  /** Its lowest `count` bits were not read yet. */
  word: number;
  count: number;
  /** More was asked for than there is: the stream was cut, or the block is longer than one can be. */
  ended: boolean;
}

const codeBitsMax = 20;
const groupSymbols = 50;
const damaged = (what: string): VarveError => damagedStream(`a block is damaged: ${what}`);

/** Memory for one block, used again for the next. */
export interface BlockRoom {
  /** Low byte: the transformed text; from bit 8 on: where the text goes on. */
  readonly text: Uint32Array;
  length: number;
  /** Where the text begins. */
  first: number;
}

/** Reads up to 24 bits. @throws VarveError `data_corrupted` where there are no more. */
export function bitsOf(source: BitSource, count: number): number {
  while (source.count < count) {
    if (source.at >= source.bytes.length) {
      source.ended = true;
      throw damagedStream('unexpected end');
    }
    source.word = (source.word << 8) | source.bytes[source.at++];
    source.count += 8;
  }
  source.count -= count;
  return (source.word >>> source.count) & (2 ** count - 1);
}

/** A Huffman code: symbols by length; the codes of each length are consecutive. */
interface Code {
  readonly shortest: number;
  readonly longest: number;
  /** For each length the highest code, −1 when none has it. */
  readonly highest: Int32Array;
  /** What a code of each length is less than its place among the symbols. */
  readonly offsets: Int32Array;
  readonly symbols: Uint16Array;
}

/** Reads a block behind its checksum, into `room`. @throws VarveError `data_corrupted`. */
export function readBlock(source: BitSource, room: BlockRoom): void {
  if (bitsOf(source, 1) === 1) throw damagedStream('it is randomised, as no bzip2 since 1997 writes it');
  const first = bitsOf(source, 24);
  const used = usedBytes(source);
  const groups = bitsOf(source, 3);
  if (groups < 2 || groups > 6) throw damaged('its tables');
  const selectors = readSelectors(source, groups);
  const codes = Array.from({ length: groups }, () => readCode(source, used.length + 2));
  room.length = readSymbols(source, codes, selectors, used, room.text);
  if (first >= room.length) throw damaged('its beginning');
  untransform(room.text, room.length);
  room.first = room.text[first] >>> 8;
}

function usedBytes(source: BitSource): Uint8Array {
  const used: number[] = [];
  const sixteens = bitsOf(source, 16);
  for (let high = 0; high < 16; high++) {
    if (((sixteens >>> (15 - high)) & 1) === 0) continue;
    const sixteen = bitsOf(source, 16);
    for (let low = 0; low < 16; low++) if (((sixteen >>> (15 - low)) & 1) === 1) used.push(16 * high + low);
  }
  if (used.length === 0) throw damaged('it holds no byte');
  return Uint8Array.from(used);
}

function readSelectors(source: BitSource, groups: number): Uint8Array {
  const selectors = new Uint8Array(bitsOf(source, 15));
  const order = Array.from({ length: groups }, (_, group) => group);
  for (let index = 0; index < selectors.length; index++) {
    let place = 0;
    while (bitsOf(source, 1) === 1) if (++place >= groups) throw damaged('its selectors');
    const [group] = order.splice(place, 1);
    order.unshift(group);
    selectors[index] = group;
  }
  return selectors;
}

function readCode(source: BitSource, count: number): Code {
  const lengths = new Uint8Array(count);
  let length = bitsOf(source, 5);
  for (let symbol = 0; symbol < count; symbol++) {
    for (;;) {
      if (length < 1 || length > codeBitsMax) throw damaged('a code');
      if (bitsOf(source, 1) === 0) break;
      length += bitsOf(source, 1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  const highest = new Int32Array(codeBitsMax + 1).fill(-1);
  const offsets = new Int32Array(codeBitsMax + 1);
  const symbols = new Uint16Array(count);
  const shortest = Math.min(...lengths);
  const longest = Math.max(...lengths);
  let code = 0;
  let place = 0;
  for (let bits = shortest; bits <= longest; bits++) {
    offsets[bits] = code - place;
    for (let symbol = 0; symbol < count; symbol++) {
      if (lengths[symbol] !== bits) continue;
      symbols[place++] = symbol;
      highest[bits] = code++;
    }
    code <<= 1;
  }
  return { shortest, longest, highest, offsets, symbols };
}

/** Undoes Huffman codes, runs and move to front. @returns how many bytes the block has. */
function readSymbols(
  source: BitSource,
  codes: readonly Code[],
  selectors: Uint8Array,
  used: Uint8Array,
  text: Uint32Array,
): number {
  const order = used.slice();
  const end = used.length + 1;
  let length = 0;
  let run = 0;
  let runBit = 1;
  for (let group = 0; group < selectors.length; group++) {
    const code = codes[selectors[group]];
    for (let index = 0; index < groupSymbols; index++) {
      const symbol = readSymbol(source, code);
      if (symbol <= 1) {
        // Runs are numbers of the digits 1 and 2, the lowest first.
        run += runBit << symbol;
        runBit <<= 1;
        if (run > text.length - length) throw damaged('a run is too long');
        continue;
      }
      if (run > 0) {
        text.fill(order[0], length, length + run);
        length += run;
        run = 0;
        runBit = 1;
      }
      if (symbol === end) return length;
      if (length >= text.length) throw damaged('it is too long');
      const byte = order[symbol - 1];
      order.copyWithin(1, 0, symbol - 1);
      order[0] = byte;
      text[length++] = byte;
    }
  }
  throw damaged('it has no end');
}

function readSymbol(source: BitSource, code: Code): number {
  const { highest, longest } = code;
  let bits = code.shortest;
  let value = bitsOf(source, bits);
  while (value > highest[bits]) {
    if (++bits > longest) throw damaged('a code is not known');
    value = (value << 1) | bitsOf(source, 1);
  }
  const symbol = code.symbols[value - code.offsets[bits]];
  if (symbol === undefined) throw damaged('a code is not known');
  return symbol;
}

/** Links each byte to the one that follows it in the text, as the inverse of the Burrows-Wheeler transform has it. */
function untransform(text: Uint32Array, length: number): void {
  const starts = new Uint32Array(257);
  for (let at = 0; at < length; at++) starts[text[at] + 1]++;
  for (let byte = 0; byte < 256; byte++) starts[byte + 1] += starts[byte];
  for (let at = 0; at < length; at++) {
    const byte = text[at] & 0xff;
    text[starts[byte]++] |= at << 8;
  }
}
