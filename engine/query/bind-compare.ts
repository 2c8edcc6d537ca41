import type { Expr } from '../plan/expr.ts';
import type { OutputColumn } from '../plan/select.ts';
import { holds, mapLeaves } from '../plan/visit.ts';
import { callOf, literalOf } from './typed-calls.ts';

/** What `compare` adds to an answer. */
export interface ComparedOutputs {
  /** `NAME_before` and `NAME_change`, which having and order by may name. */
  readonly named: ReadonlyMap<string, Expr>;
  readonly outputs: readonly OutputColumn[];
}

/**
 * Adds to each output that holds a measure what it was then, and by how much it has changed since. Measures of then are
 * marked by places below 0 until it is known how many measures there are: see `settled`.
 */
export function compareOutputs(outputs: readonly OutputColumn[]): ComparedOutputs {
  const named = new Map<string, Expr>();
  const all: OutputColumn[] = [];
  for (const output of outputs) {
    all.push(output);
    if (!holdsMeasure(output.expr)) continue;
    const before = mapLeaves(output.expr, leafOfThen);
    const added = [
      { name: `${output.name}_before`, expr: before },
      { name: `${output.name}_change`, expr: changeOf(output.expr, before) },
    ];
    for (const { name, expr } of added) if (!named.has(name)) named.set(name, expr);
    all.push(...added);
  }
  return { named, outputs: all };
}

/** @returns the expression with the measures of then behind the `count` of now. */
export function settled(expr: Expr, count: number): Expr {
  return mapLeaves(expr, (leaf) =>
    leaf.kind === 'measure' && leaf.index < 0 ? { ...leaf, index: count - 1 - leaf.index } : leaf,
  );
}

function leafOfThen(leaf: Expr): Expr {
  if (leaf.kind === 'measure') return { ...leaf, index: -1 - leaf.index };
  return leaf.kind === 'span' ? { ...leaf, before: true } : leaf;
}

function holdsMeasure(expr: Expr): boolean {
  return holds(expr, ({ kind }) => kind === 'measure');
}

/** What is no number has no change. A divisor of 0 is made null first: it is no value that could not be had. */
function changeOf(now: Expr, before: Expr): Expr {
  const { span } = now;
  if (now.type !== 'int' && now.type !== 'float') return literalOf(null, span);
  const divisor: Expr = {
    kind: 'case',
    branches: [{ when: callOf('!=', [before, literalOf(0, span)], span), then: before }],
    otherwise: literalOf(null, span),
    type: before.type,
    span,
  };
  return callOf('-', [callOf('/', [now, divisor], span), literalOf(1, span)], span);
}
