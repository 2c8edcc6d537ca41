/** How often something is run. */
export interface Effort {
  readonly warmUps: number;
  /** Measured runs, fewer when they do not fit into `budgetMs`. */
  readonly runs: number;
  readonly runsMin: number;
  /** For warm-ups and runs together. */
  readonly budgetMs: number;
}

export const fullEffort: Effort = { warmUps: 2, runs: 7, runsMin: 3, budgetMs: 20_000 };
export const tinyEffort: Effort = { warmUps: 0, runs: 2, runsMin: 2, budgetMs: 0 };

export interface Measured {
  /** Of the very first run, warm-up or not: what was not cached yet is in it. */
  readonly firstMs: number;
  readonly medianMs: number;
  /** Median of what the process's threads spent together: hardly more on a machine that is busy with other things. */
  readonly cpuMs: number;
  /** (slowest − fastest) ÷ median, in percent. */
  readonly spreadPercent: number;
  readonly runs: number;
}

/**
 * Runs work again and again, one run at a time.
 * @param look is given what each run, warm-up or not, came to; it is not measured.
 * @throws what `work` and `look` throw.
 */
export async function measure<T>(
  effort: Effort,
  work: () => Promise<T>,
  look: (outcome: T) => void = () => undefined,
): Promise<Measured> {
  const all: number[] = [];
  const cpu: number[] = [];
  const started = performance.now();
  const spent = (): number => performance.now() - started;
  const run = async (): Promise<number> => {
    const cpuBefore = process.cpuUsage();
    const from = performance.now();
    const outcome = await work();
    const took = performance.now() - from;
    const { user, system } = process.cpuUsage(cpuBefore);
    cpu.push((user + system) / 1000);
    look(outcome);
    all.push(took);
    return took;
  };
  // A slow row is warm after one run; a second would only cost the others their time.
  for (let warmUp = 0; warmUp < effort.warmUps && (warmUp === 0 || spent() < effort.budgetMs / 4); warmUp++)
    await run();
  const times: number[] = [];
  while (times.length < effort.runs && (times.length < effort.runsMin || spent() < effort.budgetMs))
    times.push(await run());
  const medianMs = median(times);
  return {
    firstMs: all[0]!,
    medianMs,
    cpuMs: median(cpu.slice(-times.length)),
    spreadPercent: ((Math.max(...times) - Math.min(...times)) / medianMs) * 100,
    runs: times.length,
  };
}

/** @returns the middle value, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
