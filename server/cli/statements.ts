/** What has been typed: whole queries, and the beginning of one that still goes on. */
export interface Statements {
  readonly complete: readonly string[];
  readonly rest: string;
}

/** Cuts typed text at its semicolons, but for those in texts, quoted names and comments. */
export function splitStatements(text: string): Statements {
  const complete: string[] = [];
  const pieces = /'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|;|[^'";/-]+|[-/]/g;
  let start = 0;
  for (const piece of text.matchAll(pieces)) {
    if (piece[0] !== ';') continue;
    const statement = text.slice(start, piece.index);
    if (statement.trim() !== '') complete.push(statement);
    start = piece.index + 1;
  }
  const rest = text.slice(start);
  return { complete, rest: rest.trim() === '' ? '' : rest };
}
