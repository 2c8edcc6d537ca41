import type { StoreSizes } from '../../engine/store/sizes.ts';
import { appendKeyed, compact, importStep, send } from './actors.ts';
import { verify, type KnownKey, type Life, type World } from './life.ts';
import { freshCache, stepsOf } from './read-store.ts';
import { closeStore, createWorld, endProcess, openSurely } from './run-seed.ts';
import type { FaultPlan } from './sim-faults.ts';
import { startProcess } from './sim-host.ts';

/** Sizes at which the script below flushes, merges and writes whole manifests. */
const sizes: Partial<StoreSizes> = {
  memtableRowsMax: 12,
  levelZeroSegmentsMax: 4,
  runsMax: 2,
  partitionRowsMin: 1,
  manifestBytesMax: 800,
  importLogRowsMax: 2,
  closeRowsMax: 0,
  joinDelayMs: 1,
  markDelayMs: 2,
};

/**
 * Runs a short life of a store, one step after another: appends with and without keys, imports, a compaction, at the end
 * a close or a kill, and what the next process does to recover. What a fault keeps from being done is noted in the
 * model, and the next step is tried.
 * @returns the machine and what its users know.
 */
export async function runScript(seed: number, closes: boolean, faults: FaultPlan, recovers = true): Promise<World> {
  const world = createWorld(seed, { sizes });
  const host = startProcess(world.machine, faults);
  const work = async (): Promise<void> => {
    const store = await openSurely(world, host, faults);
    if (store === null) return;
    const { rng } = world.machine;
    const life: Life = { world, host, store, cache: freshCache(), faults, rng, closing: false, failed: false };
    for (let round = 0; round < 3; round++) {
      await send(life, world.model.begin(['a']), null);
      await appendKeyed(life, newKey(world, `key ${round}`));
      await importStep(life, 'file', stepsOf(store).get('file') ?? 0);
      await send(life, world.model.begin(['nobody', 'a']), null);
    }
    await compact(life);
    await appendKeyed(life, newKey(world, 'last'));
    if (closes) await closeStore(life);
  };
  const outcome = await world.machine.scheduler.drive(work());
  endProcess(world, host);
  if (recovers && outcome === 'done') await recover(world, faults);
  return world;
}

async function recover(world: World, faults: FaultPlan): Promise<void> {
  const host = startProcess(world.machine, faults);
  const work = async (): Promise<void> => {
    const store = await openSurely(world, host, faults);
    if (store === null) return;
    const { rng } = world.machine;
    const life: Life = { world, host, store, cache: freshCache(), faults, rng, closing: false, failed: false };
    await verify(life, 'after open');
    await closeStore(life);
  };
  await world.machine.scheduler.drive(work());
  endProcess(world, host);
}

function newKey(world: World, key: string): KnownKey {
  const batch = world.model.begin(['a', 'b']);
  const known: KnownKey = { key, digest: `digest ${batch.id}`, batch, rejected: 0, tried: false, taken: false };
  world.keys.push(known);
  return known;
}
