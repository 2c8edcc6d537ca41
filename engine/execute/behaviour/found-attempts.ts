import { attemptOrders, keysAt } from '../../kernels/funnel-kernels.ts';
import type { FunnelPlan } from '../../plan/behaviour.ts';
import type { ActorEvents } from './actor-events.ts';
import { measuresOf, type MadeAttempts } from './attempt-rows.ts';

/** @returns whether a kernel finds the attempts of a funnel: its events lie in the order of time, and each actor counts once. */
export function isPlainFunnel({ rules, exclude, holding, steps, every }: FunnelPlan): boolean {
  const { order, entry, grace, repeat } = rules;
  const plain = exclude.length === 0 && holding.length === 0 && steps.every(({ optional }) => !optional);
  const known = order === 'strict_order' || (grace === null && (order === 'loose' || (order === 'strict' && !repeat)));
  return plain && known && entry === 'any' && every === null;
}

/**
 * Finds the attempts of the actors of a slice by a kernel.
 * @param end an attempt is open whose window ends here or later; UTC ms.
 * @returns null where the events do not lie in the memory of kernels, or there is no room for what it finds.
 */
export function foundAttempts(plan: FunnelPlan, end: number, events: ActorEvents): MadeAttempts | null {
  const { placed, slotCount } = events;
  if (placed === null) return null;
  const { kernels, arena, starts, ends, times, notes } = placed;
  const { rules, at } = plan;
  const steps = plan.steps.length;
  const most = slotCount * steps;
  const workBytes = 8 * (steps + 1) + 4 * steps * steps;
  const region = arena.beside(28 * most + workBytes + 32);
  if (region === null) return null;
  const ms = region.at;
  const rows = ms + 8 * most;
  const work = 8 * Math.ceil((rows + 20 * most) / 8);
  const counts = work + workBytes;
  const count = kernels.funnelAttempts(
    starts,
    ends,
    slotCount,
    times,
    notes[0],
    steps,
    rules.window,
    attemptOrders[rules.order as keyof typeof attemptOrders],
    rules.repeat ? 1 : 0,
    end,
    keysAt[at],
    work,
    rows,
    ms,
    counts,
  );
  const { buffer } = arena.memory;
  const list = (place: number, length: number): Uint32Array => new Uint32Array(buffer, rows + 4 * place * most, length);
  const [closed, ended, timed] = new Uint32Array(buffer, counts, 3);
  const values = new Float64Array(buffer, ms, count);
  const [reached, places] = [list(0, count), list(1, count)];
  const measures = measuresOf(values, list(2, closed), list(3, ended), list(4, timed));
  return { count, steps: reached, places, firsts: places, measures: () => measures, close: () => region.free() };
}
