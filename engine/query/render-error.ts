import type { VarveError } from '../base/errors.ts';
import { textWidth } from '../base/text-width.ts';

/** What is shown of a query's line around the place, in UTF-16 units. */
const shownBefore = 70;
const shownAfter = 50;

/**
 * An error in a query for a person: the message in one line, the query's line with a caret under the place, the mend.
 * Control characters of the query are shown as dots, so that a pasted text cannot steer the terminal.
 */
export function renderError(error: VarveError, text: string): string {
  const lines = [plain(error.message)];
  if (error.span !== undefined) lines.push(...placeLines(text, error.span.start, error.span.end));
  if (error.hint !== undefined) lines.push(plain(error.hint));
  return lines.join('\n');
}

function placeLines(text: string, from: number, to: number): string[] {
  const start = Math.min(from, text.length);
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = text.indexOf('\n', start) < 0 ? text.length : text.indexOf('\n', start);
  if (text.slice(lineStart, lineEnd).trim() === '') return [];
  const first = Math.max(lineStart, start - shownBefore);
  const last = Math.min(lineEnd, Math.max(start, Math.min(to, start + shownBefore)) + shownAfter);
  const before = `${first > lineStart ? '…' : ''}${plain(text.slice(first, start))}`;
  const marked = plain(text.slice(start, Math.min(to, last)));
  const after = `${plain(text.slice(Math.min(to, last), last))}${last < lineEnd ? '…' : ''}`;
  const width = Math.max(1, textWidth(marked));
  return [`  ${before}${marked}${after}`, `  ${' '.repeat(textWidth(before))}${'^'.repeat(width)}`];
}

/** One line, without what would move a cursor or turn the direction of writing; a half of a surrogate pair is shown as one. */
function plain(text: string): string {
  return text
    .replace(/[\t\r\n]/g, ' ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, '·')
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}
