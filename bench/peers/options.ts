import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { VarveError } from '../../engine/base/errors.ts';
import { root } from '../folders.ts';
import { fullEffort, tinyEffort, type Effort } from '../measure.ts';

export const dataNames = ['d1', 'd2', 'd3'] as const;
export type DataName = (typeof dataNames)[number];

/** Parts of the benchmark, in the order in which they run; each writes a file of its own. */
export const partNames = ['warm', 'one', 'cold', 'd2', 'd3', 'footing', 'ingest'] as const;
export type PartName = (typeof partNames)[number];

/** Of `--quick`: another data set takes as long to load as all else. */
const quickParts: readonly PartName[] = ['warm', 'one', 'cold', 'footing', 'ingest'];

export interface PeersOptions {
  readonly events: number;
  readonly seed: number;
  readonly parts: readonly PartName[];
  /** Ids of rows, or null for all; `A8` means A8a and A8b. */
  readonly rows: readonly string[] | null;
  readonly threads: number;
  readonly clickhouse: boolean;
  /** Where the stores are made and stay, or null for a folder that goes afterwards. */
  readonly data: string | null;
  /** Where figures, page and picture go. */
  readonly out: string;
  /** A file for all figures of this run together, or null. */
  readonly json: string | null;
  readonly warmEffort: Effort;
  /** For the parts that are run less often. */
  readonly otherEffort: Effort;
  readonly coldRuns: number;
  /** Rows of the parts that are not `warm`. */
  readonly otherRows: readonly string[];
}

const sizes = { quick: 5_000_000, usual: 20_000_000, full: 50_000_000 };
const tinySize = 20_000;
const otherEffort: Effort = { warmUps: 1, runs: 3, runsMin: 3, budgetMs: 10_000 };
const quickEffort: Effort = { warmUps: 2, runs: 7, runsMin: 3, budgetMs: 500 };
const quickOther: Effort = { warmUps: 1, runs: 3, runsMin: 3, budgetMs: 500 };

const otherRows = ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8', 'A9', 'B1', 'B2', 'B3'];
/** Of `--quick`: one of each kind. */
const quickRows = ['A1', 'A3', 'A5', 'A8a', 'A9', 'B1a', 'B2a'];

/**
 * Reads the arguments of `npm run bench:peers`.
 * @throws VarveError `usage`.
 */
export function parsePeersOptions(args: readonly string[]): PeersOptions {
  const values = parse(args);
  const quick = values.quick ?? false;
  const tiny = values.tiny ?? false;
  const size = quick ? sizes.quick : values.full === true ? sizes.full : tiny ? tinySize : sizes.usual;
  const events = values.events === undefined ? size : wholeNumber('events', values.events);
  const usual = events === sizes.usual;
  return {
    events,
    seed: values.seed === undefined ? 1 : wholeNumber('seed', values.seed),
    parts: namesOf('parts', values.parts, partNames) ?? (quick ? quickParts : partNames),
    rows: values.rows?.split(',').map((row) => row.trim()) ?? null,
    threads: values.threads === undefined ? cpus().length : wholeNumber('threads', values.threads),
    clickhouse: namesOf('without', values.without, ['clickhouse'])?.includes('clickhouse') !== true,
    data: values.data ?? null,
    out: values.out ?? (usual ? join(root, 'bench') : join(root, 'tmp', `bench-${events}`)),
    json: values.json ?? null,
    warmEffort: tiny ? tinyEffort : quick ? quickEffort : fullEffort,
    otherEffort: tiny ? tinyEffort : quick ? quickOther : otherEffort,
    coldRuns: tiny || quick ? 1 : 3,
    otherRows: quick ? quickRows : otherRows,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean' },
        full: { type: 'boolean' },
        tiny: { type: 'boolean' },
        events: { type: 'string' },
        seed: { type: 'string' },
        parts: { type: 'string' },
        rows: { type: 'string' },
        threads: { type: 'string' },
        without: { type: 'string' },
        data: { type: 'string' },
        out: { type: 'string' },
        json: { type: 'string' },
      },
    }).values;
  } catch (cause) {
    throw new VarveError('usage', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function namesOf<T extends string>(option: string, text: string | undefined, known: readonly T[]): T[] | null {
  if (text === undefined) return null;
  return text.split(',').map((part) => {
    const name = known.find((one) => one === part.trim());
    if (name !== undefined) return name;
    throw new VarveError('usage', `--${option} "${part}" is not known.`, { hint: `There are: ${known.join(', ')}.` });
  });
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text.replaceAll(/[_,]/g, ''));
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new VarveError('usage', `--${name} ${text} is not a whole number above 0.`);
}

/** @returns whether a row is asked for. */
export function isWanted(rows: readonly string[] | null, id: string): boolean {
  return rows === null || rows.some((row) => row === id || row === id.replace(/[a-z]$/, ''));
}
