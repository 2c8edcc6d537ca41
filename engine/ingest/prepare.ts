import { timeColumnName, type Batch, type BatchColumn } from '../column/batch.ts';
import { canonicalColumn } from '../column/canonical.ts';
import { textsOfDictionary } from '../column/dictionary.ts';
import { gatherVector } from '../column/gather.ts';
import { isValid } from '../column/vector.ts';
import { timeFromNumber, timeFromText } from './times.ts';

/** Which columns of a source are the time and the actor. */
export interface ColumnChoice {
  readonly time: string | null;
  readonly actor: string | null;
}

const timeNames = ['time', 'timestamp', 'ts', '@timestamp', 'event_time', 'datetime', 'date'];
const actorNames = [
  'user_id',
  'userId',
  'user',
  'uid',
  'actor_id',
  'anonymous_id',
  'device_id',
  'client_ip',
  'clientip',
  'remote_addr',
  'ip',
  'host',
  'hostname',
  'Hostname',
];

/** Share of a column's values that must read as times for its content to make it the time column. */
const timeShareMin = 0.9;

/**
 * Chooses the time and actor columns of a source: the format's own first, then by name, then (time only) by content.
 * @param defaults names that the format knows, most telling first.
 */
export function chooseColumns(
  batch: Batch,
  defaults: { readonly time: readonly string[]; readonly actor: readonly string[] },
  timezone: string,
): ColumnChoice {
  const byName = new Map(batch.columns.map((column) => [column.name, column]));
  const readable = (column: BatchColumn | undefined): boolean =>
    column !== undefined && timeShare(column, timezone) >= 0.5;
  const named = [...defaults.time, ...timeNames].find((name) => readable(byName.get(name)));
  const time =
    named ??
    batch.columns.find((column) => column.type === 'time')?.name ??
    batch.columns.find((column) => column.type === 'text' && timeShare(column, timezone) >= timeShareMin)?.name ??
    null;
  const actor = [...defaults.actor, ...actorNames].find((name) => name !== time && byName.has(name)) ?? null;
  return { time, actor };
}

function timeShare(column: BatchColumn, timezone: string): number {
  const times = timesOfColumn(column, timezone);
  let values = 0;
  let read = 0;
  for (let row = 0; row < times.length; row++) {
    if (column.vector.kind === 'null' || !isValid(column.vector.validity, row)) continue;
    values++;
    if (!Number.isNaN(times[row])) read++;
  }
  return values === 0 ? 0 : read / values;
}

/** @returns each row's UTC ms, NaN where it has none. */
function timesOfColumn(column: BatchColumn, timezone: string): Float64Array {
  const { vector, type } = column;
  const times = new Float64Array(vector.length).fill(NaN);
  if (vector.kind === 'int' || vector.kind === 'float') {
    const base = vector.kind === 'int' ? vector.base : 0;
    for (let row = 0; row < times.length; row++) {
      if (!isValid(vector.validity, row)) continue;
      const number = base + Number(vector.values[row]);
      times[row] = type === 'time' ? number : (timeFromNumber(number) ?? NaN);
    }
  } else if (vector.kind === 'text') {
    const { dictionary } = canonicalColumn(column);
    const byCode = textsOfDictionary(dictionary).map((text) => timeFromText(text, timezone) ?? NaN);
    for (let row = 0; row < times.length; row++)
      if (isValid(vector.validity, row)) times[row] = byCode[vector.codes[row]];
  }
  return times;
}

/** A batch ready for the store, and the rows that could not come along. */
export interface PreparedBatch {
  readonly batch: Batch;
  readonly rejected: readonly { readonly row: number; readonly reason: string }[];
}

/**
 * Makes the chosen time column the column `time`; rows without a readable time are rejected. Where no column was
 * chosen, every row gets `now`. Another column of the name `time` becomes `properties.time`.
 */
export function prepareBatch(batch: Batch, choice: ColumnChoice, timezone: string, now: number): PreparedBatch {
  const source = choice.time === null ? undefined : batch.columns.find((column) => column.name === choice.time);
  const times =
    choice.time === null
      ? new Float64Array(batch.rowCount).fill(now)
      : source === undefined
        ? new Float64Array(batch.rowCount).fill(NaN)
        : timesOfColumn(source, timezone);
  const rejected: { row: number; reason: string }[] = [];
  const kept: number[] = [];
  for (let row = 0; row < batch.rowCount; row++) {
    if (Number.isNaN(times[row])) rejected.push({ row, reason: `The time column "${choice.time}" has no time here.` });
    else kept.push(row);
  }
  const rows = Uint32Array.from(kept);
  const others = batch.columns
    .filter((column) => column !== source)
    .map((column) => ({
      ...column,
      name: column.name === timeColumnName ? 'properties.time' : column.name,
      vector: rejected.length === 0 ? column.vector : gatherVector(column.vector, rows),
    }));
  const time: BatchColumn = {
    name: timeColumnName,
    type: 'time',
    dictionary: null,
    vector: {
      kind: 'int',
      length: kept.length,
      base: 0,
      values: Float64Array.from(kept, (row) => times[row]),
      validity: null,
    },
  };
  return { batch: { rowCount: kept.length, columns: [time, ...others] }, rejected };
}
