import type { DenseRows } from './dense/dense-groups.ts';
import { enlarged } from './enlarged.ts';
import { GroupTable } from './group-table.ts';

/** Codes of a combination of keys that kernels found are looked up beforehand while these are so few. */
const combinationsMax = 4096;

/** Which bit of an actor's marks stands for which combination of codes of the keys. */
export interface BitNumbers {
  /** Bits that combinations may have so far. */
  readonly bits: number;
  /** @returns the bit of each combination; new ones get theirs. @param codes a list a key. */
  bitsOf(codes: readonly Uint32Array[], counts: readonly number[]): Uint32Array | Float64Array;
  /** @returns the codes of bits, a list a key. */
  codesOf(bits: readonly number[]): Uint32Array[];
}

const bitsOfSpaces = new WeakMap<BitNumbers, WeakMap<object, Uint32Array | Float64Array>>();

/** @returns the bit of each combination of local codes that rows may have; null where these are too many. */
export function bitsOfCombinations(
  numbers: BitNumbers,
  dense: DenseRows,
  counts: () => readonly number[],
): Uint32Array | Float64Array | null {
  const { space, size } = dense;
  if (size > combinationsMax) return null;
  let spaces = bitsOfSpaces.get(numbers);
  if (spaces === undefined) bitsOfSpaces.set(numbers, (spaces = new WeakMap()));
  let bits = spaces.get(space);
  if (bits === undefined) spaces.set(space, (bits = numbers.bitsOf(dense.codesOf(), counts())));
  return bits;
}

const bitsOfTables = new WeakMap<BitNumbers, { bits: Uint32Array | Float64Array; count: number }>();

/** @returns the bit of each of a table's groups, and anything behind them. */
export function bitsOfGroups(
  numbers: BitNumbers,
  table: GroupTable,
  counts: readonly number[],
): Uint32Array | Float64Array {
  let known = bitsOfTables.get(numbers);
  if (known === undefined) bitsOfTables.set(numbers, (known = { bits: new Float64Array(1024), count: 0 }));
  if (known.count < table.count) {
    const from = known.count;
    const codes = Array.from({ length: table.keyCount }, (_, key) => table.codesOfKey(key).subarray(from));
    if (table.count > known.bits.length)
      known.bits = enlarged(known.bits as Float64Array, new Float64Array(2 * table.count));
    known.bits.set(numbers.bitsOf(codes, counts), from);
    known.count = table.count;
  }
  return known.bits;
}

/** Numbers combinations as they come. */
export function createGroupBits(keyCount: number): BitNumbers {
  const table = new GroupTable(keyCount);
  return {
    get bits() {
      return table.count;
    },
    bitsOf(codes, counts) {
      const bits = new Uint32Array(codes[0].length);
      table.groupsOf(codes, counts, bits);
      return bits;
    },
    codesOf: (bits) =>
      Array.from({ length: keyCount }, (_, key) => {
        const codes = table.codesOfKey(key);
        return Uint32Array.from(bits, (bit) => codes[bit]);
      }),
  };
}

/** Gives combinations that rows have groups of a table, once each. */
export interface BitNamer {
  /** Names bits that rows have. */
  name(bits: readonly number[], table: GroupTable, counts: readonly number[]): void;
  /** @returns the group of a bit that has a name. */
  groupOf(bit: number): number;
}

/** Makes what names the bits of one numbering. */
export function createBitNamer(numbers: BitNumbers): BitNamer {
  const groups = new Map<number, number>();
  return {
    name(bits, table, counts) {
      const fresh = bits.filter((bit) => !groups.has(bit));
      if (fresh.length === 0) return;
      const own = new Uint32Array(fresh.length);
      table.groupsOf(numbers.codesOf(fresh), counts, own);
      fresh.forEach((bit, at) => groups.set(bit, own[at]));
    },
    groupOf: (bit) => groups.get(bit)!,
  };
}
