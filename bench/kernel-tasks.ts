import { zipfWeights, createChooser, createRandom, type Random } from '../data/random.ts';
import { urlOfNumber } from '../data/column-vocabulary.ts';
import type { Kernels, Pointer } from '../engine/kernels/kernels.ts';
import { reservedBytes } from '../engine/kernels/memory.ts';
import type { SharedMemory } from '../engine/kernels/webassembly.ts';
import { lz4 } from '../engine/store/codecs/lz4.ts';
import { directoryTasks } from './directory-tasks.ts';
import { eventTasks, memoryOfEventTasks } from './event-tasks.ts';
import { markTasks, memoryOfMarkTasks } from './mark-tasks.ts';
import { selectionTasks } from './selection-tasks.ts';

/** One kernel over one block's worth of rows. */
export interface KernelTask {
  readonly name: string;
  /** Rows, values or texts that a run goes over. */
  readonly rows: number;
  /** Bytes that a run reads and writes. */
  readonly bytes: number;
  run(kernels: Kernels): void;
}

const textCount = 4096;
const bitsU8 = 5;
const bitsU16 = 11;
const bitsU32 = 20;
const groupsU16 = 20_000;

/** Where the arrays of `rows` rows lie in the memory. */
interface Places {
  readonly codes8: Pointer;
  readonly codes16: Pointer;
  readonly values32: Pointer;
  readonly floats: Pointer;
  readonly order: Pointer;
  readonly bytes: Pointer;
  readonly offsets: Pointer;
  readonly packed: Pointer;
  readonly out: Pointer;
  readonly end: number;
}

/** @returns bytes of memory that the tasks take. */
export function memoryOfTasks(rows: number): number {
  return placesOf(rows).end + memoryOfMarkTasks(rows) + memoryOfEventTasks(rows);
}

function placesOf(rows: number): Places {
  let end = reservedBytes;
  const take = (bytes: number): Pointer => {
    const at = end;
    end = (end + bytes + 63) & ~63;
    return at;
  };
  return {
    codes8: take(rows),
    codes16: take(2 * rows),
    values32: take(4 * rows),
    floats: take(8 * rows),
    order: take(4 * rows),
    bytes: take(textCount * 128),
    offsets: take(4 * (textCount + 1)),
    packed: take(textCount * 128),
    // Of 64-bit hashes, of counts, of a block's text and of the widest output.
    out: take(Math.max(8 * textCount, 4 * 65_536, textCount * 128, 8 * rows)),
    end,
  };
}

/** Fills the memory from `seed` and lists every kernel over it. */
export function createKernelTasks(memory: SharedMemory, rows: number, seed: number): KernelTask[] {
  const at = placesOf(rows);
  const random = createRandom(seed);
  fillNumbers(memory, at, rows, random);
  const textBytes = fillTexts(memory, at, random);
  const plain = new Uint8Array(memory.buffer, at.bytes, textBytes).slice();
  const packed = lz4.compress(plain);
  const packedAt = at.packed;
  if (packed !== null) new Uint8Array(memory.buffer, packedAt, packed.length).set(packed);
  const bitmap = rows / 8;
  const keys = rows >> 2;
  const idsAt = at.out + 8 * keys;
  const startsAt = idsAt + ((2 * keys + 7) & ~7);
  let places = 2;
  while (places < 2 * keys) places *= 2;
  const table = new Uint32Array(memory.buffer, at.out, places);
  const task = (name: string, bytes: number, run: (kernels: Kernels) => void, count = rows): KernelTask => ({
    name,
    rows: count,
    bytes,
    run,
  });
  const tasks = [
    task('filterRangeU8 =', rows + bitmap, (k) => k.filterRangeU8(at.codes8, rows, 3, 3, at.out)),
    task('filterRangeU16 <', 2 * rows + bitmap, (k) => k.filterRangeU16(at.codes16, rows, 0, 999, at.out)),
    task('filterRangeU32 <', 4 * rows + bitmap, (k) => k.filterRangeU32(at.values32, rows, 0, 1 << 30, at.out)),
    task('sumF64', 8 * rows, (k) => k.sumF64(at.floats, rows)),
    task('minF64', 8 * rows, (k) => k.minF64(at.floats, rows)),
    task('maxF64', 8 * rows, (k) => k.maxF64(at.floats, rows)),
    task('sumU32', 4 * rows, (k) => k.sumU32(at.values32, rows)),
    task('minU32', 4 * rows, (k) => k.minU32(at.values32, rows)),
    task('maxU32', 4 * rows, (k) => k.maxU32(at.values32, rows)),
    task('prefetch', 4 * rows, (k) => k.prefetch(at.values32, 4 * rows)),
    task('gatherU8', 6 * rows, (k) => k.gatherU8(at.codes8, at.order, rows, at.out)),
    task('gatherU16', 8 * rows, (k) => k.gatherU16(at.codes16, at.order, rows, at.out)),
    task('gatherU32', 12 * rows, (k) => k.gatherU32(at.values32, at.order, rows, at.out)),
    task(`unpackU8 ${bitsU8} bits`, rows * (1 + bitsU8 / 8), (k) => k.unpackU8(at.floats, bitsU8, rows, at.out)),
    task(`unpackU16 ${bitsU16} bits`, rows * (2 + bitsU16 / 8), (k) => k.unpackU16(at.floats, bitsU16, rows, at.out)),
    task(`unpackU32 ${bitsU32} bits`, rows * (4 + bitsU32 / 8), (k) => k.unpackU32(at.floats, bitsU32, rows, at.out)),
    task('groupCount of 20', rows, (k) => k.groupCount(at.codes8, 1, rows, at.out, 256)),
    task('groupCount of 20,000', 2 * rows, (k) => k.groupCount(at.codes16, 2, rows, at.out, 0)),
    task('groupSum of 20', 9 * rows, (k) => k.groupSum(at.codes8, 1, at.floats, 8, rows, 0, at.out, 256)),
    task('groupLeast of 20', 9 * rows, (k) => k.groupLeast(at.codes8, 1, at.floats, 8, rows, 0, at.out)),
    task('groupGreatest of 20', 9 * rows, (k) => k.groupGreatest(at.codes8, 1, at.floats, 8, rows, 0, at.out)),
    task('groupSpread of 20', 9 * rows, (k) => k.groupSpread(at.codes8, 1, at.floats, 8, rows, 0, at.out)),
    task('groupPairs of 20 and 256', 2 * rows, (k) => k.groupPairs(at.codes8, 1, at.codes8, 1, rows, 0, 256, at.out)),
    task('spreadKeys', 18 * keys, (k) => k.spreadKeys(at.floats, keys, startsAt, idsAt, at.out), keys),
    task('distinctKeys', 16 * keys, (k) => k.distinctKeys(at.floats, keys, at.out, table.fill(0).length, 1), keys),
    task('mixCodes u8, u8 to u16', 4 * rows, (k) => k.mixCodes(at.codes8, 1, at.codes8, 1, rows, 20, at.out, 2)),
    task('shiftCodes u16 to u8', 3 * rows, (k) => k.shiftCodes(at.codes16, 2, rows, 7, at.out, 1)),
    task('markNulls u8', 2 * rows + bitmap, (k) => k.markNulls(at.codes8, 1, at.values32, 0, rows, 20, at.out, 1)),
    task('mapCodes u8', 5 * rows, (k) => k.mapCodes(at.codes8, 1, rows, at.order, at.out)),
    task('validRows', 12 * rows, (k) => k.validRows(at.order, rows, at.floats, at.out, at.out + 4 * rows)),
    ...selectionTasks(at, rows),
    ...markTasks(memory, at.end, at.values32, rows),
    ...eventTasks(memory, at.end + memoryOfMarkTasks(rows), rows),
    ...directoryTasks(memory, at, textCount),
    task('hashTexts, URLs', textBytes, (k) => k.hashTexts(at.bytes, at.offsets, textCount, 0, at.out), textCount),
  ];
  if (packed === null) return tasks;
  const bytes = plain.length;
  return [
    ...tasks,
    task(
      'decodeLz4, per byte',
      bytes + packed.length,
      (k) => k.decodeLz4(packedAt, packed.length, at.out, bytes),
      bytes,
    ),
    // Codes are no characters of a text: all bytes are looked through.
    task('findBytes of none', textBytes, (k) => k.findBytes(at.bytes, textBytes, at.codes8, 16), textBytes),
  ];
}

function fillNumbers(memory: SharedMemory, at: Places, rows: number, random: Random): void {
  const codes8 = new Uint8Array(memory.buffer, at.codes8, rows);
  const codes16 = new Uint16Array(memory.buffer, at.codes16, rows);
  const values32 = new Uint32Array(memory.buffer, at.values32, rows);
  const floats = new Float64Array(memory.buffer, at.floats, rows);
  const order = new Uint32Array(memory.buffer, at.order, rows);
  const events = createChooser(zipfWeights(20, 0.9));
  for (let row = 0; row < rows; row++) {
    codes8[row] = events.choose(random);
    codes16[row] = random.integer(groupsU16);
    values32[row] = random.bits();
    floats[row] = random.float() * 100;
    order[row] = random.integer(rows);
  }
}

/** @returns the bytes of all texts together. */
function fillTexts(memory: SharedMemory, at: Places, random: Random): number {
  const encoder = new TextEncoder();
  const bytes = new Uint8Array(memory.buffer, at.bytes, textCount * 128);
  const offsets = new Uint32Array(memory.buffer, at.offsets, textCount + 1);
  for (let text = 0; text < textCount; text++) {
    const encoded = encoder.encode(urlOfNumber(random.integer(20_000)));
    bytes.set(encoded, offsets[text]);
    offsets[text + 1] = offsets[text] + encoded.length;
  }
  return offsets[textCount];
}
