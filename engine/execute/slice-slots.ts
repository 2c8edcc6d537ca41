import type { Dictionary } from '../column/dictionary.ts';
import { addActorSlots, assignActorSlots, type ActorSlots } from '../store/actor-slots.ts';
import type { CacheRecord } from '../store/cache-record.ts';
import type { ActorEntries, HashRange, LastingSource } from '../store/row-source.ts';
import type { Arena } from './arena.ts';
import type { ReadSource } from './derived-descriptor.ts';

/** Slices at least this wide have numbers that the cache can tell apart; narrower ones have few actors. */
const widthMin = 65_536;

/** Slots of the actors of one slice, and by source the rows that each of its entries begins with, as `ActorEntries` has them. */
export interface SliceSlots extends ActorSlots {
  readonly firstRows: readonly Uint32Array[];
}

/** The actors of one slice as its sources have them. */
export interface SliceEntries {
  readonly entries: readonly ActorEntries[];
  /** @returns their slots, made when first asked for. */
  slots(): SliceSlots;
}

/**
 * Reads the actors of one slice. Slots of those of segments are kept in the block cache, for the same segments and the
 * same slice, with their first rows, so that kernels have both in place, and the rest is read only when asked for; those
 * of other sources, which come and go, are numbered behind them.
 * @param room where kernels may work; null = nowhere.
 */
export function readSlice(sources: readonly ReadSource[], slice: HashRange, room: Arena | null): SliceEntries {
  const lasting = sources.map((source, at) => (source.lasting === undefined ? -1 : at)).filter((at) => at >= 0);
  const set = slice.to - slice.from < widthMin || lasting.length === 0 ? null : setOf(sources, lasting, slice);
  let kept = set === null ? null : slotsFromRecord(set, set.source.findSlots(set.number, set.slice));
  const entries = sources.map((source, at) => {
    const place = kept === null ? -1 : lasting.indexOf(at);
    return place < 0 ? source.readActors(slice) : new EntriesWithin(kept!.firstRows[place], source, slice);
  });
  let slots: SliceSlots | null = null;
  const make = (): SliceSlots => {
    if (set === null) return { ...assignActorSlots(entries, room), firstRows: entries.map((own) => own.firstRows) };
    const known = lasting.map((at) => entries[at]);
    kept ??= keepSlots(set, known, room);
    return lasting.length === sources.length ? kept : withOthers(lasting, known, kept, entries);
  };
  return { entries, slots: () => (slots ??= make()) };
}

/** Adds the slots of sources that are not kept. @param known entries of those that are, at the places `lasting`. */
function withOthers(
  lasting: readonly number[],
  known: readonly ActorEntries[],
  kept: SliceSlots,
  entries: readonly ActorEntries[],
): SliceSlots {
  const others = [...entries.keys()].filter((at) => !lasting.includes(at));
  const added = addActorSlots(
    known,
    kept,
    others.map((at) => entries[at]),
  );
  const slots: Uint32Array[] = [];
  const firstRows: Uint32Array[] = [];
  lasting.forEach((at, place) => {
    slots[at] = kept.slots[place];
    firstRows[at] = kept.firstRows[place];
  });
  others.forEach((at, place) => {
    slots[at] = added.slots[place];
    firstRows[at] = entries[at].firstRows;
  });
  return { slots, firstRows, count: added.count };
}

/** What slots are kept by: the segments, the first of which holds them, and the slice. */
interface SlotSet {
  readonly source: LastingSource;
  readonly number: number;
  readonly slice: number;
  readonly own: readonly number[];
}

function setOf(sources: readonly ReadSource[], lasting: readonly number[], slice: HashRange): SlotSet {
  const width = slice.to - slice.from;
  const own = [slice.from, slice.to];
  let number = width;
  for (const at of lasting)
    for (const id of sources[at].lasting!.identity) {
      own.push(id);
      number = Math.imul(number ^ id ^ (number >>> 15), 0x85ebca6b) >>> 0;
    }
  const source = sources[lasting[0]].lasting!;
  return { source, number: number >>> 0, slice: Math.floor(slice.from / width), own };
}

function keepSlots(set: SlotSet, entries: readonly ActorEntries[], room: Arena | null): SliceSlots {
  const make = (): CacheRecord => {
    const { slots, count } = assignActorSlots(entries, room);
    return { numbers: [count, ...set.own], arrays: [...slots, ...entries.map(({ firstRows }) => firstRows)] };
  };
  // Another set may have the same number.
  return slotsFromRecord(set, set.source.keepSlots(set.number, set.slice, make)) ?? slotsFromRecord(set, make())!;
}

/** @returns what a record holds; null where there is none, or it is another set's. */
function slotsFromRecord({ own }: SlotSet, record: CacheRecord | null): SliceSlots | null {
  if (record === null || record.numbers.length !== own.length + 1) return null;
  const { numbers } = record;
  if (!own.every((number, at) => numbers[at + 1] === number)) return null;
  const lists = record.arrays as readonly Uint32Array[];
  const half = lists.length / 2;
  return { slots: lists.slice(0, half), firstRows: lists.slice(half), count: numbers[0] };
}

/** Entries of which it is known where their rows begin; what else they are is read when first asked for. */
class EntriesWithin implements ActorEntries {
  readonly count: number;
  readonly firstRow: number;
  readonly endRow: number;
  readonly firstRows: Uint32Array;
  readonly #source: ReadSource;
  readonly #slice: HashRange;
  #read: ActorEntries | null = null;

  constructor(firstRows: Uint32Array, source: ReadSource, slice: HashRange) {
    this.count = firstRows.length - 1;
    this.firstRow = firstRows[0];
    this.endRow = firstRows[this.count];
    this.firstRows = firstRows;
    this.#source = source;
    this.#slice = slice;
  }

  get #entries(): ActorEntries {
    return (this.#read ??= this.#source.readActors(this.#slice));
  }

  get firstEntry(): number {
    return this.#entries.firstEntry;
  }

  get hashes(): Uint32Array {
    return this.#entries.hashes;
  }

  get nobody(): Uint8Array {
    return this.#entries.nobody;
  }

  get texts(): Dictionary {
    return this.#entries.texts;
  }

  get parts(): ActorEntries['parts'] {
    return this.#entries.parts;
  }
}
