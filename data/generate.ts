import { VarveError } from '../engine/base/errors.ts';
import { worlds } from './worlds/index.ts';
import type { DemoTruth, World, WorldOptions } from './worlds/world.ts';

export type { DemoTruth, StoryRow, World, WorldFile, WorldOptions, WriteFile } from './worlds/world.ts';

/** The world that the demo shows. */
export const demoWorld: World = worldOfName('music');

/** @returns a world by name. @throws VarveError `not_found`. */
export function worldOfName(name: string): World {
  const world = worlds.get(name);
  if (world === undefined) {
    throw new VarveError('not_found', `There is no world "${name}".`, {
      hint: `There are: ${[...worlds.keys()].join(', ')}.`,
    });
  }
  return world;
}

/**
 * Makes the demo's files, piece by piece: deterministic, the same options give the same bytes. The paths, formats and
 * tables of the files are `demoWorld.files`.
 * @returns what is true of them.
 * @throws VarveError `usage` for fewer than 1,000 events; what `write` throws.
 */
export async function generateDemo(options: WorldOptions): Promise<DemoTruth> {
  return demoWorld.generate(options);
}
