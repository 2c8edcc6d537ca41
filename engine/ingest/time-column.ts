import type { BatchColumn } from '../column/batch.ts';
import { textOfEntry } from '../column/dictionary.ts';
import { gatherVector } from '../column/gather.ts';
import { isValid, type IntVector, type TextVector } from '../column/vector.ts';
import { timeFromBytes, timeFromNumber, timeFromText } from './times.ts';

/** @returns UTC ms of each of these rows, NaN where it has none or none that can be read. */
export function timeOfRows(column: BatchColumn, rows: Uint32Array, timezone: string): Float64Array {
  return timesOfColumn({ ...column, vector: gatherVector(column.vector, rows) }, timezone);
}

/**
 * Reads a column as times: typed ones as they are, numbers as epochs, texts by their form.
 * @returns UTC ms a row, NaN where it has none; the column's own array where that holds exactly this.
 */
export function timesOfColumn(column: BatchColumn, timezone: string): Float64Array {
  const { vector, type } = column;
  if (vector.kind === 'int' && type === 'time') {
    if (vector.values instanceof Float64Array && vector.base === 0 && vector.validity === null) return vector.values;
    return typedTimes(vector);
  }
  const times = new Float64Array(vector.length).fill(NaN);
  if (vector.kind === 'int' || vector.kind === 'float') {
    const base = vector.kind === 'int' ? vector.base : 0;
    for (let row = 0; row < times.length; row++) {
      if (isValid(vector.validity, row)) times[row] = timeFromNumber(base + Number(vector.values[row])) ?? NaN;
    }
  } else if (vector.kind === 'text') fillFromTexts(times, vector, column, timezone);
  return times;
}

function typedTimes(vector: IntVector): Float64Array {
  const { values, validity, base, length } = vector;
  const times = new Float64Array(length);
  if (values instanceof BigInt64Array) for (let row = 0; row < length; row++) times[row] = Number(values[row]);
  else for (let row = 0; row < length; row++) times[row] = base + values[row];
  if (validity !== null) {
    for (let row = 0; row < length; row++) if ((validity[row >> 3] & (1 << (row & 7))) === 0) times[row] = NaN;
  }
  return times;
}

/** Each distinct text is read once, when the first row asks for it. */
function fillFromTexts(times: Float64Array, vector: TextVector, column: BatchColumn, timezone: string): void {
  const { dictionary } = column;
  if (dictionary === null) return;
  const byCode = new Float64Array(dictionary.count);
  const read = new Uint8Array(dictionary.count);
  const { codes, validity } = vector;
  const { bytes, offsets } = dictionary;
  for (let row = 0; row < times.length; row++) {
    if (!isValid(validity, row)) continue;
    const code = codes[row];
    if (read[code] === 0) {
      const quick = timeFromBytes(bytes, offsets[code], offsets[code + 1], timezone);
      byCode[code] = Number.isNaN(quick) ? (timeFromText(textOfEntry(dictionary, code), timezone) ?? NaN) : quick;
      read[code] = 1;
    }
    times[row] = byCode[code];
  }
}
