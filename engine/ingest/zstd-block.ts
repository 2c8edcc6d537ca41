import {
  backwardBits,
  damagedBlock,
  fseTable,
  fseTableOf,
  readFseTable,
  readHuffman,
  readHuffmanTable,
  takeBits,
  type BackwardBits,
  type FseTable,
  type HuffmanTable,
} from './zstd-tables.ts';

/** What a block inflates to at most. */
export const blockBytesMax = 128 * 1024;
/** A copy of fewer bytes is quicker made byte by byte. */
const shortMatch = 48;
/** Memory beyond the window: how much is written before the window moves to the front again. */
const slideBytes = 4 * 1024 * 1024;

/** A number that a code and the bits behind it stand for. */
interface Lengths {
  readonly bits: Uint8Array;
  readonly bases: Uint32Array;
}

function lengthsOf(bits: readonly number[], first: number): Lengths {
  const bases = new Uint32Array(bits.length);
  let base = first;
  bits.forEach((count, code) => {
    bases[code] = base;
    base += 2 ** count;
  });
  return { bits: Uint8Array.from(bits), bases };
}

const zeros = (count: number): number[] => new Array<number>(count).fill(0);
const up = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const literalLengths = lengthsOf([...zeros(16), 1, 1, 1, 1, 2, 2, 3, 3, 4, ...up(6, 16)], 0);
const matchLengths = lengthsOf([...zeros(32), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, ...up(7, 16)], 3);
const offsetCodeMax = 31;

const times = (count: number, value: number): number[] => new Array<number>(count).fill(value);
const defaults = [
  [6, [4, 3, ...times(11, 2), 1, 1, 1, ...times(9, 2), 3, 2, ...times(5, 1), ...times(4, -1)]],
  [5, [...times(6, 1), 2, 2, 2, ...times(15, 1), ...times(5, -1)]],
  [6, [1, 4, 3, ...times(6, 2), ...times(37, 1), ...times(7, -1)]],
] as const;
/** Tables that need not be sent, made when first wanted: of literal lengths, offsets, match lengths. */
const defaultTables: (FseTable | null)[] = [null, null, null];
const logMax = [9, 8, 9] as const;
const codeMax = [literalLengths.bits.length - 1, offsetCodeMax, matchLengths.bits.length - 1] as const;

/** What blocks of a frame leave to those behind them. */
export interface ZstdFrame {
  readonly windowBytes: number;
  /** What came out, as far back as the window reaches. */
  history: Uint8Array;
  /** Its end. */
  at: number;
  readonly literals: Uint8Array;
  huffman: HuffmanTable | null;
  readonly tables: (FseTable | null)[];
  readonly offsets: number[];
}

/** @returns a frame of which nothing was read; memory for the window is taken as it fills. */
export function createZstdFrame(windowBytes: number): ZstdFrame {
  return {
    windowBytes,
    history: new Uint8Array(2 * blockBytesMax),
    at: 0,
    literals: new Uint8Array(blockBytesMax),
    huffman: null,
    tables: [null, null, null],
    offsets: [1, 4, 8],
  };
}

/**
 * Inflates a block.
 * @param block with its header of three bytes.
 * @returns what it holds, a copy. @throws VarveError `data_corrupted`.
 */
export function inflateBlock(frame: ZstdFrame, block: Uint8Array): Uint8Array {
  makeRoom(frame);
  const kind = (block[0] >>> 1) & 3;
  const size = (block[0] | (block[1] << 8) | (block[2] << 16)) >>> 3;
  const start = frame.at;
  if (kind === 2) {
    const { end, count } = readLiterals(frame, block);
    runSequences(frame, block, end, count);
  } else {
    if (kind === 0) frame.history.set(block.subarray(3), start);
    else frame.history.fill(block[3], start, start + size);
    frame.at += size;
  }
  return frame.history.slice(start, frame.at);
}

/** Makes room for a block behind what came out: by moving the window to the front, or more memory. */
function makeRoom(frame: ZstdFrame): void {
  const { windowBytes, history, at } = frame;
  if (at + blockBytesMax <= history.length) return;
  if (history.length >= windowBytes + slideBytes) {
    history.copyWithin(0, at - windowBytes, at);
    frame.at = windowBytes;
    return;
  }
  frame.history = new Uint8Array(Math.min(4 * history.length, windowBytes + slideBytes + blockBytesMax));
  frame.history.set(history.subarray(0, at));
}

/** Reads the bytes that are not copied from the history. @returns where they end in the block, and how many they are. */
function readLiterals(frame: ZstdFrame, block: Uint8Array): { readonly end: number; readonly count: number } {
  const [head, second, third, fourth, fifth] = [0, 1, 2, 3, 4].map((index) => block[3 + index] ?? 0);
  const kind = head & 3;
  const format = (head >>> 2) & 3;
  if (kind < 2) {
    const count =
      format === 1
        ? (head >>> 4) | (second << 4)
        : format === 3
          ? (head >>> 4) | (second << 4) | (third << 12)
          : head >>> 3;
    const from = 3 + (format === 1 ? 2 : format === 3 ? 3 : 1);
    const end = from + (kind === 0 ? count : 1);
    if (count > blockBytesMax || end > block.length) throw damagedBlock('its literals');
    if (kind === 0) frame.literals.set(block.subarray(from, end));
    else frame.literals.fill(block[from], 0, count);
    return { end, count };
  }
  const wide = format === 3;
  const count = (head >>> 4) | (format < 2 ? (second & 63) << 4 : (second << 4) | ((third & (wide ? 63 : 3)) << 12));
  const packed =
    format < 2
      ? (second >>> 6) | (third << 2)
      : wide
        ? (third >>> 6) | (fourth << 2) | (fifth << 10)
        : (third >>> 2) | (fourth << 6);
  const from = 3 + (format < 2 ? 3 : wide ? 5 : 4);
  const end = from + packed;
  if (count > blockBytesMax || end > block.length) throw damagedBlock('its literals');
  readPacked(frame, block, from, end, { count, hasTable: kind === 2, single: format === 0 });
  return { end, count };
}

function readPacked(
  frame: ZstdFrame,
  block: Uint8Array,
  from: number,
  end: number,
  { count, hasTable, single }: { readonly count: number; readonly hasTable: boolean; readonly single: boolean },
): void {
  let at = from;
  if (hasTable) {
    const read = readHuffmanTable(block, from, end);
    frame.huffman = read.table;
    at = read.end;
  }
  const table = frame.huffman;
  if (table === null) throw damagedBlock('it goes on with a table that is not there');
  const literals = frame.literals.subarray(0, count);
  if (single) {
    readHuffman(table, backwardBits(block, at, end), literals);
    return;
  }
  // Four streams, each of a quarter; where the first three end is said before.
  const quarter = (count + 3) >>> 2;
  let start = at + 6;
  for (let stream = 0; stream < 4; stream++) {
    const size = block[at + 2 * stream] | (block[at + 2 * stream + 1] << 8);
    const stop = stream === 3 ? end : start + size;
    if (stop > end || start > end || quarter * 3 > count) throw damagedBlock('its literals');
    const target = literals.subarray(stream * quarter, stream === 3 ? count : (stream + 1) * quarter);
    readHuffman(table, backwardBits(block, start, stop), target);
    start = stop;
  }
}

/** Takes literals and copies of what came out in turn. @param from where the sequences begin in the block. */
function runSequences(frame: ZstdFrame, block: Uint8Array, from: number, literalCount: number): void {
  const first = block[from] ?? 0;
  const head = first < 128 ? 1 : first < 255 ? 2 : 3;
  if (from + head > block.length) throw damagedBlock('its sequences');
  const count =
    first < 128
      ? first
      : first < 255
        ? ((first - 128) << 8) | block[from + 1]
        : (block[from + 1] | (block[from + 2] << 8)) + 0x7f00;
  let literal = 0;
  if (count > 0) {
    const at = readTables(frame, block, from + head);
    literal = copySequences(frame, backwardBits(block, at, block.length), count, literalCount);
  } else if (from + head !== block.length) throw damagedBlock('something follows its sequences');
  frame.history.set(frame.literals.subarray(literal, literalCount), frame.at);
  frame.at += literalCount - literal;
}

/** Reads what the codes of the three numbers of a sequence are. @returns where their bits begin. */
function readTables(frame: ZstdFrame, block: Uint8Array, from: number): number {
  const modes = block[from] ?? 3;
  if ((modes & 3) !== 0) throw damagedBlock('its sequences');
  let at = from + 1;
  for (let table = 0; table < 3; table++) {
    const mode = (modes >>> (6 - 2 * table)) & 3;
    if (mode === 0) {
      const [log, counts] = defaults[table];
      frame.tables[table] = defaultTables[table] ??= fseTable(Int16Array.from(counts), log);
    } else if (mode === 1) {
      const code = block[at++] ?? 255;
      if (code > codeMax[table]) throw damagedBlock('its sequences');
      frame.tables[table] = fseTableOf(code);
    } else if (mode === 2) {
      const read = readFseTable(block, at, block.length, logMax[table], codeMax[table]);
      frame.tables[table] = read.table;
      at = read.end;
    } else if (frame.tables[table] === null) throw damagedBlock('it goes on with a table that is not there');
  }
  return at;
}

/** @returns how many literals were taken. */
function copySequences(frame: ZstdFrame, source: BackwardBits, count: number, literalCount: number): number {
  const { history, literals, offsets, windowBytes } = frame;
  const { bytes, from } = source;
  const [literalTable, offsetTable, matchTable] = frame.tables as FseTable[];
  const atMax = frame.at + blockBytesMax;
  let literalState = takeBits(source, literalTable.log);
  let offsetState = takeBits(source, offsetTable.log);
  let matchState = takeBits(source, matchTable.log);
  let { left } = source;
  let { at } = frame;
  let literal = 0;
  for (let sequence = count; ;) {
    const offsetCode = offsetTable.symbols[offsetState];
    const matchCode = matchTable.symbols[matchState];
    const literalCode = literalTable.symbols[literalState];
    const matchBits = matchLengths.bits[matchCode];
    const literalBits = literalLengths.bits[literalCode];
    // More than a word holds is only in offsets that go back further than any window.
    if (offsetCode > 27) throw damagedBlock('it goes back too far');
    const value = (1 << offsetCode) + bitsAt(bytes, from, (left -= offsetCode), offsetCode);
    const match = matchLengths.bases[matchCode] + bitsAt(bytes, from, (left -= matchBits), matchBits);
    const length = literalLengths.bases[literalCode] + bitsAt(bytes, from, (left -= literalBits), literalBits);
    const offset = offsetOf(offsets, value, length === 0);
    if (left < 0) throw damagedBlock('it ends too early');
    if (literal + length > literalCount || at + length + match > atMax) throw damagedBlock('it is too long');
    for (const end = literal + length; literal < end;) history[at++] = literals[literal++];
    if (offset <= 0 || offset > at || offset > windowBytes) throw damagedBlock('it goes back too far');
    if (match > shortMatch && offset >= match) history.copyWithin(at, at - offset, at - offset + match);
    else for (let to = at; to < at + match; to++) history[to] = history[to - offset];
    at += match;
    if (--sequence === 0) break;
    literalState =
      literalTable.bases[literalState] +
      bitsAt(bytes, from, (left -= literalTable.bits[literalState]), literalTable.bits[literalState]);
    matchState =
      matchTable.bases[matchState] +
      bitsAt(bytes, from, (left -= matchTable.bits[matchState]), matchTable.bits[matchState]);
    offsetState =
      offsetTable.bases[offsetState] +
      bitsAt(bytes, from, (left -= offsetTable.bits[offsetState]), offsetTable.bits[offsetState]);
  }
  if (left !== 0) throw damagedBlock('it ends too late');
  frame.at = at;
  return literal;
}

/** Up to 27 bits from bit `start` on; what lies before the first byte is of no meaning, and told by who asks. */
function bitsAt(bytes: Uint8Array, from: number, start: number, count: number): number {
  const at = from + (start >> 3);
  const shift = start & 7;
  const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
  const value = shift + count > 32 ? (word >>> shift) | (bytes[at + 4] << (32 - shift)) : word >>> shift;
  return value & ((1 << count) - 1);
}

/** The three last offsets stand for themselves; where no literal comes before, the first of them would be idle. */
function offsetOf(offsets: number[], value: number, shifted: boolean): number {
  if (value > 3) {
    offsets[2] = offsets[1];
    offsets[1] = offsets[0];
    return (offsets[0] = value - 3);
  }
  const index = value - 1 + (shifted ? 1 : 0);
  if (index === 0) return offsets[0];
  const offset = index === 3 ? offsets[0] - 1 : offsets[index];
  if (index > 1) offsets[2] = offsets[1];
  offsets[1] = offsets[0];
  return (offsets[0] = offset);
}
