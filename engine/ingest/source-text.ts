import { detectFormat, type DetectedFormat } from './detect.ts';
import { hasForeignLines, knownEncoding } from './encoding.ts';
import type { ImportOptions } from './import-types.ts';
import { plainBytes, recoded, type PlainBytes } from './source-bytes.ts';

/** A source as text in UTF-8, and the format that its beginning shows. */
export interface SourceText {
  readonly plain: PlainBytes;
  readonly format: DetectedFormat;
  /** Another encoding that it may be in: what was imported from it when it was shorter may have been read so. */
  readonly otherEncoding: string | null;
}

/**
 * Opens a source: inflates it, finds its encoding, then its format.
 * @param headBytes what of it is looked at.
 * @param formatBytes what of that the format is found by.
 * @param encoding what it is in, where that is known already.
 * @throws VarveError as `plainBytes` and `detectFormat`; `usage` for an encoding that is not known.
 */
export async function openText(
  name: string,
  raw: AsyncIterable<Uint8Array>,
  settings: ImportOptions,
  headBytes: number,
  formatBytes: number,
  encoding: string | null = null,
): Promise<SourceText> {
  const wanted = encoding ?? (settings.encoding === undefined ? null : knownEncoding(settings.encoding));
  let plain = await plainBytes(name, raw, headBytes, wanted);
  try {
    const detect = (): DetectedFormat => detectFormat(sampleOf(name, plain, formatBytes), settings, wanted !== null);
    let format = detect();
    const foreign = format.encoding !== 'utf-8';
    const doubtful = wanted === null && plain.encoding === 'utf-8' && format.format.framing !== 'lines';
    let otherEncoding: string | null = null;
    if (foreign) {
      plain = await recoded(plain, format.encoding, headBytes);
      format = detect();
      otherEncoding = 'utf-8';
    } else if (doubtful && hasForeignLines(plain.head)) otherEncoding = 'windows-1252';
    return { plain, format: { ...format, evidence: evidenceOf(plain, format) }, otherEncoding };
  } catch (error) {
    await plain.close();
    throw error;
  }
}

function sampleOf(name: string, plain: PlainBytes, bytesMax: number): Parameters<typeof detectFormat>[0] {
  const bytes = plain.head.subarray(0, bytesMax);
  return { name, bytes, complete: plain.complete && bytes.length === plain.head.length };
}

function evidenceOf({ encoding }: PlainBytes, { evidence }: DetectedFormat): string {
  if (encoding === 'utf-8') return evidence;
  return `${evidence}, in ${encoding === 'windows-1252' ? 'Windows-1252 (Latin-1)' : encoding.toUpperCase()}`;
}
