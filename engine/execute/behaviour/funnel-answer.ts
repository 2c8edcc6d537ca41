import type { ColumnType } from '../../column/types.ts';
import type { Values } from '../../column/values.ts';
import type { FunnelPlan } from '../../plan/behaviour.ts';
import { scalarAt } from '../../functions/access.ts';
import type { Finished } from '../finish.ts';
import { boundsOf } from '../fill.ts';
import type { Grouping } from '../grouping.ts';
import { finishMeasure } from '../measure-state.ts';
import { settleGroups, type MergedGroups } from '../merged-groups.ts';
import { sortSteps } from '../sort.ts';
import type { Steps } from '../steps.ts';
import type { TimeSpan } from '../time-windows.ts';
import { funnelMeasures } from './attempt-rows.ts';
import { assertFilled } from './event-buckets.ts';

/** A funnel's steps for one combination of keys: the group of each step, -1 = nobody. */
interface Family {
  readonly codes: readonly number[];
  readonly groups: Int32Array;
}

/**
 * Makes a funnel's answer: a row for each step of each combination of keys, those without anybody too.
 */
export function* finishFunnel(
  plan: FunnelPlan,
  span: TimeSpan,
  grouping: Grouping,
  merged: MergedGroups,
): Steps<Finished> {
  yield* settleGroups(grouping, merged);
  const { table, stores, states } = merged;
  const measures = grouping.kinds.map((kind, index) => finishMeasure(kind, states[index], table.count, undefined));
  const families = yield* familiesOf(plan, span, grouping, merged);
  const rows = families.length * plan.steps.length;
  const columns: { name: string; type: ColumnType }[] = [];
  const data: Values[] = [];
  for (const [key, { name, type }] of plan.keys.entries()) {
    const codes = Uint32Array.from(
      { length: rows },
      (_, row) => families[Math.floor(row / plan.steps.length)].codes[key],
    );
    columns.push({ name, type });
    data.push(yield* stores[key].valuesOf(codes));
  }
  if (plan.every !== null) {
    const codes = Uint32Array.from(
      { length: rows },
      (_, row) => families[Math.floor(row / plan.steps.length)].codes[plan.keys.length],
    );
    columns.push({ name: 'time', type: 'time' });
    data.push(yield* stores[plan.keys.length].valuesOf(codes));
  }
  const own = stepColumns(plan, families, measures);
  return {
    columns: [...columns, ...own.columns],
    data: [...data, ...own.data],
    rowCount: rows,
    approximate: isApproximate(grouping, states) ? ['median_time'] : [],
    groups: table.count,
  };
}

/** @returns whether a median is of more values than are kept one by one. */
function isApproximate({ kinds }: Grouping, states: MergedGroups['states']): boolean {
  const kind = kinds[funnelMeasures.median];
  return kind.kind === 'values' && kind.aggregate.isApproximate?.(states[funnelMeasures.median]) === true;
}

/** @returns all combinations of keys, in the order of the answer. */
function* familiesOf(
  plan: FunnelPlan,
  span: TimeSpan,
  grouping: Grouping,
  { table, stores }: MergedGroups,
): Steps<readonly Family[]> {
  const last = stores.length - 1;
  const steps = yield* stores[last].valuesOf(table.codesOfKey(last));
  const known = new Map<string, Family>();
  const familyOf = (codes: readonly number[]): Family => {
    const name = codes.join(' ');
    let family = known.get(name);
    if (family === undefined) known.set(name, (family = { codes, groups: new Int32Array(plan.steps.length).fill(-1) }));
    return family;
  };
  const members = Array.from({ length: last }, (_, key) => table.codesOfKey(key));
  for (let group = 0; group < table.count; group++) {
    const codes = members.map((own) => own[group]);
    familyOf(codes).groups[Number(scalarAt(steps, group)) - 1] = group;
  }
  if (last === 0) familyOf([]);
  if (plan.every !== null) {
    const key = plan.keys.length;
    const met = yield* stores[key].valuesOf(Uint32Array.from({ length: stores[key].count }, (_, code) => code + 1));
    const starts = met.kind === 'number' ? Float64Array.from(met.values) : new Float64Array(0);
    const bounds = boundsOf({ plan: { ...grouping.plan, every: plan.every }, passing: span }, starts);
    yield* fillBuckets(key, bounds.subarray(0, Math.max(0, bounds.length - 1)), [...known.values()], stores, familyOf);
  }
  const families = [...known.values()];
  const orders: Values[] = [];
  for (let key = 0; key < last; key++)
    orders.push(yield* stores[key].orderOf(Uint32Array.from(families, ({ codes }) => codes[key])));
  const order = yield* sortSteps(
    orders.map((values) => ({ values, descending: false })),
    families.length,
    null,
    null,
  );
  return Array.from(order, (at) => families[at]);
}

/** Gives every combination of the other keys all buckets. */
function* fillBuckets(
  key: number,
  buckets: Float64Array,
  families: readonly Family[],
  stores: MergedGroups['stores'],
  familyOf: (codes: readonly number[]) => Family,
): Steps<void> {
  const codes = new Uint32Array(buckets.length);
  stores[key].codesOf({ kind: 'number', length: buckets.length, values: buckets, nulls: null }, codes);
  yield;
  const others = new Map(families.map((family) => [family.codes.slice(0, key).join(' '), family.codes.slice(0, key)]));
  if (key === 0) others.set('', []);
  assertFilled('funnel', others.size * codes.length);
  for (const own of others.values()) for (const code of codes) familyOf([...own, code]);
}

function stepColumns(
  plan: FunnelPlan,
  families: readonly Family[],
  measures: readonly Values[],
): { readonly columns: readonly { name: string; type: ColumnType }[]; readonly data: readonly Values[] } {
  const { steps, rules } = plan;
  const count = families.length * steps.length;
  const numbers = (): { values: Float64Array; nulls: Uint8Array } => ({
    values: new Float64Array(count),
    nulls: new Uint8Array(count),
  });
  const [place, actors, conversion, stepConversion, closed, pending] = Array.from({ length: 6 }, numbers);
  const names = steps.map(({ name }, step) => (rules.order === 'any' ? `any ${step + 1} of ${steps.length}` : name));
  const share = (into: { values: Float64Array; nulls: Uint8Array }, row: number, part: number, whole: number): void => {
    if (whole === 0) into.nulls[row] = 1;
    else into.values[row] = part / whole;
  };
  const at = (measure: number, group: number): number =>
    group < 0 ? 0 : Number(scalarAt(measures[measure], group) ?? 0);
  const groupOfRow = new Int32Array(count);
  families.forEach(({ groups }, family) => {
    const first = at(funnelMeasures.actors, groups[0]);
    const firstClosed = at(funnelMeasures.closed, groups[0]);
    let before = first;
    let open = 0;
    steps.forEach(({ optional }, step) => {
      const row = family * steps.length + step;
      const reached = at(funnelMeasures.actors, groups[step]);
      groupOfRow[row] = step === 0 ? -1 : groups[step];
      place.values[row] = step + 1;
      actors.values[row] = reached;
      pending.values[row] = open;
      share(conversion, row, reached, first);
      if (step === 0) stepConversion.values[row] = 1;
      else share(stepConversion, row, reached, before);
      share(closed, row, at(funnelMeasures.closed, groups[step]), firstClosed);
      open += at(funnelMeasures.ended, groups[step]);
      if (!optional || rules.order === 'any') before = reached;
    });
  });
  const column = ({ values, nulls }: { values: Float64Array; nulls: Uint8Array }): Values => ({
    kind: 'number',
    length: count,
    values,
    nulls,
  });
  const times = [funnelMeasures.median, funnelMeasures.average].map((measure) =>
    timesAt(measures[measure], groupOfRow),
  );
  const codes = Uint32Array.from({ length: count }, (_, row) => row % steps.length);
  return {
    columns: [
      { name: 'step', type: 'int' },
      { name: 'name', type: 'text' },
      { name: 'actors', type: 'int' },
      { name: 'conversion', type: 'float' },
      { name: 'step_conversion', type: 'float' },
      { name: 'conversion_closed', type: 'float' },
      { name: 'pending', type: 'int' },
      { name: 'median_time', type: 'float' },
      { name: 'avg_time', type: 'float' },
    ],
    data: [
      column(place),
      { kind: 'coded', length: count, codes, texts: names, nulls: null },
      column(actors),
      column(conversion),
      column(stepConversion),
      column(closed),
      column(pending),
      ...times,
    ],
  };
}

/** @returns a measure's values at groups, null where there is none. */
function timesAt(values: Values, groups: Int32Array): Values {
  const length = groups.length;
  const out = { values: new Float64Array(length), nulls: new Uint8Array(length) };
  groups.forEach((group, row) => {
    const value = group < 0 ? null : scalarAt(values, group);
    if (value === null) out.nulls[row] = 1;
    else out.values[row] = Number(value);
  });
  return { kind: 'number', length, ...out };
}
