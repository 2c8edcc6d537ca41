import { open, type AppendRow, type QueryResult } from '../engine/index.ts';
import type { Page } from '../server/cli/formats/output-format.ts';
import { table } from '../server/cli/formats/table.ts';
import { temporaryFolder } from './support.ts';

/** A page without an end and without colors. */
export const widePage: Page = { width: Infinity, colors: false, bars: true };

/** Events `ada 0 view` as rows: who, the minute after midnight of 2026-03-01, what, and further columns. */
export function eventRows(lines: readonly string[], more: AppendRow = {}): AppendRow[] {
  return lines.map((line) => {
    const [user_id, minute, event, ...rest] = line.split(' ');
    const time = new Date(Date.UTC(2026, 2, 1) + Number(minute) * 60_000).toISOString();
    const own = Object.fromEntries(rest.map((pair) => pair.split('=') as [string, string]));
    return { time, user_id, event, ...more, ...own };
  });
}

/** Asks a new store of these events one question after another. @returns the answers. */
export async function answersOf(
  rows: readonly AppendRow[],
  queries: readonly string[],
  now: string = '2027-01-01T00:00:00Z',
): Promise<QueryResult[]> {
  const db = await open(temporaryFolder(), { threads: 0 });
  try {
    await db.append('app', rows);
    const answers: QueryResult[] = [];
    for (const query of queries) answers.push(await db.query(query, { now: new Date(now) }));
    return answers;
  } finally {
    await db.close();
  }
}

/** @returns the lines that a table of the answer has, as a terminal would show them. */
export function drawn(result: QueryResult, page: Page = widePage): string[] {
  return [...table.print(result, page)].join('').split('\n').slice(0, -1);
}
