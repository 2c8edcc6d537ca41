import { describe, expect, it } from 'vitest';
import { foldNodes, foldOf } from './paths-fold.ts';
import { beginPaths, newPathEdges, nextEdges, type PathRules } from './paths-steps.ts';

type Event = readonly [time: number, node: string, flags?: number];

const texts = ['', 'a', 'b', 'c', 'd'];
const all = foldOf(
  Array.from({ length: 10 }, () => [1, 2, 3, 4]),
  9,
);

/** `step source>target ms`, of one actor; `.` = no node. */
function edgesOf(events: readonly Event[], rules: PathRules): string[] {
  const edges = newPathEdges(rules, 1);
  const given = {
    actorCount: 1,
    starts: Uint32Array.of(0),
    ends: Uint32Array.of(events.length),
    times: Float64Array.from(events, ([time]) => time),
    nodes: Uint32Array.from(events, ([, node]) => Math.max(0, texts.indexOf(node))),
    flags: Uint8Array.from(events, ([, , flags]) => flags ?? 0),
  };
  const found: string[] = [];
  beginPaths(edges);
  while (nextEdges(given, rules, all, edges)) {
    for (let row = 0; row < edges.count; row++) {
      const target = texts[edges.targets[row]!]!;
      found.push(`${edges.steps[row]} ${texts[edges.sources[row]!]}>${target} ${edges.ms[row]}`);
    }
  }
  return found;
}

const rules: PathRules = { gap: 10, depth: 3, from: 'first' };

describe('nextEdges', () => {
  it('keeps a gap of exactly `gap` in the session, and ends it with one ms more', () => {
    expect(
      edgesOf(
        [
          [0, 'a'],
          [10, 'b'],
          [21, 'c'],
        ],
        rules,
      ),
    ).toEqual(['1 a>b 10', '2 b> NaN', '1 c> NaN']);
  });

  it('passes over events without a node, which keep the session going, and merges what then stands together', () => {
    expect(
      edgesOf(
        [
          [0, '.'],
          [5, 'a'],
          [12, '.'],
          [20, 'a'],
          [25, 'b'],
          [30, '.'],
        ],
        rules,
      ),
    ).toEqual(['1 a>b 20', '2 b> NaN']);
    expect(edgesOf([[0, '.']], rules)).toEqual([]);
  });

  it('names what follows the last of `depth` nodes', () => {
    const events: Event[] = [
      [0, 'a'],
      [1, 'b'],
      [2, 'a'],
      [3, 'b'],
      [4, 'c'],
    ];
    expect(edgesOf(events, { ...rules, depth: 1 })).toEqual(['1 a>b 1']);
    expect(edgesOf(events, { ...rules, depth: 5 }).at(-1)).toBe('5 c> NaN');
    expect(edgesOf(events, rules)).toEqual(['1 a>b 1', '2 b>a 1', '3 a>b 1']);
  });

  it('begins with the run that holds the first match', () => {
    const events: Event[] = [
      [0, 'a'],
      [1, 'b'],
      [2, 'b', 1],
      [3, 'c', 1],
      [20, 'a'],
      [21, '.', 1],
    ];
    expect(edgesOf(events, { ...rules, from: 'starting' })).toEqual(['1 b>c 2', '2 c> NaN']);
  });

  it('ends with the run that holds the last match, and counts steps from where it begins', () => {
    const events: Event[] = [
      [0, 'a', 2],
      [1, 'b'],
      [2, 'c'],
      [3, 'd'],
      [4, 'd', 2],
      [5, 'a'],
    ];
    expect(edgesOf(events, { ...rules, from: 'ending' })).toEqual(['1 b>c 1', '2 c>d 1', '3 d> NaN']);
    expect(edgesOf(events, { ...rules, from: 'ending', depth: 1 })).toEqual(['1 d> NaN']);
    expect(edgesOf(events.slice(0, 3), { ...rules, from: 'ending' })).toEqual(['1 a> NaN']);
  });
});

describe('foldNodes', () => {
  it('keeps the largest of each step, ties by the bytes of their texts', () => {
    const names = ['', '\u{1f600}', '\uffff', 'x'];
    const counted = { count: 5, steps: [1, 1, 1, 2, 2], codes: [1, 2, 3, 1, 2], events: [5, 5, 7, 1, 2] };
    const chosen = (limit: number): number[][] =>
      foldNodes(counted, 3, limit, (code) => names[code]!).map((own) => [...own]);
    expect(chosen(2)).toEqual([[3, 2], [2, 1], []]);
    expect(chosen(20)).toEqual([[3, 2, 1], [2, 1], []]);
    expect(chosen(0)).toEqual([[], [], []]);
  });
});
