import type { FunnelPlan } from './behaviour.ts';
import type { EventsPlan } from './select.ts';

/** What `explain funnel … for ACTOR` asks: the actor's events, with what the funnel makes of each. */
export interface StoryPlan {
  readonly funnel: FunnelPlan;
  /** One actor's events in their order. Its outputs stand in that of the fields below. */
  readonly events: EventsPlan;
  readonly actor: string;
  /** Behind the time: whether the table of each event is told. Then, each an output, steps, exclusions, held values, and with `every` the bucket. */
  readonly tables: boolean;
  /** Exclusions and held expressions as the query writes them. */
  readonly exclude: readonly string[];
  readonly holding: readonly string[];
}
