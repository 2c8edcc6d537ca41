import type { PathFold } from './paths-fold.ts';

/** What an event is to paths. */
export const pathFlags = { starting: 1, ending: 2 } as const;

/** Events of one slice in the order (actor, time, stored): those of actor r are the places [`starts[r]`, `ends[r]`). */
export interface PathEvents {
  readonly actorCount: number;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly times: Float64Array;
  /** The code of each event's node; 0 = it has none and is passed over, but the session goes on. */
  readonly nodes: Uint32Array;
  /** `pathFlags`; not read where paths begin with any node. */
  readonly flags: Uint8Array | Uint32Array;
}

/**
 * How paths are cut. A session ends where more than `gap` ms pass. Its nodes are runs of equal ones, nulls between them
 * passed over; a run has the time of its first event, and matches where any of its events does.
 *
 * The edge that leaves the last of `depth` nodes leads to the node behind it, if the session has one: so nothing ends
 * but with its session. A path up to a match ends with it, whatever follows.
 */
export interface PathRules {
  readonly gap: number;
  readonly depth: number;
  /** Paths are the nodes from the session's first; from the first match of `starting`; or those up to the last of `ending`. */
  readonly from: 'first' | 'starting' | 'ending';
}

/** Where the next path is sought: an actor, and one of its events, 0xffffffff = its first. */
interface PathCursor {
  actor: number;
  place: number;
  /** The path that was found: its first event, and where what can be of it ends. */
  begin: number;
  end: number;
}

/**
 * Edges of paths, one a row: that which leaves node `steps[i]` of a path, the path's edges one behind another, and those
 * of an actor too. The room is bounded: what finds no place comes with the next filling.
 */
export interface PathEdges {
  count: number;
  /** From 1. */
  readonly steps: Uint32Array;
  readonly sources: Uint32Array;
  /** 0 = the path ended with the source, and with it the session or, up to a match, what is asked. */
  readonly targets: Uint32Array;
  /** From the source's time to the target's; NaN where there is none. */
  readonly ms: Float64Array;
  readonly actors: Uint32Array;
  readonly cursor: PathCursor;
}

/** Nodes of paths, one a row: also those that an edge of the last step leads to, which are of step depth + 1. */
export interface PathNodes {
  count: number;
  readonly steps: Uint32Array;
  readonly nodes: Uint32Array;
  readonly cursor: PathCursor;
}

const first = 0xffffffff;

function newCursor(): PathCursor {
  return { actor: 0, place: first, begin: 0, end: 0 };
}

/** Makes room for edges; at least one path fits always. */
export function newPathEdges({ depth }: Pick<PathRules, 'depth'>, rows = 65_536): PathEdges {
  const room = Math.max(rows, depth);
  return {
    count: 0,
    steps: new Uint32Array(room),
    sources: new Uint32Array(room),
    targets: new Uint32Array(room),
    ms: new Float64Array(room),
    actors: new Uint32Array(room),
    cursor: newCursor(),
  };
}

/** Makes room for nodes; at least one path fits always. */
export function newPathNodes({ depth }: Pick<PathRules, 'depth'>, rows = 65_536): PathNodes {
  const room = Math.max(rows, depth + 1);
  return { count: 0, steps: new Uint32Array(room), nodes: new Uint32Array(room), cursor: newCursor() };
}

/** Begins with the events of another slice. */
export function beginPaths({ cursor }: { readonly cursor: PathCursor }): void {
  cursor.actor = 0;
  cursor.place = first;
}

/**
 * Fills the room with the nodes of the next paths: `while (countNodes(…))` sees all of a slice.
 * @returns false when there were none left.
 */
export function countNodes(events: PathEvents, rules: PathRules, into: PathNodes): boolean {
  const { cursor } = into;
  const most = into.steps.length - rules.depth - 1;
  into.count = 0;
  while (into.count <= most && nextPath(events, rules, cursor))
    into.count = addNodes(events, rules, cursor, into, into.count);
  return into.count > 0;
}

/**
 * Fills the room with the edges of the next paths, nodes told apart as the fold says: `while (nextEdges(…))` sees all of
 * a slice.
 * @returns false when there were none left.
 */
export function nextEdges(events: PathEvents, rules: PathRules, fold: PathFold, into: PathEdges): boolean {
  const { cursor } = into;
  const most = into.steps.length - rules.depth;
  into.count = 0;
  while (into.count <= most && nextPath(events, rules, cursor))
    into.count = addEdges(events, rules, fold, cursor, into, into.count);
  return into.count > 0;
}

/** Moves to the next session that has a path. @returns whether there is one. */
function nextPath(events: PathEvents, rules: PathRules, cursor: PathCursor): boolean {
  const { actorCount, starts, ends } = events;
  while (cursor.actor < actorCount) {
    const to = ends[cursor.actor];
    let at = cursor.place === first ? starts[cursor.actor] : cursor.place;
    while (at < to) {
      at = findPath(events, rules, at, to, cursor);
      if (cursor.begin < 0) continue;
      cursor.place = at;
      return true;
    }
    cursor.actor++;
    cursor.place = first;
  }
  return false;
}

/**
 * Finds the path of the session that begins at a place: `cursor.begin` < 0 where it has none.
 * @returns the end of the session.
 */
function findPath(
  { times, nodes, flags }: PathEvents,
  { gap, depth, from }: PathRules,
  begin: number,
  to: number,
  cursor: PathCursor,
): number {
  const bit = from === 'starting' ? 1 : from === 'ending' ? 2 : 0;
  let node = 0;
  let run = begin;
  let match = -1;
  let at = begin;
  do {
    const own = nodes[at];
    if (own !== 0) {
      if (own !== node) {
        node = own;
        run = at;
      }
      if (bit === 0 ? match < 0 : (flags[at] & bit) !== 0 && (bit === 2 || match < 0)) match = run;
    }
    at++;
  } while (at < to && times[at] - times[at - 1] <= gap);
  cursor.begin = bit === 2 && match >= 0 ? firstRun(nodes, depth, begin, match) : match;
  cursor.end = bit === 2 ? match + 1 : at;
  return at;
}

/** @returns the first event of the run that a path begins with which ends with another. */
function firstRun(nodes: Uint32Array, depth: number, sessionBegin: number, lastRun: number): number {
  let count = 1;
  let node = nodes[lastRun];
  let run = lastRun;
  for (let at = lastRun - 1; at >= sessionBegin; at--) {
    const own = nodes[at];
    if (own === 0) continue;
    if (own !== node) {
      if (count === depth) break;
      count++;
      node = own;
    }
    run = at;
  }
  return run;
}

function addNodes(
  { nodes }: PathEvents,
  { depth }: PathRules,
  { begin, end }: PathCursor,
  into: PathNodes,
  count: number,
): number {
  const last = depth + 1;
  let step = 1;
  let node = nodes[begin];
  into.steps[count] = 1;
  into.nodes[count++] = node;
  for (let at = begin + 1; at < end && step < last; at++) {
    const own = nodes[at];
    if (own === 0 || own === node) continue;
    node = own;
    into.steps[count] = ++step;
    into.nodes[count++] = own;
  }
  return count;
}

function addEdges(
  { times, nodes }: PathEvents,
  { depth }: PathRules,
  fold: PathFold,
  { actor, begin, end }: PathCursor,
  into: PathEdges,
  count: number,
): number {
  let step = 1;
  let node = nodes[begin];
  let time = times[begin];
  let source = folded(fold, 1, node);
  for (let at = begin + 1; at < end && step <= depth; at++) {
    const own = nodes[at];
    if (own === 0 || own === node) continue;
    const target = folded(fold, step + 1, own);
    into.steps[count] = step;
    into.sources[count] = source;
    into.targets[count] = target;
    into.ms[count] = times[at] - time;
    into.actors[count++] = actor;
    node = own;
    time = times[at];
    source = target;
    step++;
  }
  if (step > depth) return count;
  into.steps[count] = step;
  into.sources[count] = source;
  into.targets[count] = 0;
  into.ms[count] = NaN;
  into.actors[count++] = actor;
  return count;
}

function folded({ kept, others }: PathFold, step: number, node: number): number {
  const own = kept[step - 1];
  return node < own.length && own[node] !== 0 ? node : others;
}
