import { compareTexts } from '../../base/compare-text.ts';
import type { Values } from '../../column/values.ts';

/** What the nodes are called that are not told apart. */
export const othersText = '(others)';

/** Edges of all paths, a row each (step, source, target) that occurs. */
export interface CountedEdges {
  readonly count: number;
  /** From 1. */
  readonly steps: ArrayLike<number>;
  readonly sources: ArrayLike<number>;
  /** 0 = the session ended there. */
  readonly targets: ArrayLike<number>;
  readonly events: ArrayLike<number>;
  readonly actors: ArrayLike<number>;
  /** ms from source to target over all paths; that of an edge to nowhere is not read. */
  readonly ms: ArrayLike<number>;
}

/** The answer's columns. */
export interface PathRows {
  readonly rowCount: number;
  readonly step: Values;
  readonly source: Values;
  readonly target: Values;
  readonly events: Values;
  readonly actors: Values;
  readonly avg_time: Values;
}

/**
 * Makes the rows of paths, ordered by step, events descending, then the texts of source and target, no target last.
 * @param textOf the text of a node's code, asked once a code.
 */
export function pathsAnswer(edges: CountedEdges, textOf: (code: number) => string): PathRows {
  const { count: length, steps, sources, targets, events, actors, ms } = edges;
  const { codes, texts } = textsOf(edges, textOf);
  const own = (code: number): string => texts[codes.get(code)!];
  const order = Uint32Array.from({ length }, (_, row) => row).sort(
    (a, b) =>
      steps[a] - steps[b] ||
      events[b] - events[a] ||
      compareTexts(own(sources[a]), own(sources[b])) ||
      (targets[a] === 0 ? 1 : 0) - (targets[b] === 0 ? 1 : 0) ||
      (targets[a] === 0 ? 0 : compareTexts(own(targets[a]), own(targets[b]))),
  );
  const ends = new Uint8Array(length);
  for (let row = 0; row < length; row++) if (targets[order[row]] === 0) ends[row] = 1;
  const number = (values: Float64Array, nulls: Uint8Array | null = null): Values => ({
    kind: 'number',
    length,
    values,
    nulls,
  });
  const ordered = (values: ArrayLike<number>): Float64Array => Float64Array.from(order, (row) => values[row]);
  const coded = (values: ArrayLike<number>, nulls: Uint8Array | null): Values => ({
    kind: 'coded',
    length,
    codes: order.map((row) => codes.get(values[row]) ?? 0),
    texts,
    nulls,
  });
  return {
    rowCount: length,
    step: number(ordered(steps)),
    source: coded(sources, null),
    target: coded(targets, ends),
    events: number(ordered(events)),
    actors: number(ordered(actors)),
    avg_time: number(
      Float64Array.from(order, (row) => (targets[row] === 0 ? 0 : ms[row] / events[row])),
      ends,
    ),
  };
}

function textsOf(
  { count, sources, targets }: CountedEdges,
  textOf: (code: number) => string,
): { readonly codes: ReadonlyMap<number, number>; readonly texts: readonly string[] } {
  const codes = new Map<number, number>();
  const texts: string[] = [];
  for (let row = 0; row < count; row++) {
    for (const code of [sources[row], targets[row]]) {
      if (code !== 0 && !codes.has(code)) codes.set(code, texts.push(textOf(code)) - 1);
    }
  }
  return { codes, texts };
}
