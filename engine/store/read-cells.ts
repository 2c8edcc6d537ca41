import type { Vector } from '../column/vector.ts';
import type { SharedMemory } from '../kernels/webassembly.ts';
import type { Pointer } from '../kernels/kernels.ts';
import { arrayKinds, headOfVector, vectorKinds } from './cache-record.ts';

/** Rows of a source that lie in one block of it. */
export interface BlockRows {
  readonly block: number;
  /** Places in the block, ascending. */
  readonly rows: Uint32Array;
}

/**
 * Reads single values out of blocks as they lie in the cache, where to make each block's arrays would take longer.
 * @param places where the record of each part's block lies.
 * @returns one value a row, part by part, codes as they are; null where blocks hold lists or 64-bit integers.
 */
export function readCells(
  parts: readonly BlockRows[],
  places: readonly Pointer[],
  memory: SharedMemory,
): Vector | null {
  const buffer = memory.buffer as unknown as SharedArrayBuffer;
  const u8 = new Uint8Array(buffer);
  const u16 = new Uint16Array(buffer);
  const u32 = new Uint32Array(buffer);
  const f64 = new Float64Array(buffer);
  const length = parts.reduce((sum, { rows }) => sum + rows.length, 0);
  const values = new Float64Array(length);
  const valid = new Uint8Array((length + 7) >> 3);
  let kind: (typeof vectorKinds)[number] = 'null';
  let count = 0;
  let to = 0;
  for (let part = 0; part < parts.length; part++) {
    const { rows } = parts[part];
    const at = places[part];
    const own = vectorKinds[f64[at / 8 + headOfVector.kind]];
    if (own === 'null') {
      to += rows.length;
      continue;
    }
    const base = f64[at / 8 + headOfVector.base];
    const array = at / 4 + headOfVector.values;
    const bytes = arrayKinds[u32[array]]?.BYTES_PER_ELEMENT ?? 0;
    if (own === 'list' || u32[array] === arrayKinds.indexOf(BigInt64Array)) return null;
    kind = own;
    const from = (at + u32[array + 1]) / bytes;
    const validity = at / 4 + headOfVector.validity;
    const bits = u32[validity] === 0 ? 0 : at + u32[validity + 1];
    for (let i = 0; i < rows.length; i++, to++) {
      const row = rows[i];
      if (bits !== 0 && ((u8[bits + (row >> 3)] >> (row & 7)) & 1) === 0) continue;
      values[to] = base + (bytes === 1 ? u8 : bytes === 2 ? u16 : bytes === 4 ? u32 : f64)[from + row];
      valid[to >> 3] |= 1 << (to & 7);
      count++;
    }
  }
  if (kind === 'null') return { kind: 'null', length };
  const validity = count === length ? null : valid;
  if (kind === 'text') return { kind, length, codes: new Uint32Array(values), validity };
  if (kind === 'bool') return { kind, length, values: new Uint8Array(values), validity };
  return kind === 'int' ? { kind, length, base: 0, values, validity } : { kind, length, values, validity };
}
