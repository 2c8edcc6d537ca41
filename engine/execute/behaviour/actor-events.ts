import type { Kernels, Pointer } from '../../kernels/kernels.ts';
import type { HashRange } from '../../store/row-source.ts';
import type { Arena } from '../arena.ts';
import type { OpenSource } from '../block-view.ts';
import { partsOf, scanParts, type ScanContext } from '../scan.ts';
import type { Steps } from '../steps.ts';
import type { EventNote } from './event-notes.ts';
import { openPlacedEvents, type PlacedEvents } from './placed-events.ts';
import { createPlainEvents } from './plain-events.ts';

/**
 * Events of one slice in the order (actor, time, stored order): those of slot s are the places
 * [`starts[s]`, `ends[s]`). Arrays may be longer than there are slots, and places may lie between those of two slots.
 */
export interface ActorEvents {
  readonly slotCount: number;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly times: Float64Array;
  /** What was noted of each event, a list a note. */
  readonly notes: readonly Uint32Array[];
  /** Where kernels find these; null = they lie on the heap. */
  readonly placed: EventPointers | null;
}

/** Where the arrays of events lie. */
export interface EventPointers {
  readonly kernels: Kernels;
  readonly arena: Arena;
  readonly starts: Pointer;
  readonly ends: Pointer;
  readonly times: Pointer;
  readonly notes: readonly Pointer[];
}

/** Room for the events of a slice, used again from slice to slice. */
export interface EventRoom {
  /**
   * @param dropping passes over events whose first note is 0.
   * @param beside bytes that the task holds beside the room.
   * @returns the events of a slice, good until the next are collected; null where there are none.
   */
  collect(
    sources: readonly OpenSource[],
    slice: HashRange,
    context: ScanContext,
    dropping: boolean,
    beside: number,
  ): Steps<ActorEvents | null>;
  readonly bytes: number;
  /** Gives back what is taken of the memory of kernels, at the end of a task. */
  close(): void;
}

/**
 * Kernels put the events in order in the memory of the block cache; where there is none, or no room in it, they are
 * put in order on the heap.
 * @param notes what is read of each event.
 */
export function createEventRoom(notes: readonly EventNote[]): EventRoom {
  const plain = createPlainEvents(notes.length);
  let placed: PlacedEvents | null = null;
  const bytesOfAll = (): number => plain.bytes + (placed?.bytes ?? 0);
  return {
    *collect(sources, slice, context, dropping, beside) {
      const { arena } = context.scratch;
      const parts = partsOf(sources, slice, context);
      if (arena !== null) placed ??= openPlacedEvents(arena, notes);
      const isPlaced = placed !== null && placed.start(parts);
      plain.clear();
      let slotCount = 0;
      yield* scanParts(parts, context, (view) => {
        slotCount = view.part.slots().count;
        if (isPlaced) placed!.add(view, dropping);
        else plain.add(view, notes, dropping);
        context.memory.hold(beside + bytesOfAll());
      });
      return isPlaced ? placed!.ordered() : plain.ordered(slotCount);
    },
    get bytes() {
      return bytesOfAll();
    },
    close() {
      placed?.close();
      placed = null;
    },
  };
}
