import { isVarveError, type ErrorCode } from '../../engine/base/errors.ts';
import type { Host } from '../../engine/host/host.ts';
import type { BlockCache } from '../../engine/store/block-cache.ts';
import type { OpenStoreOptions } from '../../engine/store/open-store.ts';
import type { StoreSizes } from '../../engine/store/sizes.ts';
import type { Store } from '../../engine/store/store-types.ts';
import type { KnownDefinition } from './definitions.ts';
import { Violation, type Model, type SimBatch } from './model.ts';
import { readSnapshot, stepsOf } from './read-store.ts';
import type { FaultPlan } from './sim-faults.ts';
import type { SimHost, SimMachine } from './sim-host.ts';
import type { SeededRng } from './sim-rng.ts';

/** How the store under test is opened; a mutant wraps it or the host. */
export type OpenStore = (host: Host, directory: string, options: OpenStoreOptions) => Promise<Store>;

/** An idempotency key that some writer uses, over all lives. */
export interface KnownKey {
  readonly key: string;
  readonly digest: string;
  readonly batch: SimBatch;
  readonly rejected: number;
  tried: boolean;
  /** A writer has it in hand: others leave it alone. */
  taken: boolean;
}

/** What outlives a process: the machine, what its users know, the keys and imports under way. */
export interface World {
  readonly machine: SimMachine;
  readonly model: Model;
  /** Opens the store, at sizes that differ from one process to the next. */
  readonly open: OpenStore;
  /** Changes the host of every process: a planted bug, or nothing. */
  readonly wrap: (host: SimHost) => SimHost;
  readonly keys: KnownKey[];
  /** Steps of imports by source. */
  readonly steps: Map<string, SimBatch[]>;
  readonly definition: KnownDefinition;
  readonly counts: Counts;
}

/** What a run did, for the summary. */
export interface Counts {
  lives: number;
  powerCuts: number;
  faults: number;
  acknowledged: number;
  snapshots: number;
  rows: number;
  compactions: number;
}

/** One process from its start to its end. */
export interface Life {
  readonly world: World;
  readonly host: SimHost;
  readonly store: Store;
  readonly cache: BlockCache;
  readonly faults: FaultPlan;
  readonly rng: SeededRng;
  closing: boolean;
  /** An append had an unknown outcome: this process must acknowledge none any more. */
  failed: boolean;
}

export const simDirectory = '/disk/store';

/** @returns sizes so small that a short life flushes, merges and writes whole manifests. */
export function randomSizes(rng: SeededRng): Partial<StoreSizes> {
  const [partitionRowsMin, partitionRowsMax] = rng.pick([
    [1, 40],
    [30, 300],
    [200, 100_000],
    [1, 100_000],
  ] as const);
  return {
    memtableRowsMax: rng.pick([30, 100, 300, 100_000]),
    chunkRowsMax: rng.pick([10, 50, 1000]),
    levelZeroSegmentsMax: rng.pick([4, 8]),
    partitionRowsMin,
    partitionRowsMax,
    segmentRowsMax: rng.pick([30, 300, 100_000]),
    runsMax: rng.pick([2, 4]),
    manifestBytesMax: rng.pick([200, 4000, 1_000_000]),
    importLogRowsMax: rng.pick([0, 4, 1000]),
    closeRowsMax: rng.pick([0, 30, 100_000]),
    joinDelayMs: rng.pick([1, 5, 250]),
    markDelayMs: rng.pick([2, 20, 1000]),
  };
}

/** Waits a random while of virtual time. */
export function pause({ world, host, rng }: Pick<Life, 'world' | 'host' | 'rng'>, most = 1500): Promise<void> {
  return world.machine.scheduler.sleep(host.process, rng.integer(most));
}

/**
 * Looks at an error that the store gave.
 * @returns its code. @throws Violation when it is none of ours, or nothing went wrong that could have led to it.
 */
export function expectCode(
  { faults, closing }: Pick<Life, 'faults' | 'closing'>,
  error: unknown,
  what: string,
  also: readonly ErrorCode[] = [],
): ErrorCode {
  if (error instanceof Violation) throw error;
  if (!isVarveError(error)) throw new Violation(`${what}: ${String(error)}`, { cause: error });
  const closed = closing && (error.code === 'usage' || error.code === 'cancelled');
  const disk = faults.count > 0 && (error.code === 'storage_failed' || error.code === 'storage_full');
  if (!closed && !disk && !also.includes(error.code))
    throw new Violation(`${what}: ${error.code}: ${error.message}`, { cause: error });
  return error.code;
}

/**
 * Takes a snapshot, reads it whole and compares it with the model; reads it twice at times.
 * @param askedAt what was acknowledged before must be in it: now, or when a read-only store was opened.
 */
export async function verify(
  life: Life,
  how: 'at once' | 'slowly' | 'after open',
  askedAt: number = life.world.model.tick(),
): Promise<void> {
  const { world, store, rng } = life;
  const { model, counts } = world;
  const snapshot = store.snapshot();
  const steps = stepsOf(store);
  const environment = { vfs: life.host.vfs, cache: life.cache };
  const wait = how === 'slowly' ? () => pause(life) : undefined;
  try {
    const contents = await readSnapshot(environment, store, snapshot, wait);
    model.check(contents, askedAt, steps, !store.readOnly);
    if (how === 'after open') model.settle(contents);
    counts.snapshots++;
    for (const rows of contents.values()) counts.rows += rows.length;
    if (how === 'slowly' && rng.chance(0.3)) {
      await pause(life, 5000);
      const again = await readSnapshot(environment, store, snapshot, wait);
      if (JSON.stringify([...again]) !== JSON.stringify([...contents]))
        throw new Violation('a snapshot changed while it was held');
    }
  } catch (error) {
    // A read that fails gives nothing; what it gives is right.
    if (isVarveError(error)) expectCode(life, error, 'reading a snapshot');
    else
      throw error instanceof Violation
        ? error
        : new Violation(`reading a snapshot: ${String(error)}`, { cause: error });
  } finally {
    snapshot.release();
  }
}
