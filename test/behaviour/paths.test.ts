import { describe, expect, it } from 'vitest';
import { othersText, pathsAnswer } from '../../engine/execute/behaviour/paths-answer.ts';
import { endActors, firstOfActors, newEdgeActors } from '../../engine/execute/behaviour/edge-actors.ts';
import { foldNodes, foldOf } from '../../engine/execute/behaviour/paths-fold.ts';
import {
  beginPaths,
  countNodes,
  newPathEdges,
  newPathNodes,
  nextEdges,
} from '../../engine/execute/behaviour/paths-steps.ts';
import { below, pick, randomOf, type Random } from '../oracle/random.ts';
import { at, histories, inOrder, ofActor, plain, randomEvents, seed, type SmallEvent } from './histories.ts';
import { bytes, naiveEdges, naivePaths, type PathRow, type PathsQuestion } from './naive-paths.ts';

interface Question extends PathsQuestion {
  readonly room: number;
}

const codes = ['', 'a', 'b', 'c', 'd', 'é', '(x)', othersText];

/** Codes of the events' nodes. */
function withNodes(all: readonly SmallEvent[]) {
  const ordered = inOrder(all);
  return {
    ...ordered,
    nodes: Uint32Array.from(ordered.events, ({ node }) => (node === null ? 0 : codes.indexOf(node))),
  };
}

/** Asks the passes: nodes are counted, told apart, then edges are, slice by slice. */
function asked(all: readonly SmallEvent[], question: Question): PathRow[] {
  const slices = question.room % 2 === 0 ? [all] : ['p0', 'p1', 'p2', 'p3'].map((actor) => ofActor(all, actor));
  const ordered = slices.map(withNodes);
  const visits = new Map<string, { step: number; code: number; events: number }>();
  const found = newPathNodes(question, question.room);
  for (const events of ordered) {
    beginPaths(found);
    while (countNodes(events, question, found)) {
      for (let row = 0; row < found.count; row++) {
        const [step, code] = [found.steps[row]!, found.nodes[row]!];
        const visit = visits.get(`${step} ${code}`) ?? { step, code, events: 0 };
        visit.events++;
        visits.set(`${step} ${code}`, visit);
      }
    }
  }
  const counted = [...visits.values()];
  const kept = foldNodes(
    {
      count: counted.length,
      steps: counted.map(({ step }) => step),
      codes: counted.map(({ code }) => code),
      events: counted.map((visit) => visit.events),
    },
    question.depth + 1,
    question.limit,
    (code) => codes[code]!,
  );
  const fold = foldOf(kept, codes.indexOf(othersText));
  const cells = new Map<string, { step: number; source: number; target: number; ms: number[]; actors: number }>();
  const edges = newPathEdges(question, question.room);
  const known = newEdgeActors();
  for (const events of ordered) {
    beginPaths(edges);
    while (nextEdges(events, question, fold, edges)) {
      const firsts = new Set(firstOfActors(known, edges));
      for (let row = 0; row < edges.count; row++) {
        const [step, source, target] = [edges.steps[row]!, edges.sources[row]!, edges.targets[row]!];
        const key = `${step} ${source} ${target}`;
        const cell = cells.get(key) ?? { step, source, target, ms: [], actors: 0 };
        cell.ms.push(edges.ms[row]!);
        if (firsts.has(row)) cell.actors++;
        cells.set(key, cell);
      }
    }
    endActors(known, events.actorCount);
  }
  return answered([...cells.values()]);
}

function answered(
  cells: readonly { step: number; source: number; target: number; ms: readonly number[]; actors: number }[],
): PathRow[] {
  const rows = pathsAnswer(
    {
      count: cells.length,
      steps: cells.map(({ step }) => step),
      sources: cells.map(({ source }) => source),
      targets: cells.map(({ target }) => target),
      events: cells.map(({ ms }) => ms.length),
      actors: cells.map(({ actors }) => actors),
      ms: cells.map(({ ms }) => ms.reduce((sum, own) => sum + own, 0)),
    },
    (code) => codes[code]!,
  );
  const columns = [rows.step, rows.source, rows.target, rows.events, rows.actors, rows.avg_time].map(plain);
  return Array.from({ length: rows.rowCount }, (_, row) => columns.map((column) => column[row]) as unknown as PathRow);
}

const minute = 60_000;

function randomCase(random: Random): { readonly events: SmallEvent[]; readonly question: Question } {
  const from = at('2024-01-28');
  const events = randomEvents(random, { most: 60, actors: 4, from, grain: 5 * minute, span: 100 });
  return {
    events,
    question: {
      gap: pick(random, [0, 5, 10, 30, 600]) * minute,
      depth: 1 + below(random, 5),
      from: pick(random, ['first', 'starting', 'ending'] as const),
      limit: pick(random, [1, 2, 3, 20]),
      room: 1 + below(random, 30),
    },
  };
}

describe('paths of random histories', () => {
  it(`agree with lists of nodes (seed ${seed}, ${histories} histories)`, () => {
    process.stderr.write(`Paths: seed ${seed} (VARVE_SEED), ${histories} histories (VARVE_HISTORIES).\n`);
    let edges = 0;
    for (let round = 0; round < histories; round++) {
      const { events, question } = randomCase(randomOf(seed + round));
      const rows = asked(events, question);
      edges += rows.length;
      expect(rows, `seed ${seed + round}: ${JSON.stringify({ question, events })}`).toEqual(
        naiveEdges(events, question),
      );
    }
    expect(edges).toBeGreaterThan(5 * histories);
  });

  it(`conserve mass: what enters a step leaves it or ends there (seed ${seed})`, () => {
    let nodes = 0;
    for (let round = 0; round < histories; round++) {
      const { events, question } = randomCase(randomOf(seed + histories + round));
      const rows = asked(events, question);
      const paths = naivePaths(events, question);
      const why = `seed ${seed + histories + round}: ${JSON.stringify({ question, events })}`;
      const sum = (wanted: (row: PathRow) => boolean): number =>
        rows.filter(wanted).reduce((total, row) => total + row[3], 0);
      expect(
        sum((row) => row[0] === 1),
        why,
      ).toBe(paths.length);
      for (let step = 2; step <= question.depth; step++) {
        const entering = new Set(rows.filter((row) => row[0] === step - 1 && row[2] !== null).map((row) => row[2]!));
        const leaving = new Set(rows.filter((row) => row[0] === step).map((row) => row[1]));
        expect([...leaving].sort(bytes), why).toEqual([...entering].sort(bytes));
        for (const node of entering) {
          nodes++;
          expect(
            sum((row) => row[0] === step && row[1] === node),
            why,
          ).toBe(sum((row) => row[0] === step - 1 && row[2] === node));
        }
      }
    }
    expect(nodes).toBeGreaterThan(histories);
  });
});
