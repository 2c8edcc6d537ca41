import { quotedName, type TableSummary, type Varve } from '../../../engine/index.ts';
import type { AnswerOptions } from '../commands/query.ts';
import type { Output } from '../output.ts';
import type { Terminal } from '../terminal.ts';

/** What can be read: tables, and saved queries by their texts. */
export interface ShellCatalog {
  readonly tables: readonly TableSummary[];
  readonly saved: readonly { readonly name: string; readonly query: string }[];
}

/** Asks a store what can be read of it. */
export async function loadCatalog(db: Varve): Promise<ShellCatalog> {
  const shown = (await db.query('show tables')).rows();
  const saved = shown
    .filter(({ kind }) => kind === 'query')
    .map(({ name, query }) => ({ name: String(name), query: String(query) }));
  return { tables: await db.tables(), saved };
}

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
  catalog: Promise<ShellCatalog>;
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
