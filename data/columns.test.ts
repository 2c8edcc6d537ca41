import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { columnEvents, columnsFromMs, columnsToMs, paidEvents } from './column-vocabulary.ts';
import { generateColumns } from './columns.ts';
import type { ColumnsOptions, PlainBatch, PlainColumn } from './plain-batch.ts';
import { generateUniformColumns } from './uniform-columns.ts';

type Generate = (options: ColumnsOptions) => Iterable<PlainBatch>;

const options = { rows: 200_000, seed: 5 };

function digest(generate: Generate, of: ColumnsOptions): string {
  const hash = createHash('sha256');
  for (const batch of generate(of)) {
    for (const column of batch.columns) {
      const array = column.kind === 'text' ? column.codes : column.values;
      hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
      hash.update(column.kind === 'text' ? column.dictionary.join('\n') : '');
    }
  }
  return hash.digest('hex');
}

function columnOf<K extends PlainColumn['kind']>(
  batch: PlainBatch,
  name: string,
  kind: K,
): PlainColumn & { readonly kind: K } {
  const column = batch.columns.find((one) => one.name === name && one.kind === kind);
  expect(column).toBeDefined();
  return column as PlainColumn & { readonly kind: K };
}

const textsOf = (batch: PlainBatch, name: string): string[] => {
  const { codes, dictionary } = columnOf(batch, name, 'text');
  return Array.from(codes, (code) => dictionary[code]!);
};

describe.each([
  ['generateColumns', generateColumns],
  ['generateUniformColumns', generateUniformColumns],
] as const)('%s', (_, generate) => {
  it('gives the same rows for the same options', () => {
    expect(digest(generate, options)).toBe(digest(generate, options));
    expect(digest(generate, { ...options, seed: 6 })).not.toBe(digest(generate, options));
  });

  it.each([
    [0, 100, 0],
    [1, 100, 1],
    [1000, 100, 10],
    [1001, 100, 11],
    [65_537, undefined, 2],
  ])('makes of %i rows in batches of %s %i batches', (rows, batchRows, count) => {
    const batches = [...generate({ rows, seed: 1, batchRows })];
    expect(batches).toHaveLength(count);
    expect(batches.reduce((sum, batch) => sum + batch.rowCount, 0)).toBe(rows);
  });

  it('gives every column as many rows, and codes within the dictionary, whose texts are distinct', () => {
    const batches = [...generate(options)];
    const wrong = batches.flatMap((batch) =>
      batch.columns.filter((column) =>
        column.kind === 'text'
          ? column.codes.length !== batch.rowCount ||
            column.codes.some((code: number) => code >= column.dictionary.length) ||
            new Set(column.dictionary).size !== column.dictionary.length
          : column.values.length !== batch.rowCount,
      ),
    );
    expect(wrong).toEqual([]);
    expect(batches[0]!.columns.map(({ name }) => name).join(' ')).toBe(
      'time actor event url country platform plan duration amount id',
    );
  });

  it('refuses what cannot be', () => {
    expect(() => [...generate({ rows: -1, seed: 1 })]).toThrow(/cannot be -1 rows/);
    expect(() => [...generate({ rows: 1, seed: 1, batchRows: 0 })]).toThrow(/batches of 0/);
  });
});

describe('uniform columns', () => {
  it('spread every value over its whole range, whatever the actor', () => {
    const [batch] = [...generateUniformColumns({ rows: 50_000, seed: 2, batchRows: 65_536 })] as [PlainBatch];
    const share = (name: string, text: string): number =>
      textsOf(batch, name).filter((one) => one === text).length / batch.rowCount;
    expect(share('country', 'ZA')).toBeCloseTo(1 / 16, 2);
    expect(share('event', 'tip')).toBeCloseTo(1 / 20, 2);
    expect(share('plan', 'team')).toBeCloseTo(1 / 4, 1);
    const amount = columnOf(batch, 'amount', 'float');
    const paid = Array.from(amount.values, (_, row) => (amount.validity[row >> 3]! >> (row & 7)) & 1);
    expect(paid.reduce((sum, bit) => sum + bit, 0) / batch.rowCount).toBeCloseTo(0.1, 2);
    const times = columnOf(batch, 'time', 'time').values;
    expect(times.every((time) => time >= columnsFromMs && time < columnsToMs)).toBe(true);
    const late = times.filter((time) => time >= (columnsFromMs + columnsToMs) / 2).length;
    expect(late / batch.rowCount).toBeCloseTo(0.5, 1);
  });
});

describe('events as columns', () => {
  it('are in order of time within the span', () => {
    const times = [...generateColumns(options)].flatMap((batch) => [...columnOf(batch, 'time', 'time').values]);
    expect(times.filter((time, row) => row > 0 && time < times[row - 1]!)).toEqual([]);
    expect(times[0]).toBeGreaterThanOrEqual(columnsFromMs);
    expect(times.at(-1)).toBeLessThan(columnsToMs);
    expect(times.every(Number.isInteger)).toBe(true);
  });

  it('have the actors, names and ids that the benchmark asks for', () => {
    const batches = [...generateColumns(options)];
    const perActor = new Map<string, number>();
    const properties = new Map<string, string>();
    const ids = new Set<bigint>();
    const events = new Set<string>();
    const urls = new Set<string>();
    let paid = 0;
    let wrongAmounts = 0;
    let moved = 0;
    for (const batch of batches) {
      const [actors, names, places, platforms, plans] = ['actor', 'event', 'country', 'platform', 'plan'].map((name) =>
        textsOf(batch, name),
      ) as [string[], string[], string[], string[], string[]];
      const amount = columnOf(batch, 'amount', 'float');
      textsOf(batch, 'url').forEach((url) => urls.add(url));
      columnOf(batch, 'id', 'wide').values.forEach((id) => ids.add(id));
      actors.forEach((actor, row) => {
        perActor.set(actor, (perActor.get(actor) ?? 0) + 1);
        const own = `${places[row]} ${platforms[row]} ${plans[row]}`;
        moved += (properties.get(actor) ?? own) === own ? 0 : 1;
        properties.set(actor, own);
        events.add(names[row]!);
        const isPaid = paidEvents.includes(names[row]!);
        const has = ((amount.validity[row >> 3]! >> (row & 7)) & 1) === 1;
        paid += isPaid ? 1 : 0;
        wrongAmounts += isPaid === has && (has ? amount.values[row]! >= 1 : amount.values[row] === 0) ? 0 : 1;
      });
    }
    const counts = [...perActor.values()].sort((a, b) => b - a);
    expect([moved, wrongAmounts, ids.size, events.size]).toEqual([0, 0, options.rows, columnEvents.length]);
    expect(columnEvents).toHaveLength(20);
    expect(paid / options.rows).toBeCloseTo(0.1, 2);
    expect(perActor.size).toBeGreaterThan((options.rows / 50) * 0.9);
    expect(perActor.size).toBeLessThanOrEqual(options.rows / 50);
    expect(counts[0]! / counts[counts.length >> 1]!).toBeGreaterThan(5);
    expect([...ids].every((id) => id > 2n ** 53n)).toBe(true);
    expect(urls.size).toBeGreaterThan(10_000);
    expect([...urls].some((url) => url.includes('?utm_source=newsletter&'))).toBe(true);
  });
});
