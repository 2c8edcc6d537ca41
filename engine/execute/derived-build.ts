import { formatTimeUtc } from '../base/calendar.ts';
import { compareBytes } from '../base/compare-text.ts';
import { limits } from '../base/limits.ts';
import { canonicalNumber } from '../column/canonical.ts';
import type { ColumnType } from '../column/types.ts';
import type { Scalar, Values } from '../column/values.ts';
import { isNullAt, scalarAt } from '../functions/access.ts';
import { wholeHashSpace } from '../store/row-source.ts';
import { derivedColumn } from './derived-column.ts';
import type { DerivedColumn, DerivedDescriptor, DerivedDirectory, ReadBlock } from './derived-descriptor.ts';
import { encodeTexts } from './encode-texts.ts';
import type { Finished } from './finish.ts';
import { orderByHash } from './hash-order.ts';
import { sharedBytes, sharedFloats, sharedWords } from './shared-arrays.ts';
import { sortRunsByTime } from './sort-runs.ts';
import type { Steps } from './steps.ts';

/** Rows of nobody share directory entries beyond so many: their order is that of their places, not of their hashes. */
const nobodyEntriesMax = 16_384;

/** Rows whose actors are known already: they lie in the order of the directory. */
export interface DerivedRows extends Finished {
  readonly directory: DerivedDirectory;
  /** Which row of `data` stands at each place; null = they lie in this order. */
  readonly order: Uint32Array | null;
  readonly seed: number;
}

/**
 * Puts an answer's rows into actor order.
 * @param actor the column that holds each row's actor; null = its rows are nobody's, and keep their order.
 */
export function* derivedFromAnswer(
  answer: Finished,
  actor: string | null,
  seed: number,
  blockRowsMax: number = limits.blockRowsMax,
): Steps<DerivedDescriptor> {
  const index = answer.columns.findIndex(({ name }) => name === actor);
  const actors = index < 0 ? null : actorTexts(answer.data[index], answer.columns[index].type);
  yield;
  const { directory, order } = orderRows(actors, timesOf(answer), answer.rowCount, seed);
  yield;
  return yield* derivedFromRows({ ...answer, directory, order, seed }, blockRowsMax);
}

/** Lays rows out as a source. */
export function* derivedFromRows(
  rows: DerivedRows,
  blockRowsMax: number = limits.blockRowsMax,
): Steps<DerivedDescriptor> {
  const { directory, order, seed, rowCount } = rows;
  const times = timesOf(rows);
  const blocks = blocksOf(directory, times, order, rowCount, blockRowsMax);
  const columns: DerivedColumn[] = [];
  for (const [index, { name, type }] of rows.columns.entries()) {
    columns.push(derivedColumn(name, type, rows.data[index], order, blocks));
    yield;
  }
  return {
    kind: 'derived',
    rowCount,
    seed,
    blocks,
    directory,
    timeMin: blocks.reduce((min, block) => Math.min(min, block.timeMin), Infinity),
    timeMax: blocks.reduce((max, block) => Math.max(max, block.timeMax), -Infinity),
    columns,
    approximate: rows.approximate,
    tables: rows.tables === undefined ? null : sharesOf(rows.tables, order),
  };
}

/** @returns for each place the rank of its row's source among all that have rows, as a share of 1. */
function sharesOf(tables: Float64Array, order: Uint32Array | null): Float64Array | null {
  const ranks = new Map([...new Set(tables)].sort((a, b) => a - b).map((table, rank) => [table, rank]));
  if (ranks.size < 2) return null;
  const shares = sharedFloats(tables.length);
  for (let at = 0; at < shares.length; at++) {
    const row = order === null ? at : order[at];
    shares[at] = ranks.get(tables[row])! / ranks.size;
  }
  return shares;
}

/** @returns the rows' times; null where they have none. */
function timesOf({ columns, data }: Finished): Extract<Values, { kind: 'number' }> | null {
  const index = columns.findIndex(({ name, type }) => name === 'time' && type === 'time');
  const values = index < 0 ? null : data[index];
  return values?.kind === 'number' ? values : null;
}

interface ActorTexts {
  readonly texts: readonly string[];
  /** Of each row; `texts.length` = nobody. */
  readonly codes: Uint32Array;
}

/** @returns the rows' actors, each once, as canonical text. */
function actorTexts(values: Values, type: ColumnType): ActorTexts {
  const numbers = new Map<string, number>();
  const texts: string[] = [];
  const codeOf = (text: string): number => {
    let code = numbers.get(text);
    if (code === undefined) numbers.set(text, (code = texts.push(text) - 1));
    return code;
  };
  const codes = new Uint32Array(values.length);
  const known = values.kind === 'coded' ? new Int32Array(values.texts.length) : null;
  const nobody: number[] = [];
  for (let row = 0; row < codes.length; row++) {
    if (isNullAt(values, row)) nobody.push(row);
    else if (values.kind === 'coded') {
      const code = values.codes[row];
      if (known![code] === 0) known![code] = codeOf(values.texts[code]) + 1;
      codes[row] = known![code] - 1;
    } else codes[row] = codeOf(canonicalText(scalarAt(values, row), type));
  }
  for (const row of nobody) codes[row] = texts.length;
  return { texts, codes };
}

function canonicalText(value: Scalar, type: ColumnType): string {
  if (typeof value !== 'number') return typeof value === 'string' ? value : String(value);
  return type === 'time' ? formatTimeUtc(value) : canonicalNumber(value);
}

function orderRows(
  actors: ActorTexts | null,
  times: Extract<Values, { kind: 'number' }> | null,
  rowCount: number,
  seed: number,
): { readonly directory: DerivedDirectory; readonly order: Uint32Array | null } {
  const actorCount = actors?.texts.length ?? 0;
  let orphans = actors === null ? rowCount : 0;
  if (actors !== null) for (let row = 0; row < rowCount; row++) if (actors.codes[row] === actorCount) orphans++;
  const share = Math.max(1, Math.ceil(orphans / nobodyEntriesMax));
  const nobodies = Math.ceil(orphans / share);
  const { bytes, offsets, hashes: textHashes } = encodeTexts(actors?.texts ?? [], seed);
  const hashes = new Uint32Array(2 * (actorCount + nobodies));
  hashes.set(textHashes);
  // Evenly over the hash space, so that slices cut them as they cut actors.
  for (let nobody = 0; nobody < nobodies; nobody++)
    hashes[2 * (actorCount + nobody) + 1] = Math.floor((nobody * 2 ** 32) / nobodies);
  const keys = orderByHash(hashes, actorCount + nobodies, wholeHashSpace, (a, b) =>
    a >= actorCount || b >= actorCount
      ? a - b
      : compareBytes(bytes, offsets[a], offsets[a + 1], bytes, offsets[b], offsets[b + 1]),
  );
  const directory = newDirectory(keys, hashes, actorCount, { offsets, bytes });
  if (actors === null) {
    for (let nobody = 0; nobody < nobodies; nobody++)
      directory.firstRows[nobody + 1] = Math.min(rowCount, (nobody + 1) * share);
    return { directory, order: null };
  }
  const order = placeRows(directory.firstRows, keys, actors.codes, actorCount, share);
  if (times !== null) sortRunsByTime(order, directory.firstRows, times.values, times.nulls, directory.nobody);
  return { directory, order };
}

/** @returns a directory in the order of the keys, whose entries have no rows so far. */
function newDirectory(
  keys: Uint32Array,
  hashes: Uint32Array,
  actorCount: number,
  { offsets, bytes }: { readonly offsets: Uint32Array; readonly bytes: Uint8Array },
): DerivedDirectory {
  const count = keys.length;
  const own = sharedWords(2 * count);
  const nobody = sharedBytes(count);
  const textOffsets = sharedWords(count + 1);
  const textBytes = sharedBytes(offsets[actorCount]);
  for (let entry = 0, at = 0; entry < count; entry++) {
    const key = keys[entry];
    own[2 * entry] = hashes[2 * key];
    own[2 * entry + 1] = hashes[2 * key + 1];
    if (key >= actorCount) nobody[entry] = 1;
    else for (let from = offsets[key]; from < offsets[key + 1]; from++) textBytes[at++] = bytes[from];
    textOffsets[entry + 1] = at;
  }
  return { firstRows: sharedWords(count + 1), hashes: own, nobody, textOffsets, textBytes };
}

/** Counts the rows of each entry. @returns the rows entry by entry, in their order within each. */
function placeRows(
  firstRows: Uint32Array,
  keys: Uint32Array,
  codes: Uint32Array,
  actorCount: number,
  share: number,
): Uint32Array {
  const rank = new Uint32Array(keys.length);
  for (let entry = 0; entry < keys.length; entry++) rank[keys[entry]] = entry;
  const entryOfRow = new Uint32Array(codes.length);
  for (let row = 0, orphan = 0; row < codes.length; row++) {
    const key = codes[row] < actorCount ? codes[row] : actorCount + Math.floor(orphan++ / share);
    entryOfRow[row] = rank[key];
    firstRows[rank[key] + 1]++;
  }
  for (let entry = 0; entry < keys.length; entry++) firstRows[entry + 1] += firstRows[entry];
  const order = new Uint32Array(codes.length);
  const next = firstRows.slice();
  for (let row = 0; row < codes.length; row++) order[next[entryOfRow[row]]++] = row;
  return order;
}

/** Cuts rows into blocks where a hash ends; only an actor with more rows than fit is cut inside. */
function blocksOf(
  { firstRows, hashes, nobody }: DerivedDirectory,
  times: Extract<Values, { kind: 'number' }> | null,
  order: Uint32Array | null,
  rowCount: number,
  blockRowsMax: number,
): ReadBlock[] {
  const blocks: ReadBlock[] = [];
  let first = 0;
  const end = (to: number): void => {
    while (first < to) {
      const next = Math.min(to, first + blockRowsMax);
      blocks.push({ firstRow: first, rowCount: next - first, ...spanOf(times, order, first, next) });
      first = next;
    }
  };
  let boundary = 0;
  for (let entry = 0; entry < nobody.length; entry++) {
    const last = entry + 1 === nobody.length;
    if (!last && hashes[2 * entry] === hashes[2 * entry + 2] && hashes[2 * entry + 1] === hashes[2 * entry + 3])
      continue;
    if (firstRows[entry + 1] - first > blockRowsMax) end(boundary);
    boundary = firstRows[entry + 1];
  }
  end(rowCount);
  return blocks;
}

function spanOf(
  times: Extract<Values, { kind: 'number' }> | null,
  order: Uint32Array | null,
  from: number,
  to: number,
): { readonly timeMin: number; readonly timeMax: number; readonly untimed: boolean } {
  let timeMin = Infinity;
  let timeMax = -Infinity;
  let untimed = times === null;
  if (times !== null) {
    const { values, nulls } = times;
    for (let at = from; at < to; at++) {
      const row = order === null ? at : order[at];
      if (nulls !== null && nulls[row] === 1) untimed = true;
      else {
        if (values[row] < timeMin) timeMin = values[row];
        if (values[row] > timeMax) timeMax = values[row];
      }
    }
  }
  return { timeMin, timeMax, untimed };
}
