import type { Cell, Type } from '../cells.ts';
import type { Random } from '../random.ts';
import type { Expr } from '../tree.ts';

/** Makes a part of an expression of that type; smaller as it goes down. */
export type Grow = (type: Type) => Expr;

/** A scalar function or operator: how it is made at random, written twice, and what it is for one row. */
export interface ScalarRule {
  /** Unique; not what stands in a query. */
  readonly name: string;
  readonly result: Type;
  readonly weight: number;
  make(random: Random, grow: Grow): readonly Expr[];
  varve(args: readonly string[]): string;
  /** Without it, or when it says null, DuckDB has nothing equal. */
  duck?(args: readonly string[], parts: readonly Expr[], zone: string): string | null;
  /** Called with values that are there, unless it is `lenient`. */
  at(args: readonly Cell[], zone: string): Cell;
  /** It takes nulls itself. */
  readonly lenient?: boolean;
  /** A switch of `features`; without it, always on. */
  readonly feature?: string;
}

/** @returns a constant. */
export function constant(value: Cell, type: Type): Expr {
  return { kind: 'constant', value, type };
}

/** @returns a maker that grows one part a type. */
export function grown(...types: readonly Type[]): ScalarRule['make'] {
  return (_random, grow) => types.map((type) => grow(type));
}

/** @returns a writer of `name(a, b)`. */
export function called(name: string): (args: readonly string[]) => string {
  return (args) => `${name}(${args.join(', ')})`;
}

/** @returns a writer of `(a OP b)`. */
export function infix(operator: string): (args: readonly string[]) => string {
  return ([a, b]) => `(${a} ${operator} ${b})`;
}

/** @returns an int, or null beyond 64 bits. */
export function int64(value: bigint): bigint | null {
  return value >= -(2n ** 63n) && value < 2n ** 63n ? value : null;
}
