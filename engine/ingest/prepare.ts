import { timeColumnName, type Batch, type BatchColumn } from '../column/batch.ts';
import { gatherVector } from '../column/gather.ts';
import type { ColumnChoice } from './choose-columns.ts';
import { timesOfColumn } from './time-column.ts';

/** A batch ready for the store, and the rows that could not come along, in their order. */
export interface PreparedBatch {
  readonly batch: Batch;
  readonly rejected: readonly { readonly row: number; readonly reason: string }[];
}

/**
 * Makes the chosen time column the column `time`; rows without a readable time are rejected. Where no column was
 * chosen, every row gets `now`. Another column of the name `time` becomes `properties.time`. Columns are copied only
 * where a row is left out.
 */
export function prepareBatch(batch: Batch, choice: ColumnChoice, timezone: string, now: number): PreparedBatch {
  const { rowCount } = batch;
  const source = choice.time === null ? undefined : batch.columns.find((column) => column.name === choice.time);
  const times =
    choice.time === null
      ? new Float64Array(rowCount).fill(now)
      : source === undefined
        ? new Float64Array(rowCount).fill(NaN)
        : timesOfColumn(source, timezone);
  const kept = rowsWithTime(times);
  const whole = kept.length === rowCount;
  const others = batch.columns
    .filter((column) => column !== source)
    .map((column) => ({
      ...column,
      name: column.name === timeColumnName ? freeName(batch, 'properties.time') : column.name,
      vector: whole ? column.vector : gatherVector(column.vector, kept),
    }));
  const time: BatchColumn = {
    name: timeColumnName,
    type: 'time',
    dictionary: null,
    vector: {
      kind: 'int',
      length: kept.length,
      base: 0,
      values: whole ? times : gatherTimes(times, kept),
      validity: null,
    },
  };
  return {
    batch: { rowCount: kept.length, columns: [time, ...others] },
    rejected: whole ? [] : rejectedRows(times, `The time column "${choice.time}" has no time here.`),
  };
}

function rowsWithTime(times: Float64Array): Uint32Array {
  const rows = new Uint32Array(times.length);
  let count = 0;
  for (let row = 0; row < times.length; row++) {
    rows[count] = row;
    if (isWithinYears(times[row])) count++;
  }
  return rows.subarray(0, count);
}

function gatherTimes(times: Float64Array, rows: Uint32Array): Float64Array {
  const kept = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) kept[i] = times[rows[i]];
  return kept;
}

function rejectedRows(times: Float64Array, reason: string): { row: number; reason: string }[] {
  const rejected: { row: number; reason: string }[] = [];
  for (let row = 0; row < times.length; row++) {
    if (Number.isNaN(times[row])) rejected.push({ row, reason });
    else if (!isWithinYears(times[row])) rejected.push({ row, reason: 'Its time lies outside the years 1 to 9999.' });
  }
  return rejected;
}

/** What a text can say and a calendar can step from; NaN is not within. */
function isWithinYears(time: number): boolean {
  return time >= firstYear && time < yearBehindLast;
}

const firstYear = Date.parse('0001-01-01T00:00:00Z');
const yearBehindLast = Date.UTC(10_000, 0, 1);

function freeName(batch: Batch, wanted: string): string {
  const names = new Set(batch.columns.map((column) => column.name));
  let name = wanted;
  for (let count = 2; names.has(name); count++) name = `${wanted}_${count}`;
  return name;
}

/** Sets columns to one text in every row; a column of that name in the source gives way. */
export function withConstants(batch: Batch, constants: Readonly<Record<string, string>>): Batch {
  const names = Object.keys(constants);
  if (names.length === 0) return batch;
  const { rowCount } = batch;
  const fixed = names.map((name): BatchColumn => {
    const bytes = new TextEncoder().encode(constants[name]);
    return {
      name,
      type: 'text',
      vector: { kind: 'text', length: rowCount, codes: new Uint32Array(rowCount), validity: null },
      dictionary: { count: 1, offsets: Uint32Array.of(0, bytes.length), bytes, hashes: null },
    };
  });
  return { rowCount, columns: [...batch.columns.filter((column) => !names.includes(column.name)), ...fixed] };
}
