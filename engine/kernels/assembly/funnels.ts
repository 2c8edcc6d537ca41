// The rules are told in execute/behaviour/loose-attempts.ts; events of a slot lie in the order of time.

@inline
function markOf(marks: usize, place: u32): u32 {
  return load<u32>(marks + (<usize>place << 2));
}

@inline
function timeOf(times: usize, place: u32): f64 {
  return load<f64>(times + (<usize>place << 3));
}

// Where a loose chain first reaches the greatest depth: that in the high word, the place in the low one. Which step an event
// fills, and whether in time, is nothing that a core could guess: so there is no branch on it. `work` has the start of the
// chain that stands before each step; that before the first is the event itself.
function deepestLoose(
  times: usize, marks: usize, from: u32, to: u32, steps: u32, window: f64, repeat: u32, work: usize
): u64 {
  for (let step: u32 = 1; step <= steps; step++) store<f64>(work + (<usize>step << 3), -Infinity);
  let depth: u32 = 0;
  let reached: u32 = 0;
  for (let place = from; place < to; place++) {
    let fills = markOf(marks, place);
    const time = timeOf(times, place);
    store<f64>(work, time);
    while (fills != 0) {
      // Each event fills one step of a chain: deeper steps first, so that none sees what this event has done. With `repeat` the other way.
      const step: u32 = repeat != 0 ? <u32>ctz(fills) : 31 - <u32>clz(fills);
      fills &= ~(<u32>1 << step);
      const at = work + (<usize>step << 3);
      const start = load<f64>(at);
      const isInTime = time - start <= window;
      store<f64>(at, select<f64>(start, load<f64>(at, 8), isInTime), 8);
      const isDeeper = isInTime & (step >= depth);
      depth = select<u32>(step + 1, depth, isDeeper);
      reached = select<u32>(place, reached, isDeeper);
    }
    if (depth == steps) break;
  }
  return (<u64>depth << 32) | <u64>reached;
}

function fillLoose(
  times: usize, marks: usize, from: u32, depth: u32, least: f64, repeat: u32, places: usize
): void {
  let place = from;
  while ((markOf(marks, place) & 1) == 0 || timeOf(times, place) < least) place++;
  store<u32>(places, place);
  for (let step: u32 = 1; step < depth; step++) {
    if (repeat == 0) place++;
    while ((markOf(marks, place) & (<u32>1 << step)) == 0) place++;
    store<u32>(places + (<usize>step << 2), place);
  }
}

// How many events from `place` on fill step after step within the window.
@inline
function strictDepth(times: usize, marks: usize, place: u32, to: u32, steps: u32, window: f64): u32 {
  const most = min<u32>(steps, to - place);
  const end = timeOf(times, place) + window;
  let depth: u32 = 1;
  while (depth < most && ((markOf(marks, place + depth) >> depth) & 1) != 0 && timeOf(times, place + depth) <= end) depth++;
  return depth;
}

// ClickHouse's strict_order: see execute/behaviour/click-house-order.ts. `chains` has `steps` rows of as many places: those of
// the chain that stands at each step. The depth in the high word.
function orderedDepth(
  times: usize, marks: usize, from: u32, to: u32, steps: u32, window: f64, work: usize, chains: usize
): u32 {
  for (let step: u32 = 0; step < steps; step++) store<f64>(work + (<usize>step << 3), -Infinity);
  const rowBytes = <usize>steps << 2;
  let depth: u32 = 0;
  let next = from;
  for (let tie = from; tie < to; tie = next) {
    const time = timeOf(times, tie);
    let all = markOf(marks, tie);
    let isNone = all == 0;
    for (next = tie + 1; next < to && timeOf(times, next) == time; next++) {
      const own = markOf(marks, next);
      isNone = isNone || own == 0;
      all |= own;
    }
    if (isNone && depth > 0) return depth;
    while (all != 0) {
      const step = <u32>ctz(all);
      all &= all - 1;
      const startAt = work + (<usize>step << 3);
      const chain = chains + <usize>step * rowBytes;
      for (let place = tie; place < next; place++) {
        if (((markOf(marks, place) >> step) & 1) == 0) continue;
        if (step == 0) store<f64>(startAt, time);
        else {
          const start = load<f64>(startAt - 8);
          if (start == -Infinity) {
            if (depth > 0) return depth;
            continue;
          }
          if (time - start > window) continue;
          store<f64>(startAt, start);
          for (let at: usize = 0; at < <usize>step << 2; at += 4) store<u32>(chain + at, load<u32>(chain - rowBytes + at));
        }
        store<u32>(chain + (<usize>step << 2), place);
        depth = max<u32>(depth, step + 1);
        if (depth == steps) return depth;
      }
    }
  }
  return depth;
}

export function funnelAttempts(
  starts: usize, ends: usize, slots: u32, times: usize, marks: usize, steps: u32, window: f64, order: u32, repeat: u32,
  end: f64, keyAt: u32, work: usize, rows: usize, ms: usize, counts: usize
): u32 {
  let places = work + (<usize>(steps + 1) << 3);
  const chains = places;
  const most = <usize>slots * <usize>steps << 2;
  const keys = rows + most;
  let closed = keys + most;
  let ended = closed + most;
  let timed = ended + most;
  let count: u32 = 0;
  for (let slot: u32 = 0; slot < slots; slot++) {
    const begin = load<u32>(starts + (<usize>slot << 2));
    let from = begin;
    const to = load<u32>(ends + (<usize>slot << 2));
    while (from < to && (markOf(marks, from) & 1) == 0) from++;
    if (from == to) continue;
    let isOpen = false;
    for (let place = to; place > from && timeOf(times, place - 1) + window >= end; place--)
      if ((markOf(marks, place - 1) & 1) != 0) {
        isOpen = true;
        break;
      }
    let depth: u32 = 0;
    if (order == 2) {
      // Events of one time are taken by their steps.
      while (from > begin && timeOf(times, from - 1) == timeOf(times, from)) from--;
      depth = orderedDepth(times, marks, from, to, steps, window, work, chains);
      places = chains + <usize>(depth - 1) * (<usize>steps << 2);
    } else if (order == 1) {
      let best = from;
      for (let place = from; place < to && depth < steps; place++) {
        if ((markOf(marks, place) & 1) == 0) continue;
        const own = strictDepth(times, marks, place, to, steps, window);
        if (own <= depth) continue;
        depth = own;
        best = place;
      }
      for (let step: u32 = 0; step < depth; step++) store<u32>(places + (<usize>step << 2), best + step);
    } else {
      const found = deepestLoose(times, marks, from, to, steps, window, repeat, work);
      depth = <u32>(found >> 32);
      fillLoose(times, marks, from, depth, timeOf(times, <u32>found) - window, repeat, places);
    }
    const last = load<u32>(places + (<usize>(depth - 1) << 2));
    const first = load<u32>(places);
    let before = timeOf(times, first);
    for (let step: u32 = 0; step < depth; step++) {
      const place = load<u32>(places + (<usize>step << 2));
      const time = timeOf(times, place);
      store<u32>(rows + (<usize>count << 2), step + 1);
      store<u32>(keys + (<usize>count << 2), keyAt == 0 ? first : keyAt == 1 ? last : place);
      store<f64>(ms + (<usize>count << 3), time - before);
      before = time;
      if (step > 0) {
        store<u32>(timed, count);
        timed += 4;
      }
      if (!isOpen) {
        store<u32>(closed, count);
        closed += 4;
      } else if (step == depth - 1) {
        store<u32>(ended, count);
        ended += 4;
      }
      count++;
    }
  }
  store<u32>(counts, <u32>((closed - (keys + most)) >> 2));
  store<u32>(counts, <u32>((ended - (keys + 2 * most)) >> 2), 4);
  store<u32>(counts, <u32>((timed - (keys + 3 * most)) >> 2), 8);
  return count;
}
