import type { Cell, Type } from './cells.ts';
import { below, chance, pick, type Random } from './random.ts';

/** What a program appends. */
export type RawValue = null | boolean | number | bigint | string | Date | readonly (null | number | bigint | string)[];
export type RawRow = Readonly<Record<string, RawValue>>;

export interface TableColumn {
  readonly name: string;
  readonly type: Type;
}

/** A table before it is stored: rows in the order of arrival, as they are sent and as they are meant. */
export interface TableData {
  readonly name: string;
  readonly actor: string;
  readonly columns: readonly TableColumn[];
  /** Batches in the order in which they are appended. */
  readonly batches: readonly (readonly RawRow[])[];
  readonly cells: readonly ReadonlyMap<string, Cell>[];
}

const countries = ['DE', 'de', 'FR', 'Österreich', '', 'ÖST', 'É'];
const texts = [
  "it's",
  '',
  '😀',
  'x😀y',
  'é',
  'e\u0301',
  'a_c',
  'abc',
  '100%',
  'DE-FR-e',
  ' padded ',
  'x\\y',
  'null',
  '"quoted"',
  '\uffee',
  'line\nend',
];
const numerals = [
  '1',
  '12',
  '-7',
  '007',
  '12.5',
  '1e3',
  'abc',
  '',
  ' 42 ',
  '9223372036854775807',
  '9223372036854775808',
  '-0',
];
const extremes = [
  9223372036854775807n,
  -9223372036854775808n,
  9223372036854775806n,
  9007199254740993n,
  9007199254740992n,
  -9007199254740993n,
  0n,
  1n,
  -1n,
];
const wild = [NaN, Infinity, -Infinity, 1e300, 0.1, -2.5, 5e-324, 1e-300, 1.5];
const tags = ['a', 'b', 'é', 'DE', ''];

const hourMs = 3_600_000;
/** Moments around which events lie: quiet days, ends of months, and days on which clocks are changed. */
const moments = [
  '2024-01-31T22:00:00Z',
  '2024-02-29T12:00:00Z',
  '2024-03-10T06:00:00Z',
  '2024-03-31T00:00:00Z',
  '2024-04-01T00:00:00Z',
  '2024-04-06T14:00:00Z',
  '2023-10-29T00:00:00Z',
  '2023-11-05T05:00:00Z',
  '2023-12-31T23:00:00Z',
  '2024-03-20T10:00:00Z',
].map((text) => Date.parse(text));

/** "Now" of every query: later than every event. */
export const now = Date.parse('2024-05-02T10:17:23.456Z');

function randomTime(random: Random): number {
  if (chance(random, 0.25)) return pick(random, moments);
  const hours = chance(random, 0.7) ? below(random, 60) - 24 : below(random, 24 * 30) - 24 * 10;
  const rest = chance(random, 0.5)
    ? 0
    : pick(random, [1, 999, 60_000, 15 * 60_000, 30 * 60_000, below(random, hourMs)]);
  return Math.min(pick(random, moments) + hours * hourMs + rest, Date.parse('2024-04-28T00:00:00Z'));
}

/** A value as it is sent, and as it reads when its column has its final type. */
interface Sent {
  readonly raw: RawValue;
  readonly cell: Cell;
}

const nothing: Sent = { raw: null, cell: null };
const text = (value: string): Sent => ({ raw: value, cell: value });
const int = (value: bigint): Sent => ({
  raw: value >= -(2n ** 53n) && value <= 2n ** 53n ? Number(value) : value,
  cell: value,
});
const float = (value: number): Sent => ({ raw: value, cell: value });

function list(random: Random, from: readonly (string | bigint)[]): Sent {
  const items = Array.from({ length: below(random, 4) }, () => pick(random, from));
  return { raw: items.map((item) => (typeof item === 'bigint' ? Number(item) : item)), cell: items };
}

/** How a column's values come, by the number of the batch and the share of batches before it. */
interface Maker extends TableColumn {
  /** Share of rows without a value. */
  readonly empty: number;
  make(random: Random, phase: number, row: number): Sent;
}

const seen: Maker = {
  name: 'seen',
  type: 'time',
  empty: 0.3,
  make: (random) => {
    const ms = randomTime(random);
    return { raw: new Date(ms), cell: { ms } };
  },
};

const common: readonly Maker[] = [
  { name: 'rid', type: 'int', empty: 0, make: (_random, _phase, row) => int(BigInt(row)) },
  { name: 'country', type: 'text', empty: 0.12, make: (random) => text(pick(random, countries)) },
];

const mainColumns: readonly Maker[] = [
  {
    name: 'user',
    type: 'text',
    empty: 0.1,
    make: (random) =>
      text(
        pick(
          random,
          ['', 'u', 'ü'].map((head) => `${head}${below(random, 12)}`),
        ),
      ),
  },
  ...common,
  {
    name: 'n',
    type: 'int',
    empty: 0.12,
    make: (random) => int(BigInt(below(random, 40) - (chance(random, 0.1) ? 100_000 : 5))),
  },
  // A fraction in every batch, so that the column is one of floats from the start.
  {
    name: 'f',
    type: 'float',
    empty: 0.12,
    make: (random) => float(below(random, 64) / 8 - 2 + (chance(random, 0.5) ? 0.125 : 0)),
  },
  { name: 'wild', type: 'float', empty: 0.15, make: (random) => float(pick(random, wild)) },
  { name: 'big', type: 'int', empty: 0.2, make: (random) => int(pick(random, extremes)) },
  {
    name: 'id',
    type: 'int',
    empty: 0.1,
    make: (random, phase) =>
      int(BigInt(below(random, 30)) + (phase > 0.4 && chance(random, 0.5) ? 9007199254740990n : 0n)),
  },
  {
    name: 'flag',
    type: 'bool',
    empty: 0.12,
    make: (random) => (chance(random, 0.5) ? { raw: true, cell: true } : { raw: false, cell: false }),
  },
  { name: 's', type: 'text', empty: 0.1, make: (random) => text(pick(random, texts)) },
  { name: 'num', type: 'text', empty: 0.1, make: (random) => text(pick(random, numerals)) },
  seen,
  { name: 'tags', type: 'list of text', empty: 0.2, make: (random) => list(random, tags) },
  { name: 'nums', type: 'list of int', empty: 0.2, make: (random) => list(random, [0n, 1n, 2n, -3n, 40n]) },
  // Ints first, then floats among them.
  {
    name: 'w',
    type: 'float',
    empty: 0.1,
    make: (random, phase) => float(below(random, 12) - 3 + (phase > 0.5 && chance(random, 0.5) ? 0.5 : 0)),
  },
  // Ints first, then texts.
  {
    name: 'x',
    type: 'text',
    empty: 0.1,
    make: (random, phase) => {
      const value = below(random, 20);
      return phase > 0.5
        ? text(chance(random, 0.5) ? `x${value}` : String(value))
        : { raw: value, cell: String(value) };
    },
  },
  // Truths first, then texts.
  {
    name: 'b',
    type: 'text',
    empty: 0.1,
    make: (random, phase) => {
      const value = chance(random, 0.5);
      return phase > 0.5 ? text(pick(random, ['true', 'yes', 'no'])) : { raw: value, cell: String(value) };
    },
  },
  // Not there before half of the batches.
  {
    name: 'late',
    type: 'int',
    empty: 0.3,
    make: (random, phase) => (phase > 0.5 ? int(BigInt(below(random, 9))) : nothing),
  },
  { name: 'nil', type: 'text', empty: 0.97, make: () => text('rare') },
];

const callColumns: readonly Maker[] = [
  { name: 'account', type: 'int', empty: 0.1, make: (random) => int(BigInt(below(random, 14))) },
  ...common,
  { name: 'dur', type: 'int', empty: 0.15, make: (random) => int(BigInt(below(random, 600))) },
  // Floats here and ints in the other table.
  { name: 'n', type: 'float', empty: 0.15, make: (random) => float(below(random, 80) / 2 - 4 + 0.25) },
  { name: 'note', type: 'text', empty: 0.2, make: (random) => text(pick(random, texts)) },
];

function tableOf(
  random: Random,
  name: string,
  actor: string,
  makers: readonly Maker[],
  rows: number,
  batchCount: number,
): TableData {
  const batches: RawRow[][] = [];
  const cells: ReadonlyMap<string, Cell>[] = [];
  for (let batch = 0; batch < batchCount; batch++) {
    const phase = batch / (batchCount - 1);
    const raws: RawRow[] = [];
    while (cells.length < Math.round((rows * (batch + 1)) / batchCount)) {
      const ms = randomTime(random);
      const raw: Record<string, RawValue> = { time: new Date(ms) };
      const own = new Map<string, Cell>([['time', { ms }]]);
      for (const maker of makers) {
        // The first row of a batch has a value wherever it may, so that types are those of the plan.
        const sent = raws.length > 1 && chance(random, maker.empty) ? nothing : maker.make(random, phase, cells.length);
        raw[maker.name] = sent.raw;
        own.set(maker.name, sent.cell);
      }
      raws.push(raw);
      cells.push(own);
    }
    batches.push(raws);
  }
  const columns = [{ name: 'time', type: 'time' as const }, ...makers.map(({ name, type }) => ({ name, type }))];
  return { name, actor, columns, batches, cells };
}

/** @returns the tables of one round: `t` of many columns, `calls` whose actor is an int. */
export function randomTables(random: Random): readonly TableData[] {
  return [
    tableOf(random, 't', 'user', mainColumns, 220 + below(random, 60), 8),
    tableOf(random, 'calls', 'account', callColumns, 70 + below(random, 30), 8),
  ];
}
