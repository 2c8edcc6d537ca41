import { groupOf, ratioOf, type Group } from './ratios.ts';
import type { FactsPart, PartResult, RowsPart } from './results.ts';
import { scanFactName } from './scan-ratio.ts';

/** What was aimed at, and what came of it. */
export interface Target {
  readonly what: string;
  readonly must: string;
  readonly goal: string;
  readonly reached: string;
  readonly state: 'goal' | 'must' | 'missed' | 'not measured';
}

/** @returns the targets, in their order, beside the figures that there are. */
export function reachedTargets(results: readonly PartResult[]): Target[] {
  const rowsOf = (part: string): RowsPart | null => {
    const found = results.find((result) => result.part === part);
    return found?.kind === 'rows' ? found : null;
  };
  const groupIn = (part: string, prefix: string): Group | null => {
    const rows = rowsOf(part)?.rows.map((row) => ratioOf(row)) ?? [];
    const group = groupOf(rows, prefix);
    return group.count === 0 ? null : group;
  };
  const plain = groupIn('warm', 'A');
  const distinct = groupIn('warm', 'B1');
  const behaviour = groupIn('warm', 'B');
  const cold = groupIn('cold', '');
  const footing = results.find((result): result is FactsPart => result.kind === 'facts') ?? null;
  const fact = (name: string): Readonly<Record<string, number | null>> =>
    footing?.facts.find((one) => one.name.startsWith(name))?.values ?? {};
  return [
    atLeast('plain aggregations A1–A14, geometric mean', plain?.mean, 2, 3),
    below1(plain),
    atLeast('exact distinct actors (B1), geometric mean', distinct?.mean, 6, 10),
    atLeast('behaviour (B1–B8), geometric mean', behaviour?.mean, 10, 20),
    slowestTarget(behaviour),
    scanTarget(fact(scanFactName)),
    atLeast('cold, geometric mean', cold?.mean, 1, 2),
    bytesTarget(fact('bytes on disk')),
    idleTarget(fact('resident, store open and idle')['varve'] ?? undefined),
  ];
}

function stateOf(value: number | undefined, must: (value: number) => boolean, goal: (value: number) => boolean) {
  if (value === undefined || Number.isNaN(value)) return 'not measured' as const;
  return goal(value) ? ('goal' as const) : must(value) ? ('must' as const) : ('missed' as const);
}

function atLeast(what: string, value: number | undefined, must: number, goal: number): Target {
  return {
    what,
    must: `≥ ${must}×`,
    goal: `≥ ${goal}×`,
    reached: value === undefined ? '–' : `${value.toFixed(2)}×`,
    state: stateOf(
      value,
      (one) => one >= must,
      (one) => one >= goal,
    ),
  };
}

function slowestTarget(group: Group | null): Target {
  const target = atLeast('behaviour (B1–B8), the slowest row', group?.least?.ratio, 3, 5);
  const missing = group !== null && group.missing.length > 0 ? `; no figure: ${group.missing.join(', ')}` : '';
  return { ...target, reached: `${target.reached}${group?.least ? ` (${group.least.id})` : ''}${missing}` };
}

function scanTarget({ funnel = null, scan = null }: Readonly<Record<string, number | null>>): Target {
  const share = funnel === null || scan === null ? undefined : funnel / scan;
  return {
    what: 'a 3-step funnel (B2a), against a scan of as many columns',
    must: '≤ 3×',
    goal: '≤ 1.5×',
    reached: share === undefined ? '–' : `${share.toFixed(2)}×`,
    state: stateOf(
      share,
      (one) => one <= 3,
      (one) => one <= 1.5,
    ),
  };
}

function below1(group: Group | null): Target {
  const bad = group === null ? undefined : group.below1.length + 10 * group.belowHalf.length;
  const halves = group !== null && group.belowHalf.length > 0 ? `; under 0.5×: ${group.belowHalf.join(', ')}` : '';
  const missing = group !== null && group.missing.length > 0 ? `; no figure: ${group.missing.join(', ')}` : '';
  return {
    what: 'rows under 1×',
    must: 'at most 2, none under 0.5×',
    goal: 'none',
    reached: group === null ? '–' : `${group.below1.length}: ${group.below1.join(', ') || 'none'}${halves}${missing}`,
    state: stateOf(
      bad,
      (one) => one <= 2,
      (one) => one === 0,
    ),
  };
}

function bytesTarget(bytes: Readonly<Record<string, number | null>>): Target {
  const own = bytes['varve'] ?? undefined;
  const peers = Object.entries(bytes).flatMap(([name, value]) => (name === 'varve' || value === null ? [] : [value]));
  const share = own === undefined || peers.length === 0 ? undefined : own / Math.min(...peers);
  return {
    what: 'bytes on disk an event, against the smallest layout of a peer',
    must: '≤ 1.1×',
    goal: '≤ 0.8×',
    reached:
      share === undefined ? '–' : `${share.toFixed(2)}× (${own!.toFixed(1)} and ${Math.min(...peers).toFixed(1)})`,
    state: stateOf(
      share,
      (one) => one <= 1.1,
      (one) => one <= 0.8,
    ),
  };
}

function idleTarget(megabytes: number | undefined): Target {
  return {
    what: 'idle process with an open store, resident',
    must: '< 100 MB',
    goal: '< 80 MB',
    reached: megabytes === undefined ? '–' : `${megabytes.toFixed(0)} MB`,
    state: stateOf(
      megabytes,
      (one) => one < 100,
      (one) => one < 80,
    ),
  };
}
