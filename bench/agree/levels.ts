import type { Shape } from './histories.ts';

/** Both engines' ways to order events. */
export type Mode = 'loose' | 'strict_order';
export const modes: readonly Mode[] = ['loose', 'strict_order'];

/** What an engine says of a shape. */
export interface Levels {
  /** How far each actor gets; one that is not named gets nowhere. */
  readonly byActor: ReadonlyMap<string, number>;
  /** How many actors get to each step or further, asked of all together. */
  readonly reached: readonly number[];
}

/** An engine that holds the histories. */
export interface Side {
  ask(shape: Shape, mode: Mode): Promise<Levels>;
  close(): Promise<void>;
}
