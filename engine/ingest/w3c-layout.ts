import { limits } from '../base/limits.ts';

/** How a field's text is read. */
export type W3cKind =
  | 'text'
  | 'number'
  /** As text, but numbers where all are. */
  | 'untyped'
  /** A header in which IIS writes `+` for every blank. */
  | 'agent'
  /** A header whose lists have blanks behind commas and semicolons. */
  | 'list'
  | 'date'
  | 'time';

export interface W3cField {
  readonly column: string;
  readonly kind: W3cKind;
}

/** What one `#Fields` line says of the lines behind it. */
export interface W3cLayout {
  readonly fields: readonly W3cField[];
  /** Places of the date and the time, −1 for none. */
  readonly date: number;
  readonly time: number;
  /** The times are named as of the server's own zone. */
  readonly local: boolean;
}

const field = (column: string, kind: W3cKind): readonly [string, W3cKind] => [column, kind];

/** Fields that become a column of another name, as other logs call it; the source is Microsoft's list of IIS's fields. */
const known: ReadonlyMap<string, readonly [column: string, kind: W3cKind]> = new Map([
  ['c-ip', field('host', 'text')],
  ['c-port', field('remote_port', 'number')],
  ['cs-username', field('user', 'text')],
  ['s-sitename', field('site', 'text')],
  ['s-computername', field('server_name', 'text')],
  ['s-ip', field('server', 'text')],
  ['s-port', field('port', 'number')],
  ['cs-method', field('method', 'text')],
  ['cs-uri', field('uri', 'text')],
  ['cs-uri-stem', field('path', 'text')],
  ['cs-uri-query', field('query', 'text')],
  ['sc-status', field('status', 'number')],
  ['sc-substatus', field('substatus', 'number')],
  ['sc-win32-status', field('win32_status', 'number')],
  ['sc-bytes', field('bytes', 'number')],
  ['cs-bytes', field('request_bytes', 'number')],
  ['time-taken', field('ms', 'number')],
  ['cs-version', field('protocol', 'text')],
  ['cs-protocol', field('scheme', 'text')],
  ['cs-host', field('vhost', 'text')],
  ['cs(host)', field('vhost', 'text')],
  ['cs(user-agent)', field('user_agent', 'agent')],
  ['cs(referer)', field('referer', 'text')],
  ['cs(referrer)', field('referer', 'text')],
  ['cs(cookie)', field('cookie', 'list')],
]);

/** The fields whose text is the time, by preference; those that end in `-local` are of the server's zone. */
const clocks = [
  ['date', 'time'],
  ['date-utc', 'time-utc'],
  ['date-local', 'time-local'],
] as const;

/**
 * @param names what stands behind `#Fields:`.
 * @param microsoft IIS measures `time-taken` in milliseconds, others in seconds, as the format says.
 * @returns why it says nothing, as a sentence, or the layout.
 */
export function w3cLayout(names: string, microsoft: boolean): W3cLayout | string {
  const words = names.split(/[ \t]+/).filter((word) => word !== '');
  if (words.length === 0) return 'The #Fields line before it names no field.';
  if (words.length > limits.columnsMax)
    return `The #Fields line before it names ${words.length} fields, at most ${limits.columnsMax} are read (columnsMax).`;
  if (words.some((word) => word.length > limits.nameBytesMax))
    return `The #Fields line before it has a name of more than ${limits.nameBytesMax} bytes (nameBytesMax).`;
  const lower = words.map((word) => word.toLowerCase());
  const clock = clocks.find(([date, time]) => lower.includes(date) || lower.includes(time)) ?? clocks[0];
  const date = lower.indexOf(clock[0]);
  const time = lower.indexOf(clock[1]);
  const taken = new Set<string>(['time']);
  const fields = lower.map((word, index): W3cField => {
    if (index === date || index === time) return { column: word, kind: index === date ? 'date' : 'time' };
    const { column, kind } = fieldOf(word, microsoft && !lower.includes('x-edge-location'));
    let name = column;
    for (let count = 2; taken.has(name); count++) name = `${column}_${count}`;
    taken.add(name);
    return { column: name, kind };
  });
  return { fields, date, time, local: clock[0] === 'date-local' };
}

/** `cs(X-Real-IP)` is x_real_ip, `src-port` src_port. */
function fieldOf(word: string, microsoft: boolean): W3cField {
  if (word === 'time-taken' && !microsoft) return { column: 'time_taken', kind: 'number' };
  const found = known.get(word);
  if (found !== undefined) return { column: found[0], kind: found[1] };
  const header = /^[a-z]+\((.+)\)$/.exec(word)?.[1];
  const column = (header ?? word).replaceAll('-', '_');
  const kind = header !== undefined || word.startsWith('x-') ? 'list' : 'untyped';
  // A header that bears the name of a field is told apart from it.
  const clash = header !== undefined && [...known.values()].some(([name]) => name === column);
  return { column: clash ? `header_${column}` : column, kind };
}
