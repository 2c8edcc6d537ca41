import { isVarveError, VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { scalarAt } from '../functions/access.ts';
import type { Expr } from '../plan/expr.ts';
import type { EventsPlan, GroupedPlan, Measure } from '../plan/select.ts';
import { columnsOf } from '../plan/visit.ts';
import { wholeHashSpace, type HashRange } from '../store/row-source.ts';
import type { Finished } from './finish.ts';
import { bytesText } from './memory.ts';
import type { QueryRun } from './query-run.ts';
import { mayPass, partsOfHashes, passesFor, reorderedBy, type ReorderedSource } from './reordered-source.ts';
import type { ScanSource } from './scan-task.ts';
import { rowsOf } from './slices.ts';
import { spanOf } from './table-sources.ts';
import type { TimeSpan } from './time-windows.ts';

/** What a plan reads: all of its sources at once, or of one the actors of one part of the hash space after another. */
export interface Passes {
  readonly span: TimeSpan;
  /** The sources, where there is one pass. */
  readonly atOnce: readonly ScanSource[] | null;
  /** About how many rows all have. */
  readonly rows: number;
  /**
   * Goes through the passes, in the order of the hashes; what one read is let go before the next.
   * @param held the bytes that the reader holds meanwhile.
   * @param read gets the sources, and how many passes there are: so much smaller a part of the hash space they are.
   */
  each(held: () => number, read: (sources: readonly ScanSource[], count: number) => Promise<void>): Promise<void>;
}

/** @returns all sources at once. */
export function onePass(sources: readonly ScanSource[]): Passes {
  const rows = sources.reduce((sum, { descriptor }) => sum + rowsOf(descriptor), 0);
  return { span: spanOf(sources), atOnce: sources, rows, each: (_, read) => read(sources, 1) };
}

/** How events are read that have to be put into another order. */
export interface Reading {
  readonly run: QueryRun;
  readonly reordered: ReorderedSource;
  /** Rows of the tables' sources: at most so many events there are. */
  readonly rowsMost: number;
  /** Reads the events of a range of the hash space. @throws VarveError `limit` where they need too much memory. */
  readonly collect: (range: HashRange) => Promise<ScanSource>;
  /** Answers a plan over the same events. */
  readonly ask: (plan: GroupedPlan) => Promise<Finished>;
  /** Told how many passes are made. */
  readonly made: (count: number) => void;
}

/**
 * Reads events into another order, within the query's memory: in one pass where they fit, else in as many as their
 * number asks for, more where that was too few.
 * @throws VarveError `limit` where it would be more than `passesMax`.
 */
export async function openPasses(reading: Reading): Promise<Passes> {
  const { run, reordered, rowsMost, collect, ask } = reading;
  const memory = run.memoryMax - run.kept.bytes;
  let least = 1;
  if (passesFor(reordered, rowsMost, memory) === 1) {
    const found = await withinMemory(run, () => collect(wholeHashSpace));
    if (found !== null) return onePass([found]);
    least = 2;
  }
  const { data } = await ask(countPlan(reordered.plan));
  const [rows, timeMin, timeMax] = data.map((values) => scalarAt(values, 0));
  const count = Math.max(least, passesFor(reordered, Number(rows), memory));
  if (!mayPass(count)) throw tooMany(reading, Number(rows), count);
  if (count === 1) {
    const found = await withinMemory(run, () => collect(wholeHashSpace));
    if (found !== null) return onePass([found]);
  }
  const span = { timeMin: Number(timeMin ?? Infinity), timeMax: Number(timeMax ?? -Infinity) };
  return manyPasses(reading, Math.max(2, count), Number(rows), span);
}

function manyPasses(reading: Reading, count: number, rows: number, span: TimeSpan): Passes {
  const { run, collect, made } = reading;
  // Parts that did not fit stay halved for whatever is read once more.
  const ranges = partsOfHashes(count);
  return {
    span,
    atOnce: null,
    rows,
    async each(held, read) {
      const before = run.kept.bytes;
      for (let pass = 0; pass < ranges.length; pass++) {
        const own = held();
        run.kept.bytes = before + own;
        const range = ranges[pass];
        const source = await withinMemory(run, () => collect(range));
        if (source === null) {
          if (!mayPass(ranges.length + 1)) throw tooMany(reading, rows, ranges.length + 1);
          const middle = Math.floor((range.from + range.to) / 2);
          ranges.splice(pass--, 1, { from: range.from, to: middle }, { from: middle, to: range.to });
          continue;
        }
        // The reader counts what it holds by itself.
        run.kept.bytes -= own;
        made(ranges.length);
        await read([source], ranges.length);
      }
      run.kept.bytes = before;
    },
  };
}

/** @returns what is made; null where there was no memory for it. */
async function withinMemory<T>(run: QueryRun, make: () => Promise<T>): Promise<T | null> {
  const before = run.kept.bytes;
  try {
    return await make();
  } catch (error) {
    if (!isVarveError(error) || error.code !== 'limit') throw error;
    run.callOff.check();
    run.kept.bytes = before;
    return null;
  }
}

/** @returns a plan that counts the events, and tells when the first and the last were. */
function countPlan(plan: EventsPlan): GroupedPlan {
  const { from, actor, timezone, range, written, where, subqueries, now } = plan;
  const time = plan.outputs.find(({ name }) => name === 'time')!.expr;
  const of = (name: string, args: readonly Expr[]): Measure => ({
    name,
    args,
    filter: null,
    type: args.length === 0 ? 'int' : 'time',
    emptyIsZero: args.length === 0,
  });
  const measures = [of('count', []), of('min', [time]), of('max', [time])];
  const read = columnsOf(where === null ? [time] : [where, time], actor);
  const whole = { every: null, trailing: null, compare: null, having: null, limit: null } as const;
  return {
    kind: 'grouped',
    ...{ from, actor, timezone, range, written, where, subqueries, now },
    ...whole,
    columns: [...new Set(['time', ...(actor === null ? [] : [actor]), ...read])],
    keys: [],
    measures,
    order: [],
    outputs: measures.map(({ type }, index) => ({ name: `${index}`, expr: { kind: 'measure', index, type } })),
    offset: 0,
  };
}

function tooMany({ run, reordered }: Reading, rows: number, count: number): VarveError {
  const { passesMax } = limits;
  const budget = `${bytesText(run.memoryMax)} (queryMemoryMax)`;
  const wanted = `per ${reorderedBy(reordered)} would take ${count} passes over ${rows} events within ${budget}`;
  return new VarveError('limit', `${wanted}, at most ${passesMax} are made (passesMax).`, {
    hint: 'Narrow the range with since and until, filter the events in a query in from, or raise the memory.',
  });
}
