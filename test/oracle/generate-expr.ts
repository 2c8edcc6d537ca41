import { aggregates, type AggregateRule } from './aggregates.ts';
import type { Cell, Type } from './cells.ts';
import { chance, pick, pickWeighted, type Random } from './random.ts';
import { scalars } from './scalars/all.ts';
import { constant } from './scalars/rule.ts';
import type { Expr } from './tree.ts';
import { holds } from './tree.ts';

/** What expressions may be made of. */
export interface Scope {
  readonly columns: readonly { readonly name: string; readonly type: Type }[];
  /** Values that occur, and some that do not, by type. */
  readonly constants: ReadonlyMap<Type, readonly Cell[]>;
  /** What the engine knows. */
  readonly features: ReadonlySet<string>;
}

type Leaf = (type: Type) => Expr;

function isOn({ feature }: { readonly feature?: string }, { features }: Scope): boolean {
  return feature === undefined || features.has(feature);
}

/** @returns a column or a constant of that type. */
function leafOf(random: Random, scope: Scope, type: Type): Expr {
  const columns = scope.columns.filter((column) => column.type === type);
  if (columns.length > 0 && chance(random, 0.72)) return { kind: 'column', ...pick(random, columns) };
  const constants = scope.constants.get(type);
  if (constants !== undefined && constants.length > 0) return constant(pick(random, constants), type);
  return columns.length > 0
    ? { kind: 'column', ...pick(random, columns) }
    : { kind: 'call', name: 'case null', args: [], type };
}

function grow(random: Random, scope: Scope, type: Type, depth: number, leaf: Leaf): Expr {
  const rules = depth <= 0 || chance(random, 0.25) ? [] : rulesOf(type, scope);
  if (rules.length === 0) return leaf(type);
  const rule = pickWeighted(random, rules);
  const args = rule.make(random, (own) => grow(random, scope, own, depth - 1, leaf));
  const made: Expr = { kind: 'call', name: rule.name, args, type: rule.result };
  return args.some(isMissing) || !usesColumns(rule.name, scope, args) ? leaf(type) : made;
}

function rulesOf(type: Type, scope: Scope): typeof scalars extends ReadonlyMap<string, infer R> ? R[] : never {
  return [...scalars.values()].filter((rule) => rule.result === type && isOn(rule, scope));
}

function isMissing(expr: Expr): boolean {
  return expr.kind === 'call' && expr.name === 'case null';
}

/** A rule that names a column itself only goes where that column is. */
function usesColumns(_name: string, scope: Scope, args: readonly Expr[]): boolean {
  return args.every(
    (arg) => arg.kind !== 'column' || scope.columns.some(({ name, type }) => name === arg.name && type === arg.type),
  );
}

/** @returns an expression over events of that type. */
export function randomExpr(random: Random, scope: Scope, type: Type, depth: number): Expr {
  const leaf: Leaf = (own) => leafOf(random, scope, own);
  for (let tries = 0; tries < 20; tries++) {
    const made = grow(random, scope, type, depth, leaf);
    if (!isMissing(made)) return made;
  }
  return constant(null, 'null');
}

/** @returns an expression that is no constant. */
export function randomValue(random: Random, scope: Scope, type: Type, depth: number): Expr {
  let made = randomExpr(random, scope, type, depth);
  for (let tries = 0; tries < 20 && !holds(made, ({ kind }) => kind === 'column'); tries++)
    made = randomExpr(random, scope, type, depth);
  return made;
}

function randomAggregate(
  random: Random,
  scope: Scope,
  type: Type | null,
  stable: boolean,
  whole: boolean,
): Expr | null {
  const rules = [...aggregates.values()].filter(
    (rule) =>
      isOn(rule, scope) &&
      (type === null || rule.result === type) &&
      !(stable && rule.unstable) &&
      (whole || !rule.alone),
  );
  for (let tries = 0; tries < 10 && rules.length > 0; tries++) {
    const made = aggregateOf(random, scope, pickWeighted(random, rules));
    if (made !== null) return made;
  }
  return null;
}

function aggregateOf(random: Random, scope: Scope, rule: AggregateRule): Expr | null {
  const args = rule.make(random, (own) => randomValue(random, scope, own, chance(random, 0.6) ? 0 : 2));
  if (!usesColumns(rule.name, scope, args) || args.some(({ type }) => type === 'null')) return null;
  const filter = chance(random, 0.2) ? randomValue(random, scope, 'bool', 2) : null;
  return {
    kind: 'aggregate',
    name: rule.name,
    args,
    filter: filter?.type === 'bool' ? filter : null,
    type: rule.result,
  };
}

/**
 * @param stable only what no order of adding up changes: for what decides which rows there are.
 * @returns an aggregate, or arithmetic of aggregates.
 */
export function randomMeasure(random: Random, scope: Scope, stable: boolean): Expr {
  const count: Expr = { kind: 'aggregate', name: 'count()', args: [], filter: null, type: 'int' };
  if (chance(random, 0.75)) return randomAggregate(random, scope, null, stable, !stable) ?? count;
  const leaf: Leaf = (type) => {
    const constants = scope.constants.get(type) ?? [];
    if (chance(random, 0.3) && constants.length > 0) return constant(pick(random, constants), type);
    return randomAggregate(random, scope, type, true, false) ?? constant(null, 'null');
  };
  if (!stable && chance(random, 0.3)) return randomRatio(random, scope) ?? count;
  const made = grow(random, withoutColumns(scope), pick(random, ['int', 'float', 'text', 'bool'] as const), 2, leaf);
  return made.kind === 'constant' || !holds(made, ({ kind }) => kind === 'aggregate') ? count : made;
}

/** Arithmetic of what may differ in the last digits, and nothing that would make more of it. */
function randomRatio(random: Random, scope: Scope): Expr | null {
  const [a, b] = [
    randomAggregate(random, scope, 'float', false, false),
    randomAggregate(random, scope, 'int', true, false),
  ];
  return a === null || b === null
    ? null
    : { kind: 'call', name: pick(random, ['float / int', 'float * int']), args: [a, b], type: 'float' };
}

/** Over groups no column stands outside of an aggregate. */
function withoutColumns(scope: Scope): Scope {
  return { ...scope, columns: [] };
}

/** @returns a condition over groups. */
export function randomHaving(random: Random, scope: Scope, keys: readonly Expr[]): Expr {
  const leaf: Leaf = (type) => {
    const own = keys.filter((key) => key.type === type);
    if (own.length > 0 && chance(random, 0.4)) return pick(random, own);
    const constants = scope.constants.get(type) ?? [];
    if (chance(random, 0.4) && constants.length > 0) return constant(pick(random, constants), type);
    return randomAggregate(random, scope, type, true, false) ?? constant(null, 'null');
  };
  return grow(random, withoutColumns(scope), 'bool', 2, leaf);
}
