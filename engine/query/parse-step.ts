import type { Cursor } from './cursor.ts';
import { nearestDuration } from './nearest-duration.ts';
import type { StepSyntax } from './syntax.ts';

/**
 * Reads the duration of a clause or a named argument.
 * @param clause what it belongs to, as it is written: `every`, `gap =>`.
 * @throws VarveError `syntax` that says how to write it.
 */
export function parseStep(cursor: Cursor, clause: string, example: string): StepSyntax {
  const token = cursor.peek();
  if (token.kind === 'duration') {
    cursor.next();
    return { step: token.step, span: token.span };
  }
  const next = cursor.peek(1);
  const written =
    token.kind === 'text' || token.kind === 'word'
      ? token.text
      : token.kind === 'number' && next.kind === 'word'
        ? `${token.value} ${next.text}`
        : '';
  const meant = nearestDuration(written);
  return cursor.fail(`"${clause}" wants a duration`, `Write ${clause} ${meant ?? example}.`);
}
