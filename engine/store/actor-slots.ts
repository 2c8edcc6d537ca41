import { compareBytes } from '../base/compare-text.ts';
import type { ActorEntries } from './row-source.ts';
import { assignSlotsInMemory, type SlotRoom } from './slots-in-memory.ts';

/** The slot of directory entries whose rows belong to nobody. */
export const noSlot = 0xffffffff;

/** Dense numbers of the actors of one slice: `slots[s][i]` is that of entry i of source s; equal actors share one. */
export interface ActorSlots {
  readonly slots: readonly Uint32Array[];
  /** Slots are 0 … count − 1, in order of first appearance, source by source. */
  readonly count: number;
}

/**
 * Gives the actors of one slice dense slots, across sources, by (hash, actor). Rows of nobody get `noSlot`.
 *
 * @param sources directory entries of the slice, one list a source; each in (hash, actor) order, an actor once.
 * @param room where a kernel may do it; null = none.
 * Cost: O(entries); one source needs no table, since its entries are distinct already.
 */
export function assignActorSlots(sources: readonly ActorEntries[], room: SlotRoom | null = null): ActorSlots {
  if (sources.filter((entries) => entries.count > 0).length <= 1) return numberAlone(sources);
  return (room === null ? null : assignSlotsInMemory(sources, room)) ?? assignOnHeap(sources);
}

/** Here the table is spread by the mixed hash, wherever the entries lie and however close their hashes are. */
function assignOnHeap(sources: readonly ActorEntries[]): ActorSlots {
  const total = sources.reduce((sum, entries) => sum + entries.count, 0);
  let size = 64;
  while (size < 2 * total) size *= 2;
  // `table` holds slot + 1; of each slot, the first entry it came from.
  const table = new Uint32Array(size);
  const sourceOfSlot = new Uint32Array(total);
  const entryOfSlot = new Uint32Array(total);
  let count = 0;
  const slots = sources.map((entries, source) => {
    const own = new Uint32Array(entries.count);
    for (let entry = 0; entry < entries.count; entry++) {
      if (entries.nobody[entry] === 1) {
        own[entry] = noSlot;
        continue;
      }
      let at = mixWords(entries.hashes[2 * entry], entries.hashes[2 * entry + 1]) & (size - 1);
      while (table[at] !== 0) {
        const slot = table[at] - 1;
        if (isSameActor(sources[sourceOfSlot[slot]]!, entryOfSlot[slot], entries, entry)) break;
        at = (at + 1) & (size - 1);
      }
      if (table[at] === 0) {
        sourceOfSlot[count] = source;
        entryOfSlot[count] = entry;
        table[at] = ++count;
      }
      own[entry] = table[at] - 1;
    }
    return own;
  });
  return { slots, count };
}

/**
 * Slots of the actors of further sources, behind those that others have already.
 * @param known entries and slots of these others.
 */
export function addActorSlots(
  known: readonly ActorEntries[],
  { slots: knownSlots, count: knownCount }: ActorSlots,
  further: readonly ActorEntries[],
): ActorSlots {
  const own = assignActorSlots(further);
  const slotOf = new Uint32Array(own.count).fill(noSlot);
  let count = knownCount;
  const slots = own.slots.map((list, source) => {
    const entries = further[source];
    return list.map((slot, entry) => {
      if (slot === noSlot) return noSlot;
      if (slotOf[slot] === noSlot) slotOf[slot] = slotAmong(known, knownSlots, entries, entry) ?? count++;
      return slotOf[slot];
    });
  });
  return { slots, count };
}

function slotAmong(
  known: readonly ActorEntries[],
  slots: readonly Uint32Array[],
  entries: ActorEntries,
  entry: number,
): number | null {
  const low = entries.hashes[2 * entry];
  const high = entries.hashes[2 * entry + 1];
  for (const [source, others] of known.entries()) {
    const { hashes, count, nobody } = others;
    let at = firstHashAt(hashes, count, low, high);
    for (; at < count && hashes[2 * at] === low && hashes[2 * at + 1] === high; at++)
      if (nobody[at] === 0 && isSameActor(others, at, entries, entry)) return slots[source][at];
  }
  return null;
}

/** Binary search of the first entry whose hash is not below another. */
function firstHashAt(hashes: Uint32Array, count: number, low: number, high: number): number {
  let from = 0;
  let to = count;
  while (from < to) {
    const middle = (from + to) >> 1;
    const upper = hashes[2 * middle + 1];
    if (upper < high || (upper === high && hashes[2 * middle] < low)) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Mixes the words of a hash for a table: the upper word alone is nearly the same throughout a slice. */
export function mixWords(low: number, high: number): number {
  const mixed = Math.imul(low ^ (high >>> 15), 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

function numberAlone(sources: readonly ActorEntries[]): ActorSlots {
  let count = 0;
  const slots = sources.map((entries) => {
    const own = new Uint32Array(entries.count);
    for (let entry = 0; entry < own.length; entry++) own[entry] = entries.nobody[entry] === 1 ? noSlot : count++;
    return own;
  });
  return { slots, count };
}

function isSameActor(a: ActorEntries, aEntry: number, b: ActorEntries, bEntry: number): boolean {
  if (a.hashes[2 * aEntry] !== b.hashes[2 * bEntry] || a.hashes[2 * aEntry + 1] !== b.hashes[2 * bEntry + 1])
    return false;
  const x = a.texts;
  const y = b.texts;
  return (
    compareBytes(
      x.bytes,
      x.offsets[aEntry],
      x.offsets[aEntry + 1],
      y.bytes,
      y.offsets[bEntry],
      y.offsets[bEntry + 1],
    ) === 0
  );
}
