/**
 * XXH64, the one hash of the product: it orders actors on disk and stands for texts in dictionaries.
 * Source: the xxHash specification, https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md (XXH64).
 *
 * A 64-bit lane is two unsigned 32-bit words, since BigInt is twenty times slower. The functions below leave their
 * result in `high` and `low`: two words cannot be returned without an allocation.
 */
let high = 0;
let low = 0;

const prime1 = [0x9e3779b1, 0x85ebca87] as const;
const prime2 = [0xc2b2ae3d, 0x27d4eb4f] as const;
const prime3 = [0x165667b1, 0x9e3779f9] as const;
const prime4 = [0x85ebca77, 0xc2b2ae63] as const;
const prime5 = [0x27d4eb2f, 0x165667c5] as const;

const encoder = new TextEncoder();
const accumulators = new Uint32Array(8);

/**
 * Hashes `bytes[from … to)`.
 * @param seed a whole number from 0 to 2^53 − 1.
 * @param out receives the low word at `at` and the high word at `at + 1`.
 */
export function hash64(bytes: Uint8Array, from: number, to: number, seed: number, out: Uint32Array, at: number): void {
  const length = to - from;
  const seedHigh = Math.floor(seed / 2 ** 32) >>> 0;
  const seedLow = seed >>> 0;
  let position = from;
  if (length >= 32) {
    startAccumulators(seedHigh, seedLow);
    position = takeStripes(bytes, position, to);
    mergeAccumulators();
  } else {
    add(seedHigh, seedLow, prime5[0], prime5[1]);
  }
  finish(bytes, position, to, length);
  out[at] = low;
  out[at + 1] = high;
}

/** A hash of bytes that come bit by bit, with the seed 0. */
export interface StreamedHash64 {
  update(bytes: Uint8Array): void;
  /** @returns the low word of the hash of all bytes so far. */
  low(): number;
}

/** @returns the hash of nothing yet; equals `hash64` over the same bytes in one. */
export function createHash64(): StreamedHash64 {
  const own = new Uint32Array(8);
  const rest = new Uint8Array(32);
  let restLength = 0;
  let total = 0;
  startAccumulators(0, 0);
  own.set(accumulators);
  return {
    update(bytes) {
      let at = 0;
      total += bytes.length;
      accumulators.set(own);
      if (restLength > 0) {
        at = Math.min(32 - restLength, bytes.length);
        rest.set(bytes.subarray(0, at), restLength);
        restLength += at;
        if (restLength < 32) return;
        takeStripes(rest, 0, 32);
      }
      at = takeStripes(bytes, at, bytes.length);
      own.set(accumulators);
      rest.set(bytes.subarray(at));
      restLength = bytes.length - at;
    },
    low() {
      accumulators.set(own);
      if (total >= 32) mergeAccumulators();
      else add(0, 0, prime5[0], prime5[1]);
      finish(rest, 0, restLength, total);
      return low;
    },
  };
}

/** Takes in whole stripes of 32 bytes. @returns where the bytes begin that are less than one. */
function takeStripes(bytes: Uint8Array, from: number, to: number): number {
  let position = from;
  for (; position + 32 <= to; position += 32) {
    for (let lane = 0; lane < 4; lane++) {
      round(
        accumulators[2 * lane + 1]!,
        accumulators[2 * lane]!,
        word(bytes, position + 8 * lane + 4),
        word(bytes, position + 8 * lane),
      );
      accumulators[2 * lane] = low;
      accumulators[2 * lane + 1] = high;
    }
  }
  return position;
}

/** Takes in the last bytes, fewer than 32, and the length of all. */
function finish(bytes: Uint8Array, from: number, to: number, length: number): void {
  let position = from;
  add(high, low, Math.floor(length / 2 ** 32), length >>> 0);
  for (; position + 8 <= to; position += 8) {
    const h = high;
    const l = low;
    round(0, 0, word(bytes, position + 4), word(bytes, position));
    high ^= h;
    low ^= l;
    rotate(27);
    multiply(high, low, prime1[0], prime1[1]);
    add(high, low, prime4[0], prime4[1]);
  }
  if (position + 4 <= to) {
    const h = high;
    const l = low;
    multiply(0, word(bytes, position), prime1[0], prime1[1]);
    high ^= h;
    low ^= l;
    rotate(23);
    multiply(high, low, prime2[0], prime2[1]);
    add(high, low, prime3[0], prime3[1]);
    position += 4;
  }
  for (; position < to; position++) {
    const h = high;
    const l = low;
    multiply(0, bytes[position]!, prime5[0], prime5[1]);
    high ^= h;
    low ^= l;
    rotate(11);
    multiply(high, low, prime1[0], prime1[1]);
  }
  avalanche();
}

/** @returns the hash of a text's UTF-8 bytes as two unsigned words. */
export function hash64OfText(text: string, seed = 0): { readonly low: number; readonly high: number } {
  const bytes = encoder.encode(text);
  const out = new Uint32Array(2);
  hash64(bytes, 0, bytes.length, seed, out, 0);
  return { low: out[0]!, high: out[1]! };
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

function startAccumulators(seedHigh: number, seedLow: number): void {
  add(seedHigh, seedLow, prime1[0], prime1[1]);
  add(high, low, prime2[0], prime2[1]);
  setAccumulator(0);
  add(seedHigh, seedLow, prime2[0], prime2[1]);
  setAccumulator(1);
  high = seedHigh;
  low = seedLow;
  setAccumulator(2);
  // seed − prime1 = seed + ~prime1 + 1
  add(seedHigh, seedLow, ~prime1[0] >>> 0, ~prime1[1] >>> 0);
  add(high, low, 0, 1);
  setAccumulator(3);
}

function setAccumulator(lane: number): void {
  accumulators[2 * lane] = low;
  accumulators[2 * lane + 1] = high;
}

function mergeAccumulators(): void {
  let sumHigh = 0;
  let sumLow = 0;
  const turns = [1, 7, 12, 18] as const;
  for (let lane = 0; lane < 4; lane++) {
    high = accumulators[2 * lane + 1]!;
    low = accumulators[2 * lane]!;
    rotate(turns[lane]!);
    add(high, low, sumHigh, sumLow);
    sumHigh = high;
    sumLow = low;
  }
  for (let lane = 0; lane < 4; lane++) {
    round(0, 0, accumulators[2 * lane + 1]!, accumulators[2 * lane]!);
    high ^= sumHigh;
    low ^= sumLow;
    multiply(high, low, prime1[0], prime1[1]);
    add(high, low, prime4[0], prime4[1]);
    sumHigh = high;
    sumLow = low;
  }
}

/** One round: rotl(accumulator + lane · prime2, 31) · prime1. */
function round(accumulatorHigh: number, accumulatorLow: number, laneHigh: number, laneLow: number): void {
  multiply(laneHigh, laneLow, prime2[0], prime2[1]);
  add(high, low, accumulatorHigh, accumulatorLow);
  rotate(31);
  multiply(high, low, prime1[0], prime1[1]);
}

function avalanche(): void {
  // h ^= h >> 33; h *= prime2; h ^= h >> 29; h *= prime3; h ^= h >> 32
  low ^= high >>> 1;
  multiply(high, low, prime2[0], prime2[1]);
  const shifted = high;
  high ^= shifted >>> 29;
  low ^= (shifted << 3) | (low >>> 29);
  multiply(high, low, prime3[0], prime3[1]);
  low = (low ^ high) >>> 0;
  high >>>= 0;
}

function add(aHigh: number, aLow: number, bHigh: number, bLow: number): void {
  const sum = (aLow >>> 0) + (bLow >>> 0);
  low = sum >>> 0;
  high = ((aHigh >>> 0) + (bHigh >>> 0) + (sum > 0xffffffff ? 1 : 0)) >>> 0;
}

/** rotl by 1…31 bits. */
function rotate(bits: number): void {
  const h = high;
  const l = low;
  high = ((h << bits) | (l >>> (32 - bits))) >>> 0;
  low = ((l << bits) | (h >>> (32 - bits))) >>> 0;
}

/** The low 64 bits of a product: low·low in 16-bit limbs, and the cross terms modulo 2^32. */
function multiply(aHigh: number, aLow: number, bHigh: number, bLow: number): void {
  const a0 = aLow & 0xffff;
  const a1 = aLow >>> 16;
  const b0 = bLow & 0xffff;
  const b1 = bLow >>> 16;
  const p00 = a0 * b0;
  const p01 = a0 * b1;
  const p10 = a1 * b0;
  const middle = p01 + p10 + (p00 >>> 16);
  const lowWord = ((middle & 0xffff) * 0x10000 + (p00 & 0xffff)) >>> 0;
  const carry = a1 * b1 + Math.floor(middle / 0x10000);
  high = (carry + Math.imul(aHigh, bLow) + Math.imul(aLow, bHigh)) >>> 0;
  low = lowWord;
}
