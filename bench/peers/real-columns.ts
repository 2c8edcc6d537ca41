import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ColumnsOptions, PlainBatch, PlainColumn } from '../../data/plain-batch.ts';
import { root } from '../folders.ts';
import { VarveError } from '../../engine/base/errors.ts';

/** Where the real files lie, beside the project; they are no part of it. */
export const realFolder: string = join(root, '..', 'shared', 'data');

/** @returns whether the real files are there. */
export function hasRealFiles(): boolean {
  return existsSync(join(realFolder, 'README.md'));
}

/** The 90 days of the other data sets, UTC ms. */
const fromMs = Date.UTC(2026, 3, 2);
const spanMs = 90 * 86_400_000;
/** Between two copies of a row. */
const shiftMs = 61_007;
const batchRowsDefault = 65_536;
const textNames = ['actor', 'event', 'url', 'country', 'platform', 'plan'] as const;

/** A row of a real file, its time as a share of the file's span. */
interface RealRow {
  readonly at: number;
  readonly texts: Readonly<Record<(typeof textNames)[number], string>>;
  readonly duration: number;
  readonly amount: number | null;
}

/**
 * Makes events out of the real files, all in one table with the columns of `generateColumns`: Wikipedia's edits, reviews,
 * a web server's log, the changes of a repository. Each file's span is stretched to the same 90 days; rows are repeated
 * until there are enough, every copy by other actors and 61 seconds later. A missing text is empty.
 * @throws VarveError `not_found` where the files are not there.
 */
export function* realColumns({ rows, batchRows = batchRowsDefault }: ColumnsOptions): Iterable<PlainBatch> {
  if (!hasRealFiles())
    throw new VarveError('not_found', `The real files are not there: ${realFolder}`, {
      hint: 'Leave d3 out: --parts warm,one,cold,d2,footing',
    });
  const all = [...wikiRows(), ...reviewRows(), ...logRows(), ...changeRows()].sort((a, b) => a.at - b.at);
  const copies = Math.max(1, Math.ceil(rows / all.length));
  const baseCount = Math.ceil(rows / copies);
  const base = Array.from({ length: baseCount }, (_, index) => all[Math.floor((index * all.length) / baseCount)]!);
  const basePerBatch = Math.max(1, Math.floor(batchRows / copies));
  let made = 0;
  for (let from = 0; from < baseCount; from += basePerBatch) {
    const some = base.slice(from, from + basePerBatch);
    const rowCount = Math.min(rows - made, some.length * copies);
    yield batchOf(some, rowCount, made);
    made += rowCount;
  }
}

/** Row `r` of the batch is copy `r / base.length` of a base row. */
function batchOf(base: readonly RealRow[], rowCount: number, first: number): PlainBatch {
  const time = new Float64Array(rowCount);
  const duration = new Float64Array(rowCount);
  const amount = new Float64Array(rowCount);
  const validity = new Uint8Array((rowCount + 7) >> 3);
  const id = new BigInt64Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const copy = Math.floor(row / base.length);
    const real = base[row % base.length]!;
    time[row] =
      fromMs + Math.min(spanMs - 1, Math.floor(real.at * (spanMs - 3_600_000)) + ((copy * shiftMs) % 3_600_000));
    duration[row] = real.duration;
    if (real.amount !== null) {
      amount[row] = real.amount;
      validity[row >> 3]! |= 1 << (row & 7);
    }
    id[row] = BigInt(first + row) * 0x9e3779b97f4a7c1n;
  }
  const texts = textNames.map((name) =>
    textColumn(name, rowCount, (row) => {
      const text = base[row % base.length]!.texts[name];
      const copy = Math.floor(row / base.length);
      return name === 'actor' && copy > 0 ? `${text}~${copy}` : text;
    }),
  );
  return {
    rowCount,
    columns: [
      { name: 'time', kind: 'time', base: 0, values: time },
      ...texts,
      { name: 'duration', kind: 'int', base: 0, values: duration },
      { name: 'amount', kind: 'float', values: amount, validity },
      { name: 'id', kind: 'wide', values: id.map((value) => BigInt.asIntN(63, value)) },
    ],
  };
}

function textColumn(name: string, rowCount: number, of: (row: number) => string): PlainColumn {
  const codeOf = new Map<string, number>();
  const codes = new Uint32Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const text = of(row);
    let code = codeOf.get(text);
    if (code === undefined) codeOf.set(text, (code = codeOf.size));
    codes[row] = code;
  }
  return { name, kind: 'text', codes, dictionary: [...codeOf.keys()] };
}

/** Turns times into shares of their span. */
function spread(rows: readonly (Omit<RealRow, 'at'> & { readonly ms: number })[]): RealRow[] {
  let least = Infinity;
  let most = -Infinity;
  for (const { ms } of rows) {
    least = Math.min(least, ms);
    most = Math.max(most, ms);
  }
  return rows.map(({ ms, ...rest }) => ({ ...rest, at: (ms - least) / (most - least + 1) }));
}

function lines(...path: string[]): string[] {
  const bytes = readFileSync(join(realFolder, ...path));
  const text = path.at(-1)!.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  return text.toString('utf8').trimEnd().split('\n');
}

interface WikiEdit {
  readonly time: string;
  readonly user: string;
  readonly namespace: string;
  readonly page: string;
  readonly countryName: string | null;
  readonly channel: string;
  readonly isRobot: boolean;
  readonly isAnonymous: boolean;
  readonly added: number;
  readonly delta: number;
}

function wikiRows(): RealRow[] {
  const edits = lines('wikiticker', 'wikiticker-2015-09-12-sampled.json.gz').map(
    (line) => JSON.parse(line) as WikiEdit,
  );
  return spread(
    edits.map(({ time, user, namespace, page, countryName, channel, isRobot, isAnonymous, added, delta }) => ({
      ms: Date.parse(time),
      texts: {
        actor: user,
        event: namespace,
        url: page,
        country: countryName ?? '',
        platform: channel,
        plan: isRobot ? 'robot' : isAnonymous ? 'anonymous' : 'user',
      },
      duration: added,
      amount: delta,
    })),
  );
}

function reviewRows(): RealRow[] {
  return spread(
    lines('anonreviews', 'anonreviews.csv.gz')
      .slice(1)
      .map((line) => line.split(','))
      .map(([reviewer, vendor, rating, date]) => ({
        ms: Date.parse(`${date!.trim().replace(' ', 'T')}Z`),
        texts: {
          actor: `r${reviewer}`,
          event: 'review',
          url: `/vendor/${vendor}`,
          country: '',
          platform: 'reviews',
          plan: rating!,
        },
        duration: Number(vendor) % 5000,
        amount: Number(rating),
      })),
  );
}

function logRows(): RealRow[] {
  const pattern = /^(\S+) \S+ \S+ \[(\d+)\/(\w+)\/(\d+):(\S+) \+0000\] "(\w+) (\S+) ([^"]+)" (\d+) (\d+|-)/;
  const found = lines('apache', 'access.log').map((line) => pattern.exec(line));
  return spread(
    found.flatMap((match) => {
      if (match === null) return [];
      const [, host, day, month, year, clock, method, path, protocol, status, bytes] = match;
      return {
        ms: Date.parse(`${day} ${month} ${year} ${clock} UTC`),
        texts: { actor: host!, event: method!, url: path!, country: '', platform: protocol!, plan: status! },
        duration: Number(bytes === '-' ? 0 : bytes),
        amount: null,
      };
    }),
  );
}

function changeRows(): RealRow[] {
  return spread(
    lines('git-duckdb', 'changes.csv.gz')
      .slice(1)
      .map((line) => line.split(','))
      .map(([, author, , authored, committed, status, path, top, ext]) => ({
        ms: Number(committed) * 1000,
        texts: { actor: author!, event: status!, url: path!, country: '', platform: top!, plan: ext!.trim() },
        duration: Math.max(0, Number(committed) - Number(authored)),
        amount: null,
      })),
  );
}
