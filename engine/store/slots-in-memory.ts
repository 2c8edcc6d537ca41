import type { Kernels, Pointer } from '../kernels/kernels.ts';
import type { SharedMemory } from '../kernels/webassembly.ts';
import type { ActorSlots } from './actor-slots.ts';
import type { EntriesOfPart } from './joined-entries.ts';
import type { ActorEntries } from './row-source.ts';

/** Where kernels number actors: an arena of the memory in which directories lie. */
export interface SlotRoom {
  readonly kernels: Kernels;
  readonly memory: SharedMemory;
  /** @returns a region of the memory, or null when there is no room. */
  beside(bytes: number): { readonly at: Pointer; readonly free: () => void } | null;
}

/** Places that an entry may lie behind its own: hashes that are spread as they should be never stray that far. */
const strayMax = 256;
const knownBytes = 16;

/**
 * Numbers actors as `assignActorSlots` does, by a kernel.
 * @returns null where an entry lies outside the memory, where there is no room, and where hashes are not spread.
 */
export function assignSlotsInMemory(sources: readonly ActorEntries[], room: SlotRoom): ActorSlots | null {
  const total = sources.reduce((sum, { count }) => sum + count, 0);
  const parts = sources.map((source) => source.parts ?? null);
  if (total === 0 || !parts.every((own) => own !== null && own.every((part) => liesIn(part, room.memory)))) return null;
  let places = 64;
  while (places < 2 * total) places *= 2;
  const region = room.beside(4 * places + knownBytes * total + 4 * total);
  if (region === null) return null;
  try {
    return assignIn(parts as readonly (readonly EntriesOfPart[])[], room, region.at, places, total);
  } finally {
    region.free();
  }
}

function liesIn({ entries }: EntriesOfPart, { buffer }: SharedMemory): boolean {
  const { hashes, nobody, textOffsets, textBytes } = entries;
  return [hashes, nobody, textOffsets, textBytes].every((array) => isWithin(array, buffer));
}

/** Memory that has grown is another buffer over the same bytes. */
function isWithin(array: ArrayBufferView, { byteLength }: SharedArrayBuffer): boolean {
  return array.buffer instanceof SharedArrayBuffer && array.byteOffset + array.byteLength <= byteLength;
}

function assignIn(
  sources: readonly (readonly EntriesOfPart[])[],
  { kernels, memory }: SlotRoom,
  at: Pointer,
  places: number,
  total: number,
): ActorSlots | null {
  const knownAt = at + 4 * places;
  let outAt = knownAt + knownBytes * total;
  // Seen anew: the region may lie behind the end that the memory had before.
  const words = new Uint32Array(memory.buffer, at, (outAt - at) / 4 + total);
  words.fill(0, 0, places);
  const { low, high, scale } = placeOfHashes(sources, places);
  let count = 0;
  const slots: Uint32Array[] = [];
  for (const parts of sources) {
    const begin = (outAt - at) / 4;
    for (const { entries, from, to } of parts) {
      count = kernels.assignSlots(
        entries.hashes.byteOffset + 8 * from,
        entries.nobody.byteOffset + from,
        entries.textOffsets.byteOffset + 4 * from,
        entries.textBytes.byteOffset,
        to - from,
        low,
        high,
        scale,
        at,
        places,
        strayMax,
        knownAt,
        count,
        outAt,
      );
      if (count < 0) return null;
      outAt += 4 * (to - from);
    }
    slots.push(words.slice(begin, (outAt - at) / 4));
  }
  return { slots, count };
}

/** @returns the least hash, and how many places of the table each step above it takes. */
function placeOfHashes(
  sources: readonly (readonly EntriesOfPart[])[],
  places: number,
): { readonly low: number; readonly high: number; readonly scale: number } {
  let [low, high] = [0xffffffff, 0xffffffff];
  let [lastLow, lastHigh] = [0, 0];
  for (const parts of sources)
    for (const { entries, from, to } of parts) {
      const { hashes } = entries;
      if (isBelow(hashes[2 * from], hashes[2 * from + 1], low, high))
        [low, high] = [hashes[2 * from], hashes[2 * from + 1]];
      if (isBelow(lastLow, lastHigh, hashes[2 * to - 2], hashes[2 * to - 1]))
        [lastLow, lastHigh] = [hashes[2 * to - 2], hashes[2 * to - 1]];
    }
  return { low, high, scale: (places - 1) / ((lastHigh - high) * 2 ** 32 + (lastLow - low) + 1) };
}

function isBelow(low: number, high: number, otherLow: number, otherHigh: number): boolean {
  return high < otherHigh || (high === otherHigh && low < otherLow);
}
