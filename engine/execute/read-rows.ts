import { concatVectors, gatherVector } from '../column/gather.ts';
import type { Vector } from '../column/vector.ts';
import type { EventsPlan } from '../plan/select.ts';
import { blockAt } from '../store/block-at.ts';
import type { BlockRows } from '../store/read-cells.ts';
import { wholeHashSpace, type ActorEntries } from '../store/row-source.ts';
import type { OpenSource } from './block-view.ts';
import { createColumnBuilder, type ColumnBuilder } from './column-builder.ts';
import type { ReadSource } from './derived-descriptor.ts';
import { valuesOfView, type PartialEvents } from './events.ts';
import { restBlocks, type FoundRows } from './find-first.ts';
import { columnsRead } from './plan-parts.ts';
import { lazyPart, type ScanContext } from './scan.ts';
import { doAll, type Steps } from './steps.ts';

/** Of so few rows a block, a value alone is read. */
const cellsMax = 16;

/** Reads a plan's columns of some rows: of each block that holds one, each column once. */
export function* readRows(plan: EventsPlan, found: readonly FoundRows[], context: ScanContext): Steps<PartialEvents> {
  const builders: ColumnBuilder[] = [];
  let rowCount = 0;
  for (const { open, rows } of found) {
    const read = { ...open, source: yield* gathered(plan, open, rows, context) };
    context.check();
    context.scratch.reset();
    const view = {
      open: read,
      part: lazyPart(read, 0, context.seed, () => read.source.readActors(wholeHashSpace)),
      block: 0,
      from: 0,
      length: rows.length,
      rows: null,
      mask: null,
      scratch: context.scratch,
    };
    valuesOfView(plan, view, context).forEach((values, column) => {
      (builders[column] ??= createColumnBuilder()).append(values);
    });
    rowCount += rows.length;
    yield;
  }
  const bytes = builders.reduce((sum, builder) => sum + builder.bytes, 0);
  context.memory.hold(0);
  context.memory.handOver(bytes, 0);
  return { columns: builders.map((builder) => builder.build()), rowCount, bytes };
}

/** Makes a source of some rows of one, ascending: its only block. Rows keep their order, so that ties fall as before. */
function* gathered(
  plan: EventsPlan,
  { source, actor }: OpenSource,
  rows: Uint32Array,
  context: ScanContext,
): Steps<ReadSource> {
  const parts = partsOf(source, rows);
  const vectors = new Map<string, Vector>();
  const gather = function* (name: string): Steps<Vector> {
    const cells = rows.length <= parts.length * cellsMax ? (source.readCells?.(name, parts) ?? null) : null;
    if (cells !== null) {
      vectors.set(name, cells);
      return cells;
    }
    const pieces: Vector[] = [];
    for (const { block, rows: own } of parts) {
      pieces.push(gatherVector(source.readBlock(name, block), own));
      if (pieces.length % restBlocks === 0) yield;
    }
    const vector = concatVectors(
      pieces,
      pieces.map(() => null),
    );
    vectors.set(name, vector);
    return vector;
  };
  for (const name of columnsRead(plan)) {
    // An actor that is text is read from the directory.
    const type = source.columnType(name);
    if (type === null || (name === actor && type === 'text')) continue;
    context.check();
    yield* gather(name);
  }
  const timeMin = source.timeMin;
  const timeMax = source.timeMax;
  return {
    rowCount: rows.length,
    timeMin,
    timeMax,
    blocks: [{ firstRow: 0, rowCount: rows.length, timeMin, timeMax }],
    bytesRead: 0,
    columnType: (name) => source.columnType(name),
    zone: () => null,
    readActors: () => entriesOf(source, rows),
    readBlock: (name) => vectors.get(name) ?? doAll(gather(name)),
    readDictionary: (name) => source.readDictionary(name),
    readDictionaryHashes: (name) => source.readDictionaryHashes(name),
    release: () => undefined,
  };
}

function partsOf({ blocks }: ReadSource, rows: Uint32Array): BlockRows[] {
  const parts: BlockRows[] = [];
  for (let from = 0, to = 0; from < rows.length; from = to) {
    const block = blockAt(blocks, rows[from]);
    const { firstRow, rowCount } = blocks[block];
    while (to < rows.length && rows[to] < firstRow + rowCount) to++;
    parts.push({ block, rows: rows.subarray(from, to).map((row) => row - firstRow) });
  }
  return parts;
}

/** @returns the entries of the rows' actors, by their places among these. */
function entriesOf(source: ReadSource, rows: Uint32Array): ActorEntries {
  const all = source.readActorsOf?.(rows) ?? source.readActors(wholeHashSpace);
  const firstRows = new Uint32Array(all.count + 1);
  let at = 0;
  for (let entry = 0; entry < all.count; entry++) {
    while (at < rows.length && rows[at] < all.firstRows[entry]) at++;
    firstRows[entry] = at;
  }
  firstRows[all.count] = rows.length;
  return { ...all, firstRow: 0, endRow: rows.length, firstRows };
}
