import { errorFromWire } from '../base/errors.ts';
import type { Catalog } from './catalog.ts';
import type { ManifestEdit } from './manifest-edit.ts';
import type { RowSourceDescriptor, SegmentMeta } from './row-source.ts';
import type { BuildRequest, BuildResult } from './segment-tasks.ts';
import type { StoreCore } from './store-core.ts';

/** What a build is asked for beside what the store around it says. */
export type BuildWish = Omit<BuildRequest, 'directory' | 'seed'>;

/**
 * Builds segments in threads, as many at once as there are threads. When one build fails, those not begun are left out,
 * and what the others made is removed. All have ended when this settles: none of it may go on behind a store that was
 * given up, since the next one takes the same file names.
 * @param wish makes a request when its turn comes.
 * @throws what the first that failed threw.
 */
export async function buildSegmentsOf<T>(
  core: StoreCore,
  parts: readonly T[],
  wish: (part: T) => BuildWish,
): Promise<SegmentMeta[]> {
  const { host, directory, manifest } = core;
  const built = parts.map((): readonly SegmentMeta[] => []);
  let failure: { readonly error: unknown } | null = null;
  let next = 0;
  const lane = async (): Promise<void> => {
    while (failure === null && next < parts.length) {
      const index = next++;
      try {
        const request: BuildRequest = { ...wish(parts[index]), directory, seed: manifest.catalog.seed };
        const { segments, failedSync } = await host.threads.run<BuildResult>('segment', 'build', request);
        if (failedSync !== null) {
          const error = errorFromWire(failedSync);
          core.giveUp(error);
          throw error;
        }
        built[index] = segments;
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, host.threads.count) }, lane));
  if (failure === null) return built.flat();
  discardSegments(core, built.flat());
  throw (failure as { readonly error: unknown }).error;
}

/**
 * Makes an edit that names segments durable, or removes them where it is known that nothing names them: a disk that is
 * full would otherwise be filled further by every attempt.
 * @throws what `Manifest.commit` throws.
 */
export async function publishSegments(
  core: StoreCore,
  segments: readonly SegmentMeta[],
  make: (catalog: Catalog) => ManifestEdit,
  apply: (catalog: Catalog) => void,
): Promise<void> {
  try {
    await core.manifest.commit(make, apply);
  } catch (error) {
    // After any failure but a full disk, the edit may be there.
    if (core.manifest.failed === null) discardSegments(core, segments);
    throw error;
  }
}

/** Removes segments that no edit names. */
export function discardSegments(core: StoreCore, segments: readonly SegmentMeta[]): void {
  // Nobody's version holds them, not even the first.
  core.obsolete.add(
    segments.map(({ file }) => `${core.directory}/${file}`),
    0,
  );
}

/** @returns descriptors' part of a request: one level-0 segment of rows that are new. */
export function levelZeroWish(
  core: StoreCore,
  table: { readonly id: number; readonly actor: string | null },
  columns: BuildRequest['columns'],
  inputs: readonly RowSourceDescriptor[],
  commits: { readonly commitMin: number; readonly commitMax: number },
): BuildWish {
  return {
    table: table.id,
    actor: table.actor,
    columns,
    inputs,
    firstId: core.counters.segment++,
    cut: null,
    ...commits,
  };
}
