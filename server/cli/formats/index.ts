import { VarveError } from '../../../engine/index.ts';
import * as all from './all.ts';
import type { OutputFormat } from './output-format.ts';

const outputFormats: ReadonlyMap<string, OutputFormat> = new Map(
  Object.values(all).map((format) => [format.name, format]),
);

/** @throws VarveError `usage` with the names there are. */
export function outputFormat(name: string): OutputFormat {
  const format = outputFormats.get(name);
  if (format !== undefined) return format;
  throw new VarveError('usage', `There is no output format "${name}".`, {
    hint: `Use ${[...outputFormats.keys()].join(', ')}.`,
  });
}
