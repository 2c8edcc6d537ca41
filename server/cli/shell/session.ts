import { quotedName, type TableSummary, type Varve } from '../../../engine/index.ts';
import type { AnswerOptions } from '../commands/query.ts';
import type { Output } from '../output.ts';
import type { Terminal } from '../terminal.ts';

/** What a shell has at hand, and what its commands change. */
export interface Session {
  readonly db: Varve;
  readonly terminal: Terminal;
  readonly interactive: boolean;
  options: AnswerOptions;
  /** Whether rows and time are told behind each answer. */
  timing: boolean;
  /** Where answers go; null = the terminal. */
  output: Output | null;
  /** The tables as they were when last asked for. */
  catalog: Promise<readonly TableSummary[]>;
  /** Calls off what is running now. */
  running: AbortController | null;
  left: boolean;
}

/** How long the values of a column may take to find, and how many are shown. */
const valuesMsMax = 1500;
const valuesShown = 50;

/** @returns values of a text column that begin so, the most frequent first, as texts of a query; none in time, none. */
export async function valuesOf(db: Varve, table: string, column: string, prefix: string): Promise<string[]> {
  const name = quotedName(column);
  try {
    const result = await db.query(
      `select ${name} as value, count() as events from ${quotedName(table)} where starts_with(${name}, $prefix) ` +
        `group by value order by events desc limit ${valuesShown}`,
      { params: { prefix }, signal: AbortSignal.timeout(valuesMsMax) },
    );
    return result.values(0).map((value) => `'${String(value).replaceAll("'", "''")}'`);
  } catch {
    // A key that does nothing is better than an error in the middle of a line.
    return [];
  }
}
