import type { Dictionary } from '../column/dictionary.ts';
import type { ActorEntries } from '../store/row-source.ts';
import { enlarged } from './enlarged.ts';

/** Actors one after another: their texts, hashes, and how many rows each has. */
export interface ActorList {
  add(from: ActorEntries, entry: number, rows: number): void;
  /** @returns the bytes that it holds. */
  bytes(): number;
  build(): { readonly texts: Dictionary; readonly hashes: Uint32Array; readonly livesOf: Uint32Array };
}

/** @returns a list without any. */
export function newActorList(): ActorList {
  let count = 0;
  let bytes = new Uint8Array(1024);
  let offsets = new Uint32Array(129);
  let hashes = new Uint32Array(256);
  let rowsOf = new Uint32Array(128);
  return {
    add({ texts, hashes: from }, entry, rows) {
      if (count === rowsOf.length) {
        rowsOf = enlarged(rowsOf, new Uint32Array(2 * count));
        hashes = enlarged(hashes, new Uint32Array(4 * count));
        offsets = enlarged(offsets, new Uint32Array(2 * count + 1));
      }
      const start = texts.offsets[entry];
      const end = texts.offsets[entry + 1];
      let at = offsets[count];
      if (at + end - start > bytes.length)
        bytes = enlarged(bytes, new Uint8Array(Math.max(at + end - start, 2 * bytes.length)));
      for (let place = start; place < end; place++) bytes[at++] = texts.bytes[place];
      hashes[2 * count] = from[2 * entry];
      hashes[2 * count + 1] = from[2 * entry + 1];
      rowsOf[count++] = rows;
      offsets[count] = at;
    },
    bytes: () => bytes.length + offsets.byteLength + hashes.byteLength + rowsOf.byteLength,
    build: () => ({
      texts: { count, offsets: offsets.slice(0, count + 1), bytes: bytes.slice(0, offsets[count]), hashes: null },
      hashes: hashes.slice(0, 2 * count),
      livesOf: rowsOf.slice(0, count),
    }),
  };
}
