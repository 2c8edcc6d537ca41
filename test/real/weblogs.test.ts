import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTable } from '../memory/memory-table.ts';
import { hasShared, shared } from '../support.ts';

interface Expected {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

const folder = join(shared, 'fixtures', 'weblogs');
const read = (name: string): unknown => (hasShared ? JSON.parse(readFileSync(join(folder, name), 'utf8')) : {});
const expected = read('expected.json') as Record<string, Expected>;
const formats = read('formats.json') as { nginx: Record<string, { text: string }>; apache: Record<string, string> };

/** Columns of the fixtures' truth that a log column stands for under the same name. */
const compared = ['time', 'host', 'status', 'bytes', 'total_bytes', 'request_time', 'urt', 'us', 's', 'ms'];

describe.skipIf(!hasShared)('logs that real servers wrote for hostile requests', () => {
  const logs = Object.keys(expected).filter((name) => !name.endsWith('-json.log'));

  it.each(logs)('%s: every line, every field', async (name) => {
    const { columns, rows } = expected[name]!;
    const logFormat = name.startsWith('nginx') ? formats.nginx[name]!.text : formats.apache[name]!;
    const table = readTable(join(folder, name), { format: name.split('-')[0]!, formatOptions: { logFormat } });
    const names = columns.filter((column) => compared.includes(column));
    const found = await table.rows(`select ${names.join(', ')} from t`);
    const wanted = rows.map((row) => names.map((column) => row[columns.indexOf(column)]!));
    const sorted = (all: readonly (readonly unknown[])[]): string[] => all.map((row) => JSON.stringify(row)).sort();
    expect(table.rejected.map(({ reason, raw }) => [reason, new TextDecoder('latin1').decode(raw)])).toEqual([]);
    expect(sorted(found)).toEqual(sorted(wanted));
  });
});
