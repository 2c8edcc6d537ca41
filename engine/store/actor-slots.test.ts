import { describe, expect, it } from 'vitest';
import { hash64OfText } from '../base/hash64.ts';
import { compareTexts } from '../base/compare-text.ts';
import { addActorSlots, assignActorSlots, noSlot } from './actor-slots.ts';
import type { ActorEntries } from './row-source.ts';

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
});
