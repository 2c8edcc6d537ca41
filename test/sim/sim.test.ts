import { describe, expect, it } from 'vitest';
import type { Counts } from './life.ts';
import { runSeed } from './run-seed.ts';

const from = Number(process.env['VARVE_SIM_FROM'] ?? 1);
const seeds = Number(process.env['VARVE_SIM_SEEDS'] ?? (process.env['VARVE_LONG'] === '1' ? 20_000 : 500));

/** Failing seeds shown before the run gives up. */
const failuresMax = 10;

describe('simulation', () => {
  it(`keeps its promises on ${seeds} seeds from ${from}`, { timeout: 600_000 + seeds * 1000 }, async () => {
    const totals: Record<string, number> = {};
    const failures: string[] = [];
    for (let seed = from; seed < from + seeds && failures.length < failuresMax; seed++) {
      try {
        const counts: Counts = await runSeed(seed);
        for (const [name, count] of Object.entries(counts)) totals[name] = (totals[name] ?? 0) + (count as number);
      } catch (error) {
        failures.push((error as Error).message);
      }
    }
    process.stdout.write(`simulated ${seeds} seeds from ${from}: ${JSON.stringify(totals)}\n`);
    expect(failures.join('\n')).toBe('');
    expect(totals['lives']).toBe(seeds * 6);
    expect(totals['acknowledged']).toBeGreaterThan(0);
  });
});
