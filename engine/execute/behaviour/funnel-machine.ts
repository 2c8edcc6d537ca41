import type { FunnelPlan } from '../../plan/behaviour.ts';
export interface FunnelEvents {
  readonly times: Float64Array;
  readonly steps: Uint32Array;
  readonly exclusions: Uint32Array;
  readonly holding: Uint32Array;
}
export interface FunnelMachine {
  best(events: FunnelEvents, from: number, to: number, startsFrom: number, startsTo: number): number;
  readonly places: Int32Array;
  isOpen(events: FunnelEvents, from: number, to: number, end: number): boolean;
  entries(events: FunnelEvents, from: number, to: number, take: (depth: number) => void): void;
}
export declare function createFunnelMachine(
  plan: Pick<FunnelPlan, 'steps' | 'rules' | 'exclude'> & { holding: number },
): FunnelMachine;
