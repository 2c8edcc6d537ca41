import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { VarveError } from '../../engine/base/errors.ts';
import { BatchBuilder } from '../../engine/ingest/row-builder.ts';
import { openText } from '../../engine/ingest/source-text.ts';
import { hasShared, shared } from '../support.ts';

/** What a file gives: rows, rejected rows, columns; or the message of a usage error. */
type Outcome = readonly [rows: number, rejected: number, columns: number] | string;

async function outcomeOf(path: string): Promise<Outcome> {
  const raw = Readable.from([readFileSync(join(shared, 'data', path))]);
  try {
    const { plain, format } = await openText(path, raw, {}, 64 * 1024 * 1024, 65_536);
    await plain.close();
    const builder = new BatchBuilder('UTC');
    format.format.createReader(format.options, { timezone: 'UTC' }).read(plain.head, true, builder);
    return [builder.rowCount, builder.rejected.length, builder.build().columns.length];
  } catch (error) {
    if (error instanceof VarveError && error.code === 'usage') return error.message;
    throw error;
  }
}

const folders = ['csv-edge', 'json-edge'];
const files = hasShared
  ? folders.flatMap((folder) =>
      readdirSync(join(shared, 'data', folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(join(shared, 'data').length + 1)),
    )
  : [];

const known: readonly (readonly [path: string, outcome: Outcome | RegExp])[] = [
  ['csv-edge/drug_exposure.csv', [4113, 0, 15]],
  ['csv-edge/encodings/latin1.csv', [12, 0, 2]],
  ['csv-edge/encodings/all_latin1.csv', [190, 0, 1]],
  ['csv-edge/encodings/shift_jis.csv', /looks like Shift-JIS/],
  ['csv-edge/encodings/utf16.csv.gz', [20, 0, 2]],
  ['csv-edge/error/banklist.csv', [567, 1, 7]],
  ['csv-edge/error/mid_null.csv', [2, 1, 3]],
  ['csv-edge/error/quotednewlines.csv', [10_100, 0, 2]],
  ['csv-edge/hebere.csv.gz', [49_593, 0, 3]],
  ['csv-edge/ips.csv.gz', [10_864, 0, 1]],
  ['csv-edge/rabo-anon.csv.gz', [9221, 6, 26]],
  ['csv-edge/real/greek_utf8.csv', [8, 0, 3]],
  ['csv-edge/real/lineitem_sample.csv', [10, 0, 16]],
  ['csv-edge/real/ncvoter.csv', [10, 0, 94]],
  ['csv-edge/real/nfc_normalization_rn.csv', [18_819, 0, 3]],
  ['csv-edge/real/ontime_sample.csv', [9, 0, 74]],
  ['csv-edge/rejects/frankstein/nightmare.csv', [43, 4, 3]],
  ['csv-edge/rejects/incorrect_columns/mix_columns.csv', [2768, 4, 4]],
  ['csv-edge/rejects/multiple_errors/invalid_utf_cast.csv', [1, 1, 4]],
  ['csv-edge/rejects/unquoted/unquoted_last_value.csv', [3, 1, 1]],
  ['csv-edge/tenk.tsv.gz', [10_000, 0, 16]],
  ['csv-edge/timings.csv', [1095, 0, 7]],
  ['csv-edge/who.csv.gz', [7240, 0, 60]],
  ['json-edge/11152.json', [3, 1, 7]],
  ['json-edge/arr.json', [0, 2, 0]],
  ['json-edge/duplicate_key.ndjson', [5, 0, 2]],
  ['json-edge/empty.ndjson', /is empty/],
  ['json-edge/example_r.ndjson', [5, 0, 2]],
  ['json-edge/multiple_objects_per_line.ndjson', [5, 0, 2]],
  ['json-edge/sample_utf8_bom.json', [1, 0, 6]],
  ['json-edge/top_level_two_arrays.json', [4, 0, 1]],
  ['json-edge/trailing_content.ndjson', [2, 1, 1]],
  ['json-edge/unterminated_quotes.ndjson', [4, 1, 2]],
];

describe.skipIf(!hasShared)('odd files of other projects', () => {
  it('are all read or refused by a usage error; none is taken for nothing without a word', async () => {
    const silent: string[] = [];
    for (const path of files) {
      const outcome = await outcomeOf(path);
      if (typeof outcome !== 'string' && outcome[0] + outcome[1] === 0) silent.push(path);
    }
    expect(files.length).toBeGreaterThan(150);
    // Arrays without an element have no rows to give.
    expect(silent.filter((path) => !/empty|array_comma/.test(path))).toEqual([]);
  });

  it.each(known)('%s', async (path, wanted) => {
    const outcome = await outcomeOf(path);
    if (wanted instanceof RegExp) expect(outcome).toMatch(wanted);
    else expect(outcome).toEqual(wanted);
  });
});
