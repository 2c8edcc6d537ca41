import { othersText } from '../../engine/execute/behaviour/paths-answer.ts';
import type { PathRules } from '../../engine/execute/behaviour/paths-steps.ts';
import { ofActor, type SmallEvent } from './histories.ts';

/** What is asked of small histories. */
export interface PathsQuestion extends PathRules {
  readonly limit: number;
}

/** step, source, target, events, actors, avg_time */
export type PathRow = readonly [number, string, string | null, number, number, number | null];

/** Codes of nodes: 0 = none. */
interface Visit {
  readonly node: string;
  readonly time: number;
  readonly matches: boolean;
}

/** The nodes of each path, and where it was cut at `depth` the one behind, from what the language says. */
export function naivePaths(all: readonly SmallEvent[], { gap, depth, from }: PathRules) {
  const paths: { actor: string; nodes: Visit[]; length: number }[] = [];
  for (const actor of new Set(all.map((event) => event.actor))) {
    const sessions: SmallEvent[][] = [];
    for (const event of ofActor(all, actor)) {
      const last = sessions.at(-1)?.at(-1);
      if (last !== undefined && event.time - last.time <= gap) sessions.at(-1)!.push(event);
      else sessions.push([event]);
    }
    for (const session of sessions) {
      const nodes: Visit[] = [];
      for (const { node, time, starting, ending } of session) {
        if (node === null) continue;
        const matches = from === 'starting' ? starting : ending;
        const last = nodes.at(-1);
        if (last?.node === node) nodes[nodes.length - 1] = { ...last, matches: last.matches || matches };
        else nodes.push({ node, time, matches });
      }
      const matching = nodes.map(({ matches }) => matches);
      const begin =
        from === 'first'
          ? 0
          : from === 'starting'
            ? matching.indexOf(true)
            : Math.max(0, matching.lastIndexOf(true) - depth + 1);
      if (nodes.length === 0 || (from !== 'first' && !matching.includes(true))) continue;
      const length = from === 'ending' ? matching.lastIndexOf(true) - begin + 1 : Math.min(depth, nodes.length - begin);
      paths.push({ actor, nodes: nodes.slice(begin, begin + length + (from === 'ending' ? 0 : 1)), length });
    }
  }
  return paths;
}

/** @returns how texts compare by their bytes. */
export function bytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The same as an answer has it. */
export function naiveEdges(all: readonly SmallEvent[], question: PathsQuestion): PathRow[] {
  const { depth, limit } = question;
  const paths = naivePaths(all, question);
  const kept = Array.from({ length: depth + 1 }, (_, place) => {
    const counts = new Map<string, number>();
    for (const { nodes } of paths)
      if (place < nodes.length) counts.set(nodes[place]!.node, (counts.get(nodes[place]!.node) ?? 0) + 1);
    return [...counts]
      .sort((a, b) => b[1] - a[1] || bytes(a[0], b[0]))
      .slice(0, limit)
      .map(([node]) => node);
  });
  const named = (node: string, place: number): string => (kept[place]!.includes(node) ? node : othersText);
  const rows = new Map<string, { key: [number, string, string | null]; ms: (number | null)[]; actors: Set<string> }>();
  for (const { actor, nodes, length } of paths) {
    for (let place = 0; place < length; place++) {
      const next = nodes[place + 1];
      const target = next === undefined ? null : named(next.node, place + 1);
      const key: [number, string, string | null] = [place + 1, named(nodes[place]!.node, place), target];
      const row = rows.get(JSON.stringify(key)) ?? { key, ms: [], actors: new Set() };
      row.ms.push(next === undefined ? null : next.time - nodes[place]!.time);
      row.actors.add(actor);
      rows.set(JSON.stringify(key), row);
    }
  }
  return [...rows.values()]
    .map(({ key, ms, actors }): PathRow => {
      const average = key[2] === null ? null : ms.reduce<number>((sum, own) => sum + own!, 0) / ms.length;
      return [...key, ms.length, actors.size, average];
    })
    .sort((a, b) => {
      const byTarget = a[2] === null ? (b[2] === null ? 0 : 1) : b[2] === null ? -1 : bytes(a[2], b[2]);
      return a[0] - b[0] || b[3] - a[3] || bytes(a[1], b[1]) || byTarget;
    });
}
