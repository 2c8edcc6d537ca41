/** Runs of equal values, group by group. */
export interface Runs {
  /** The group's runs are `starts[group] … starts[group + 1]`; groups beyond have none. */
  readonly starts: Uint32Array;
  /** Ascending in a group, NaN last; 0 is never -0. */
  readonly values: Float64Array;
  readonly counts: Float64Array;
  /** How many bits each group's values lack. */
  readonly shifts: Uint8Array;
}

/** 6 bits of 52 are kept at least: a value is told from one 1.6 % away, and stands at most 0.8 % off. */
const shiftMax = 46;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** @returns no runs of no group. */
export function noRuns(): Runs {
  return {
    starts: new Uint32Array(1),
    values: new Float64Array(0),
    counts: new Float64Array(0),
    shifts: new Uint8Array(0),
  };
}

/** Sorts a span, NaN last. */
export function sortSpan(values: Float64Array, from: number, to: number): void {
  if (to - from > 32) {
    values.subarray(from, to).sort();
    return;
  }
  for (let i = from + 1; i < to; i++) {
    const value = values[i];
    let at = i;
    while (at > from && isAfter(values[at - 1], value)) {
      values[at] = values[at - 1];
      at--;
    }
    values[at] = value;
  }
}

function isAfter(a: number, b: number): boolean {
  return a > b || (a !== a && b === b);
}

/** Whether two values are one run. */
export function same(a: number, b: number): boolean {
  return a === b || (a !== a && b !== b);
}

/**
 * Merges runs, group by group; of more than `runsMax` a group, bits are dropped from the values, as few as do.
 * @param groupMap the group of each of `from`'s; null = its own.
 */
export function mergedRuns(
  base: Runs,
  from: Runs,
  groupMap: Uint32Array | null,
  groups: number,
  runsMax: number,
): Runs {
  const sources = groupMap === null ? null : sourcesOf(groupMap, groups);
  const most = runCount(base) + runCount(from);
  const out = {
    starts: new Uint32Array(groups + 1),
    values: new Float64Array(most),
    counts: new Float64Array(most),
    shifts: new Uint8Array(groups),
  };
  let at = 0;
  for (let group = 0; group < groups; group++) {
    out.starts[group] = at;
    const own = sources === null ? 1 : sources.starts[group + 1] - sources.starts[group];
    const first = own > 0 ? sourceAt(sources, group, 0) : 0;
    let end = mergeGroup(out, at, group, base, group, own > 0 ? from : null, first);
    for (let other = 1; other < own; other++) {
      // More than one source: what is merged so far is one side of the next merge.
      const sofar: Runs = {
        starts: Uint32Array.of(0, end - at),
        values: out.values.slice(at, end),
        counts: out.counts.slice(at, end),
        shifts: out.shifts.slice(group, group + 1),
      };
      end = mergeGroup(out, at, group, sofar, 0, from, sourceAt(sources, group, other));
    }
    at = end - at > runsMax ? dropBits(out, at, end, group, runsMax) : end;
  }
  out.starts[groups] = at;
  if (2 * at < most) return { ...out, values: out.values.slice(0, at), counts: out.counts.slice(0, at) };
  return { ...out, values: out.values.subarray(0, at), counts: out.counts.subarray(0, at) };
}

/** @returns how many runs there are. */
export function runCount(runs: Runs): number {
  return runs.starts[runs.starts.length - 1];
}

interface Sources {
  readonly starts: Uint32Array;
  readonly groups: Uint32Array;
}

/** For each group the groups that are mapped to it. */
function sourcesOf(groupMap: Uint32Array, groups: number): Sources {
  const starts = new Uint32Array(groups + 1);
  for (let i = 0; i < groupMap.length; i++) starts[groupMap[i] + 1]++;
  for (let group = 0; group < groups; group++) starts[group + 1] += starts[group];
  const next = starts.slice();
  const own = new Uint32Array(groupMap.length);
  for (let i = 0; i < groupMap.length; i++) own[next[groupMap[i]]++] = i;
  return { starts, groups: own };
}

function sourceAt(sources: Sources | null, group: number, index: number): number {
  return sources === null ? group : sources.groups[sources.starts[group] + index];
}

/** Merges one group of each side to `out` from `at` on. @returns where it ends. */
function mergeGroup(
  out: Runs,
  at: number,
  group: number,
  a: Runs,
  aGroup: number,
  b: Runs | null,
  bGroup: number,
): number {
  const hasA = aGroup < a.shifts.length;
  const hasB = b !== null && bGroup < b.shifts.length;
  let i = hasA ? a.starts[aGroup] : 0;
  const iEnd = hasA ? a.starts[aGroup + 1] : 0;
  let j = hasB ? b.starts[bGroup] : 0;
  const jEnd = hasB ? b.starts[bGroup + 1] : 0;
  const shift = Math.max(hasA ? a.shifts[aGroup] : 0, hasB ? b.shifts[bGroup] : 0);
  out.shifts[group] = shift;
  const { values, counts } = out;
  let end = at;
  while (i < iEnd || j < jEnd) {
    const takeA = j >= jEnd || (i < iEnd && !isAfter(a.values[i], b!.values[j]));
    const raw = takeA ? a.values[i] : b!.values[j];
    const count = takeA ? a.counts[i++] : b!.counts[j++];
    const value = shift === 0 ? raw : withoutBits(raw, shift);
    if (end > at && same(values[end - 1], value)) counts[end - 1] += count;
    else {
      values[end] = value;
      counts[end++] = count;
    }
  }
  return end;
}

/** Drops bits until the group's runs are few enough, or no more may be dropped. @returns where they end. */
function dropBits(out: Runs, from: number, to: number, group: number, most: number): number {
  const { values, counts } = out;
  let end = to;
  while (end - from > most && out.shifts[group] < shiftMax) {
    const shift = (out.shifts[group] = Math.max(out.shifts[group] + 1, leastShift(values, from, end, most)));
    let at = from;
    for (let i = from; i < end; i++) {
      const value = withoutBits(values[i], shift);
      if (at > from && same(values[at - 1], value)) counts[at - 1] += counts[i];
      else {
        values[at] = value;
        counts[at++] = counts[i];
      }
    }
    end = at;
  }
  return end;
}

/** The least number that has all bits of a mantissa. */
const normalMin = 2 ** -1022;

/**
 * @returns how many bits have to be dropped of ascending, different values until at most so many are left: that is told by the
 * highest bit in which neighbours differ. 0 where some lie so close to 0 that both its sides become one.
 */
function leastShift(values: Float64Array, from: number, to: number, most: number): number {
  const pairs = new Uint32Array(shiftMax + 1);
  float[0] = values[from];
  let [low, high] = [words[0], words[1]];
  for (let at = from; at < to; at++) {
    const value = values[at];
    if (value !== 0 && value < normalMin && value > -normalMin) return 0;
    if (at === from) continue;
    float[0] = value;
    const [lowOf, highOf] = [low ^ words[0], high ^ words[1]];
    const bit = highOf === 0 ? 31 - Math.clz32(lowOf) : 63 - Math.clz32(highOf);
    if (bit < shiftMax) pairs[bit]++;
    low = words[0];
    high = words[1];
  }
  let left = to - from;
  let shift = 0;
  while (left > most && shift < shiftMax) left -= pairs[shift++];
  return shift;
}

/** @returns the value with its lowest mantissa bits 0, which keeps the order of values. */
export function withoutBits(value: number, shift: number): number {
  if (!(value - value === 0)) return value;
  float[0] = value;
  if (shift >= 32) {
    words[0] = 0;
    words[1] &= -1 << (shift - 32);
  } else words[0] &= -1 << shift;
  return float[0] + 0;
}

/** @returns a value from the middle of those that a run of values without `shift` bits may have had. */
export function middleOf(value: number, shift: number): number {
  if (shift === 0 || value === 0 || !(value - value === 0)) return value;
  float[0] = value;
  if (shift > 32) words[1] |= 1 << (shift - 33);
  else words[0] |= 1 << (shift - 1);
  return float[0];
}

/** @returns the bytes of its arrays. */
export function bytesOfRuns({ starts, values, counts, shifts }: Runs): number {
  return starts.byteLength + values.buffer.byteLength + counts.buffer.byteLength + shifts.byteLength;
}
