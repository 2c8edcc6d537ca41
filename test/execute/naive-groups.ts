import { addSteps, bucketStart } from '../../engine/base/calendar.ts';
import type { Step } from '../../engine/base/duration.ts';
import type { Scalar } from '../../engine/column/values.ts';
import type { Expr } from '../../engine/plan/expr.ts';
import type { GroupedPlan, Measure, TimeRange } from '../../engine/plan/select.ts';
import type { ListRow } from './random-groups.ts';

/** A row under one combination of the keys beside the bucket. */
interface Item {
  readonly row: ListRow;
  readonly keys: readonly Scalar[];
}

interface Bucket {
  readonly start: number;
  readonly end: number;
}

/** What stands for the rest of a top: no value of a column is it. */
const rest = ['rest'];

/** @returns the answer of a plan, row by row, by plain loops. */
export function naiveGroups(plan: GroupedPlan, all: readonly ListRow[]): Scalar[][] {
  const { every, written, timezone, now } = plan;
  const keys = every === null ? plan.keys : plan.keys.slice(1);
  const rows = all.filter((row) => plan.where === null || valueOf(plan.where, row) === true);
  const items = rows.flatMap((row) => itemsOf(plan, row));
  const before =
    plan.compare === null
      ? null
      : {
          since: addSteps(written.since!, plan.compare, -1, timezone),
          until: addSteps(written.until ?? now, plan.compare, -1, timezone),
        };
  const times = rows.map(({ time }) => time).filter((time) => isIn(written, time));
  const first = Math.min(...times);
  const last = Math.max(...times);
  const buckets = every === null ? [null] : bucketsOf(plan, written, first, last);
  const thenBuckets = every === null || before === null ? [] : bucketsOf(plan, before, NaN, NaN);
  const parts = buckets.map((bucket, at) => {
    const match = bucket === null || before === null ? null : matchOf(plan, buckets as Bucket[], thenBuckets, at);
    const isOwn = ({ row }: Item): boolean => isWithin(plan, written, bucket, row.time);
    const isThen = ({ row }: Item): boolean =>
      before !== null && match !== undefined && isWithin(plan, before, match, row.time);
    return { bucket, isOwn, isThen };
  });
  const shown = items.filter((item) => parts.some(({ isOwn, isThen }) => isOwn(item) || isThen(item)));
  const ranked = rankOf(plan, shown);
  const kept = shown
    .map((item) => ({ row: item.row, keys: ranked.keysOf(item.keys) }))
    .filter(({ keys: names }) => names !== null) as Item[];
  const groups: {
    readonly start: number | null;
    readonly keys: readonly Scalar[];
    readonly cells: readonly Scalar[];
    readonly rank: readonly number[];
  }[] = [];
  const add = (bucket: Bucket | null, own: readonly Item[], then: readonly Item[], names: readonly Scalar[]): void => {
    const cells = [
      ...plan.measures.map((measure) => measured(measure, own)),
      ...(before === null ? [] : plan.measures.map((measure) => measured(measure, then))),
      spanOf(plan, bucket, first, last),
      ...(bucket === null ? [] : [isPartial(plan, bucket, Math.min(...all.map(({ time }) => time)))]),
    ];
    groups.push({ start: bucket?.start ?? null, keys: names, cells, rank: ranked.ranksOf(names) });
  };
  const names = distinct(kept);
  if (keys.length === 0 && names.length === 0 && (every === null || written.since !== null)) names.push([]);
  for (const name of names) {
    const own = kept.filter(isOf(name));
    for (const { bucket, isOwn, isThen } of parts) add(bucket, own.filter(isOwn), own.filter(isThen), name);
  }
  groups.sort((a, b) => {
    if (a.start !== b.start) return a.start! - b.start!;
    for (let key = 0; key < keys.length; key++) {
      const found = keys[key]!.top === null ? order(a.keys[key]!, b.keys[key]!) : a.rank[key]! - b.rank[key]!;
      if (found !== 0) return found;
    }
    return 0;
  });
  const answer = groups.map(({ start, keys: names, cells }) => [
    ...(start === null ? [] : [start]),
    ...names.map((name, key) =>
      keys[key]!.top?.others !== true || name === null ? name : name === rest ? '(others)' : String(name),
    ),
    ...cells,
  ]);
  return answer.slice(plan.offset, plan.limit === null ? undefined : plan.offset + plan.limit);
}

function isIn({ since, until }: TimeRange, time: number): boolean {
  return (since === null || time >= since) && (until === null || time < until);
}

function isOf(name: readonly Scalar[]): (item: Item) => boolean {
  return ({ keys }) => keys.every((key, index) => key === name[index]);
}

function distinct(items: readonly Item[]): (readonly Scalar[])[] {
  const found: (readonly Scalar[])[] = [];
  for (const { keys } of items)
    if (!found.some((name) => name.every((key, index) => key === keys[index]))) found.push(keys);
  return found;
}

function valueOf(expr: Expr, row: ListRow): Scalar {
  if (expr.kind === 'column') return row[expr.name as keyof ListRow];
  if (expr.kind === 'actor') return row.user;
  if (expr.kind === 'literal') return expr.value;
  if (expr.kind !== 'call') throw new Error(`no ${expr.kind} here`);
  const [a, b] = expr.args.map((arg) => valueOf(arg, row)) as [number | null, number];
  return a === null ? null : expr.name === '<' ? a < b : a > b;
}

function itemsOf({ keys, every }: GroupedPlan, row: ListRow): Item[] {
  let all: Scalar[][] = [[]];
  for (const { expr, unnest } of every === null ? keys : keys.slice(1)) {
    const value = valueOf(expr, row);
    const values = unnest ? ((value ?? []) as readonly Scalar[]) : [value];
    all = all.flatMap((names) => values.map((own) => [...names, own]));
  }
  return all.map((names) => ({ row, keys: names }));
}

function measured({ name, args, filter }: Measure, items: readonly Item[]): Scalar {
  const rows = items.map(({ row }) => row).filter((row) => filter === null || valueOf(filter, row) === true);
  const values =
    args.length === 0 ? rows.map(() => 1) : rows.map((row) => valueOf(args[0]!, row)).filter((value) => value !== null);
  if (name === 'count') return values.length;
  if (name === 'uniq') return new Set(values).size;
  if (values.length === 0) return null;
  const numbers = values as number[];
  if (name === 'sum') return numbers.reduce((a, b) => a + b, 0);
  return name === 'min' ? Math.min(...numbers) : Math.max(...numbers);
}

function order(a: Scalar, b: Scalar): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return a === b ? 0 : a < b ? -1 : 1;
}

interface Ranking {
  /** null where the item is left out. */
  readonly keysOf: (names: readonly Scalar[]) => readonly Scalar[] | null;
  readonly ranksOf: (names: readonly Scalar[]) => number[];
}

/** Key after key: the values below each parent in their order. */
function rankOf(plan: GroupedPlan, items: readonly Item[]): Ranking {
  const keys = plan.every === null ? plan.keys : plan.keys.slice(1);
  let now = [...items];
  const chosen: ((parent: readonly Scalar[], name: Scalar) => number)[] = [];
  keys.forEach(({ top }, key) => {
    if (top === null) {
      chosen.push(() => 0);
      return;
    }
    const known = new Map<string, Scalar[]>();
    const placed = (parent: readonly Scalar[]): Scalar[] => {
      const id = JSON.stringify(parent);
      let found = known.get(id);
      if (found !== undefined) return found;
      const below = now.filter(({ keys: names }) => parent.every((name, index) => name === names[index]));
      const values = [...new Set(below.map(({ keys: names }) => names[key]!))];
      const amounts = new Map(
        values.map((name) => [
          name,
          measured(
            plan.measures[0]!,
            below.filter(({ row, keys: names }) => names[key] === name && isIn(plan.written, row.time)),
          ),
        ]),
      );
      found = values.sort((a, b) => {
        const [x, y] = [amounts.get(a)!, amounts.get(b)!];
        return (x === null || y === null ? order(x, y) : order(y, x)) || order(a, b);
      });
      known.set(id, found);
      return found;
    };
    chosen.push((parent, name) => (name === rest ? top.count : Math.min(placed(parent).indexOf(name), top.count)));
    now = now.flatMap(({ row, keys: names }) => {
      const parent = names.slice(0, key);
      if (chosen[key]!(parent, names[key]!) < top.count) return [{ row, keys: names }];
      return top.others ? [{ row, keys: [...parent, rest, ...names.slice(key + 1)] }] : [];
    });
  });
  return {
    ranksOf: (names) => names.map((name, key) => chosen[key]!(names.slice(0, key), name)),
    keysOf(names) {
      const own = [...names];
      for (let key = 0; key < keys.length; key++) {
        const { top } = keys[key]!;
        if (top === null || chosen[key]!(own.slice(0, key), own[key]!) < top.count) continue;
        if (!top.others) return null;
        own[key] = rest;
      }
      return own;
    },
  };
}

function isShort({ unit }: Step): boolean {
  return unit === 'h';
}

function bucketsOf(
  { every, timezone, now }: GroupedPlan,
  { since, until }: TimeRange,
  first: number,
  last: number,
): Bucket[] {
  const from = since ?? first;
  const lastOf = Number.isFinite(last) ? last + 1 : -Infinity;
  const to = until ?? (since === null ? lastOf : Math.max(now, lastOf));
  const buckets: Bucket[] = [];
  if (!(from < to) || !Number.isFinite(from)) return buckets;
  let start = bucketStart(from, every!, timezone);
  while (start < to) {
    // The next bucket begins at the first quarter of an hour that lies in another.
    let end = start + 900_000;
    while (bucketStart(end, every!, timezone) === start) end += 900_000;
    buckets.push({ start, end });
    start = end;
  }
  return buckets;
}

function isWithin({ trailing, timezone }: GroupedPlan, range: TimeRange, bucket: Bucket | null, time: number): boolean {
  if (bucket === null) return isIn(range, time);
  const { start, end } = bucket;
  if (trailing === null) return isIn(range, time) && time >= start && time < end;
  if (range.until !== null && time >= range.until) return false;
  return time >= addSteps(end, trailing, -1, timezone) && time < end;
}

function matchOf(
  plan: GroupedPlan,
  buckets: readonly Bucket[],
  then: readonly Bucket[],
  at: number,
): Bucket | undefined {
  if (!isShort(plan.every!)) return then[at];
  const holder = (index: number): Bucket | undefined => {
    const start = addSteps(buckets[index]!.start, plan.compare!, -1, plan.timezone);
    return then.find((bucket) => bucket.start <= start && start < bucket.end);
  };
  const found = holder(at);
  for (let earlier = 0; earlier < at; earlier++) if (holder(earlier) === found) return undefined;
  return found;
}

function spanOf(
  { written, now, every, trailing, timezone }: GroupedPlan,
  bucket: Bucket | null,
  first: number,
  last: number,
): number {
  const { since, until } = written;
  if (every === null || bucket === null) {
    const length = since === null ? (until ?? last) - first : (until ?? now) - since;
    return length > 0 && Number.isFinite(length) ? length : 0;
  }
  const from =
    trailing === null ? Math.max(bucket.start, since ?? -Infinity) : addSteps(bucket.end, trailing, -1, timezone);
  const to = until ?? (since === null || now <= from ? bucket.end : now);
  return Math.max(0, Math.min(bucket.end, to) - from);
}

function isPartial(
  { written, now, trailing, timezone }: GroupedPlan,
  { start, end }: Bucket,
  tableBegin: number,
): boolean {
  const { since, until } = written;
  if (until !== null && until < end) return true;
  if (now > start && now < end) return true;
  if (trailing === null) return since !== null && since > start;
  return addSteps(end, trailing, -1, timezone) < tableBegin;
}
