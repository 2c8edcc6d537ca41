import type { Detection, FormatSample } from './formats/format.ts';
import { LogReader } from './log-fields.ts';
import { fittingShareMin, guessEnd, sampleLines } from './log-guess.ts';
import type { LineLayout } from './log-layout.ts';

type Named = readonly (readonly [name: string, logFormat: string])[];

/** The layouts that a server's logs are tried by. */
export interface KnownLayouts {
  readonly server: 'apache' | 'nginx';
  readonly layoutOf: (logFormat: string) => LineLayout;
  /** Whole lines, the most telling first: the first that fits most lines is taken. */
  readonly whole: Named;
  /** Beginnings of lines; what stands behind them is guessed. */
  readonly beginnings: Named;
  /** A directive for a text of any kind, with a blank before it. */
  readonly rest: string;
}

const decoder = new TextDecoder();

/** Finds the log format that most of a sample's lines fit, as a `logFormat` option. */
export function detectLayout(sample: FormatSample, known: KnownLayouts): Detection | null {
  const lines = sampleLines(sample);
  const { bytes } = sample;
  const least = Math.max(1, lines.length * fittingShareMin);
  const fitting = (logFormat: string): typeof lines => {
    const reader = new LogReader(known.layoutOf(logFormat), 'UTC');
    return lines.filter(({ from, to }) => reader.fits(bytes, from, to));
  };
  for (const [name, logFormat] of known.whole) {
    const { length } = fitting(logFormat);
    if (length >= least) return found(logFormat, `${length} of ${lines.length} lines are laid out as ${name}`);
  }
  for (const [name, beginning] of known.beginnings) {
    const longer = beginning + known.rest;
    const begin = fitting(longer);
    if (begin.length < least) continue;
    const reader = new LogReader(known.layoutOf(longer), 'UTC');
    const rests = begin.map(({ from, to }) => {
      reader.fits(bytes, from, to);
      return decoder.decode(bytes.subarray(reader.lastStart() - 1, to));
    });
    const end = guessEnd(rests, known.server);
    const { length } = end === null ? [] : fitting(beginning + end);
    if (length >= least)
      return found(
        beginning + end,
        `${length} of ${lines.length} lines are laid out as ${name} and, by their look,${end}; say --log-format if that is wrong`,
      );
  }
  return null;
}

function found(logFormat: string, evidence: string): Detection {
  return { score: 0.95, options: { logFormat }, evidence };
}
