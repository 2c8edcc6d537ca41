import type { RowResult, Timing } from './results.ts';

/** A row's engines side by side. */
export interface Ratio {
  readonly id: string;
  readonly title: string;
  readonly varve: Timing | null;
  readonly duckdb: Timing | null;
  readonly clickhouse: Timing | null;
  /** Time of the better peer ÷ Varve's; null where one of them has no figure. */
  readonly ratio: number | null;
  readonly better: 'duckdb' | 'clickhouse' | null;
}

/** @returns a row's ratio by the medians, or by another figure of its timings. */
export function ratioOf(row: RowResult, figure: (timing: Timing) => number = ({ medianMs }) => medianMs): Ratio {
  const best = (engine: string): Timing | null =>
    row.timings
      .filter((timing) => timing.engine === engine)
      .reduce<Timing | null>(
        (least, timing) => (least === null || figure(timing) < figure(least) ? timing : least),
        null,
      );
  const [varve, duckdb, clickhouse] = [best('varve'), best('duckdb'), best('clickhouse')];
  const of = (timing: Timing | null): number => (timing === null ? Infinity : figure(timing));
  const least = Math.min(of(duckdb), of(clickhouse));
  const better = least === Infinity ? null : of(duckdb) <= of(clickhouse) ? 'duckdb' : 'clickhouse';
  const ratio = varve === null || better === null ? null : least / figure(varve);
  return { id: row.id, title: row.title, varve, duckdb, clickhouse, ratio, better };
}

/** @returns the geometric mean; NaN of none. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** What the rows of one group came to. */
export interface Group {
  readonly mean: number;
  readonly count: number;
  /** The row with the least ratio; null of none. */
  readonly least: { readonly id: string; readonly ratio: number } | null;
  readonly below1: readonly string[];
  readonly belowHalf: readonly string[];
  /** Rows without a figure of Varve's or of a peer's. */
  readonly missing: readonly string[];
}

/** @returns the ratios of the rows whose id begins with `prefix` (`A`: plain aggregations, `B`: by actor, `B1`: distinct actors). */
export function groupOf(ratios: readonly Ratio[], prefix: string): Group {
  const some = ratios.filter(({ id }) => id.startsWith(prefix));
  const known = some.filter((one): one is Ratio & { readonly ratio: number } => one.ratio !== null);
  return {
    mean: geometricMean(known.map(({ ratio }) => ratio)),
    count: known.length,
    least: known.reduce<Group['least']>(
      (least, one) => (least === null || one.ratio < least.ratio ? one : least),
      null,
    ),
    below1: known.filter(({ ratio }) => ratio < 1).map(({ id }) => id),
    belowHalf: known.filter(({ ratio }) => ratio < 0.5).map(({ id }) => id),
    missing: some.filter(({ ratio }) => ratio === null).map(({ id }) => id),
  };
}
