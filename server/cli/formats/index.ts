import { nearestNames, VarveError } from '../../../engine/index.ts';
import * as all from './all.ts';
import type { OutputFormat } from './output-format.ts';

const outputFormats: ReadonlyMap<string, OutputFormat> = new Map(
  Object.values(all).map((format) => [format.name, format]),
);

/** The names there are, in the order of the register. */
export const outputFormatNames: readonly string[] = [...outputFormats.keys()];

/** @throws VarveError `usage` with the names there are, the nearest first. */
export function outputFormat(name: string): OutputFormat {
  const format = outputFormats.get(name);
  if (format !== undefined) return format;
  throw unknownFormat('output format', name, outputFormatNames);
}

/** @returns an error that names the nearest format and all there are. */
export function unknownFormat(what: string, name: string, names: readonly string[]): VarveError {
  const [near] = nearestNames(name, names, 1);
  return new VarveError('usage', `There is no ${what} "${name}".`, {
    hint: `${near === undefined ? 'Use' : `Did you mean ${near}? There are`} ${names.join(', ')}.`,
  });
}
