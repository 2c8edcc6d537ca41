import type { ColumnType } from '../column/types.ts';
import type { Values } from '../column/values.ts';
import type { LivesPlan } from '../plan/select.ts';
import { createColumnBuilder } from './column-builder.ts';
import { derivedFromRows } from './derived-build.ts';
import { derivedActors } from './derived-column.ts';
import type { DerivedDescriptor, DerivedDirectory } from './derived-descriptor.ts';
import type { PartialLives } from './lives.ts';
import { sharedBytes, sharedWords } from './shared-arrays.ts';
import { sortRunsByTime } from './sort-runs.ts';
import type { Steps } from './steps.ts';

/** Joins what the tasks found, in their order, to a source: rows lie in the order of the actors already. */
export function* joinLives(
  plan: LivesPlan,
  parts: readonly PartialLives[],
  seed: number,
  blockRowsMax: number | undefined,
): Steps<DerivedDescriptor> {
  const rowCount = parts.reduce((sum, part) => sum + part.rowCount, 0);
  const columns: { readonly name: string; readonly type: ColumnType }[] = [];
  const data: Values[] = [];
  const ofActor: string[] = [];
  for (const [index, { name, expr }] of plan.outputs.entries()) {
    if (expr.kind === 'key' && expr.index === 0) {
      ofActor.push(name);
      continue;
    }
    const builder = createColumnBuilder();
    for (const part of parts) builder.append(part.data[index]!);
    columns.push({ name, type: expr.type });
    data.push(builder.build());
    yield;
  }
  const directory = joinDirectories(parts);
  const approximate = [...new Set(parts.flatMap((part) => part.approximate))];
  const order = orderOfTimes(columns, data, directory.firstRows, rowCount);
  const made = yield* derivedFromRows({ columns, data, rowCount, approximate, directory, order, seed }, blockRowsMax);
  return { ...made, columns: [...made.columns, ...ofActor.map((name) => derivedActors(name, made.blocks))] };
}

/** A row's time is its start, unless an output of that name says otherwise: then rows are to be sorted. */
function orderOfTimes(
  columns: readonly { readonly name: string; readonly type: ColumnType }[],
  data: readonly Values[],
  firstRows: Uint32Array,
  rowCount: number,
): Uint32Array | null {
  const index = columns.findIndex(({ name, type }) => name === 'time' && type === 'time');
  const times = index < 0 ? null : data[index];
  if (times?.kind !== 'number') return null;
  const order = new Uint32Array(rowCount);
  for (let row = 0; row < rowCount; row++) order[row] = row;
  return sortRunsByTime(order, firstRows, times.values, times.nulls, null) ? order : null;
}

function joinDirectories(parts: readonly PartialLives[]): DerivedDirectory {
  const count = parts.reduce((sum, { livesOf }) => sum + livesOf.length, 0);
  const directory: DerivedDirectory = {
    firstRows: sharedWords(count + 1),
    hashes: sharedWords(2 * count),
    nobody: sharedBytes(count),
    textOffsets: sharedWords(count + 1),
    textBytes: sharedBytes(parts.reduce((sum, { texts }) => sum + texts.bytes.length, 0)),
  };
  let entry = 0;
  for (const { texts, hashes, livesOf } of parts) {
    const start = directory.textOffsets[entry];
    directory.hashes.set(hashes, 2 * entry);
    directory.textBytes.set(texts.bytes, start);
    for (let own = 0; own < livesOf.length; own++, entry++) {
      directory.firstRows[entry + 1] = directory.firstRows[entry] + livesOf[own];
      directory.textOffsets[entry + 1] = start + texts.offsets[own + 1];
    }
  }
  return directory;
}
