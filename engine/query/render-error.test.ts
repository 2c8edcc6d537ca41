import { describe, expect, it } from 'vitest';
import { VarveError } from '../base/errors.ts';
import { renderError } from './render-error.ts';

function rendered(text: string, marked: string, message = 'Wrong.', hint?: string): string[] {
  const start = text.indexOf(marked);
  return renderError(
    new VarveError('syntax', message, { span: { start, end: start + marked.length }, hint }),
    text,
  ).split('\n');
}

describe('renderError', () => {
  it('shows the line of a query of several, the place under a caret, and the mend', () => {
    expect(rendered('select a\nfrom b\nwhere c', 'b', 'No table.', 'Make one.')).toEqual([
      'No table.',
      '  from b',
      '       ^',
      'Make one.',
    ]);
  });

  it('places the caret by columns, not by characters', () => {
    expect(rendered("where 名 = '😀é' and x", 'x').slice(1)).toEqual([
      "  where 名 = '😀é' and x",
      '                       ^',
    ]);
  });

  it('shows a part of a long line', () => {
    const lines = rendered(`select ${'a, '.repeat(500)}wrong${', b'.repeat(500)}`, 'wrong');
    expect(lines[1]!.length).toBeLessThan(140);
    expect(lines[1]!.indexOf('wrong')).toBe(lines[2]!.indexOf('^'));
  });

  it('lets no control character out', () => {
    expect(rendered('select \u001b[2Jx \u202e from', 'x', 'A\u009bB\nC').join('\n')).toBe(
      'A·B C\n  select ·[2Jx · from\n             ^',
    );
  });

  it('has no line for a place in an empty query, and stays inside the text', () => {
    expect(renderError(new VarveError('syntax', 'Empty.', { span: { start: 0, end: 0 } }), ' ')).toBe('Empty.');
    expect(renderError(new VarveError('syntax', 'Far.', { span: { start: 99, end: 120 } }), 'ab')).toBe(
      'Far.\n  ab\n    ^',
    );
  });
});
