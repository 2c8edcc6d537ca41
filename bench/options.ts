import { parseArgs } from 'node:util';
import { VarveError } from '../engine/base/errors.ts';
import { dataSets } from './event-store.ts';
import { fullEffort, tinyEffort, type Effort } from './measure.ts';

/** What all benches are given. */
export interface BenchOptions {
  /** Rows of the store that is asked. */
  readonly events: number;
  /** Rows of each file that is imported. */
  readonly fileEvents: number;
  readonly seed: number;
  /** Name of a data set. */
  readonly data: string;
  /** As small as can be: shows that it runs. */
  readonly tiny: boolean;
  readonly effort: Effort;
}

export interface CommandLine {
  /** Names of benches. */
  readonly benches: readonly string[];
  readonly options: BenchOptions;
  /** Where the figures go as JSON, or null. */
  readonly json: string | null;
}

const eventsDefault = 20_000_000;
const fileEventsDefault = 1_000_000;
const tinyEvents = 3_000;
const seedDefault = 1;

/**
 * Reads `[BENCH…] [--events N] [--data d1|d2] [--seed N] [--tiny] [--json FILE]`.
 * @throws VarveError `usage`.
 */
export function parseCommandLine(args: readonly string[], known: readonly string[]): CommandLine {
  const { values, positionals } = parse(args);
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new VarveError('usage', `There is no bench "${unknown}".`, { hint: `There are: ${known.join(', ')}.` });
  const data = values.data ?? 'd1';
  if (!dataSets.has(data))
    throw new VarveError('usage', `There is no data set "${data}".`, {
      hint: `There are: ${[...dataSets.keys()].join(', ')}.`,
    });
  const asked = values.events === undefined ? undefined : wholeNumber('events', values.events);
  return {
    benches: positionals.length > 0 ? positionals : known,
    options: benchOptions({
      tiny: values.tiny ?? false,
      data,
      ...(asked === undefined ? {} : { events: asked, fileEvents: asked }),
      ...(values.seed === undefined ? {} : { seed: wholeNumber('seed', values.seed) }),
    }),
    json: values.json ?? null,
  };
}

/** @returns options with what is not given as usual, for `tiny` or not. */
export function benchOptions(given: Partial<BenchOptions> = {}): BenchOptions {
  const tiny = given.tiny ?? false;
  return {
    events: tiny ? tinyEvents : eventsDefault,
    fileEvents: tiny ? tinyEvents : fileEventsDefault,
    seed: seedDefault,
    data: 'd1',
    tiny,
    effort: tiny ? tinyEffort : fullEffort,
    ...given,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        events: { type: 'string' },
        seed: { type: 'string' },
        data: { type: 'string' },
        tiny: { type: 'boolean' },
        json: { type: 'string' },
      },
    });
  } catch (cause) {
    throw new VarveError('usage', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text.replaceAll(/[_,]/g, ''));
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new VarveError('usage', `--${name} ${text} is not a whole number above 0.`);
}
