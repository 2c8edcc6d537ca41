import type { ColumnType } from '../../column/types.ts';
import type { PartKind } from '../../functions/aggregates/kernel-form.ts';
import type { Expr } from '../../plan/expr.ts';
import type { Measure } from '../../plan/select.ts';
import { keyOf, type MeasureKind } from '../measure-state.ts';

/** A column under a filter, for all measures of it: their values are picked once. */
export interface DenseInput {
  /** null = rows are counted, whatever they hold. */
  readonly column: { readonly name: string; readonly type: ColumnType } | null;
  /** Index of a measure that bears the filter; null = there is none. */
  readonly filterOf: number | null;
  readonly parts: readonly PartKind[];
}

/** Which measures kernels keep, and of what. */
export interface DensePlan {
  readonly inputs: readonly DenseInput[];
  /** By measure: which input it is of, and which of its parts it takes; null = it is updated with the groups of rows. */
  readonly measures: readonly ({ readonly input: number; readonly part: PartKind | null } | null)[];
}

/** @returns how kernels keep those of the measures that they can. */
export function densePlanOf(measures: readonly Measure[], kinds: readonly MeasureKind[]): DensePlan {
  const inputs: { column: DenseInput['column']; filterOf: number | null; parts: PartKind[] }[] = [];
  const known = new Map<string, number>();
  const taken = measures.map((measure, index) => {
    const kind = kinds[index];
    const form = kind.kind === 'values' ? kind.aggregate.kernels : undefined;
    const column = form === undefined ? undefined : columnOf(measure, form.part);
    if (form === undefined || column === undefined) return null;
    const key = `${column?.name ?? ''} ${column?.type ?? ''} ${keyOf([measure.filter])}`;
    let input = known.get(key);
    if (input === undefined) {
      input = inputs.push({ column, filterOf: measure.filter === null ? null : index, parts: [] }) - 1;
      known.set(key, input);
    }
    const { parts } = inputs[input];
    if (form.part !== null && !parts.includes(form.part)) parts.push(form.part);
    return { input, part: form.part };
  });
  return { inputs, measures: taken };
}

/** @returns the bare column that a measure is of, null where it is of rows, undefined where kernels cannot keep it. */
function columnOf({ args }: Measure, part: PartKind | null): DenseInput['column'] | undefined {
  const arg: Expr | undefined = args[0];
  if (arg === undefined) return part === null ? null : undefined;
  // A quantile's share follows its argument.
  if (arg.kind !== 'column' || args.slice(1).some(({ kind }) => kind !== 'literal')) return undefined;
  const { name, type } = arg;
  return type === 'int' || type === 'float' || type === 'time' ? { name, type } : undefined;
}
