import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Engine from '../../engine/index.ts';
import { root } from '../folders.ts';

/** @returns what users import: the joined files, not the modules. */
export async function loadEngine(): Promise<typeof Engine> {
  const file = createRequire(join(root, 'package.json')).resolve('varve');
  return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as typeof Engine;
}
