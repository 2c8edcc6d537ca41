import { expect, it } from 'vitest';
import { randomOf } from '../../test/segments.ts';
import type { Dictionary } from '../column/dictionary.ts';
import { createSharedMemory } from '../kernels/memory.ts';
import type { Expr } from '../plan/expr.ts';
import { createBlockCache } from '../store/block-cache.ts';
import { openArena } from './arena.ts';
import { containingEntries } from './containing-entries.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 20_241_125);
const mebibyte = 1024 * 1024;

const column: Expr = { kind: 'column', name: 'url', type: 'text' };

function contains(value: string): Expr {
  return { kind: 'call', name: 'contains', type: 'bool', args: [column, { kind: 'literal', type: 'text', value }] };
}

function negated(arg: Expr): Expr {
  return { kind: 'not', arg, type: 'bool' };
}

const cache = createBlockCache(
  createSharedMemory({ initialBytes: mebibyte, maximumBytes: 4 * mebibyte }),
  4 * mebibyte,
);
const arena = openArena(cache, mebibyte);

function dictionaryOf(texts: readonly string[]): Dictionary {
  const parts = texts.map((text) => Buffer.from(text));
  const offsets = new Uint32Array(texts.length + 1);
  parts.forEach((part, entry) => {
    offsets[entry + 1] = offsets[entry]! + part.length;
  });
  const joined = Buffer.concat(parts);
  const bytes = new Uint8Array(arena.memory.buffer, arena.take(joined.length), joined.length);
  bytes.set(joined);
  return { count: texts.length, offsets, bytes, hashes: null };
}

it(`entries that contain a text are those whose strings do (seed ${seed})`, () => {
  const random = randomOf(seed);
  const letters = ['a', 'b', 'é', '√', '𝛼'];
  const made = (most: number): string =>
    Array.from({ length: Math.floor(random() * most) }, () => letters[Math.floor(random() * letters.length)]).join('');
  for (let round = 0; round < 200; round++) {
    arena.release(0);
    const texts = Array.from({ length: Math.floor(random() * 60) }, () => made(9));
    const needle = made(4) || 'a';
    const dictionary = dictionaryOf(texts);
    const wanted = texts.map((text) => Number(text.includes(needle)));
    const mark = arena.used;
    expect([...containingEntries(dictionary, contains(needle), arena)!], needle).toEqual([...wanted, 0]);
    expect([...containingEntries(dictionary, negated(contains(needle)), arena)!]).toEqual([
      ...wanted.map((own) => 1 - own),
      0,
    ]);
    expect(arena.used).toBe(mark);
  }
});

it('leaves alone what bytes do not tell, other conditions, and bytes that lie elsewhere', () => {
  const dictionary = dictionaryOf(['abc', 'd']);
  for (const value of ['', '\ud800', 'a\udc00', '\ufffd'])
    expect(containingEntries(dictionary, contains(value), arena)).toBeUndefined();
  const turned: Expr = { ...contains('a'), args: [{ kind: 'literal', type: 'text', value: 'a' }, column] } as Expr;
  const starts: Expr = { ...contains('a'), name: 'starts_with' } as Expr;
  for (const expr of [turned, starts, column]) expect(containingEntries(dictionary, expr, arena)).toBeUndefined();
  expect(containingEntries(dictionary, contains('a'), null)).toBeUndefined();
  expect(containingEntries({ ...dictionary, bytes: dictionary.bytes.slice() }, contains('a'), arena)).toBeUndefined();
});
