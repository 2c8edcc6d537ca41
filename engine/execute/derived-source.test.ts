import { describe, expect, it } from 'vitest';
import { hash64OfText } from '../base/hash64.ts';
import { textOfEntry } from '../column/dictionary.ts';
import type { ColumnType } from '../column/types.ts';
import type { Scalar } from '../column/values.ts';
import { valuesFromVector } from '../column/values-from-vector.ts';
import { textsOfDictionary } from '../column/dictionary.ts';
import { scalarAt } from '../functions/access.ts';
import { valuesFromScalars } from '../functions/values-from-scalars.ts';
import { wholeHashSpace } from '../store/row-source.ts';
import { derivedFromAnswer } from './derived-build.ts';
import { openDerived } from './derived-source.ts';
import type { ReadSource } from './derived-descriptor.ts';
import { doAll } from './steps.ts';

type Columns = Readonly<Record<string, readonly [type: ColumnType, values: readonly Scalar[]]>>;

function derived(columns: Columns, actor: string | null, blockRows: number, seed = 0): ReadSource {
  const entries = Object.entries(columns);
  const answer = {
    columns: entries.map(([name, [type]]) => ({ name, type })),
    data: entries.map(([, [, values]]) => valuesFromScalars(values)),
    rowCount: entries[0]![1][1].length,
    approximate: [],
  };
  // As another thread gets it.
  return openDerived(structuredClone(doAll(derivedFromAnswer(answer, actor, seed, blockRows))));
}

function valuesOf(source: ReadSource, name: string): Scalar[] {
  const type = source.columnType(name)!;
  const texts = type.endsWith('text') ? textsOfDictionary(source.readDictionary(name)) : null;
  return source.blocks.flatMap((_, block) => {
    const values = valuesFromVector(source.readBlock(name, block), type, texts, null);
    return Array.from({ length: values.length }, (_, row) => scalarAt(values, row));
  });
}

describe('an answer as a source', () => {
  const rows: Columns = {
    user: ['text', ['b', 'a', null, 'c', 'a', 'b', null, 'a']],
    time: ['time', [5, 9, 1, 2, 3, 5, 0, null]],
    n: ['int', [1, 2, 3, null, 5, 2n ** 60n, 7, 8]],
    f: ['float', [0.5, NaN, 1, 2, null, -0, 4, 5]],
    ok: ['bool', [true, false, null, true, false, true, true, null]],
    list: ['list of text', [['x'], [], null, ['y', null], ['x', 'z'], ['q'], [], ['w']]],
    none: ['text', [null, null, null, null, null, null, null, null]],
  };

  it.each(['int', 'float', 'bool', 'text', 'time'] as const)('reads lists of %s that are all empty', (element) => {
    const source = derived({ list: [`list of ${element}`, [[], null, []]] }, null, 2);
    expect(valuesOf(source, 'list')).toEqual([[], null, []]);
    const vector = source.readBlock('list', 0);
    const kinds = { int: 'int', time: 'int', float: 'float', bool: 'bool', text: 'text' };
    expect(vector.kind === 'list' && vector.items.kind).toBe(kinds[element]);
  });

  it.each([1, 3, 100])('lies in the order of hash, actor, time and arrival, in blocks of at most %i rows', (most) => {
    const source = derived(rows, 'user', most);
    const place = (user: string): number => hash64OfText(user).high;
    const users = [...new Set(rows['user']![1].filter((user) => user !== null))] as string[];
    const order = users
      .sort((a, b) => place(a) - place(b))
      .flatMap((user) => (user === 'a' ? [4, 1, 7] : user === 'b' ? [0, 5] : [3]));
    const own = valuesOf(source, 'user');
    const nobody = own.flatMap((user, at) => (user === null ? [at] : []));
    const wanted = [...order];
    nobody.forEach((at, orphan) => wanted.splice(at, 0, [2, 6][orphan]!));
    for (const [name, [, values]] of Object.entries(rows))
      expect([name, valuesOf(source, name)]).toEqual([name, wanted.map((row) => values[row])]);
    const actors = source.readActors(wholeHashSpace);
    const texts = Array.from({ length: actors.count }, (_, entry) => textOfEntry(actors.texts, entry));
    expect(texts.filter((_, entry) => actors.nobody[entry] === 0)).toEqual(users);
    expect([...actors.firstRows].at(-1)).toBe(8);
    for (const [block, { firstRow, rowCount, timeMin, timeMax, untimed }] of source.blocks.entries()) {
      const times = wanted.slice(firstRow, firstRow + rowCount).map((row) => rows['time']![1][row] as number | null);
      const known = times.filter((time) => time !== null);
      expect(known.every((time) => time >= timeMin && time <= timeMax)).toBe(true);
      expect(untimed).toBe(known.length < times.length);
      const zone = source.zone('n', block)!;
      const numbers = wanted.slice(firstRow, firstRow + rowCount).map((row) => rows['n']![1][row]!);
      expect(zone.nulls).toBe(numbers.filter((value) => value === null).length);
      expect(source.zone('f', block)!.min === null || !numbers.includes(2)).toBe(true);
    }
  });

  it('keeps the order of rows that are nobody’s, however many share an entry, and slices cut them', () => {
    const many = Array.from({ length: 40_000 }, (_, i) => i * 7);
    const source = derived({ n: ['int', many] }, null, 1000);
    expect(valuesOf(source, 'n')).toEqual(many);
    expect(source.columnType('time')).toBeNull();
    expect(source.readBlock('time', 0)).toEqual({ kind: 'null', length: source.blocks[0]!.rowCount });
    let row = 0;
    for (let slice = 0; slice < 16; slice++) {
      const entries = source.readActors({ from: slice * 2 ** 28, to: (slice + 1) * 2 ** 28 });
      expect(entries.firstRows[0]).toBe(row);
      row = entries.firstRows[entries.count]!;
      expect(entries.nobody.includes(0)).toBe(false);
    }
    expect(row).toBe(40_000);
  });

  it('has actors of numbers by their canonical text, and hashes of its seed', () => {
    const source = derived({ id: ['int', [42, 7, 42]] }, 'id', 10, 5);
    const { texts, hashes, count } = source.readActors(wholeHashSpace);
    const found = Array.from({ length: count }, (_, entry) => [textOfEntry(texts, entry), hashes[2 * entry + 1]]);
    expect(found.sort()).toEqual(['42', '7'].map((text) => [text, hash64OfText(text, 5).high]));
    expect(valuesOf(source, 'id').sort()).toEqual([42, 42, 7]);
  });

  it('is empty when the answer is', () => {
    const source = derived({ user: ['text', []], n: ['int', []] }, 'user', 10);
    expect([source.rowCount, source.blocks, source.readActors(wholeHashSpace).count]).toEqual([0, [], 0]);
  });
});
