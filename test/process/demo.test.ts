import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateDemo } from '../../data/generate.ts';
import { ndjsonRows, temporaryFolder, varve } from '../support.ts';

describe('the demo', () => {
  it('imports what it made, answers by its planted truths, and does not begin anew', async () => {
    const folder = temporaryFolder();
    const data = ['--data', join(folder, 'store')];
    const truth = await generateDemo({ events: 20_000, seed: 1, write: () => Promise.resolve() });
    const first = await varve(['demo', '--events', '20000', ...data]);
    expect([first.exitCode, first.output.match(/\?\n {2}(select|funnel|retention)/g)?.length]).toEqual([0, 5]);
    const events = await varve(['query', 'select event, count() from app group by event', ...data]);
    expect(Object.fromEntries(ndjsonRows(events.output).map((row) => [row['event'], row['count']]))).toEqual(
      truth.app.byEvent,
    );
    const people = await varve(['query', 'select uniq(user_id) as people from app', ...data]);
    expect(ndjsonRows(people.output)[0]!['people']).toBe(truth.people);
    const web = await varve(['query', 'select status, count() from web group by status', ...data]);
    expect(Object.fromEntries(ndjsonRows(web.output).map((row) => [String(row['status']), row['count']]))).toEqual(
      truth.web.byStatus,
    );
    const again = await varve(['demo', '--events', '20000', ...data]);
    expect([again.exitCode, again.errors]).toEqual([0, expect.stringContaining('already')]);
    const tables = JSON.parse((await varve(['tables', ...data, '--json'])).output) as { name: string; rows: number }[];
    expect(
      tables.reduce(
        (sum, table) => sum + (table.name === 'app' || table.name === 'web' || table.name === 'calls' ? table.rows : 0),
        0,
      ),
    ).toBe(20_000);
  });
});
