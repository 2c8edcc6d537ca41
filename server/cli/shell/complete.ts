import { quotedName, type ColumnType, type Vocabulary } from '../../../engine/index.ts';
import { nameOf, scanPieces, type Piece } from './scan.ts';

/** The tables that names can be of. */
export type Catalog = readonly {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
}[];

/** What could stand at the cursor. */
export type Completion =
  | { readonly kind: 'words'; readonly typed: string; readonly words: readonly string[] }
  /** The values of a column that begin so. */
  | {
      readonly kind: 'values';
      readonly typed: string;
      readonly table: string;
      readonly column: string;
      readonly prefix: string;
    };

const nothing: Completion = { kind: 'words', typed: '', words: [] };
/** Words after which nothing can be proposed. */
const numbersFollow = new Set(['limit', 'offset', 'top', 'as']);
const clauses = [
  ...['where', 'since', 'until', 'group by', 'every', 'having', 'order by', 'limit', 'compare', 'sample', 'timezone'],
];
const statements = ['select', 'from', 'show tables', 'show columns from', 'show values of', 'describe', 'define'];
const tableFollows = new Set(['from', 'describe', 'of']);

/**
 * Says what could be written at the cursor.
 * @param before what is written before the cursor, from the statement's beginning on.
 * @param after what is written behind it.
 */
export function completeQuery(before: string, after: string, catalog: Catalog, words: Vocabulary): Completion {
  const { pieces, inComment } = scanPieces(before);
  if (inComment) return nothing;
  const last = pieces.at(-1);
  const ends = last !== undefined && last.start + last.raw.length === before.length;
  const typing = ends && (last.kind === 'word' || !last.closed) ? last : null;
  const earlier = typing === null ? pieces : pieces.slice(0, -1);
  const typed = typing?.raw ?? '';
  if (typing?.kind === 'text') return valuesAt(typing, earlier, tablesOf(`${before}${after}`, catalog));
  if (ends && typing === null && last.kind !== 'sign') return nothing;
  return { kind: 'words', typed, words: matching(typed, wordsAt(earlier, `${before}${after}`, catalog, words)) };
}

/** @returns those that begin as what is typed, whatever the case; a quoted name also where the quote is not typed. */
export function matching(typed: string, words: readonly string[]): string[] {
  const wanted = typed.toLowerCase();
  const shouted = /[A-Z]/.test(typed) && typed === typed.toUpperCase();
  const found = new Set<string>();
  for (const word of words) {
    const lower = word.toLowerCase();
    if (!lower.startsWith(wanted) && !(word.startsWith('"') && lower.startsWith(`"${wanted}`))) continue;
    // Names are case-sensitive: only what is the language's own goes with the case of what is typed.
    found.add(
      shouted && word === lower && !word.startsWith(typed) && /^[a-z ]+\(?$/.test(word) ? word.toUpperCase() : word,
    );
  }
  return [...found];
}

function wordsAt(earlier: readonly Piece[], statement: string, catalog: Catalog, words: Vocabulary): string[] {
  const previous = earlier.at(-1);
  if (previous === undefined) return [...statements, ...words.keywords.filter((word) => word === 'explain')];
  const word = previous.kind === 'word' ? previous.raw.toLowerCase() : previous.raw;
  if (previous.kind === 'word' && numbersFollow.has(word)) return [];
  const tables = catalog.map(({ name }) => quotedName(name));
  if (isTablePlace(earlier)) return word === 'from' ? [...tables, 'sessions(', 'actors('] : tables;
  if (previous.kind === 'word' && (word === 'group' || word === 'order')) return ['by'];
  // Behind the tables come clauses.
  if (isTablePlace(earlier.slice(0, -1)) && (previous.kind === 'word' || previous.kind === 'name')) return clauses;
  const columns = tablesOf(statement, catalog).flatMap((table) => table.columns.map(({ name }) => quotedName(name)));
  return [...columns, ...words.functions.map(({ name }) => `${name}(`), ...words.keywords];
}

/** Whether the name of a table follows: behind `from`, and behind the commas after it. */
function isTablePlace(earlier: readonly Piece[]): boolean {
  let at = earlier.length - 1;
  while (earlier[at]?.raw === ',' && isName(earlier[at - 1])) at -= 2;
  const piece = earlier[at];
  if (piece?.kind === 'word' && tableFollows.has(piece.raw.toLowerCase())) return true;
  // sessions(TABLE …
  const call = earlier[at - 1];
  return piece?.raw === '(' && call?.kind === 'word' && ['sessions', 'actors'].includes(call.raw.toLowerCase());
}

function isName(piece: Piece | undefined): boolean {
  return piece !== undefined && (piece.kind === 'name' || piece.kind === 'word');
}

/** @returns the tables that the statement names, or all where it names none. */
function tablesOf(statement: string, catalog: Catalog): Catalog {
  const { pieces } = scanPieces(statement);
  const named = new Set<string>();
  pieces.forEach((piece, index) => {
    if (isName(piece) && isTablePlace(pieces.slice(Math.max(0, index - 16), index))) named.add(nameOf(piece));
  });
  const found = catalog.filter(({ name }) => named.has(name));
  return found.length === 0 ? catalog : found;
}

/** In a text that stands beside a column: what the column holds. */
function valuesAt(typing: Piece, earlier: readonly Piece[], tables: Catalog): Completion {
  const column = columnBeside(earlier);
  const table = column === null ? undefined : tables.find(({ columns }) => hasTexts(columns, column));
  if (column === null || table === undefined) return { ...nothing, typed: typing.raw };
  const prefix = typing.raw.slice(1).replaceAll("''", "'");
  return { kind: 'values', typed: typing.raw, table: table.name, column, prefix };
}

function hasTexts(columns: Catalog[number]['columns'], name: string): boolean {
  return columns.some((column) => column.name === name && column.type === 'text');
}

/** The column of `column = '`, `column in ('a', '`, `column not like '`. */
function columnBeside(earlier: readonly Piece[]): string | null {
  let at = earlier.length - 1;
  const word = (): string => earlier[at]?.raw.toLowerCase() ?? '';
  if (word() === '(' || word() === ',') {
    while (at >= 0 && (word() === ',' || earlier[at]!.kind === 'text')) at--;
    if (word() !== '(') return null;
    at--;
    if (word() !== 'in') return null;
  } else if (!['=', '!=', '<>', '==', 'like', 'ilike'].includes(word())) return null;
  at--;
  if (word() === 'not') at--;
  const piece = earlier[at];
  return piece !== undefined && isName(piece) ? nameOf(piece) : null;
}
