import { describe, expect, it } from 'vitest';
import { planCompaction, type CompactionSizes } from './compact-policy.ts';
import { endOfPartition, partitionOf } from './partition.ts';
import type { SegmentMeta } from './row-source.ts';
import type { CompactionJob } from './segment-tasks.ts';

const sizes: CompactionSizes = { partitionRowsMin: 100, partitionRowsMax: 3200, segmentRowsMax: 1600, runsMax: 4 };
const day = 86_400_000;

/** A small generator (mulberry32). */
function randomFrom(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

let nextId = 1;
function segment(commitMin: number, commitMax: number, rows: number, timeMin: number, timeMax: number): SegmentMeta {
  const common = { table: 1, file: '', entries: 1, bytes: 1, hashRange: { from: 0, to: 2 ** 32 }, columns: [] };
  return { ...common, id: nextId++, partition: null, rows, timeMin, timeMax, commitMin, commitMax };
}

/** Does what a job says, with rows spread evenly over time. */
function carryOut(segments: readonly SegmentMeta[], { inputs, cut }: CompactionJob): SegmentMeta[] {
  const outputs: SegmentMeta[] = [];
  const timeMin = Math.min(...inputs.map((input) => input.timeMin));
  const timeMax = Math.max(...inputs.map((input) => input.timeMax));
  const commitMin = Math.min(...inputs.map((input) => input.commitMin));
  const commitMax = Math.max(...inputs.map((input) => input.commitMax));
  for (let at = partitionOf(timeMin, cut.width); at.start <= timeMax; at = partitionOf(endOfPartition(at), cut.width)) {
    const end = endOfPartition(at) - 1;
    const share = inputs.reduce((sum, input) => {
      const overlap = Math.min(end, input.timeMax) - Math.max(at.start, input.timeMin);
      return sum + (overlap < 0 ? 0 : (input.rows * (overlap + 1)) / (input.timeMax - input.timeMin + 1));
    }, 0);
    if (share < 1) continue;
    for (const hashRange of cut.hashRanges) {
      outputs.push({
        ...segment(commitMin, commitMax, Math.ceil(share / cut.hashRanges.length), 0, 0),
        partition: at,
        hashRange,
        timeMin: Math.max(at.start, timeMin),
        timeMax: Math.min(end, timeMax),
      });
    }
  }
  return [...segments.filter((one) => !inputs.includes(one)), ...outputs];
}

/** No segment that may hold the same times and is no input has commits between those of the inputs. */
function expectNeighbours(segments: readonly SegmentMeta[], job: CompactionJob): void {
  const from = Math.min(...job.inputs.map((input) => input.commitMin));
  const to = Math.max(...job.inputs.map((input) => input.commitMax));
  for (const other of segments) {
    if (job.inputs.includes(other)) continue;
    const apart = job.inputs.every((input) => other.timeMax < input.timeMin || other.timeMin > input.timeMax);
    const outside = other.commitMax < from || other.commitMin > to;
    expect(apart || outside).toBe(true);
  }
}

describe('compaction policy', () => {
  it('leaves level 0 alone until there are enough, and takes the oldest below the horizon', () => {
    const fresh = [1, 2, 3, 4, 5].map((commit) => segment(commit, commit, 100, 0, day));
    expect(planCompaction(fresh.slice(0, 3), Infinity, sizes, false)).toBe(null);
    expect(planCompaction(fresh, Infinity, sizes, false)!.inputs).toHaveLength(5);
    expect(planCompaction(fresh, 5, sizes, false)!.inputs.map(({ commitMax }) => commitMax)).toEqual([1, 2, 3, 4]);
    expect(planCompaction(fresh, 3, sizes, false)).toBe(null);
    expect(planCompaction([], Infinity, sizes, true)).toBe(null);
  });

  it('keeps inputs neighbours and comes to an end, whatever came in (seeds 1 … 60)', () => {
    let jobs = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const random = randomFrom(seed);
      let segments: SegmentMeta[] = [];
      let commit = 0;
      for (let step = 0; step < 30; step++) {
        const start = random(400) * day;
        segments.push(segment(++commit, commit, 1 + random(2000), start, start + random(60) * day));
        const all = random(10) === 0;
        for (let turn = 0; ; turn++) {
          const job = planCompaction(segments, Infinity, sizes, all);
          if (job === null) break;
          jobs++;
          expect(turn).toBeLessThan(300);
          expectNeighbours(segments, job);
          segments = carryOut(segments, job);
        }
        const levelZero = segments.filter(({ partition }) => partition === null).length;
        expect(levelZero).toBeLessThan(all ? 1 : sizes.runsMax);
      }
    }
    expect(jobs).toBeGreaterThan(200);
  });
});
