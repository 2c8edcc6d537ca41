import { VarveError } from '../base/errors.ts';
import type { Values } from '../column/values.ts';
import type { EventsPlan, SortKey } from '../plan/select.ts';
import type { HashRange, RowSource, RowSourceDescriptor } from '../store/row-source.ts';
import { blockAt } from '../store/block-at.ts';
import type { TableSnapshot } from '../store/store-types.ts';
import { readActorsFromDirectory } from './actor-column.ts';
import { finishEvents } from './events.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import { watchOver } from './call-off.ts';
import { openAccount, shareMemory } from './memory.ts';
import { runnerOf } from './run-tasks.ts';
import type { Runner } from './runner.ts';
import { doInTurns } from './steps.ts';
import type { ScanResult, ScanSource } from './scan-task.ts';
import { rowsOf, slicesOf } from './slices.ts';

/** Rows of one batch, about: some tens of megabytes for a table of twenty columns. */
const streamedRowsMax = 131_072;
/** Batches that are made ahead of the one that is taken. */
const batchesAhead = 2;

/** Some rows of a plan's answer, one `Values` an output. */
export interface StreamedRows {
  readonly data: readonly Values[];
  readonly rowCount: number;
  /** Rows of the table that lie before the end of this batch, whether they are in the range or not; and all. */
  readonly rowsPassed: number;
  readonly rowsTotal: number;
}

/** A range of the hash space, or of one place of it a range of times. */
interface Piece {
  readonly range: HashRange;
  readonly rows: number;
  readonly times: readonly [since: number | null, until: number | null] | null;
}

/**
 * Gives the rows of a plan without limit in stored order, a batch at a time: the hash space is cut into ranges of at
 * most `rowsMax` rows by the actor directories, an actor of more rows by time. A few batches are held at once.
 * @throws VarveError `cancelled`, `data_corrupted`.
 */
export async function* streamRows(
  environment: ExecutionEnvironment,
  original: EventsPlan,
  table: TableSnapshot,
  signal?: AbortSignal,
  rowsMax = streamedRowsMax,
): AsyncGenerator<StreamedRows, void, void> {
  const actor = table.schema.actor;
  const plan = { ...readActorsFromDirectory(original, actor), order: placeOrder } as EventsPlan;
  const sources = table.sources.map((descriptor, index) => ({
    descriptor: environment.prepare?.(descriptor) ?? descriptor,
    index,
    table: { index: 0, name: table.schema.name },
    actor,
  }));
  const rowsTotal = sources.reduce((sum, { descriptor }) => sum + rowsOf(descriptor), 0);
  const seed = environment.seed ?? 0;
  const { yield: giveWay, monotonic } = environment;
  const callOff = watchOver({ signal, yield: giveWay, monotonic });
  // A few batches are held at once, and each is small.
  const memory = shareMemory(Infinity, rowsTotal, 'The rows');
  const open = (own: EventsPlan): Runner => {
    const segments = sources.filter(({ descriptor }) => descriptor.kind === 'segment');
    const rows = segments.reduce((sum, { descriptor }) => sum + rowsOf(descriptor), 0);
    const query = {
      plan: own,
      actor,
      sources,
      sets: [],
      cells: null,
      span: null,
      seed,
      cancelled: callOff.flag,
      memory,
    };
    return runnerOf(environment, query, rows, callOff);
  };
  const runner = open(plan);
  const run = (piece: Piece): Promise<ScanResult> => {
    if (piece.times === null) return runOne(runner, piece.range, false);
    const own = open(within(plan, piece.times));
    return runOne(own, piece.range, true).finally(() => own.end());
  };
  const ahead: { readonly piece: Piece; readonly result: Promise<ScanResult> }[] = [];
  let rowsPassed = 0;
  const check = (): void => {
    if (signal?.aborted === true) throw new VarveError('cancelled', 'The export was called off.');
  };
  const taken = async (): Promise<StreamedRows> => {
    const { piece, result } = ahead.shift()!;
    const { events } = await result.catch((error: unknown) => {
      check();
      throw error;
    });
    rowsPassed += piece.rows;
    const { data, rowCount } = await doInTurns(finishEvents(plan, [events!], openAccount(memory)), callOff.turn);
    return { data, rowCount, rowsPassed, rowsTotal };
  };
  try {
    for (const piece of piecesOf(environment, sources, rowsMax)) {
      callOff.check();
      const result = run(piece);
      // Its failure is told when its turn comes; until then nobody waits for it.
      result.catch(() => undefined);
      ahead.push({ piece, result });
      if (ahead.length <= batchesAhead) continue;
      const part = await taken();
      if (part.rowCount > 0) yield part;
    }
    while (ahead.length > 0) {
      callOff.check();
      const part = await taken();
      if (part.rowCount > 0) yield part;
    }
  } finally {
    Atomics.store(callOff.flag, 0, 1);
    await Promise.allSettled(ahead.map(({ result }) => result));
    runner.end();
    callOff.end();
  }
}

async function runOne(runner: Runner, range: HashRange, last: boolean): Promise<ScanResult> {
  const results: ScanResult[] = [];
  await runner.run([[{ kind: 'slice', range }]], async (_, result) => void results.push(result), last);
  return results[0];
}

/** Stored order but for the time, by which events of one actor are ordered anyway: ties of it keep their arrival. */
const placeOrder: readonly SortKey[] = (['upper', 'lower'] as const).map((part) => ({
  expr: { kind: 'place', part, type: 'float' },
  descending: false,
}));

function within(plan: EventsPlan, [since, until]: readonly [number | null, number | null]): EventsPlan {
  const later = (a: number | null, b: number | null): number | null => (a === null ? b : Math.max(a, b ?? -Infinity));
  const earlier = (a: number | null, b: number | null): number | null => (a === null ? b : Math.min(a, b ?? Infinity));
  return { ...plan, range: { since: later(plan.range.since, since), until: earlier(plan.range.until, until) } };
}

/** Cuts the hash space by how many rows the sources' directories say lie in a range. */
function* piecesOf(
  environment: ExecutionEnvironment,
  sources: readonly ScanSource[],
  rowsMax: number,
): Generator<Piece, void, void> {
  const opened = sources.map(({ descriptor }) => environment.openSource(descriptor as RowSourceDescriptor));
  const descriptors = sources.map(({ descriptor }) => descriptor);
  const sizes = { sliceActorsMax: Infinity, sliceRowsMax: rowsMax, poolRowsMin: Infinity };
  const ranges = slicesOf(descriptors, sizes).reverse();
  // Neighbours are joined again as far as they fit: next to an actor of many rows the halves are small.
  let held: Piece | null = null;
  for (let range = ranges.pop(); range !== undefined; range = ranges.pop()) {
    const rows = rowsWithin(opened, range);
    if (rows === 0) continue;
    if (rows > rowsMax && range.to - range.from > 1) {
      const middle = Math.floor((range.from + range.to) / 2);
      ranges.push({ from: middle, to: range.to }, { from: range.from, to: middle });
    } else if (held !== null && held.rows + rows <= rowsMax) {
      held = { range: { from: held.range.from, to: range.to }, rows: held.rows + rows, times: null };
    } else {
      if (held !== null) yield held;
      held = rows <= rowsMax ? { range, rows, times: null } : null;
      if (held === null) yield* piecesOfPlace(opened, range, rows, rowsMax);
    }
  }
  if (held !== null) yield held;
}

function rowsWithin(sources: readonly RowSource[], range: HashRange): number {
  let rows = 0;
  for (const source of sources) {
    const { firstRow, endRow } = source.readActors(range);
    rows += endRow - firstRow;
    source.release();
  }
  return rows;
}

/** Cuts one actor's rows by time: every `rowsMax`-th of its times begins a piece. */
function* piecesOfPlace(
  sources: readonly RowSource[],
  range: HashRange,
  rows: number,
  rowsMax: number,
): Generator<Piece, void, void> {
  const times = timesWithin(sources, range, rows).sort();
  let since: number | null = null;
  let first = 0;
  for (let at = rowsMax; at < rows; at++) {
    // Rows of one time stay together.
    if (at - first < rowsMax || times[at] === times[at - 1]) continue;
    yield { range, rows: at - first, times: [since, times[at]] };
    since = times[at];
    first = at;
  }
  yield { range, rows: rows - first, times: [since, null] };
}

function timesWithin(sources: readonly RowSource[], range: HashRange, rows: number): Float64Array {
  const times = new Float64Array(rows);
  let count = 0;
  for (const source of sources) {
    const entries = source.readActors(range);
    const { firstRow: from, endRow: to } = entries;
    for (let block = from < to ? blockAt(source.blocks, from) : source.blocks.length; ; block++) {
      const place = source.blocks[block];
      if (place === undefined || place.firstRow >= to) break;
      const vector = source.readBlock('time', block);
      if (vector.kind !== 'int') throw new VarveError('internal', 'BUG: a time that is no int');
      const end = Math.min(to - place.firstRow, place.rowCount);
      for (let row = Math.max(from - place.firstRow, 0); row < end; row++)
        times[count++] = vector.base + Number(vector.values[row]);
    }
    source.release();
  }
  return times;
}
