import { limits } from '../base/limits.ts';
import type { Expr } from '../plan/expr.ts';
import { printExpr } from '../plan/print-expr.ts';
import { isBehaviour, type ScanPlan } from '../plan/query.ts';
import type { EventsPlan, SourcePlan } from '../plan/select.ts';
import { columnsOf } from '../plan/visit.ts';
import type { HashRange } from '../store/row-source.ts';

/** Events that are read to be put into the order of their actors, those of some actors at a time if need be. */
export interface ReorderedSource {
  readonly source: Extract<SourcePlan, { kind: 'derived' }>;
  readonly plan: EventsPlan;
  /** What the actor is of the rows that the plan reads. */
  readonly actor: Expr;
}

/** @returns what a plan that looks at one actor after another reads in another order than it is stored; null = nothing. */
export function reorderedSource(plan: ScanPlan): ReorderedSource | null {
  if (plan.kind !== 'lives' && !isBehaviour(plan)) return null;
  const [source] = plan.from;
  if (plan.from.length !== 1 || source.kind !== 'derived' || source.plan.kind !== 'events') return null;
  if (source.plan.limit !== null || source.plan.offset > 0) return null;
  const actor = source.plan.outputs.find(({ name }) => name === source.actor);
  return actor === undefined ? null : { source, plan: source.plan, actor: actor.expr };
}

/** @returns the same of the actors of a range of the hash space alone. */
export function withinRange({ source, plan, actor }: ReorderedSource, range: HashRange): ReorderedSource['source'] {
  const bounds = [
    ...(range.from > 0 ? [compared('>=', actor, range.from)] : []),
    ...(range.to < 2 ** 32 ? [compared('<', actor, range.to)] : []),
  ];
  if (bounds.length === 0) return source;
  const conditions = [...(plan.where === null ? [] : [plan.where]), ...bounds];
  const where: Expr = conditions.length === 1 ? conditions[0] : { kind: 'and', args: conditions, type: 'bool' };
  const columns = [...new Set([...plan.columns, ...columnsOf([actor], plan.actor)])];
  return { ...source, plan: { ...plan, where, columns } };
}

/** @param place in the hash space. */
function compared(sign: '>=' | '<', actor: Expr, place: number): Expr {
  // actor_hash gives the unsigned hash in the order of signed ints.
  const bound = (BigInt(place) << 32n) - 2n ** 63n;
  const value = Number.isSafeInteger(Number(bound)) ? Number(bound) : bound;
  const args: Expr[] = [
    { kind: 'call', name: 'actor_hash', args: [actor], type: 'int' },
    { kind: 'literal', value, type: 'int' },
  ];
  return { kind: 'call', name: sign, args, type: 'bool' };
}

/** What an event takes while it is put into another order, bytes: measured, its texts among them. */
const eventBytes = 180;
const columnBytes = 12;

/** @returns about the bytes that so many events take while they are put into another order. */
export function reorderingBytes({ plan }: ReorderedSource, rows: number): number {
  return rows * (eventBytes + columnBytes * plan.outputs.length);
}

/** @returns how many passes that takes within so much memory; beyond `passesMax` it is not done. */
export function passesFor(reordered: ReorderedSource, rows: number, memory: number): number {
  return Math.max(1, Math.ceil(reorderingBytes(reordered, rows) / Math.max(1, memory)));
}

/** @returns what passes are by, for people. */
export function reorderedBy({ actor }: ReorderedSource): string {
  const [column] = columnsOf([actor], null);
  return column ?? printExpr(actor);
}

/** @returns the hash space in so many equal parts. */
export function partsOfHashes(count: number): HashRange[] {
  const bound = (part: number): number => Math.round((part * 2 ** 32) / count);
  return Array.from({ length: count }, (_, part) => ({ from: bound(part), to: bound(part + 1) }));
}

/** @returns whether a source may be read in so many passes. */
export function mayPass(count: number): boolean {
  return count <= limits.passesMax;
}
