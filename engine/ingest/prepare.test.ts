import { describe, expect, it } from 'vitest';
import type { Batch } from '../column/batch.ts';
import { textsOfDictionary } from '../column/dictionary.ts';
import { valuesFromVector } from '../column/values-from-vector.ts';
import { scalarAt } from '../functions/access.ts';
import { prepareBatch, withConstants } from './prepare.ts';
import { BatchBuilder } from './row-builder.ts';

function batchOf(rows: readonly ((builder: BatchBuilder) => void)[]): Batch {
  const builder = new BatchBuilder('UTC');
  for (const set of rows) {
    set(builder);
    builder.endRow();
  }
  return builder.build();
}

const timesOf = (batch: Batch): number[] => {
  const { vector } = batch.columns[0]!;
  return vector.kind === 'int'
    ? Array.from({ length: vector.length }, (_, row) => vector.base + Number(vector.values[row]))
    : [];
};

describe('a batch made ready', () => {
  it('has its typed times as they are, and rejects rows without one', () => {
    const whole = batchOf([(b) => b.column('ts').setTime(5), (b) => b.column('ts').setTime(7)]);
    const prepared = prepareBatch(whole, { time: 'ts', actor: null }, 'UTC', 0);
    expect([prepared.batch.columns[0]!.name, timesOf(prepared.batch), prepared.rejected]).toEqual(['time', [5, 7], []]);
    const gaps = batchOf([
      (b) => b.column('ts').setTime(5),
      (b) => b.column('n').setInt(1),
      (b) => (b.column('ts').setTime(9), b.column('n').setInt(2)),
    ]);
    const kept = prepareBatch(gaps, { time: 'ts', actor: null }, 'UTC', 0);
    expect([timesOf(kept.batch), kept.rejected.map(({ row }) => row)]).toEqual([[5, 9], [1]]);
  });

  it('reads texts and epochs as times, in the zone that was said', () => {
    const batch = batchOf([
      (b) => (b.column('t').setText('2026-03-01 10:00'), b.column('e').setInt(1_772_323_200)),
      (b) => (b.column('t').setText('nonsense'), b.column('e').setInt(5)),
    ]);
    const local = prepareBatch(batch, { time: 't', actor: null }, 'Europe/Berlin', 0);
    expect([timesOf(local.batch), local.rejected.length]).toEqual([[Date.UTC(2026, 2, 1, 9)], 1]);
    expect(timesOf(prepareBatch(batch, { time: 'e', actor: null }, 'UTC', 0).batch)).toEqual([1_772_323_200_000]);
  });

  it('gives every row the moment of import where there is no time column, and keeps another column of that name', () => {
    const batch = batchOf([(b) => (b.column('time').setText('x'), b.column('properties.time').setInt(1))]);
    const prepared = prepareBatch(batch, { time: null, actor: null }, 'UTC', 42);
    expect([timesOf(prepared.batch), prepared.batch.columns.map(({ name }) => name)]).toEqual([
      [42],
      ['time', 'properties.time_2', 'properties.time'],
    ]);
  });

  it('sets constants in place of what the source says', () => {
    const batch = withConstants(batchOf([(b) => (b.column('site').setInt(1), b.column('n').setInt(2))]), {
      site: 'shop',
    });
    const values = batch.columns.map(({ name, type, vector, dictionary }) => {
      const texts = dictionary === null ? null : textsOfDictionary(dictionary);
      return [name, scalarAt(valuesFromVector(vector, type, texts, null), 0)];
    });
    expect(values).toEqual([
      ['n', 2],
      ['site', 'shop'],
    ]);
  });
});
