import { VarveError } from '../../../engine/index.ts';
import { unknownFormat } from '../formats/index.ts';
import * as all from './all.ts';
import type { ExportFormat } from './export-format.ts';

const exportFormats: ReadonlyMap<string, ExportFormat> = new Map(
  Object.values<ExportFormat>(all).map((format) => [format.name, format]),
);

/** The names there are. */
export const exportFormatNames: readonly string[] = [...exportFormats.keys()];

/**
 * @param name what `--format` says; without it the ending of the file tells, and standard output gets `ndjson`.
 * @throws VarveError `usage` with the names there are, when neither tells.
 */
export function exportFormat(name: string | undefined, file: string | undefined): ExportFormat {
  const found =
    name !== undefined
      ? exportFormats.get(name)
      : file === undefined || file === '-'
        ? exportFormats.get('ndjson')
        : [...exportFormats.values()].find(({ endings }) => endings.some((end) => file.toLowerCase().endsWith(end)));
  if (found !== undefined) return found;
  if (name !== undefined) throw unknownFormat('format to export in', name, exportFormatNames);
  throw new VarveError('usage', `"${file}" does not say by its ending which format it is to have.`, {
    hint: `Say it: --format ${exportFormatNames.join('|')}.`,
  });
}
