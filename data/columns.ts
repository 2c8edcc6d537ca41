import {
  actorShare,
  columnCountries,
  columnEvents,
  columnHours,
  columnPlans,
  columnPlatforms,
  columnsFromMs,
  hourMs,
  paidEvents,
  urlCount,
  urlOfNumber,
} from './column-vocabulary.ts';
import { batchRanges, type ColumnsOptions, type PlainBatch, type PlainColumn } from './plain-batch.ts';
import { createChooser, createRandom, zipfWeights, type Chooser, type Random } from './random.ts';

/** A tenth of all rows. */
const paidWeights = [0.06, 0.03, 0.01];
const sessionRowsMean = 10;
/** Between two rows of a session. */
const pauseMsMean = 30_000;
/** Sort keys hold the row in the low 20 bits and the time above, exact in a float64. */
const rowsOfKey = 1 << 20;

/**
 * Makes events as columns, in order of time over 90 days: bursts in sessions, a daily and a weekly rhythm, Zipf's law
 * for actors (50 rows on average), events and URLs; country, platform and plan belong to the actor. A batch covers its
 * own stretch of time, and sessions end with it. Deterministic in all options.
 * @throws VarveError `usage` for a number of rows that cannot be.
 */
export function* generateColumns(options: ColumnsOptions): Iterable<PlainBatch> {
  const ranges = [...batchRanges(options)];
  if (ranges.length === 0) return;
  const world = createColumnWorld(options.rows, options.seed);
  for (const { from, to } of ranges) yield makeBatch(world, options.rows, from, to);
}

interface ColumnWorld {
  readonly random: Random;
  readonly clock: Float64Array;
  readonly actors: Chooser;
  readonly actorCountry: Uint8Array;
  readonly actorPlatform: Uint8Array;
  readonly actorPlan: Uint8Array;
  readonly events: Chooser;
  readonly urls: Chooser;
  readonly urlTexts: readonly string[];
  /** Code of an actor in the batch that begins with the row `codeBatch`. */
  readonly codeOfActor: Uint32Array;
  readonly codeBatch: Float64Array;
}

function createColumnWorld(rows: number, seed: number): ColumnWorld {
  const random = createRandom(seed);
  const actorCount = Math.max(1, Math.ceil(rows * actorShare));
  const draw = (weights: readonly number[]): Uint8Array => {
    const chooser = createChooser(weights);
    return Uint8Array.from({ length: actorCount }, () => chooser.choose(random));
  };
  const free = zipfWeights(columnEvents.length - paidEvents.length, 0.9);
  const freeSum = free.reduce((sum, weight) => sum + weight, 0);
  const freeWeights = Array.from(free, (weight) => (0.9 * weight) / freeSum);
  return {
    random,
    clock: createClock(),
    actors: createChooser(zipfWeights(actorCount, 0.7, 20)),
    actorCountry: draw([...zipfWeights(columnCountries.length, 0.9)]),
    actorPlatform: draw([45, 25, 22, 8]),
    actorPlan: draw([70, 15, 10, 5]),
    events: createChooser([...freeWeights, ...paidWeights]),
    urls: createChooser(zipfWeights(urlCount, 0.95, 5)),
    urlTexts: Array.from({ length: urlCount }, (_, number) => urlOfNumber(number)),
    codeOfActor: new Uint32Array(actorCount),
    codeBatch: new Float64Array(actorCount).fill(-1),
  };
}

/** @returns the share of all rows that lies before each hour, and 1 at the end. */
function createClock(): Float64Array {
  const clock = new Float64Array(columnHours + 1);
  for (let hour = 0; hour < columnHours; hour++) {
    const date = new Date(columnsFromMs + hour * hourMs);
    const daily = 1 - 0.75 * Math.cos(((date.getUTCHours() - 4) / 24) * 2 * Math.PI);
    const weekly = date.getUTCDay() === 0 || date.getUTCDay() === 6 ? 0.7 : 1;
    clock[hour + 1] = clock[hour]! + daily * weekly;
  }
  const sum = clock[columnHours]!;
  return clock.map((value) => value / sum);
}

/** @returns the moment before which the share `part` of all rows lies, in ms from the beginning of the span. */
function momentOfShare(clock: Float64Array, part: number): number {
  let low = 0;
  let high = columnHours;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (clock[middle]! <= part) low = middle;
    else high = middle;
  }
  return (low + (part - clock[low]!) / (clock[low + 1]! - clock[low]!)) * hourMs;
}

function makeBatch(world: ColumnWorld, rows: number, from: number, to: number): PlainBatch {
  const { random, clock } = world;
  const rowCount = to - from;
  const startMs = Math.ceil(momentOfShare(clock, from / rows));
  const endMs = Math.max(startMs + 1, Math.floor(momentOfShare(clock, to / rows)));
  const actorOfDraw = new Uint32Array(rowCount);
  const keys = new Float64Array(rowCount);
  for (let drawn = 0; drawn < rowCount;) {
    const actor = world.actors.choose(random);
    let time = Math.min(endMs - 1, Math.floor(momentOfShare(clock, (from + random.float() * rowCount) / rows)));
    if (time < startMs) time = startMs;
    const most = Math.min(rowCount, drawn + 1 + Math.floor(random.exponential(sessionRowsMean - 0.5)));
    while (drawn < most && time < endMs) {
      actorOfDraw[drawn] = actor;
      keys[drawn] = (time - startMs) * rowsOfKey + drawn;
      drawn++;
      time += 1 + Math.floor(random.exponential(pauseMsMean));
    }
  }
  keys.sort();
  return { rowCount, columns: fillColumns(world, from, columnsFromMs + startMs, actorOfDraw, keys) };
}

function fillColumns(
  world: ColumnWorld,
  from: number,
  startMs: number,
  actorOfDraw: Uint32Array,
  keys: Float64Array,
): PlainColumn[] {
  const { random, events, urls, codeOfActor, codeBatch } = world;
  const rowCount = keys.length;
  const actor = new Uint32Array(rowCount);
  const event = new Uint8Array(rowCount);
  const url = new Uint16Array(rowCount);
  const country = new Uint8Array(rowCount);
  const platform = new Uint8Array(rowCount);
  const plan = new Uint8Array(rowCount);
  // A single batch may span all 90 days, which is more than 32 bits of ms.
  const time = new Float64Array(rowCount);
  const duration = new Uint16Array(rowCount);
  const amount = new Float64Array(rowCount);
  const validity = new Uint8Array((rowCount + 7) >> 3);
  const id = new BigInt64Array(rowCount);
  // Low word first: typed arrays are little-endian wherever Node runs.
  const idWords = new Uint32Array(id.buffer);
  const actorTexts: string[] = [];
  const paidFrom = columnEvents.length - paidEvents.length;
  for (let row = 0; row < rowCount; row++) {
    const key = keys[row]!;
    const offset = Math.floor(key / rowsOfKey);
    const who = actorOfDraw[key - offset * rowsOfKey]!;
    if (codeBatch[who] !== from) {
      codeBatch[who] = from;
      codeOfActor[who] = actorTexts.length;
      actorTexts.push(`a${who}`);
    }
    time[row] = startMs + offset;
    actor[row] = codeOfActor[who]!;
    country[row] = world.actorCountry[who]!;
    platform[row] = world.actorPlatform[who]!;
    plan[row] = world.actorPlan[who]!;
    const what = events.choose(random);
    event[row] = what;
    url[row] = urls.choose(random);
    duration[row] = Math.floor(random.exponential(800));
    if (what >= paidFrom) {
      amount[row] = Math.round(100 + random.exponential(3000)) / 100;
      validity[row >> 3]! |= 1 << (row & 7);
    }
    // The row's number makes it unique, the bits above make it large.
    idWords[row * 2] = from + row;
    idWords[row * 2 + 1] = 0x40000000 + (random.bits() >>> 2);
  }
  return [
    { name: 'time', kind: 'time', base: 0, values: time },
    { name: 'actor', kind: 'text', codes: actor, dictionary: actorTexts },
    { name: 'event', kind: 'text', codes: event, dictionary: columnEvents },
    { name: 'url', kind: 'text', codes: url, dictionary: world.urlTexts },
    { name: 'country', kind: 'text', codes: country, dictionary: columnCountries },
    { name: 'platform', kind: 'text', codes: platform, dictionary: columnPlatforms },
    { name: 'plan', kind: 'text', codes: plan, dictionary: columnPlans },
    { name: 'duration', kind: 'int', base: 0, values: duration },
    { name: 'amount', kind: 'float', values: amount, validity },
    { name: 'id', kind: 'wide', values: id },
  ];
}
