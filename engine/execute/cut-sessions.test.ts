import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dictionaryFromTexts } from '../column/dictionary-builder.ts';
import { assignActorSlots } from '../store/actor-slots.ts';
import { wholeHashSpace, type ActorEntries } from '../store/row-source.ts';
import type { SliceSource } from './block-view.ts';
import { cutLives, newLives, noSession, rankActors, type Cut } from './cut-sessions.ts';
import { newLiveEvents, type LiveEvents } from './live-events.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 43);
const whole = { since: null, until: null };

function eventsOf(
  list: readonly { slot: number; time: number; flags?: number }[],
  onlyPart: number | null,
): LiveEvents {
  return {
    ...newLiveEvents(),
    count: list.length,
    slots: Uint32Array.from(list, ({ slot }) => slot),
    times: Float64Array.from(list, ({ time }) => time),
    flags: Uint8Array.from(list, ({ flags }) => flags ?? 0),
    onlyPart,
  };
}

/** Actors whose ranks are their slots, the other way round. */
function cut(own: Cut, list: readonly { slot: number; time: number; flags?: number }[], actors: number, one = false) {
  const ranks = Uint32Array.from({ length: actors }, (_, slot) => (one ? slot : actors - 1 - slot));
  const lives = newLives();
  const sessionOf = new Uint32Array(list.length);
  const livesOfRank = new Uint32Array(actors);
  const rest = { parts: [], partOf: new Uint32Array(0), entryOf: new Uint32Array(0) };
  cutLives(own, eventsOf(list, one ? 0 : null), { count: actors, ranks, ...rest }, lives, sessionOf, livesOfRank);
  const found = Array.from({ length: lives.count }, (_, life) => [
    lives.starts[life]!,
    lives.lasts[life]!,
    lives.events[life]!,
  ]);
  return { found, sessionOf: [...sessionOf], livesOfRank: [...livesOfRank] };
}

describe('sessions', () => {
  it('end when nothing happens for longer than the gap, which itself is still the same session', () => {
    const times = [0, 10, 20, 31, 41, 51.5].map((time) => ({ slot: 0, time }));
    const own: Cut = { gap: 10, starting: null, ending: null, starts: whole };
    const wanted = [
      [0, 20, 3],
      [31, 41, 2],
      [51.5, 51.5, 1],
    ];
    expect(cut(own, times, 1)).toEqual({ found: wanted, sessionOf: [0, 0, 0, 1, 1, 2], livesOfRank: [3] });
    expect(cut(own, times, 1, true).found).toEqual(wanted);
    expect(
      cut(
        { ...own, gap: 0 },
        [0, 0, 1].map((time) => ({ slot: 0, time })),
        1,
      ).found,
    ).toEqual([
      [0, 0, 2],
      [1, 1, 1],
    ]);
  });

  it('begin at an event that starts one, and end behind one that ends it', () => {
    const flags = [0, 1, 0, 2, 0, 3, 3, 0];
    const list = flags.map((own, time) => ({ slot: 0, time, flags: own }));
    const own: Cut = { gap: null, starting: true, ending: true, starts: whole };
    expect(cut(own, list, 1).found).toEqual([
      [0, 0, 1],
      [1, 3, 3],
      [4, 4, 1],
      [5, 5, 1],
      [6, 6, 1],
      [7, 7, 1],
    ]);
  });

  it('are left out whole when they begin outside the range', () => {
    const list = [0, 5, 30, 35, 60].map((time) => ({ slot: 0, time }));
    const starts = { since: 5, until: 60 };
    const own: Cut = { gap: 10, starting: null, ending: null, starts };
    expect(cut(own, list, 1)).toEqual({
      found: [[30, 35, 2]],
      sessionOf: [noSession, noSession, 0, 0, noSession],
      livesOfRank: [1],
    });
    expect(cut({ ...own, gap: null }, list, 1).found).toEqual([]);
    expect(cut({ ...own, gap: null, starts: { since: 0, until: null } }, list, 1).found).toEqual([[0, 60, 5]]);
  });

  it('are those of plain loops, in the order of the actors and of time', () => {
    const event = fc.record({ slot: fc.nat(3), time: fc.nat(60), flags: fc.constantFrom(0, 0, 0, 0, 1, 2, 3) });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), fc.option(fc.nat(9)), fc.boolean(), (list, gap, flagged) => {
        const own: Cut = { gap, starting: flagged ? true : null, ending: flagged ? true : null, starts: whole };
        const wanted: number[][] = [];
        for (const slot of [3, 2, 1, 0]) {
          let last: (typeof list)[number] | null = null;
          const mine = list.filter((other) => other.slot === slot).sort((a, b) => a.time - b.time);
          for (const each of mine) {
            const silent = last !== null && gap !== null && each.time - last.time > gap;
            const flags = flagged ? (each.flags & 1) | (last === null ? 0 : last.flags & 2) : 0;
            if (last === null || silent || flags !== 0) wanted.push([each.time, each.time, 0]);
            wanted.at(-1)![1] = each.time;
            wanted.at(-1)![2]!++;
            last = each;
          }
        }
        expect(cut(own, list, 4).found).toEqual(wanted);
      }),
      { seed },
    );
  });
});

describe('actors of one hash', () => {
  it('stay apart, in the order of their texts', () => {
    const entriesOf = (texts: readonly string[]): ActorEntries => ({
      firstEntry: 0,
      count: texts.length,
      firstRow: 0,
      endRow: 0,
      firstRows: new Uint32Array(texts.length + 1),
      hashes: Uint32Array.from({ length: 2 * texts.length }, () => 77),
      nobody: new Uint8Array(texts.length),
      texts: dictionaryFromTexts(texts),
    });
    const entries = [entriesOf(['b', 'd']), entriesOf(['a', 'b', 'c'])];
    const slots = assignActorSlots(entries);
    const parts = entries.map((own, part) => ({ part, entries: own }) as unknown as SliceSource);
    const { count, ranks, partOf, entryOf } = rankActors(parts, slots, wholeHashSpace);
    const texts = [
      ['b', 'd'],
      ['a', 'b', 'c'],
    ];
    expect(Array.from({ length: count }, (_, rank) => texts[partOf[rank]!]![entryOf[rank]!])).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
    expect(slots.slots.map((own) => [...own].map((slot) => ranks[slot]))).toEqual([
      [1, 3],
      [0, 1, 2],
    ]);
  });
});
