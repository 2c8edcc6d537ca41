import { describe, expect, it } from 'vitest';
import { hash64OfText } from '../base/hash64.ts';
import { compareTexts } from '../base/compare-text.ts';
import { loadKernels } from '../kernels/load.ts';
import { createSharedMemory, reservedBytes } from '../kernels/memory.ts';
import type { SharedMemory } from '../kernels/webassembly.ts';
import { addActorSlots, assignActorSlots, noSlot } from './actor-slots.ts';
import type { ActorEntries } from './row-source.ts';
import { assignSlotsInMemory, type SlotRoom } from './slots-in-memory.ts';

type Hash = (text: string) => { readonly low: number; readonly high: number };

/** Directory entries of these actors; null = a row of nobody. */
function entriesOf(actors: readonly (string | null)[], hash: Hash = hash64OfText): ActorEntries {
  const keyed = actors.map((text, index) => ({ text, ...(text === null ? { low: index, high: 77 } : hash(text)) }));
  keyed.sort((a, b) => a.high - b.high || a.low - b.low || compareTexts(a.text ?? '', b.text ?? ''));
  // A dictionary holds distinct texts; a directory's may be empty more than once.
  const texts = keyed.map(({ text }) => text ?? '');
  const bytes = new TextEncoder().encode(texts.join(''));
  const offsets = new Uint32Array(texts.length + 1);
  texts.forEach((text, index) => (offsets[index + 1] = offsets[index]! + Buffer.byteLength(text)));
  return {
    firstEntry: 0,
    count: keyed.length,
    firstRow: 0,
    endRow: keyed.length,
    firstRows: Uint32Array.from({ length: keyed.length + 1 }, (_, index) => index),
    hashes: Uint32Array.from(keyed.flatMap(({ low, high }) => [low, high])),
    nobody: Uint8Array.from(keyed, ({ text }) => Number(text === null)),
    texts: { count: texts.length, offsets, bytes, hashes: null },
  };
}

function textsOf(entries: ActorEntries): (string | null)[] {
  const { offsets, bytes } = entries.texts;
  return Array.from({ length: entries.count }, (_, entry) =>
    entries.nobody[entry] === 1 ? null : new TextDecoder().decode(bytes.subarray(offsets[entry], offsets[entry + 1])),
  );
}

/** Slots are dense, equal for equal actors, different for different ones, and in order of first appearance. */
function expectSlots(sources: readonly ActorEntries[]): void {
  const { slots, count } = assignActorSlots(sources);
  const known = new Map<string, number>();
  const expected = sources.map((entries) =>
    textsOf(entries).map((text) => {
      if (text === null) return noSlot;
      if (!known.has(text)) known.set(text, known.size);
      return known.get(text)!;
    }),
  );
  expect(slots.map((own) => [...own])).toEqual(expected);
  expect(count).toBe(known.size);
}

const actors = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `actor-${from + i}`);

/** The same entries as the parts of a directory in a memory, from `firstAt` on. @returns where the next may lie. */
function inParts(entries: ActorEntries, memory: SharedMemory, firstAt: number, cut: number): [ActorEntries, number] {
  let at = firstAt;
  const lay = <T extends Uint8Array | Uint32Array>(array: T): T => {
    const kind = array.constructor as new (buffer: ArrayBufferLike, at: number, length: number) => T;
    const own = new kind(memory.buffer, at, array.length);
    own.set(array);
    at += (array.byteLength + 7) & ~7;
    return own;
  };
  const parts = [
    [0, cut],
    [cut, entries.count],
  ].map(([from, to]) => ({
    from: 0,
    to: to! - from!,
    entries: {
      firstRows: entries.firstRows.slice(from, to! + 1),
      hashes: lay(entries.hashes.slice(2 * from!, 2 * to!)),
      nobody: lay(entries.nobody.slice(from, to)),
      textOffsets: lay(
        entries.texts.offsets.slice(from, to! + 1).map((offset) => offset - entries.texts.offsets[from!]!),
      ),
      textBytes: lay(entries.texts.bytes.slice(entries.texts.offsets[from!], entries.texts.offsets[to!])),
    },
  }));
  return [{ ...entries, parts: parts.filter(({ to }) => to > 0) }, at];
}

/** Kernels number actors as the heap does, or not at all. @returns how many of `sources` kernels did. */
function expectInMemory(sources: readonly ActorEntries[], bytes = 2 ** 22): boolean {
  const memory = createSharedMemory({ initialBytes: 2 * bytes, maximumBytes: 2 * bytes });
  let at = reservedBytes;
  const laid = sources.map((entries) => {
    const [own, next] = inParts(entries, memory, at, entries.count >> 1);
    at = next;
    return own;
  });
  let freed = 0;
  const beside = (wanted: number): ReturnType<SlotRoom['beside']> =>
    wanted > bytes ? null : { at: bytes, free: () => void freed++ };
  const room = { memory, kernels: loadKernels(memory), beside };
  const slots = assignSlotsInMemory(laid, room);
  expect(slots ?? assignActorSlots(sources)).toEqual(assignActorSlots(sources));
  expect(assignActorSlots(laid, room)).toEqual(assignActorSlots(sources));
  expect(freed % 2).toBe(0);
  return slots !== null;
}

describe('actor slots', () => {
  it('are shared by the actors of several sources', () => {
    expectSlots([entriesOf(actors(0, 500)), entriesOf(actors(250, 900)), entriesOf([]), entriesOf(actors(100, 300))]);
    expectSlots([entriesOf(['a', null, null, 'b', '']), entriesOf([null, 'b', '', 'ü'])]);
  });

  it('of further sources stand behind those that are known', () => {
    const known = [entriesOf([...actors(0, 300), null]), entriesOf(actors(200, 400))];
    const further = [entriesOf([...actors(350, 500), null]), entriesOf([]), entriesOf(actors(100, 460))];
    const all = assignActorSlots([...known, ...further]);
    const added = addActorSlots(known, assignActorSlots(known), further);
    expect(added.count).toBe(all.count);
    expect(added.slots.map((own) => [...own])).toEqual(all.slots.slice(2).map((own) => [...own]));
  });

  it('of one source, of none, and of sources without entries', () => {
    expectSlots([entriesOf(['x', null, 'y'])]);
    expectSlots([entriesOf([]), entriesOf(['x', null, 'y']), entriesOf([])]);
    expect(assignActorSlots([])).toEqual({ slots: [], count: 0 });
    expectSlots([entriesOf([]), entriesOf([])]);
  });

  it('tell actors apart whose hashes are the same', () => {
    const collide: Hash = (text) => ({ low: text.length, high: 1 });
    expectSlots([entriesOf(actors(0, 100), collide), entriesOf(actors(50, 150), collide)]);
  });

  it('tell actors apart when the hashes of a slice differ in their lower word only', () => {
    const slice: Hash = (text) => ({ low: hash64OfText(text).low, high: 5 });
    expectSlots([entriesOf(actors(0, 3000), slice), entriesOf(actors(1500, 4500), slice)]);
  });

  it('are the same by kernels, from directories in parts', () => {
    const sources = [entriesOf([...actors(0, 3000), null, '']), entriesOf(actors(1500, 4500)), entriesOf([null, 'ü'])];
    expect(expectInMemory(sources)).toBe(true);
    const slice: Hash = (text) => ({ low: hash64OfText(text).low, high: 5 });
    expect(expectInMemory([entriesOf(actors(0, 900), slice), entriesOf(actors(600, 1500), slice)])).toBe(true);
  });

  it('are the same where kernels cannot number them: no room, hashes that are not spread, entries elsewhere', () => {
    const sources = [entriesOf(actors(0, 3000)), entriesOf(actors(1500, 4500))];
    expect(expectInMemory(sources, 2 ** 17)).toBe(false);
    const same: Hash = (text) => (text === 'actor-0' ? { low: 0, high: 0xffffffff } : { low: 9, high: 9 });
    expect(expectInMemory([entriesOf(actors(0, 600), same), entriesOf(actors(300, 900), same)])).toBe(false);
    const memory = createSharedMemory({ initialBytes: 2 ** 20, maximumBytes: 2 ** 20 });
    const beside = (): ReturnType<SlotRoom['beside']> => ({ at: reservedBytes, free: () => undefined });
    expect(assignSlotsInMemory(sources, { memory, kernels: loadKernels(memory), beside })).toBeNull();
  });
});
