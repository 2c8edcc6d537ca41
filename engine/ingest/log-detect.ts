import type { Detection, FormatSample } from './formats/format.ts';
import { LogReader } from './log-fields.ts';
import { fittingShareMin, guessEnd, sampleLines } from './log-guess.ts';
import type { LineLayout } from './log-layout.ts';

/** @param begins what a line must begin with, where the layout alone would let too much pass. */
export type NamedLayouts = readonly (readonly [name: string, logFormat: string, begins?: RegExp])[];

/** The layouts that a server's logs are tried by. */
export interface KnownLayouts {
  readonly server: 'apache' | 'nginx';
  readonly layoutOf: (logFormat: string) => LineLayout;
  /** Whole lines, the most telling first: of those that fit as many lines the first is taken. */
  readonly whole: NamedLayouts;
  /** Beginnings of lines; what stands behind them is guessed. */
  readonly beginnings: NamedLayouts;
  /** A directive for a text of any kind, with a blank before it. */
  readonly rest: string;
}

const decoder = new TextDecoder();

/** Finds the log format that most of a sample's lines fit, as a `logFormat` option. */
export function detectLayout(sample: FormatSample, known: KnownLayouts): Detection | null {
  const lines = sampleLines(sample);
  const { bytes } = sample;
  const least = Math.max(1, lines.length * fittingShareMin);
  const fitting = (logFormat: string, begins?: RegExp): typeof lines => {
    const reader = new LogReader(known.layoutOf(logFormat), 'UTC');
    return lines.filter(
      ({ from, to }) =>
        (begins === undefined || begins.test(decoder.decode(bytes.subarray(from, to)))) && reader.fits(bytes, from, to),
    );
  };
  let best: Detection | null = null;
  let most = least - 1;
  for (const [name, logFormat, begins] of known.whole) {
    const { length } = fitting(logFormat, begins);
    if (length <= most || length < least) continue;
    most = length;
    best = found(logFormat, `${length} of ${lines.length} lines are laid out as ${name}`);
  }
  if (best !== null) return best;
  for (const [name, beginning, begins] of known.beginnings) {
    const longer = beginning + known.rest;
    const begin = fitting(longer, begins);
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
