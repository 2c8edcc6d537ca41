import { describe, expect, it } from 'vitest';
import { mutants, type Mutant } from './mutants.ts';
import { runSeed } from './run-seed.ts';

const long = process.env['VARVE_LONG'] === '1';
const seedsMax = 2000;

/** Those that are found soon, of each kind one: they show in every run that the rig is alive. */
const quick = ['no log sync', 'no folder sync', 'no lock', 'no keys', 'positions first', 'early acknowledgement'];

async function seedsUntilFound({ options }: Mutant): Promise<number> {
  for (let seed = 1; seed <= seedsMax; seed++) {
    try {
      await runSeed(seed, options);
    } catch {
      return seed;
    }
  }
  return Infinity;
}

describe('planted bugs', () => {
  it.each(mutants.filter(({ name }) => long || quick.includes(name)))(
    '$name: $bug',
    { timeout: 600_000 },
    async (mutant) => {
      const seeds = await seedsUntilFound(mutant);
      process.stdout.write(`"${mutant.name}" was found after ${seeds} seeds\n`);
      expect(seeds).toBeLessThanOrEqual(seedsMax);
    },
  );
});
