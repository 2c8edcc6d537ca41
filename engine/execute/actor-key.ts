import { noSlot } from '../store/actor-slots.ts';
import { createActorStore, type ActorStore, type SlotCodes } from './actor-store.ts';
import { entriesOfRows, entryAt, type BlockView } from './block-view.ts';
import type { KeyReader } from './key-reader.ts';

/** Runs of a view's rows that have one key: of each its code, and how many rows it has; both in the scratch. */
export interface KeyRuns {
  readonly codes: Uint32Array;
  readonly lengths: Uint32Array;
}

/** Reads the actor as a key: a code of its slot. */
export interface ActorKeyReader extends KeyReader {
  readonly store: ActorStore;
  /** @returns the same run by run: rows of one actor lie together. */
  readRuns(view: BlockView): KeyRuns;
}

/** @returns a reader of the actor, for the tasks of one query in one thread. */
export function createActorKeyReader(): ActorKeyReader {
  const store = createActorStore();
  return {
    store,
    read(view) {
      const { slots, before } = store.slotsOf(view.part);
      const out = entriesOfRows(view);
      for (let i = 0; i < out.length; i++) {
        const slot = slots[out[i]];
        out[i] = slot === noSlot ? 0 : before + 1 + slot;
      }
      return out;
    },
    readRuns: (view) => runsOf(view, store.slotsOf(view.part)),
  };
}

/** @returns whether a key is the actor, read by its slots. */
export function isActorKeyReader(reader: object): reader is ActorKeyReader {
  return 'readRuns' in reader;
}

function runsOf(view: BlockView, { slots, before }: SlotCodes): KeyRuns {
  const { firstRows } = view.part.entries;
  const { firstRow } = view.open.source.blocks[view.block];
  const { rows, from, length, scratch } = view;
  if (length === 0) return { codes: scratch.words(0), lengths: scratch.words(0) };
  const first = firstRow + (rows === null ? from : rows[0]);
  const last = firstRow + (rows === null ? from + length - 1 : rows[length - 1]);
  let entry = entryAt(firstRows, first);
  const most = entryAt(firstRows, last) - entry + 1;
  const codes = scratch.words(most);
  const lengths = scratch.words(most);
  let count = 0;
  if (rows === null) {
    for (let row = first; row <= last; entry++) {
      const end = Math.min(firstRows[entry + 1], last + 1);
      codes[count] = slots[entry] === noSlot ? 0 : before + 1 + slots[entry];
      lengths[count++] = end - row;
      row = end;
    }
  } else {
    for (let i = 0; i < length; count++) {
      while (firstRows[entry + 1] <= firstRow + rows[i]) entry++;
      const end = firstRows[entry + 1] - firstRow;
      const begin = i;
      while (i < length && rows[i] < end) i++;
      codes[count] = slots[entry] === noSlot ? 0 : before + 1 + slots[entry];
      lengths[count] = i - begin;
    }
  }
  return { codes: codes.subarray(0, count), lengths: lengths.subarray(0, count) };
}
