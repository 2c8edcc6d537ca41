import { expect } from 'vitest';
import type { Kernels } from '../../engine/kernels/kernels.ts';
import { loadKernels } from '../../engine/kernels/load.ts';
import { createSharedMemory, reservedBytes } from '../../engine/kernels/memory.ts';
import { createScalarKernels } from '../../engine/kernels/scalar/scalar-kernels.ts';

/** Cases are made from it. */
export const seed = 20_240_301;
export const lengthMax = 129;
export const shifts = [0, 1, 2, 3, 5, 7] as const;

/** Both kinds of kernels work in it. */
export const memory = createSharedMemory({ initialBytes: 2 ** 20, maximumBytes: 2 ** 24 });
export const compiled = loadKernels(memory);
export const scalar = createScalarKernels(memory);
export const bytes = new Uint8Array(memory.buffer);
/** Room for inputs, for others, and for what kernels write. */
export const input = reservedBytes;
export const second = reservedBytes + 65_536;
export const output = reservedBytes + 2 * 65_536;
export const outputBytes = 8192;

/** A small generator of its own (mulberry32), so that every loop below starts from the seed. */
export function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** Runs a kernel both ways over a poisoned output: each must give back, and leave there, the same. */
export function expectTwins(run: (kernels: Kernels) => unknown): void {
  const outcome = (kernels: Kernels): string => {
    bytes.fill(0xa5, output, output + outputBytes);
    return `${String(run(kernels))} ${Buffer.from(bytes.subarray(output, output + 4096)).toString('hex')}`;
  };
  expect(outcome(compiled)).toBe(outcome(scalar));
}

/** Kernels that are there for elements of each width. */
export const widths = [
  { name: 'U8', width: 1 },
  { name: 'U16', width: 2 },
  { name: 'U32', width: 4 },
] as const;

/** The whole memory as unsigned integers of that width. */
export function arrayOf(width: 1 | 2 | 4): Uint8Array | Uint16Array | Uint32Array {
  if (width === 1) return new Uint8Array(memory.buffer);
  return width === 2 ? new Uint16Array(memory.buffer) : new Uint32Array(memory.buffer);
}

/** The rows that a bitmap in the memory says are true. */
export function rowsOf(bitmap: number, count: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < count; row++) if ((bytes[bitmap + (row >> 3)]! & (1 << (row & 7))) !== 0) rows.push(row);
  return rows;
}
