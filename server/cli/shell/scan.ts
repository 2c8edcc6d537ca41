/** A piece of a query that may not be whole; comments and blanks are none. */
export interface Piece {
  readonly kind: 'word' | 'name' | 'text' | 'number' | 'sign';
  /** As it is written, quotes and all. */
  readonly raw: string;
  readonly start: number;
  /** Whether its closing quote is there; only a name and a text can lack it. */
  readonly closed: boolean;
}

const pattern = new RegExp(
  [
    String.raw`(?<text>'(?:[^']|'')*(?:'|$))`,
    String.raw`(?<name>"(?:[^"]|"")*(?:"|$))`,
    String.raw`(?<comment>--[^\n]*|/\*[\s\S]*?(?:\*/|$))`,
    String.raw`(?<word>[\p{L}_][\p{L}\p{N}_$]*(?:\.[\p{L}_][\p{L}\p{N}_$]*)*\.?)`,
    String.raw`(?<number>\d[\p{L}\p{N}.]*)`,
    String.raw`(?<blank>\s+)`,
    String.raw`(?<sign>!=|<>|==|[\s\S])`,
  ].join('|'),
  'gu',
);

/** @returns the pieces of a text, and whether it ends within a comment. Never fails. */
export function scanPieces(text: string): { readonly pieces: Piece[]; readonly inComment: boolean } {
  const pieces: Piece[] = [];
  let inComment = false;
  for (const match of text.matchAll(pattern)) {
    const raw = match[0];
    const groups = match.groups!;
    const atEnd = match.index + raw.length === text.length;
    if (groups['comment'] !== undefined) inComment = atEnd && (raw.startsWith('--') || !/^\/\*[\s\S]*\*\/$/.test(raw));
    else if (groups['blank'] === undefined) {
      const kind = (['text', 'name', 'word', 'number'] as const).find((name) => groups[name] !== undefined) ?? 'sign';
      pieces.push({ kind, raw, start: match.index, closed: isClosed(raw) });
    }
  }
  return { pieces, inComment };
}

/** A quote is closed where an even number of quotes stands in all. */
function isClosed(raw: string): boolean {
  const quote = raw[0];
  if (quote !== "'" && quote !== '"') return true;
  return raw.split(quote).length % 2 === 1;
}

/** @returns the name that a word or a quoted name stands for. */
export function nameOf({ kind, raw, closed }: Piece): string {
  return kind === 'name' ? raw.slice(1, closed ? -1 : undefined).replaceAll('""', '"') : raw;
}
