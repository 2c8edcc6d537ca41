import type { Pointer } from './kernels.ts';

/** Kernels that count what actors do, bucket by bucket or node by node. */
export interface BehaviourKernels {
  /**
   * Counts who is retained. Rows of marks have two series of `words` / 2 each, an even number: the buckets with a start event, and those with
   * a return event.
   * @param cohorts buckets that start events count in, the first ones. @param complete the same of return events.
   * @param recurring 1 = a slot is in a cohort for each such bucket, else in that of its first.
   * @param after 1 = a later return event will do for a period, else only one in its own bucket.
   * @param counts u32, `periods` + 1 a cohort: what is found is added. Period 0 is of all in the cohort.
   */
  countReturns(
    marks: Pointer,
    slots: number,
    words: number,
    cohorts: number,
    complete: number,
    periods: number,
    recurring: number,
    after: number,
    counts: Pointer,
  ): void;
  /**
   * Counts the buckets in which slots are met for the first time, also in the one before, again after a gap, and not
   * but in the one before.
   * @param counts u32, four a bit of a row of marks, in this order: what is found is added.
   */
  countLives(marks: Pointer, slots: number, words: number, counts: Pointer): void;
  /**
   * Counts the nodes of paths: those of a session's events, equal ones that follow each other merged, 0 passed over, up to `depth` + 1.
   * @param starts and `ends`: u32, where the events of each slot lie. @param times f64, ascending in a slot.
   * @param nodes u32, below `nodeCount`. @param gap ms; where more pass, a session ends.
   * @param counts u32, `nodeCount` a step: what is found is added.
   */
  countPathNodes(
    starts: Pointer,
    ends: Pointer,
    slots: number,
    times: Pointer,
    nodes: Pointer,
    nodeCount: number,
    gap: number,
    depth: number,
    counts: Pointer,
  ): void;
  /**
   * Counts the edges that leave the first `depth` nodes of the same paths. That of step s from node a to node b is
   * number ((s − 1) · width + a') · width + b', where a' is what `names` says of a as node s, and b' that of b as node
   * s + 1, or 0 where the session ended.
   * @param names u32, `nodeCount` a step, of `depth` + 1 steps: numbers from 1 to `width` − 1.
   * @param firstActor the number of slot 0 among all actors; numbers go up from call to call.
   * @param counts u32, three lists of `depth` · width²: paths over each edge, slots with one, and 1 + the number of the last such.
   * @param ms f64 an edge: from node to node.
   */
  countPathEdges(
    starts: Pointer,
    ends: Pointer,
    slots: number,
    times: Pointer,
    nodes: Pointer,
    nodeCount: number,
    gap: number,
    depth: number,
    names: Pointer,
    width: number,
    firstActor: number,
    counts: Pointer,
    ms: Pointer,
  ): void;
}

/** What a session's number is: UTC ms of its first event, of its last, how long it took, how many events it has. */
export const sessionNumbers = { start: 0, last: 1, duration: 2, events: 3 } as const;

/** Kernels that cut the events of slots into sessions. */
export interface SessionKernels {
  /**
   * Cuts sessions that begin from `since` on and before `until`, slot by slot.
   * @param starts and `ends`: u32, where the events of each slot lie. @param times f64, ascending in a slot.
   * @param gap ms; where more pass, a session ends. Infinity = one a slot.
   * @param firsts and `lasts` receive u32: the places of each one's first and last event; room for as many as events.
   * @returns how many there are.
   */
  cutSessions(
    starts: Pointer,
    ends: Pointer,
    slots: number,
    times: Pointer,
    gap: number,
    since: number,
    until: number,
    firsts: Pointer,
    lasts: Pointer,
  ): number;
  /** @param kind as `sessionNumbers` says. @param out receives a f64 a session. */
  numberSessions(times: Pointer, firsts: Pointer, lasts: Pointer, count: number, kind: number, out: Pointer): void;
  /** How many events each has. @param out receives u32. */
  sizeSessions(firsts: Pointer, lasts: Pointer, count: number, out: Pointer): void;
  /**
   * The first note of each session that is not 0, or with `last` 1 that of the latest time, of equal times the first; 0 where there is
   * none. @param out receives u32.
   */
  noteSessions(times: Pointer, firsts: Pointer, lasts: Pointer, count: number, notes: Pointer, last: number, out: Pointer): void;
}
