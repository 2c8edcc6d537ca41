import { VarveError } from '../base/errors.ts';
import { checkText, narrowEncodingOf } from './encoding.ts';
import { formats } from './formats/index.ts';
import type { Detection, Format, FormatOptions, FormatSample } from './formats/format.ts';

export interface DetectedFormat {
  readonly format: Format;
  readonly options: FormatOptions;
  readonly evidence: string;
  /** What the sample is in: where it is not UTF-8, the format is to be found anew in the text as UTF-8. */
  readonly encoding: 'utf-8' | 'windows-1252';
}

/**
 * Finds a source's format, or takes the one that was named.
 * @param recoded the encoding was named: the sample's is not looked for.
 * @throws VarveError `usage` for an unknown name, an empty or binary source, an encoding that is not read, or when no
 * format fits.
 */
export function detectFormat(
  sample: FormatSample,
  wanted: { readonly format?: string | undefined; readonly logFormat?: string | undefined },
  recoded = false,
): DetectedFormat {
  if (sample.bytes.length === 0)
    throw new VarveError('usage', `"${sample.name}" is empty.`, { hint: 'There is nothing to import.' });
  if (wanted.logFormat !== undefined) {
    const format = named(wanted.format ?? (/\$\w/.test(wanted.logFormat) ? 'nginx' : 'apache'));
    return { format, options: { logFormat: wanted.logFormat }, evidence: 'by its log format', encoding: 'utf-8' };
  }
  checkText(sample.name, sample.bytes);
  if (wanted.format !== undefined) {
    const format = named(wanted.format);
    const found = format.detect(sample);
    const encoding = encodingFor(format, found, sample, recoded);
    return { format, options: found?.options ?? {}, evidence: found?.evidence ?? 'as you said', encoding };
  }
  const found = [...new Set(formats.values())]
    .map((format) => ({ format, detection: format.detect(sample) }))
    .filter(({ detection }) => detection !== null)
    .sort((a, b) => b.detection!.score - a.detection!.score)[0];
  const encoding = encodingFor(found?.format, found?.detection ?? null, sample, recoded);
  if (found === undefined) {
    throw new VarveError('usage', `The format of "${sample.name}" was not recognised.`, {
      hint: `Name it with --format (${names()}), or give --log-format the LogFormat or log_format of the server.`,
    });
  }
  return { format: found.format, options: found.detection!.options, evidence: found.detection!.evidence, encoding };
}

/** Servers log what clients send, so a log may hold any bytes; other text that does is in another encoding. */
function encodingFor(
  format: Format | undefined,
  detection: Detection | null,
  sample: FormatSample,
  recoded: boolean,
): DetectedFormat['encoding'] {
  return recoded || format?.framing === 'lines' || detection?.anyBytes === true
    ? 'utf-8'
    : narrowEncodingOf(sample.name, sample.bytes);
}

function names(): string {
  return [...new Set(formats.values())].map(({ name }) => name).join(', ');
}

function named(name: string): Format {
  const format = formats.get(name);
  if (format !== undefined) return format;
  throw new VarveError('usage', `There is no format "${name}".`, { hint: `Use ${[...formats.keys()].join(', ')}.` });
}
