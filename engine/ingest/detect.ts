import { VarveError } from '../base/errors.ts';
import { checkEncoding } from './encoding.ts';
import { formats } from './formats/index.ts';
import type { Format, FormatOptions, FormatSample } from './formats/format.ts';

export interface DetectedFormat {
  readonly format: Format;
  readonly options: FormatOptions;
  readonly evidence: string;
}

/**
 * Finds a source's format, or takes the one that was named.
 * @throws VarveError `usage` for an unknown name, an empty or binary source, or when no format fits.
 */
export function detectFormat(
  sample: FormatSample,
  wanted: { readonly format?: string | undefined; readonly logFormat?: string | undefined },
): DetectedFormat {
  if (sample.bytes.length === 0)
    throw new VarveError('usage', `"${sample.name}" is empty.`, { hint: 'There is nothing to import.' });
  if (wanted.logFormat !== undefined) {
    const name = wanted.format ?? (/\$\w/.test(wanted.logFormat) ? 'nginx' : 'apache');
    return { format: named(name), options: { logFormat: wanted.logFormat }, evidence: 'by its log format' };
  }
  if (wanted.format !== undefined) {
    const format = named(wanted.format);
    checkEncoding(sample.name, sample.bytes, format.framing !== 'lines');
    const found = format.detect(sample);
    return { format, options: found?.options ?? {}, evidence: found?.evidence ?? 'as you said' };
  }
  checkEncoding(sample.name, sample.bytes, false);
  const found = [...new Set(formats.values())]
    .map((format) => ({ format, detection: format.detect(sample) }))
    .filter(({ detection }) => detection !== null)
    .sort((a, b) => b.detection!.score - a.detection!.score)[0];
  // Servers log what clients send, so a log may hold any bytes; other text that does is in another encoding.
  if (found?.format.framing !== 'lines') checkEncoding(sample.name, sample.bytes, true);
  if (found === undefined) {
    throw new VarveError('usage', `The format of "${sample.name}" was not recognised.`, {
      hint: 'Name it with --format (csv, json, apache, nginx), or give --log-format the LogFormat or log_format of the server.',
    });
  }
  return { format: found.format, options: found.detection!.options, evidence: found.detection!.evidence };
}

function named(name: string): Format {
  const format = formats.get(name);
  if (format !== undefined) return format;
  throw new VarveError('usage', `There is no format "${name}".`, { hint: `Use ${[...formats.keys()].join(', ')}.` });
}
