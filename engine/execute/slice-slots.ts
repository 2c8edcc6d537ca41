import { addActorSlots, assignActorSlots, type ActorSlots } from '../store/actor-slots.ts';
import type { CacheRecord } from '../store/cache-record.ts';
import type { ActorEntries, HashRange } from '../store/row-source.ts';
import type { Arena } from './arena.ts';
import type { ReadSource } from './derived-descriptor.ts';

/** Slices at least this wide have numbers that the cache can tell apart; narrower ones have few actors. */
const widthMin = 65_536;

/** Slots of the actors of one slice, and by source the rows that each of its entries begins with, as `ActorEntries` has them. */
export interface SliceSlots extends ActorSlots {
  readonly firstRows: readonly Uint32Array[];
}

/**
 * Slots of the actors of one slice. Those of segments are kept in the block cache, for the same segments and the same
 * slice, with their first rows, so that kernels have both in place; those of other sources, which come and go, are
 * numbered behind them.
 * @param entries of each source.
 * @param room where kernels may work; null = nowhere.
 */
export function slotsOfSlice(
  sources: readonly ReadSource[],
  entries: readonly ActorEntries[],
  slice: HashRange,
  room: Arena | null,
): SliceSlots {
  const lasting = sources.map((source, at) => (source.lasting === undefined ? -1 : at)).filter((at) => at >= 0);
  if (lasting.length === 0 || slice.to - slice.from < widthMin)
    return { ...assignActorSlots(entries, room), firstRows: entries.map((own) => own.firstRows) };
  const known = lasting.map((at) => entries[at]);
  const kept = keptSlots(
    lasting.map((at) => sources[at]),
    known,
    slice,
    room,
  );
  if (lasting.length === sources.length) return kept;
  const others = [...sources.keys()].filter((at) => !lasting.includes(at));
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

function keptSlots(
  sources: readonly ReadSource[],
  entries: readonly ActorEntries[],
  slice: HashRange,
  room: Arena | null,
): SliceSlots {
  const width = slice.to - slice.from;
  const ids = sources.flatMap(({ lasting }) => lasting!.identity);
  let set = width;
  for (const id of ids) set = Math.imul(set ^ id ^ (set >>> 15), 0x85ebca6b) >>> 0;
  const own = [slice.from, slice.to, ...ids];
  const made = (): CacheRecord => {
    const { slots, count } = assignActorSlots(entries, room);
    return { numbers: [count, ...own], arrays: [...slots, ...entries.map(({ firstRows }) => firstRows)] };
  };
  const record = sources[0].lasting!.keepSlots(set >>> 0, Math.floor(slice.from / width), made);
  const same = record.numbers.length === own.length + 1 && own.every((number, at) => record.numbers[at + 1] === number);
  const { numbers, arrays } = same ? record : made();
  const lists = arrays as readonly Uint32Array[];
  return { slots: lists.slice(0, sources.length), firstRows: lists.slice(sources.length), count: numbers[0] };
}
