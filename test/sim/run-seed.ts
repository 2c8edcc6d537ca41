import { openStore } from '../../engine/store/store.ts';
import type { StoreSizes } from '../../engine/store/sizes.ts';
import type { Store } from '../../engine/store/store-types.ts';
import { checkDefinition, runDefiner } from './definitions.ts';
import { checkStore, runImporter, runKeeper, runReader, runWriter } from './actors.ts';
import {
  expectCode,
  pause,
  randomSizes,
  simDirectory,
  verify,
  type Counts,
  type Life,
  type OpenStore,
  type World,
} from './life.ts';
import { Model, Violation } from './model.ts';
import { freshCache } from './read-store.ts';
import { createRandomFaults, noFaults, type FaultPlan, type FaultProfile } from './sim-faults.ts';
import { createSimMachine, startProcess, type SimHost, type TaskRegistry } from './sim-host.ts';
import { simTasks } from './sim-tasks.ts';

/** What a run of the simulation may change: a planted bug, other tasks of threads. */
export interface RunOptions {
  readonly lives?: number;
  readonly open?: OpenStore;
  readonly wrap?: (host: SimHost) => SimHost;
  readonly tasks?: TaskRegistry;
  /** Sizes of every process; drawn anew for each by default. */
  readonly sizes?: Partial<StoreSizes>;
}

const profiles: readonly FaultProfile[] = ['none', 'none', 'none', 'errors', 'errors', 'sticky', 'full', 'read errors'];

/**
 * Runs one seed: some lives of a store, each ended by a close, a kill or a power cut, and a last look without faults.
 * @throws Error that names the seed and what was broken.
 */
export async function runSeed(seed: number, options: RunOptions = {}): Promise<Counts> {
  const world = createWorld(seed, options);
  if (process.env['VARVE_SIM_TRACE'] === '1') world.machine.trace = (line) => void process.stdout.write(`${line}\n`);
  const stray = (error: unknown): void => {
    strays.push(error);
  };
  const strays: unknown[] = [];
  process.on('unhandledRejection', stray);
  try {
    const lives = options.lives ?? 6;
    for (let number = 0; number < lives; number++) await runLife(world, number);
    await lastLook(world);
    if (strays.length > 0) throw new Violation(`a promise was rejected and nobody looked: ${String(strays[0])}`);
  } catch (error) {
    throw new Error(
      `seed ${seed}: ${(error as Error).message}\n  VARVE_SIM_FROM=${seed} VARVE_SIM_SEEDS=1 npx vitest run test/sim/sim.test.ts`,
      {
        cause: error,
      },
    );
  } finally {
    process.off('unhandledRejection', stray);
  }
  return world.counts;
}

/** Makes a machine with an empty disk, and a model that knows of nothing. */
export function createWorld(
  seed: number,
  { open = openStore, wrap = (host) => host, tasks = simTasks, sizes }: RunOptions,
): World {
  const machine = createSimMachine(seed, tasks);
  machine.disk.makeFolder(machine.rng.chance(0.5) ? '/disk' : simDirectory);
  machine.disk.flush();
  return {
    machine,
    model: new Model(),
    open: (host, directory, own) => open(host, directory, { ...own, seed, sizes: sizes ?? randomSizes(machine.rng) }),
    wrap,
    keys: [],
    steps: new Map(),
    definition: { sure: 0, tried: 0 },
    counts: { lives: 0, powerCuts: 0, faults: 0, acknowledged: 0, snapshots: 0, rows: 0, compactions: 0 },
  };
}

async function runLife(world: World, number: number): Promise<void> {
  const { machine, counts } = world;
  const { rng, scheduler } = machine;
  const faults = createRandomFaults(rng.pick(profiles), rng.fork());
  const host = world.wrap(startProcess(machine, faults));
  // Half of the crashes come early, where recovery is at work.
  const crashes = rng.chance(0.75);
  scheduler.crashAt = crashes ? scheduler.events + 1 + rng.integer(rng.chance(0.4) ? 60 : 900) : Infinity;
  const outcome = await scheduler.drive(live(world, host, faults, number));
  scheduler.crashAt = Infinity;
  endProcess(world, host);
  counts.lives++;
  counts.faults += faults.count;
  if (rng.chance(outcome === 'crashed' ? 0.7 : 0.3)) {
    machine.disk.powerCut(rng);
    counts.powerCuts++;
    machine.trace(`power cut after process ${host.process.id}`);
  } else {
    machine.disk.evict(rng);
    machine.trace(`end of process ${host.process.id}`);
  }
}

/** The process is gone, its lock with it; nobody knows of what it had not answered. */
export function endProcess(world: World, host: SimHost): void {
  host.process.alive = false;
  for (const process of world.machine.processes.splice(0)) process.alive = false;
  world.model.crash();
  for (const known of world.keys) {
    if (known.taken) known.tried = true;
    known.taken = false;
  }
}

async function live(world: World, host: SimHost, faults: FaultPlan, number: number): Promise<void> {
  const rng = world.machine.rng.fork();
  const store = await openSurely(world, host, faults);
  if (store === null) return;
  const life: Life = {
    world,
    host,
    store,
    cache: freshCache(),
    faults,
    rng,
    closing: false,
    failed: false,
  };
  await verify(life, 'after open');
  checkDefinition(life);
  const work = [
    ...['w', 'x', 'y', 'z'].map((name) => runWriter(life, `${name}${number}`)),
    runImporter(life, 'file-1'),
    runImporter(life, 'file-2'),
    runReader(life),
    runReader(life),
    runKeeper(life),
    runDefiner(life),
  ];
  // At times the store is closed under those who use it.
  if (rng.chance(0.2)) {
    await pause(life, 8000);
    await closeStore(life);
  }
  await Promise.all(work);
  if (rng.chance(0.7)) await closeStore(life);
}

/** Closes the store under whoever uses it. */
export async function closeStore(life: Life): Promise<void> {
  life.closing = true;
  life.world.machine.trace('close begins');
  try {
    await life.store.close();
  } catch (error) {
    expectCode(life, error, 'close');
  }
}

/** Opens the store. @returns null when faults prevent it. */
export async function openSurely(world: World, host: SimHost, faults: FaultPlan): Promise<Store | null> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const before = faults.count;
    try {
      return await world.open(host, simDirectory, { readOnly: false, create: true });
    } catch (error) {
      if (faults.count === before && before === 0) expectCode({ faults: noFaults, closing: false }, error, 'open');
      expectCode({ faults, closing: false }, error, 'open');
    }
  }
  return null;
}

/** Without faults the store opens, holds what it must, finds itself sound, and gives the same when opened again. */
export async function lastLook(world: World): Promise<void> {
  const { machine } = world;
  for (let round = 0; round < 2; round++) {
    const host = world.wrap(startProcess(machine));
    const look = async (): Promise<void> => {
      const store = await world.open(host, simDirectory, { readOnly: false, create: true });
      const life: Life = {
        world,
        host,
        store,
        cache: freshCache(),
        faults: noFaults,
        rng: machine.rng,
        closing: false,
        failed: false,
      };
      await verify(life, 'after open');
      await checkStore(life);
      await store.close();
    };
    await machine.scheduler.drive(look());
    endProcess(world, host);
    if (round === 0) machine.disk.powerCut(machine.rng);
  }
}
