import type { AggregateState } from '../functions/aggregates/aggregate.ts';
import { isRepeated } from './measure-state.ts';
import { newStates } from './merged-groups.ts';
import type { Grouping } from './grouping.ts';
import type { Steps } from './steps.ts';
import { isOfWindows } from './window-groups.ts';

/** Groups while the answer is made of them. */
export interface Groups {
  readonly count: number;
  /** A list a key. */
  readonly codes: readonly Uint32Array[];
  /** Of every measure; with `compare`, those of then behind those of now. */
  readonly states: readonly AggregateState[];
}

/** Stands in a map for a group that goes nowhere. */
export const nowhere = 0xffffffff;

/**
 * Makes the states of groups that are others joined.
 * @param maps each says for every group of `from` into which new one it goes, or `nowhere`; a group may go into several.
 * @param count of the new groups.
 */
export function* regroup(
  grouping: Grouping,
  from: Groups,
  maps: Iterable<Uint32Array>,
  count: number,
): Steps<AggregateState[]> {
  const { kinds, scans } = grouping;
  const states = scans.flatMap(() => newStates(grouping));
  for (const map of maps) {
    // An aggregate takes in all groups or none: those that go nowhere meet in one behind the others.
    for (let group = 0; group < map.length; group++) if (map[group] === nowhere) map[group] = count;
    for (const [index, state] of states.entries()) {
      const kind = kinds[index % kinds.length];
      // States of windows are not of these groups.
      if (isOfWindows(kind) || isRepeated(states, index)) continue;
      const { aggregate } = kind;
      aggregate.grow(state, count + 1);
      aggregate.grow(from.states[index], from.count);
      aggregate.merge(state, from.states[index], map);
      yield;
    }
  }
  return states;
}
