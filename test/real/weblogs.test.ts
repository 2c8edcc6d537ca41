import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FormatOptions } from '../../engine/ingest/formats/format.ts';
import { formats } from '../../engine/ingest/formats/index.ts';
import { BatchBuilder, type RejectedRow } from '../../engine/ingest/row-builder.ts';
import { textOfEntry } from '../../engine/column/dictionary.ts';
import { isValid } from '../../engine/column/vector.ts';
import { detectFormat } from '../../engine/ingest/detect.ts';
import { timeFromText } from '../../engine/ingest/times.ts';
import { hasShared, shared } from '../support.ts';

interface Expected {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
}
type Sent = string | { readonly base64: string };
interface Request {
  readonly i: number;
  readonly method?: string;
  readonly path?: Sent;
  readonly proto?: string;
  readonly ip?: string;
  readonly host?: string;
  readonly xff?: string;
  readonly cookie?: string;
  readonly referer?: Sent;
  readonly user_agent?: Sent;
}

type Value = string | number | boolean | bigint | null;
type Row = Map<string, Value>;

const folder = join(shared, 'fixtures', 'weblogs');
const read = <T>(name: string): T => JSON.parse(hasShared ? readFileSync(join(folder, name), 'utf8') : '{}') as T;
const expected = read<Record<string, Expected>>('expected.json');
const requests = new Map(hasShared ? read<Request[]>('requests.json').map((request) => [request.i, request]) : []);
const texts = read<{ nginx: Record<string, { escape: string; text: string }>; apache: Record<string, string> }>(
  'formats.json',
);

/** Every row as a map; a time is ISO text. */
function readRows(format: string, options: FormatOptions, bytes: Uint8Array): { rows: Row[]; rejected: RejectedRow[] } {
  const builder = new BatchBuilder('UTC');
  formats.get(format)!.createReader(options, { timezone: 'UTC' }).read(bytes, true, builder);
  const batch = builder.build();
  const rows = Array.from({ length: batch.rowCount }, (): Row => new Map());
  for (const { name, type, vector, dictionary } of batch.columns) {
    rows.forEach((row, index) => {
      if (vector.kind === 'null' || vector.kind === 'list' || !isValid(vector.validity, index)) return;
      if (vector.kind === 'text') row.set(name, textOfEntry(dictionary!, vector.codes[index]!));
      else if (type === 'time') row.set(name, new Date(Number(vector.values[index])).toISOString());
      else row.set(name, type === 'bool' ? vector.values[index] === 1 : vector.values[index]!);
    });
  }
  return { rows, rejected: builder.rejected };
}

/** What a client sent as text; bytes that are no UTF-8 are U+FFFD in it, as the reader has them. */
function sentText(sent: Sent | undefined): string | null {
  if (sent === undefined) return null;
  return typeof sent === 'string' ? sent : new TextDecoder().decode(Buffer.from(sent.base64, 'base64'));
}

/** The fields of a well-formed request, by the names that columns have. */
function truthOf(request: Request, log: string): Row {
  const truth: Row = new Map<string, Value>([
    ['method', request.method!],
    ['protocol', request.proto!],
    ['referer', sentText(request.referer)],
    ['user_agent', sentText(request.user_agent)],
    ['x_forwarded_for', request.xff ?? null],
    ['uid', /uid=([^;]*)/.exec(request.cookie ?? '')?.[1] ?? null],
  ]);
  if (log.startsWith('nginx')) truth.set('vhost', request.host ?? null);
  // Apache's %U is the decoded path with its dots folded, so the path is compared elsewhere.
  if (log !== 'apache-timing.log') truth.set('path', sentText(request.path));
  return truth;
}

const requestLine = ['method', 'path', 'protocol'];

/**
 * @param missing what an absent value is written as: a dash or nothing. A value that was sent so cannot be told from it.
 */
function differences(log: string, rows: readonly Row[], missing: readonly string[]): unknown[] {
  const { columns, rows: truths } = expected[log]!;
  const wrong: unknown[] = [];
  const names = new Set(rows.flatMap((row) => [...row.keys()]));
  truths.forEach((truth, line) => {
    const row = rows[line]!;
    const own = new Map(columns.map((column, index) => [column, truth[index]!]));
    const compare = (column: string, should: Value): void => {
      const is = row.get(column) ?? null;
      const wanted = typeof should === 'string' && missing.includes(should) ? null : should;
      if (is !== wanted) wrong.push({ line: line + 1, column, is, should });
    };
    for (const [column, should] of own)
      if (!['request', 'raw', 'user_as_written'].includes(column)) compare(column, should);
    if (own.get('raw') !== null) return;
    const request = requests.get(Number(own.get('request')))!;
    // A server that refuses a request line has not read the headers, among them the client's address.
    // $request_uri is then empty, $request is not.
    const unread = own.get('host') === '127.0.0.1' && request.ip !== '127.0.0.1';
    for (const [column, should] of truthOf(request, log))
      if (names.has(column) && !(unread && !requestLine.includes(column)) && !(unread && row.get(column) === undefined))
        compare(column, should);
  });
  return wrong;
}

describe.skipIf(!hasShared)('logs that real servers wrote for hostile requests', () => {
  const logs = Object.keys(expected);
  const serverOf = (log: string): string => log.slice(0, log.indexOf('-'));
  const missingOf = (log: string): string[] => [/json|none/.test(texts.nginx[log]?.escape ?? '') ? '' : '-'];

  it('are all there', () => {
    expect(logs.sort()).toEqual([...Object.keys(texts.nginx), ...Object.keys(texts.apache)].sort());
  });

  it.each(logs)('%s: every line, every field', (log) => {
    const nginx = texts.nginx[log];
    const logFormat =
      nginx === undefined
        ? `LogFormat "${texts.apache[log]!.replaceAll('"', '\\"')}" name`
        : `log_format name escape=${nginx.escape} '${nginx.text}';`;
    const { rows, rejected } = readRows(serverOf(log), { logFormat }, readFileSync(join(folder, log)));
    expect(rejected.map(({ reason, raw }) => [reason, Buffer.from(raw).toString('latin1')])).toEqual([]);
    expect(rows).toHaveLength(expected[log]!.rows.length);
    expect(differences(log, rows, missingOf(log))).toEqual([]);
  });

  it.each(logs)('%s: the format string alone does as well', (log) => {
    const logFormat = texts.nginx[log]?.text ?? texts.apache[log]!;
    const { rows, rejected } = readRows(serverOf(log), { logFormat }, readFileSync(join(folder, log)));
    expect(rejected).toEqual([]);
    // Nothing tells that this one is written without escapes: both marks are then no value.
    const missing = log === 'nginx-raw.log' ? ['', '-'] : missingOf(log);
    expect(differences(log, rows, missing)).toEqual([]);
  });

  /** What the keys of the JSON formats, and the names of the ingress controller's own, are called elsewhere. */
  const names: Readonly<Record<string, string>> = {
    ip: 'host',
    ua: 'user_agent',
    rt: 'request_time',
    proxy_upstream_name: 'vhost',
  };

  it.each([
    ['apache-common.log', 'apache', '-'],
    ['apache-combined.log', 'apache', '-'],
    ['apache-debian_combined.log', 'apache', '-'],
    ['apache-vhost_combined.log', 'apache', '-'],
    ['apache-json.log', 'json', '-'],
    ['nginx-combined.log', 'apache', '-'],
    ['nginx-main.log', 'nginx', '-'],
    ['nginx-ingress.log', 'nginx', '-'],
    ['nginx-json.log', 'json', ''],
  ])('%s is found by itself, every line, every field', (log, format, missing) => {
    const bytes = readFileSync(join(folder, log));
    const found = detectFormat({ name: log, bytes, complete: true }, {});
    expect(found.format.name).toBe(format);
    const { rows, rejected } = readRows(format, found.options, bytes);
    expect(rejected).toEqual([]);
    const own = new Set(expected[log]!.columns);
    const renamed = rows.map((row): Row => {
      const fields = [...row].map(([name, value]): [string, Value] => {
        // Debian's combined looks the same as the common one; its bytes are with headers.
        if (name === 'bytes' && own.has('total_bytes')) return ['total_bytes', value];
        return [log.includes('json') || log.includes('ingress') ? (names[name] ?? name) : name, value];
      });
      return new Map(format === 'json' ? withJsonTimes(fields) : fields);
    });
    expect(differences(log, renamed, [missing])).toEqual([]);
  });

  it('what no server has by itself is not taken for something else', () => {
    for (const log of ['apache-timing.log', 'apache-epoch.log']) {
      const bytes = readFileSync(join(folder, log));
      expect(() => detectFormat({ name: log, bytes, complete: true }, {})).toThrow(
        expect.objectContaining({ code: 'usage', hint: expect.stringContaining('--log-format') as string }) as Error,
      );
    }
  });
});

/** Times that stand as text or seconds in JSON, as the formats themselves give them. */
function withJsonTimes(fields: readonly [string, Value][]): [string, Value][] {
  const msec = fields.find(([name]) => name === 'msec')?.[1];
  const text = fields.find(([name]) => name === 'time')?.[1];
  const ms = msec === undefined ? timeFromText(text as string, 'UTC')! : Math.round(Number(msec) * 1000);
  const others = fields.filter(([name]) => !['time', 'ts', 'msec', 'uri'].includes(name));
  return [
    ['time', new Date(ms).toISOString()],
    ...others.map(([name, value]): [string, Value] => [name, name === 'urt' && value !== null ? Number(value) : value]),
  ];
}
