import type { VarveError } from '../base/errors.ts';

/** An error in a query for a person: the message, the line with a caret under the place, the mend. */
export function renderError(error: VarveError, text: string): string {
  const lines = [error.message];
  if (error.span !== undefined) {
    const start = Math.min(error.span.start, text.length);
    const lineStart = text.lastIndexOf('\n', start - 1) + 1;
    const lineEnd = text.indexOf('\n', start) < 0 ? text.length : text.indexOf('\n', start);
    const width = Math.max(1, Math.min(error.span.end, lineEnd) - start);
    lines.push(`  ${text.slice(lineStart, lineEnd)}`, `  ${' '.repeat(start - lineStart)}${'^'.repeat(width)}`);
  }
  if (error.hint !== undefined) lines.push(error.hint);
  return lines.join('\n');
}
