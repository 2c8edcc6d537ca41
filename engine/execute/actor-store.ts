import { VarveError } from '../base/errors.ts';
import { textsOfDictionary, type Dictionary } from '../column/dictionary.ts';
import { noSlot } from '../store/actor-slots.ts';
import type { ActorEntries } from '../store/row-source.ts';
import type { SliceSource } from './block-view.ts';
import { enlarged } from './enlarged.ts';
import type { KeyStore } from './key-store.ts';
import type { SliceSlots } from './slice-slots.ts';
import { ranksOf, type TextColumn } from './text-store.ts';

/** Where so many times the texts that are wanted are fewer than all, entries are looked for one by one. */
const fewFactor = 16;

/** Actors of a task's slices by their slots: no text is looked at before it leaves the task. */
export interface ActorStore extends KeyStore {
  /** @returns the codes of a part's actors; the parts of a slice come one after another. */
  slotsOf(part: SliceSource): SlotCodes;
}

/** The code of a directory entry is `before` + 1 + its slot, or 0 where that is `noSlot`. */
export interface SlotCodes {
  readonly slots: Uint32Array;
  /** The rows that the entries begin with, and where those of the last end. */
  readonly firstRows: Uint32Array;
  readonly before: number;
}

/** The actors of one slice have the codes behind `before`, in the order of their slots. */
interface CodedSlice {
  readonly slots: SliceSlots;
  readonly before: number;
  readonly parts: SliceSource[];
  /** By slot: which of the parts has it, and in which entry; made when a text is first asked for. */
  places: { readonly parts: Uint32Array; readonly entries: Uint32Array } | null;
}

/** Makes a store of actors. Once codes have left it (`columnOf`), the next part that is read begins another task. */
export function createActorStore(): ActorStore {
  let slices: CodedSlice[] = [];
  let count = 0;
  let left = false;
  const sliceOf = (part: SliceSource): CodedSlice => {
    const slots = part.slots();
    const last = slices.at(-1);
    if (last?.slots === slots) return last;
    const slice = { slots, before: count, parts: [], places: null };
    slices.push(slice);
    count += slots.count;
    return slice;
  };
  return {
    get count() {
      return count;
    },
    get bytes() {
      return slices.reduce((sum, { places }) => sum + (places === null ? 0 : 2 * places.parts.byteLength), 0);
    },
    slotsOf(part) {
      if (left) {
        slices = [];
        count = 0;
        left = false;
      }
      const slice = sliceOf(part);
      if (slice.parts.at(-1) !== part) slice.parts.push(part);
      const { slots, firstRows } = slice.slots;
      return { slots: slots[part.part], firstRows: firstRows[part.part], before: slice.before };
    },
    columnOf(codes) {
      left = true;
      return textsOfCodes(slices, count, codes);
    },
    *orderOf(codes) {
      const { texts, entries } = textsOfCodes(slices, count, codes);
      const offsets = new Uint32Array(texts.count + 2);
      offsets.set(texts.offsets.subarray(0, texts.count + 1), 1);
      return yield* ranksOf({ ...texts, count: texts.count + 1, offsets }, entries);
    },
    *valuesOf(codes) {
      yield;
      const { texts, entries } = textsOfCodes(slices, count, codes);
      const nulls = Uint8Array.from(entries, (entry) => (entry === 0 ? 1 : 0));
      const own = entries.map((entry) => Math.max(entry, 1) - 1);
      return { kind: 'coded', length: own.length, codes: own, texts: textsOfDictionary(texts), nulls };
    },
    codesOf: () => never(),
    codesOfColumn: () => never(),
  };
}

function never(): never {
  throw new VarveError('internal', 'BUG: actors have codes within a task alone');
}

/** The texts that occur, each once, in the order of their codes. */
function textsOfCodes(slices: readonly CodedSlice[], count: number, codes: Uint32Array): TextColumn {
  const places = new Uint32Array(count + 1);
  for (let i = 0; i < codes.length; i++) places[codes[i]] = 1;
  places[0] = 0;
  let texts = 0;
  for (let code = 1; code <= count; code++) if (places[code] !== 0) places[code] = ++texts;
  const offsets = new Uint32Array(texts + 1);
  const hashes = new Uint32Array(2 * texts);
  const found = new TextPile();
  const take = (place: number, own: ActorEntries, entry: number): void => {
    hashes[2 * place - 2] = own.hashes[2 * entry];
    hashes[2 * place - 1] = own.hashes[2 * entry + 1];
    offsets[place] = found.add(own.texts, entry);
  };
  const few = fewFactor * texts < count;
  for (const slice of slices) {
    if (few) takeFew(slice, places, take);
    else takeMany(slice, places, take);
  }
  const entries = new Uint32Array(codes.length);
  for (let i = 0; i < entries.length; i++) entries[i] = places[codes[i]];
  return { kind: 'texts', entries, texts: { count: texts, offsets, bytes: found.bytes(), hashes } };
}

/** Takes an entry of each actor that has a place, in the order of their codes. */
type TakeEntry = (place: number, entries: ActorEntries, entry: number) => void;

function takeMany(slice: CodedSlice, places: Uint32Array, take: TakeEntry): void {
  const end = slice.before + slice.slots.count;
  for (let code = slice.before + 1; code <= end; code++) {
    if (places[code] === 0) continue;
    const at = (slice.places ??= placesOfSlots(slice));
    const slot = code - slice.before - 1;
    take(places[code], slice.parts[at.parts[slot]].entries, at.entries[slot]);
  }
}

/** The same, where the entries of the slice need not be joined for them. */
function takeFew({ slots, before, parts }: CodedSlice, places: Uint32Array, take: TakeEntry): void {
  const own = places.subarray(before + 1, before + 1 + slots.count);
  let left = 0;
  for (let slot = 0; slot < own.length; slot++) if (own[slot] !== 0) left++;
  const found = new Map<number, { readonly entries: ActorEntries; readonly entry: number }>();
  for (const part of parts) {
    if (left === 0) break;
    const slotsOfPart = slots.slots[part.part];
    const fresh = entriesOfSlots(slotsOfPart, own).filter((entry) => !found.has(own[slotsOfPart[entry]]));
    left -= fresh.length;
    const { firstRows } = part.entries;
    const alone = part.open.source.readActorsOf?.(Uint32Array.from(fresh, (entry) => firstRows[entry]));
    fresh.forEach((entry, at) =>
      found.set(
        own[slotsOfPart[entry]],
        alone === undefined ? { entries: part.entries, entry } : { entries: alone, entry: at },
      ),
    );
  }
  for (const place of [...found.keys()].sort((a, b) => a - b)) {
    const { entries, entry } = found.get(place)!;
    take(place, entries, entry);
  }
}

/** @returns the entries whose slots have a place. */
function entriesOfSlots(slots: Uint32Array, places: Uint32Array): number[] {
  const entries: number[] = [];
  for (let entry = 0; entry < slots.length; entry++) {
    const slot = slots[entry];
    if (slot < places.length && places[slot] !== 0) entries.push(entry);
  }
  return entries;
}

function placesOfSlots({ slots, parts }: CodedSlice): { parts: Uint32Array; entries: Uint32Array } {
  const partOf = new Uint32Array(slots.count);
  const entryOf = new Uint32Array(slots.count);
  parts.forEach(({ part }, place) => {
    const own = slots.slots[part];
    for (let entry = 0; entry < own.length; entry++) {
      if (own[entry] === noSlot) continue;
      partOf[own[entry]] = place;
      entryOf[own[entry]] = entry;
    }
  });
  return { parts: partOf, entries: entryOf };
}

/** Texts one after another. */
class TextPile {
  #bytes = new Uint8Array(1024);
  #length = 0;

  /** @returns where the text ends. */
  add({ offsets, bytes }: Dictionary, entry: number): number {
    const from = offsets[entry];
    const end = this.#length + offsets[entry + 1] - from;
    if (end > this.#bytes.length) this.#bytes = enlarged(this.#bytes, new Uint8Array(2 * end));
    for (let at = this.#length, place = from; at < end; at++, place++) this.#bytes[at] = bytes[place];
    return (this.#length = end);
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
