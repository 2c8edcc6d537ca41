import { iisDateOrder, IisNativeReader, type IisDateOrder } from '../iis-native-reader.ts';
import type { Format, FormatSample } from './format.ts';

const linesMax = 1000;

/** The format that IIS calls its own: fifteen fields between commas, no header, times of the server's zone. */
export const iisNative: Format = {
  name: 'iis-native',
  summary: "IIS's own log format: fifteen fields between commas, without names; times are local, see --timezone",
  framing: 'lines',
  defaults: { time: ['time'], actor: ['host'] },
  detect(sample) {
    const { lines, fitting, order } = tryLines(sample);
    if (fitting === 0 || fitting < lines * 0.6) return null;
    return {
      score: 0.97,
      options: { dateOrder: order },
      evidence: `${fitting} of ${lines} lines are laid out as IIS's own log format, ${
        order === 'day_first' ? 'the day first' : 'the month first'
      } in dates`,
    };
  },
  createReader(options, context) {
    const order = options['dateOrder'] === 'day_first' ? 'day_first' : 'month_first';
    const reader = new IisNativeReader(order, context.timezone);
    return { read: (bytes, _first, rows) => reader.read(bytes, rows) };
  },
};

function tryLines(sample: FormatSample): { lines: number; fitting: number; order: IisDateOrder } {
  const readers = [new IisNativeReader('month_first', 'UTC'), new IisNativeReader('day_first', 'UTC')];
  const dates: string[] = [];
  let lines = 0;
  const { bytes, complete } = sample;
  for (let at = 0; at < bytes.length && lines < linesMax;) {
    const newline = bytes.indexOf(10, at);
    if (newline < 0 && !complete && lines > 0) break;
    let end = newline < 0 ? bytes.length : newline;
    if (end > at && bytes[end - 1] === 13) end--;
    if (end > at) {
      lines++;
      const fits = readers.find((reader) => reader.match(bytes, at, end) === null);
      if (fits !== undefined) dates.push(fits.dateText(bytes));
    }
    at = newline < 0 ? bytes.length : newline + 1;
  }
  return { lines, fitting: dates.length, order: iisDateOrder(dates) };
}
