import {
  actorShare,
  columnCountries,
  columnEvents,
  columnPlans,
  columnPlatforms,
  columnsFromMs,
  columnsToMs,
  urlCount,
  urlOfNumber,
} from './column-vocabulary.ts';
import { batchRanges, type ColumnsOptions, type PlainBatch } from './plain-batch.ts';
import { createRandom, type Random } from './random.ts';

const durationBelow = 65_536;
/** In cents. */
const amountBelow = 20_000;
const amountShare = 0.1;

/**
 * Makes events as columns in which nothing depends on anything: every value, the time too, is drawn uniformly and by
 * itself, so that nothing can be pruned, run-length encoded or found nearby. The columns are those of
 * `generateColumns`. Deterministic in all options.
 * @throws VarveError `usage` for a number of rows that cannot be.
 */
export function* generateUniformColumns(options: ColumnsOptions): Iterable<PlainBatch> {
  const random = createRandom(options.seed);
  const actorCount = Math.max(1, Math.ceil(options.rows * actorShare));
  const urlTexts = Array.from({ length: urlCount }, (_, number) => urlOfNumber(number));
  // Code of an actor in the batch that begins with the row `codeBatch`.
  const codeOfActor = new Uint32Array(actorCount);
  const codeBatch = new Float64Array(actorCount).fill(-1);
  for (const { from, to } of batchRanges(options)) {
    const rowCount = to - from;
    const actor = new Uint32Array(rowCount);
    const actorTexts: string[] = [];
    for (let row = 0; row < rowCount; row++) {
      const who = random.integer(actorCount);
      if (codeBatch[who] !== from) {
        codeBatch[who] = from;
        codeOfActor[who] = actorTexts.length;
        actorTexts.push(`a${who}`);
      }
      actor[row] = codeOfActor[who]!;
    }
    yield batchOf(random, urlTexts, actor, actorTexts);
  }
}

function batchOf(random: Random, urlTexts: readonly string[], actor: Uint32Array, actorTexts: string[]): PlainBatch {
  const rowCount = actor.length;
  const time = new Float64Array(rowCount);
  const duration = new Uint16Array(rowCount);
  const url = new Uint16Array(rowCount);
  const amount = new Float64Array(rowCount);
  const validity = new Uint8Array((rowCount + 7) >> 3);
  const idWords = new Uint32Array(2 * rowCount);
  for (let row = 0; row < rowCount; row++) {
    time[row] = columnsFromMs + Math.floor(random.float() * (columnsToMs - columnsFromMs));
    duration[row] = random.integer(durationBelow);
    url[row] = random.integer(urlCount);
    if (random.chance(amountShare)) {
      amount[row] = random.integer(amountBelow) / 100;
      validity[row >> 3]! |= 1 << (row & 7);
    }
    idWords[2 * row] = random.bits();
    idWords[2 * row + 1] = 0x40000000 + (random.bits() >>> 2);
  }
  const text = (name: string, dictionary: readonly string[]) =>
    ({ name, kind: 'text', codes: drawCodes(random, rowCount, dictionary.length), dictionary }) as const;
  return {
    rowCount,
    columns: [
      { name: 'time', kind: 'time', base: 0, values: time },
      { name: 'actor', kind: 'text', codes: actor, dictionary: actorTexts },
      text('event', columnEvents),
      { name: 'url', kind: 'text', codes: url, dictionary: urlTexts },
      text('country', columnCountries),
      text('platform', columnPlatforms),
      text('plan', columnPlans),
      { name: 'duration', kind: 'int', base: 0, values: duration },
      { name: 'amount', kind: 'float', values: amount, validity },
      { name: 'id', kind: 'wide', values: new BigInt64Array(idWords.buffer) },
    ],
  };
}

function drawCodes(random: Random, rowCount: number, below: number): Uint8Array {
  const codes = new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++) codes[row] = random.integer(below);
  return codes;
}
