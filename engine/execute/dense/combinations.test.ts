import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../data/random.ts';
import { limits } from '../../base/limits.ts';
import type { CodeRuns } from '../../store/code-runs.ts';
import { openArena, type Arena } from '../arena.ts';
import type { BlockView } from '../block-view.ts';
import { combinationsOf } from './combinations.ts';
import { freshRunsOfKeys, joinAllRuns } from './key-runs.ts';
import { bytesFor, codesAt, denseViewOf, type LocalKey } from './local-codes.ts';

const seed = 20_261_126;
const rowCount = 900;

/** A key of a block, and the code of each row. */
interface Made {
  readonly key: LocalKey;
  readonly codes: readonly number[];
}

function keyOf(random: ReturnType<typeof createRandom>, arena: Arena, hasRuns: boolean): Made {
  const size = 1 + random.integer([5, 200, 700][random.integer(3)]!);
  const codes: number[] = [];
  const [ends, runCodes]: [number[], number[]] = [[], []];
  while (codes.length < rowCount) {
    const code = random.integer(size);
    for (let rows = hasRuns ? 1 + random.integer(40) : 1; rows > 0 && codes.length < rowCount; rows--) codes.push(code);
    ends.push(codes.length);
    runCodes.push(code);
  }
  const kind = bytesFor(size) === 1 ? Uint8Array : Uint16Array;
  const runs: CodeRuns = { ends: Uint32Array.from(ends), codes: kind.from(runCodes) };
  const key: LocalKey = {
    size,
    read({ view }) {
      const at = arena.take(view.length * kind.BYTES_PER_ELEMENT);
      const own = { at, bytes: kind.BYTES_PER_ELEMENT };
      codesAt(arena, own, view.length).set(codes.slice(view.from, view.from + view.length));
      return own;
    },
    ...(hasRuns ? { readRuns: () => runs } : {}),
    translate: () => undefined,
  };
  return { key, codes };
}

describe(`combinations of codes, seed ${seed}`, () => {
  it.each(Array.from({ length: 60 }, (_, number) => number))('are the same by runs and by rows, case %i', (number) => {
    const random = createRandom(seed + number);
    const arena = openArena(null, limits.arenaBytes);
    const made: Made[] = [];
    let size = 1;
    for (let count = 1 + random.integer(4); count > 0; count--) {
      const one = keyOf(random, arena, random.integer(3) > 0);
      if (size * one.key.size > 524_288) break;
      size *= one.key.size;
      made.push(one);
    }
    const keys = made.map(({ key }) => key);
    const from = random.integer(100);
    const view = { from, length: rowCount - from - random.integer(100), rows: null, mask: null } as BlockView;
    const dense = denseViewOf(view, arena);
    const runs = keys.map(({ readRuns }) => readRuns?.(view) ?? null);
    const wanted = Array.from({ length: view.length }, (_, row) =>
      made.reduce((code, { key, codes }) => code * key.size + codes[from + row]!, 0),
    );
    const codes = combinationsOf(keys, runs, dense)!;
    expect([...codesAt(arena, codes, view.length)]).toEqual(wanted);

    const joined = joinAllRuns(keys, dense);
    expect(joined === null).toBe(runs.includes(null));
    if (joined === null) return;
    const ends = new Uint32Array(arena.memory.buffer, joined.ends);
    const runCodes = codesAt(arena, { at: joined.codes, bytes: joined.bytes }, rowCount);
    let run = 0;
    wanted.forEach((code, row) => {
      while (ends[run]! <= from + row) run++;
      expect(runCodes[run]).toBe(code);
    });
  });

  it('of listed rows and of no keys are taken row by row', () => {
    const arena = openArena(null, limits.arenaBytes);
    const { key } = keyOf(createRandom(seed), arena, true);
    const listed = { from: 0, length: 2, rows: Uint32Array.of(1, 5), mask: null } as unknown as BlockView;
    expect(freshRunsOfKeys([key, key], listed)).toEqual([]);
    expect(joinAllRuns([key, key], denseViewOf(listed, arena))).toBeNull();
    expect(combinationsOf([], [], denseViewOf(listed, arena))).toEqual({ at: 0, bytes: 0 });
  });
});
